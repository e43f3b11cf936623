package wire_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"kith/core/wire"
)

func TestAppend(t *testing.T) {
	lang := wire.New("u", "a").SetLang("de")
	foreign := wire.New("u", "a")
	foreign.Attrs = []wire.Attr{{Space: "v", Local: "b", Value: "1"}, {Space: "w", Local: "b", Value: "2"}}
	cases := []struct {
		name  string
		e     *wire.Element
		outer string
		want  string
	}{
		{"empty", wire.New("", "a"), "", "<a/>"},
		{"namespace", wire.New("u", "a"), "", "<a xmlns='u'/>"},
		{"namespace in force", wire.New("u", "a"), "u", "<a/>"},
		{"no namespace inside one", wire.New("", "a"), "u", "<a xmlns=''/>"},
		{
			"children", wire.New("u", "a").Add(wire.New("u", "b"), nil, wire.New("v", "c").Add(wire.New("u", "d"))), "u",
			"<a><b/><c xmlns='v'><d xmlns='u'/></c></a>",
		},
		{"mixed", wire.New("", "a").AddText("x").Add(wire.New("", "b")).AddText("").AddText("y"), "", "<a>x<b/>y</a>"},
		{"attributes", wire.New("", "a").Set("b", "").SetIf("c", "").SetIf("d", "1").Set("b", "2"), "", "<a b='2' d='1'/>"},
		{"language", lang, "u", "<a xml:lang='de'/>"},
		{"foreign attributes", foreign, "u", "<a xmlns:ns0='v' ns0:b='1' xmlns:ns1='w' ns1:b='2'/>"},
		{"escapes in text", wire.New("", "a").AddText("<&>'\"\r\n\t"), "", "<a>&lt;&amp;&gt;'\"&#xD;\n\t</a>"},
		{"escapes in values", wire.New("", "a").Set("b", "<&>'\"\r\n\t"), "", "<a b='&lt;&amp;&gt;&apos;\"&#xD;&#xA;&#x9;'/>"},
		{
			"what XML cannot carry", wire.New("", "a").AddText("\x00x\x1f\xff\uFFFE\xed\xa0\x80é\uFFFD"), "",
			"<a>\uFFFDx\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDé\uFFFD</a>",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := string(c.e.Append([]byte("!"), c.outer)); got != "!"+c.want {
				t.Errorf("got %q, want %q", got, "!"+c.want)
			}
		})
	}
}

// FuzzAppend checks that whatever stands in a text or a value comes out of the parser again, but for what XML cannot carry.
func FuzzAppend(f *testing.F) {
	f.Add("a", "b")
	f.Add("]]>", "\x00\xff\uFFFE'\"<>&\r\n\t")
	f.Add("\xe2\x82", "\xf0\x9f\x98\x80]]")
	f.Fuzz(func(t *testing.T, text, value string) {
		e := wire.New("u", "a").Set("b", value).AddText(text)
		s := e.String()
		if len(s) > wire.MaxStanza {
			return
		}
		got, err := wire.Parse(s)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if got.Text() != carried(text) || got.Attr("b") != carried(value) {
			t.Errorf("got %q, %q from %q", got.Text(), got.Attr("b"), s)
		}
	})
}

// carried is what XML carries of s.
func carried(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			r = utf8.RuneError
		}
		b.WriteRune(r)
		i += n
	}
	return b.String()
}

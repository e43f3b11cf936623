package wire_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"kith/core/wire"
)

// dump writes a tree so that two of them can be compared: adjacent texts count as one.
func dump(e *wire.Element) string {
	var b strings.Builder
	dumpTo(&b, e)
	return b.String()
}

func dumpTo(b *strings.Builder, e *wire.Element) {
	fmt.Fprintf(b, "<{%s}%s", e.Space, e.Local)
	for _, a := range e.Attrs {
		fmt.Fprintf(b, " {%s}%s=%q", a.Space, a.Local, a.Value)
	}
	b.WriteByte('>')
	text := ""
	flush := func() {
		if text != "" {
			fmt.Fprintf(b, "%q", text)
		}
		text = ""
	}
	for _, n := range e.Nodes {
		if n.Element == nil {
			text += n.Text
			continue
		}
		flush()
		dumpTo(b, n.Element)
	}
	flush()
	b.WriteString("</>")
}

var parseCases = []struct {
	name, in, want string // want is empty for what must be refused
}{
	{"empty element", "<a/>", `<{}a></>`},
	{"white space around", " \n<a></a>\t", `<{}a></>`},
	{"default namespace", "<a xmlns='u'><b/><c xmlns=''/></a>", `<{u}a><{u}b></><{}c></></>`},
	{"prefixes", "<p:a xmlns:p='u' p:b='1' b='2'><p:c xmlns:p='v'/><p:d/></p:a>", `<{u}a {u}b="1" {}b="2"><{v}c></><{u}d></></>`},
	{"prefix used before its declaration", "<p:a p:b='' xmlns:p='u'/>", `<{u}a {u}b=""></>`},
	{"language", "<a xml:lang='de'/>", `<{}a {http://www.w3.org/XML/1998/namespace}lang="de"></>`},
	{"xml declared as it is", "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>", `<{}a></>`},
	{"references", "<a b='&lt;&#38;&#x1F600;'>&amp;&gt;&quot;&apos;&#13;</a>", `<{}a {}b="<&😀">"&>\"'\r"</>`},
	{"line ends", "<a b='x\r\ny\tz&#10;'>1\r\n2\r3\n</a>", `<{}a {}b="x y z\n">"1\n2\n3\n"</>`},
	{"CDATA", "<a>x<![CDATA[<&]]]]>y<![CDATA[]]></a>", `<{}a>"x<&]]y"</>`},
	{"line ends in CDATA", "<a><![CDATA[1\r\n2\r3]]></a>", `<{}a>"1\n2\n3"</>`},
	{"three brackets", "<a><![CDATA[x]]]></a>", `<{}a>"x]"</>`},
	{"]]> in a value", "<a b=']]>'/>", `<{}a {}b="]]>"></>`},
	{"> in text", "<a>></a>", `<{}a>">"</>`},
	{"names of other scripts", "<ä·1 б='в'/>", `<{}ä·1 {}б="в"></>`},
	{"space in tags", "<a b = 'c'\n></a\t>", `<{}a {}b="c"></>`},
	{"highest character", "<a>\U0010FFFF\uFFFD</a>", `<{}a>"\U0010ffff�"</>`},
	{"deepest", strings.Repeat("<a>", 64) + strings.Repeat("</a>", 64), strings.Repeat("<{}a>", 64) + strings.Repeat("</>", 64)},

	{"nothing", "", ""},
	{"only space", " ", ""},
	{"text", "a", ""},
	{"text before", "a<a/>", ""},
	{"text behind", "<a/>a", ""},
	{"two elements", "<a/><b/>", ""},
	{"no end", "<a>", ""},
	{"other end", "<a></b>", ""},
	{"longer end", "<a></ab>", ""},
	{"other prefix at the end", "<p:a xmlns:p='u' xmlns:q='u'></q:a>", ""},
	{"too deep", strings.Repeat("<a>", 65) + strings.Repeat("</a>", 65), ""},
	{"declaration", "<?xml version='1.0'?><a/>", ""},
	{"comment", "<a><!----></a>", ""},
	{"instruction", "<a><?b?></a>", ""},
	{"document type", "<!DOCTYPE a><a/>", ""},
	{"CDATA outside", "<![CDATA[]]><a/>", ""},
	{"CDATA without end", "<a><![CDATA[]]</a>", ""},
	{"lower-case CDATA", "<a><![cdata[]]></a>", ""},
	{"]]> in text", "<a>]]></a>", ""},
	{"unknown prefix", "<p:a/>", ""},
	{"unknown prefix on an attribute", "<a p:b='c'/>", ""},
	{"prefix of a sibling", "<a><b xmlns:p='u'/><p:c/></a>", ""},
	{"empty prefix declaration", "<a xmlns:p=''/>", ""},
	{"xmlns declared", "<a xmlns:xmlns='u'/>", ""},
	{"namespace of xmlns", "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", ""},
	{"xml declared otherwise", "<a xmlns:xml='u'/>", ""},
	{"namespace of xml for another prefix", "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", ""},
	{"namespace of xml by default", "<a xmlns='http://www.w3.org/XML/1998/namespace'/>", ""},
	{"element of the namespace of xml", "<xml:a/>", ""},
	{"attribute twice", "<a b='1' b='2'/>", ""},
	{"attribute twice by namespace", "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", ""},
	{"declaration twice", "<a xmlns:p='u' xmlns:p='v'/>", ""},
	{"default namespace twice", "<a xmlns='u' xmlns='v'/>", ""},
	{"no quotes", "<a b=c/>", ""},
	{"no value", "<a b/>", ""},
	{"value without end", "<a b='/>", ""},
	{"< in a value", "<a b='<'/>", ""},
	{"< in a value with a reference", "<a b='&amp;<'/>", ""},
	{"no space between attributes", "<a b=''c=''/>", ""},
	{"space before the name", "< a/>", ""},
	{"space in the empty tag", "<a/ >", ""},
	{"bad name", "<1a/>", ""},
	{"bad start of a name", "<-a/>", ""},
	{"bad rune in a name", "<a×/>", ""},
	{"bad local name", "<p:1a xmlns:p='u'/>", ""},
	{"colon first", "<:a/>", ""},
	{"colon last", "<a:/>", ""},
	{"two colons", "<xml:a:b/>", ""},
	{"unknown entity", "<a>&nbsp;</a>", ""},
	{"entity without end", "<a>&amp</a>", ""},
	{"bare ampersand", "<a b='a & b;'/>", ""},
	{"reference to nothing", "<a>&#0;</a>", ""},
	{"reference to a control character", "<a>&#x1F;</a>", ""},
	{"reference to a surrogate", "<a>&#xD800;</a>", ""},
	{"reference to U+FFFE", "<a>&#xFFFE;</a>", ""},
	{"reference too high", "<a>&#x110000;</a>", ""},
	{"reference without digits", "<a>&#;</a>", ""},
	{"reference with a sign", "<a>&#+65;</a>", ""},
	{"upper-case X", "<a>&#X41;</a>", ""},
	{"control character", "<a>\x01</a>", ""},
	{"control character in a long text", "<a>0123456789\x1f0123456789</a>", ""},
	{"zero", "<a>\x00</a>", ""},
	{"bad UTF-8", "<a>\xc3</a>", ""},
	{"long form", "<a>\xc0\x80</a>", ""},
	{"surrogate in UTF-8", "<a>\xed\xa0\x80</a>", ""},
	{"U+FFFE", "<a>\uFFFE</a>", ""},
	{"U+FFFF", "<a b='\uFFFF'/>", ""},
	{"byte order mark", "\uFEFF<a/>", ""},
}

func TestParse(t *testing.T) {
	for _, c := range parseCases {
		t.Run(c.name, func(t *testing.T) {
			e, err := wire.Parse(c.in)
			if c.want == "" {
				if !errors.Is(err, wire.ErrSyntax) && !errors.Is(err, wire.ErrTooDeep) {
					t.Fatalf("error %v, want ErrSyntax or ErrTooDeep", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := dump(e); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestParseBounds checks that what is too much is refused, and what is just not is taken.
func TestParseBounds(t *testing.T) {
	var attrs, spaces strings.Builder
	for i := range 256 {
		fmt.Fprintf(&attrs, " a%d=''", i)
		fmt.Fprintf(&spaces, " xmlns:a%d='u'", i)
	}
	full := "<a>" + strings.Repeat("x", wire.MaxStanza-len("<a></a>")) + "</a>"
	cases := []struct {
		name, in string
		err      error
	}{
		{"256 attributes", "<a" + attrs.String() + "/>", nil},
		{"257 attributes", "<a" + attrs.String() + " b=''/>", wire.ErrTooLarge},
		{"256 namespaces", "<a" + spaces.String() + "/>", nil},
		{"257 namespaces", "<a" + spaces.String() + "><b xmlns=''/></a>", wire.ErrTooLarge},
		{"256 namespaces twice", "<r><a" + spaces.String() + "/><a" + spaces.String() + "/></r>", nil},
		{"1 MiB", full, nil},
		{"more", full + " ", wire.ErrTooLarge},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := wire.Parse(c.in); !errors.Is(err, c.err) {
				t.Errorf("got %v, want %v", err, c.err)
			}
		})
	}
}

// TestParseCost checks that no text of the largest size makes the parser take more memory or time than in proportion: the
// worst known shapes stay below 64 bytes for each byte of input.
func TestParseCost(t *testing.T) {
	shapes := map[string]string{
		"empty elements":   "<a/>",
		"empty texts":      "<a>x</a>",
		"attributes":       "<a b='' c='' d='' e='' f=''/>",
		"equal signs":      "====",
		"references":       "&lt;",
		"CDATA sections":   "<![CDATA[x]]>",
		"less-than signs":  "<![CDATA[<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<]]>",
		"namespaces":       "<a xmlns='u'/>",
		"carriage returns": "\r",
	}
	for name, shape := range shapes {
		in := "<r>" + strings.Repeat(shape, (wire.MaxStanza-7)/len(shape)) + "</r>"
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := wire.Parse(in); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		runtime.ReadMemStats(&after)
		if per := (after.TotalAlloc - before.TotalAlloc) / uint64(len(in)); per > 64 {
			t.Errorf("%s: %d bytes allocated for each byte of input", name, per)
		}
	}
}

// seeds adds the cases above and every example under testdata to a fuzz target.
func seeds(f *testing.F) {
	for _, c := range parseCases {
		f.Add(c.in)
	}
	files, err := filepath.Glob("testdata/*/*.xml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
}

// FuzzParse holds the parser against encoding/xml (see oracle): the same texts are accepted, with the same tree; and what the
// writer makes of the tree is read as the same tree again.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(compare)
}

// compare is FuzzParse on one text.
func compare(t *testing.T, s string) {
	got, err := wire.Parse(s)
	want, judged := oracle(s)
	if !judged {
		return
	}
	if (err == nil) != (want != nil) {
		t.Fatalf("Parse says %v, encoding/xml's tree is %v", err, want)
	}
	if err != nil {
		return
	}
	if dump(blanks(got)) != dump(want) {
		t.Fatalf("got  %s\nwant %s", dump(blanks(got)), dump(want))
	}
	for _, outer := range []string{"", "jabber:client", got.Space} {
		text := string(got.Append(nil, outer))
		if outer != "" {
			text = "<r xmlns='" + escapeSpace(outer) + "'>" + text + "</r>"
		}
		again, err := wire.Parse(text)
		if len(text) > wire.MaxStanza || errors.Is(err, wire.ErrTooDeep) || errors.Is(err, wire.ErrTooLarge) {
			return
		}
		if err != nil {
			t.Fatalf("written as %q: %v", text, err)
		}
		if outer != "" {
			again = again.First()
		}
		if dump(again) != dump(got) {
			t.Fatalf("written as %q, read as %s", text, dump(again))
		}
	}
}

func escapeSpace(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", "'", "&apos;", "\n", "&#10;", "\t", "&#9;", "\r", "&#13;").Replace(s)
}

// blanks copies e with all white space in attribute values as blanks: encoding/xml does not do what XML 1.0 §3.3.3 asks for.
func blanks(e *wire.Element) *wire.Element {
	out := &wire.Element{Space: blank(e.Space), Local: e.Local}
	for _, a := range e.Attrs {
		out.Attrs = append(out.Attrs, wire.Attr{Space: blank(a.Space), Local: a.Local, Value: blank(a.Value)})
	}
	for _, n := range e.Nodes {
		if n.Element != nil {
			n.Element = blanks(n.Element)
		}
		out.Nodes = append(out.Nodes, n)
	}
	return out
}

func blank(s string) string { return strings.NewReplacer("\n", " ", "\t", " ", "\r", " ").Replace(s) }

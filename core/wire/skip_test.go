package wire_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"kith/core/model"
	"kith/core/wire"
)

// counted is " a0=” a1=”…", n times what shape makes of a number.
func counted(shape string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, shape, i)
	}
	return b.String()
}

// TestSkip passes over what is too much, and tells whose it was as far as it was read.
func TestSkip(t *testing.T) {
	large := strings.Repeat("x", wire.MaxStanza)
	deep := strings.Repeat("<d>", wire.MaxDepth) + strings.Repeat("</d>", wire.MaxDepth)
	const open, head = "<message from='ben'>", "<message xmlns='jabber:client' from='ben'"
	cases := []struct {
		name, in, want string
		nameless       bool
		why            error
	}{
		{"large text", open + "<body>" + large + "</body></message>", head + "><body/></message>", false, wire.ErrTooLarge},
		{"large text of many bytes a character", open + "<body>" + strings.Repeat("\U0001F600", 300_000) + "</body></message>", head + "><body/></message>", false, wire.ErrTooLarge},
		{"many children", open + strings.Repeat("<c/>", 300_000) + "</message>", "", false, wire.ErrTooLarge},
		{"what stands before it", open + "<a b='c'>d</a><body>" + large + "</body><e/></message>", head + "><a b='c'>d</a><body/></message>", false, wire.ErrTooLarge},
		{"large CDATA with tags", open + "<body><![CDATA[" + strings.Repeat("</message>]]", 100_000) + "]]></body></message>", head + "><body/></message>", false, wire.ErrTooLarge},
		{"large and deep", open + strings.Repeat("<d>", 400_000) + strings.Repeat("</d>", 400_000) + "</message>", "", false, wire.ErrTooLarge},
		{"large value of a child", open + "<a b='" + large + "'/><c/></message>", head + "/>", false, wire.ErrTooLarge},
		{"large value of its own", "<message id='" + large + "' from='ben'><a/></message>", "<message xmlns='jabber:client'/>", true, wire.ErrTooLarge},
		{"deep", open + "<a/>" + deep + "<b/></message>", "", false, wire.ErrTooDeep},
		{"many attributes", open + "<a" + counted(" a%d=''", 257) + "/><b/></message>", head + "/>", false, wire.ErrTooLarge},
		{"many attributes of its own", "<message from='ben'" + counted(" a%d=''", 257) + "/>", "<message xmlns='jabber:client'/>", true, wire.ErrTooLarge},
		{"many namespaces", open + "<a" + counted(" xmlns:a%d='u'", 257) + "/><b/></message>", head + "/>", false, wire.ErrTooLarge},
		{"as ejabberd hands on a prefix of the sender's stream", open + "<p:a/><b/></message>", head + "/>", false, wire.ErrNames},
		{"the same on an attribute", open + "<a p:b='1' c='2'/><b/></message>", head + "><a c='2'/><b/></message>", false, wire.ErrNames},
		{"the same on its own attribute", "<message p:b='1' from='ben'/>", head + "/>", false, wire.ErrNames},
		{"illegal character", open + "<a/><b>x\x01</b><c/></message>", head + "><a/><b/></message>", false, wire.ErrChars},
		{"reference to one", open + "<a/><b>&#x1b;</b><c/></message>", head + "><a/><b/></message>", false, wire.ErrChars},
		{"reference to one in a value", open + "<a/><b c='&#0;'/></message>", head + "><a/></message>", false, wire.ErrChars},
		{"U+FFFE", open + "<a/><b>\uFFFE</b></message>", head + "><a/><b/></message>", false, wire.ErrChars},
		{"no UTF-8", open + "<a/><b>\xff</b></message>", head + "><a/><b/></message>", false, wire.ErrChars},
		{"illegal character in its own tag", "<message id='\x01' from='ben'/>", "<message xmlns='jabber:client'/>", true, wire.ErrChars},
		{"as both hand on an element of xml", open + "<a xmlns='http://www.w3.org/XML/1998/namespace'/></message>", head + "/>", false, wire.ErrNames},
		{"as Prosody hands on an attribute of xml", open + "<a xmlns:ns1='http://www.w3.org/XML/1998/namespace' ns1:b='1'/></message>", head + "/>", false, wire.ErrNames},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := header + c.in + " " + c.in + "<a/></stream:stream>"
			for name, src := range map[string]io.Reader{"whole": strings.NewReader(text), "halves": iotest.HalfReader(strings.NewReader(text))} {
				r := wire.NewReader(src)
				if _, err := r.Header(); err != nil {
					t.Fatal(err)
				}
				for range 2 {
					_, err := r.Next()
					var over *wire.Skipped
					if !errors.As(err, &over) || !errors.Is(err, c.why) || over.Nameless != c.nameless {
						t.Fatalf("%s: got %v", name, err)
					}
					if got := over.Head.String(); c.want != "" && got != c.want || !over.Head.Is(wire.NSClient, "message") {
						t.Errorf("%s: its beginning is %.200s, want %s", name, got, c.want)
					}
				}
				if e, err := r.Next(); err != nil || e.Local != "a" {
					t.Errorf("%s: behind it %v, %v", name, e, err)
				}
				if _, err := r.Next(); !errors.Is(err, io.EOF) {
					t.Errorf("%s: at the end %v", name, err)
				}
				if r.Bytes() != int64(len(text)) {
					t.Errorf("%s: %d bytes consumed of %d", name, r.Bytes(), len(text))
				}
			}
		})
	}
}

// rosterOf is an answer with a roster of at least that many bytes.
func rosterOf(from string, bytes int) string {
	const item = "<item jid='ben@example.test' name='ben'/>"
	return "<iq type='result' id='1'" + from + "><query xmlns='jabber:iq:roster'>" + strings.Repeat(item, bytes/len(item)+1) + "</query></iq>"
}

// TestLargeRoster checks that our own roster may be larger than anything else, and that nobody else can send what passes for it.
func TestLargeRoster(t *testing.T) {
	const large = wire.MaxStanza
	ours := rosterOf("", large)
	cases := []struct {
		name, own, in string
		read          bool
	}{
		{"from our server, which says nothing", "anna@example.test", ours, true},
		{"from our server", "anna@example.test/kith", rosterOf(" from='example.test'", large), true},
		{"from our account", "anna@example.test", rosterOf(" from='anna@example.test'", large), true},
		{"nearly too large", "anna@example.test", rosterOf("", wire.MaxRoster-200), true},
		{"too large", "anna@example.test", rosterOf("", wire.MaxRoster), false},
		{"before we have signed in", "", ours, false},
		{"from another device of ours", "anna@example.test", rosterOf(" from='anna@example.test/x'", large), false},
		{"from a stranger", "anna@example.test", rosterOf(" from='mallory@example.test'", large), false},
		{"from a stranger's server", "anna@example.test", rosterOf(" from='example.com'", large), false},
		{"from nothing that is an address", "anna@example.test", rosterOf(" from='@'", large), false},
		{"a request", "anna@example.test", strings.Replace(ours, "result", "set", 1), false},
		{"something else", "anna@example.test", strings.Replace(ours, "jabber:iq:roster", "jabber:iq:private", 1), false},
		{"a message", "anna@example.test", strings.NewReplacer("<iq", "<message", "</iq", "</message").Replace(ours), false},
		{"behind something", "anna@example.test", strings.Replace(ours, "<query", "<x/><query", 1), false},
		{"no start tag that could be read", "anna@example.test", strings.Replace(ours, "<iq", "<iq a='"+strings.Repeat("x", 20_000)+"'", 1), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := wire.NewReader(strings.NewReader(header + c.in + "<message><body>" + strings.Repeat("x", large) + "</body></message><a/>"))
			if _, err := r.Header(); err != nil {
				t.Fatal(err)
			}
			r.Roster(model.JID(c.own))
			e, err := r.Next()
			items := 0
			for range e.First().Children() {
				items++
			}
			if c.read && (err != nil || items != strings.Count(c.in, "<item ")) || !c.read && !errors.Is(err, wire.ErrTooLarge) {
				t.Errorf("got %d contacts, %v", items, err)
			}
			var over *wire.Skipped
			if _, err := r.Next(); !errors.As(err, &over) { // what comes behind it is bounded as ever
				t.Errorf("behind it %v", err)
			}
			if e, err := r.Next(); err != nil || e.Local != "a" {
				t.Errorf("at the end %v, %v", e, err)
			}
		})
	}
}

// TestSkipIsStrict checks what no size excuses.
func TestSkipIsStrict(t *testing.T) {
	large := strings.Repeat("x", wire.MaxStanza)
	for name, in := range map[string]string{
		"comment":         "<a>" + large + "<!-- --></a>",
		"instruction":     "<a>" + large + "<?a?></a>",
		"document type":   "<a>" + large + "<!DOCTYPE a></a>",
		"unknown entity":  "<a>&lol;</a>",
		"no name":         "<1 b='" + large + "'/>",
		"unknown name":    "<p:a b='" + large + "'/>",
		"attribute twice": "<a><b c='1' c='2'/></a>",
	} {
		t.Run(name, func(t *testing.T) {
			r := wire.NewReader(strings.NewReader(header + in + "<b/>"))
			if _, err := r.Header(); err != nil {
				t.Fatal(err)
			}
			_, err := r.Next()
			var over *wire.Skipped
			if err == nil || errors.As(err, &over) {
				t.Fatalf("got %v", err)
			}
			if _, again := r.Next(); !errors.Is(again, err) {
				t.Errorf("went on with %v", again)
			}
		})
	}
}

// endless is a stanza that does not end, and counts what is taken of it.
type endless struct{ taken int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	e.taken += len(b)
	return len(b), nil
}

// TestSkipEnds checks that a stanza without end ends the stream, having cost bounded memory.
func TestSkipEnds(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var tail endless
	r := wire.NewReader(io.MultiReader(strings.NewReader(header+"<message from='ben'><body>"), &tail))
	if _, err := r.Header(); err != nil {
		t.Fatal(err)
	}
	_, err := r.Next()
	var over *wire.Skipped
	if !errors.Is(err, wire.ErrTooLarge) || errors.As(err, &over) {
		t.Fatalf("got %v", err)
	}
	if tail.taken < 32<<20 || tail.taken > 33<<20 {
		t.Errorf("gave up after %d bytes", tail.taken)
	}
	runtime.ReadMemStats(&after)
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 8<<20 {
		t.Errorf("%d bytes allocated", spent)
	}
}

// TestSkipTimeout checks that a time-out in the middle of what is skipped loses nothing.
func TestSkipTimeout(t *testing.T) {
	in := header + "<message><body>" + strings.Repeat("x", wire.MaxStanza) + "</body></message><a/>"
	for _, cut := range []int{len(header) + 3, len(header) + 5000, len(in) - 5000, len(in) - 20, len(in) - 6} {
		r := wire.NewReader(io.MultiReader(strings.NewReader(in[:cut]), &onceErr{}, strings.NewReader(in[cut:])))
		if _, err := r.Header(); err != nil {
			t.Fatal(err)
		}
		_, err := r.Next()
		if !errors.Is(err, iotest.ErrTimeout) {
			t.Fatalf("cut at %d: %v, want a time-out", cut, err)
		}
		var over *wire.Skipped
		if _, err = r.Next(); !errors.As(err, &over) || over.Head.Child(wire.NSClient, "body") == nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if e, err := r.Next(); err != nil || e.Local != "a" {
			t.Errorf("cut at %d: behind it %v, %v", cut, e, err)
		}
	}
}

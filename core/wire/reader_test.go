package wire_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"kith/core/wire"
)

const header = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' ` +
	`xmlns:x='urn:x' from='example.test' id='s1' version='1.0' xml:lang='en'>`

// readAll reads a stream to its end and returns its elements as text, separated by line ends.
func readAll(r *wire.Reader) (string, error) {
	if _, err := r.Header(); err != nil {
		return "", err
	}
	var out []string
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return strings.Join(out, "\n"), nil
		}
		if err != nil {
			return strings.Join(out, "\n"), err
		}
		out = append(out, e.String())
	}
}

func TestReader(t *testing.T) {
	cases := []struct {
		name, in, want string
		err            error
	}{
		{"empty stream", "</stream:stream>", "", nil},
		{"space in the end tag", " </stream:stream \n>", "", nil},
		{"white space between", " \n<a/>\r\n\t<b/> </stream:stream>", "<a xmlns='jabber:client'/>\n<b xmlns='jabber:client'/>", nil},
		{"prefix of the header", "<x:a y='1'/></stream:stream>", "<a xmlns='urn:x' y='1'/>", nil},
		{"prefix on an attribute", "<a x:y='1'/></stream:stream>", "<a xmlns='jabber:client' xmlns:ns0='urn:x' ns0:y='1'/>", nil},
		{"declaration ends with its element", "<a xmlns:q='urn:q'/><q:b/>", "<a xmlns='jabber:client'/>", wire.ErrSyntax},
		{"signs in values", `<a b='>/>' c="'/"/></stream:stream>`, "<a xmlns='jabber:client' b='&gt;/&gt;' c='&apos;/'/>", nil},
		{"CDATA", "<a><![CDATA[</a>]]]]><![CDATA[>]]></a></stream:stream>", "<a xmlns='jabber:client'>&lt;/a&gt;]]&gt;</a>", nil},
		{"three brackets", "<a><![CDATA[x]]]></a><b/></stream:stream>", "<a xmlns='jabber:client'>x]</a>\n<b xmlns='jabber:client'/>", nil},
		{"CDATA outside", "<![CDATA[a]]>", "", wire.ErrSyntax},
		{"text outside", "a", "", wire.ErrSyntax},
		{"comment outside", "<!-- a --><a/>", "", wire.ErrSyntax},
		{"comment inside", "<a><!-- a --></a>", "", wire.ErrSyntax},
		{"instruction", "<?a b?>", "", wire.ErrSyntax},
		{"late declaration", "<?xml version='1.0'?><a/>", "", wire.ErrSyntax},
		{"document type", "<!DOCTYPE a>", "", wire.ErrSyntax},
		{"other end tag", "</stream>", "", wire.ErrSyntax},
		{"cut between", "<a/>", "<a xmlns='jabber:client'/>", io.ErrUnexpectedEOF},
		{"cut inside", "<a><b", "", io.ErrUnexpectedEOF},
		{"too deep", strings.Repeat("<a>", wire.MaxDepth+1) + strings.Repeat("</a>", wire.MaxDepth+1), "", wire.ErrTooDeep},
		{"cut where it is too deep", strings.Repeat("<a>", wire.MaxDepth+1), "", io.ErrUnexpectedEOF},
		{"too large", "<a>" + strings.Repeat("x", wire.MaxStanza) + "</a>", "", wire.ErrTooLarge},
		{"too large in a tag", "<a b='" + strings.Repeat("x", wire.MaxStanza) + "'/>", "", wire.ErrTooLarge},
		{"cut where it is too large", "<a>" + strings.Repeat("x", wire.MaxStanza), "", io.ErrUnexpectedEOF},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			readers := map[string]io.Reader{
				"whole":  strings.NewReader(header + c.in),
				"bytes":  iotest.OneByteReader(strings.NewReader(header + c.in)),
				"halves": iotest.HalfReader(strings.NewReader(header + c.in)),
			}
			for name, r := range readers {
				got, err := readAll(wire.NewReader(r))
				if got != c.want || !errors.Is(err, c.err) {
					t.Errorf("%s: got %q, %v; want %q, %v", name, got, err, c.want, c.err)
				}
			}
		})
	}
}

func TestReaderHeader(t *testing.T) {
	ns := `xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'`
	cases := []struct {
		name, in string
		ok       bool
	}{
		{"plain", "<stream:stream " + ns + ">", true},
		{"white space first", " \n<stream:stream " + ns + ">", true},
		{"declaration", `<?xml version="1.0" encoding='utf-8' standalone='yes' ?>` + "\n<stream:stream " + ns + ">", true},
		{"default namespace", "<stream xmlns='http://etherx.jabber.org/streams'>", true},
		{"other encoding", `<?xml version="1.0" encoding='latin1'?><stream:stream ` + ns + ">", false},
		{"declaration in disorder", `<?xml encoding='utf-8' version="1.0"?><stream:stream ` + ns + ">", false},
		{"declaration with more", `<?xml version="1.0" a='b'?><stream:stream ` + ns + ">", false},
		{"declaration twice", `<?xml version="1.0"?><?xml version="1.0"?><stream:stream ` + ns + ">", false},
		{"instruction", `<?xmlx version="1.0"?><stream:stream ` + ns + ">", false},
		{"document type", "<!DOCTYPE a><stream:stream " + ns + ">", false},
		{"other root", "<html>", false},
		{"other namespace", "<stream:stream xmlns:stream='urn:x'>", false},
		{"no declaration of the prefix", "<stream:stream>", false},
		{"empty root", "<stream:stream " + ns + "/>", false},
		{"bad UTF-8", "<stream:stream " + ns + " id='\xff'>", false},
		{"text", "HTTP/1.1 400 Bad Request\r\n", false},
		{"endless", "<stream:stream " + ns + " id='" + strings.Repeat("x", 20<<10), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := wire.NewReader(iotest.OneByteReader(strings.NewReader(c.in)))
			_, err := r.Header()
			if (err == nil) != c.ok {
				t.Fatalf("got %v, want ok %v", err, c.ok)
			}
			if !c.ok && !errors.Is(err, wire.ErrSyntax) && !errors.Is(err, wire.ErrTooLarge) {
				t.Errorf("error %v of no known kind", err)
			}
			if _, again := r.Next(); !c.ok && !errors.Is(again, err) {
				t.Errorf("after the error: %v, want it again", again)
			}
		})
	}
}

func TestReaderHeaderValues(t *testing.T) {
	r := wire.NewReader(strings.NewReader(header + "<a/>"))
	got, err := r.Header()
	if err != nil {
		t.Fatal(err)
	}
	if want := (wire.Header{From: "example.test", ID: "s1", Version: "1.0", Lang: "en"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if r.Buffered() != len("<a/>") || r.Bytes() != int64(len(header)) {
		t.Errorf("buffered %d, consumed %d; want %d, %d", r.Buffered(), r.Bytes(), len("<a/>"), len(header))
	}
}

func TestReaderRestart(t *testing.T) {
	r := wire.NewReader(strings.NewReader(header + "<a/>" + strings.Replace(header, "urn:x", "urn:y", 1) + "<x:b/></stream:stream>"))
	for range 2 {
		if _, err := r.Header(); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want EOF", err)
	}
}

// TestReaderTimeout checks that a time-out in the middle of an element loses nothing.
func TestReaderTimeout(t *testing.T) {
	in := header + "<a b='c'>text<![CDATA[more]]></a> </stream:stream>"
	timeouts := 0
	for cut := 1; cut < len(in); cut++ {
		src := io.MultiReader(strings.NewReader(in[:cut]), &onceErr{}, strings.NewReader(in[cut:]))
		r := wire.NewReader(src)
		try := func(f func() error) error {
			err := f()
			if errors.Is(err, iotest.ErrTimeout) {
				timeouts++
				err = f()
			}
			return err
		}
		if err := try(func() error { _, err := r.Header(); return err }); err != nil {
			t.Fatalf("cut at %d: header: %v", cut, err)
		}
		var e *wire.Element
		if err := try(func() (err error) { e, err = r.Next(); return err }); err != nil || e.Text() != "textmore" {
			t.Fatalf("cut at %d: %v, %v", cut, e, err)
		}
		if err := try(func() error { _, err := r.Next(); return err }); !errors.Is(err, io.EOF) {
			t.Fatalf("cut at %d: got %v, want EOF", cut, err)
		}
	}
	if timeouts == 0 {
		t.Error("no time-out happened")
	}
}

type onceErr struct{ done bool }

func (o *onceErr) Read([]byte) (int, error) {
	if o.done {
		return 0, io.EOF
	}
	o.done = true
	return 0, iotest.ErrTimeout
}

// FuzzReader checks that it does not matter in which pieces a stream arrives, and that the Reader takes the same elements as
// Parse does.
func FuzzReader(f *testing.F) {
	seeds(f)
	f.Add("<a/> <b>x</b></stream:stream>")
	f.Fuzz(func(t *testing.T, s string) {
		const open = "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'>"
		whole, err := readAll(wire.NewReader(strings.NewReader(open + s)))
		pieces, err2 := readAll(wire.NewReader(iotest.OneByteReader(strings.NewReader(open + s))))
		if whole != pieces || (err == nil) != (err2 == nil) {
			t.Fatalf("whole: %q, %v; byte by byte: %q, %v", whole, err, pieces, err2)
		}
		e, err := wire.Parse(s)
		if err != nil {
			return
		}
		r := wire.NewReader(strings.NewReader(open + s))
		if _, err := r.Header(); err != nil {
			t.Fatal(err)
		}
		got, err := r.Next()
		if err != nil || dump(got) != dump(e) {
			t.Fatalf("the reader has %v, %v; Parse has %s", got, err, dump(e))
		}
	})
}

// TestReaderLetsGo checks that a large element leaves nothing behind in the Reader once a small one has followed it.
func TestReaderLetsGo(t *testing.T) {
	const n = 3
	in := header + "<a>" + strings.Repeat("<b>x</b>", (wire.MaxStanza-7)/8) + "</a>"
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	var readers []*wire.Reader
	for range n {
		r := wire.NewReader(io.MultiReader(strings.NewReader(in), strings.NewReader("<c/>")))
		if _, err := r.Header(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
		}
		readers = append(readers, r)
	}
	if held := (int64(heap()) - int64(before)) / n; held > 128<<10 {
		t.Errorf("each of the readers holds %d bytes", held)
	}
	runtime.KeepAlive(readers)
	runtime.KeepAlive(in)
}

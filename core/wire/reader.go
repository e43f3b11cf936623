package wire

import (
	"io"
	"strings"

	"kith/core/model"
)

const (
	readerBytes = 16 << 10 // what a TLS record holds
	maxHeader   = 16 << 10
)

// Reader splits a stream into its header and whole top-level elements (RFC 6120 §4). It holds at most one element that is
// not complete, and MaxStanza bounds it; MaxRoster does if it is our roster. Not safe for concurrent use.
//
// An error of the underlying reader is returned as it is, and the call may be repeated when it was a time-out; so it may
// after a *Skipped. Any other error is final.
type Reader struct {
	src   io.Reader
	buf   []byte
	start int // of what is not consumed
	end   int // of what was read
	total int64

	split  splitter
	skip   skip
	parser parser
	own    model.JID // bare; whose roster may be larger than other stanzas. Empty: nobody's
	bound  int       // of the element at hand; 0: it is not larger than MaxStanza yet
	root   string    // name of the stream's root element as written
	outer  []binding
	err    error
}

// NewReader makes a Reader at the beginning of a stream.
func NewReader(r io.Reader) *Reader {
	return &Reader{src: r, buf: make([]byte, readerBytes)}
}

// Header is what Kith needs of the opening tag of a stream (RFC 6120 §4.7).
type Header struct{ From, To, ID, Version, Lang string }

// Header reads an XML declaration, if there is one, and the opening tag; the prefixes declared there stay in force for all
// elements that follow. Call it again on the same Reader when the stream is restarted without a change to TLS.
func (r *Reader) Header() (Header, error) {
	if r.err != nil {
		return Header{}, r.err
	}
	if err := r.skipSpace(); err != nil {
		return Header{}, err
	}
	raw, err := r.tag()
	if err != nil {
		return Header{}, err
	}
	if strings.HasPrefix(raw, "<?") {
		if !declaration(raw) {
			return Header{}, r.fail(syntax("bad XML declaration"))
		}
		if err := r.skipSpace(); err != nil {
			return Header{}, err
		}
		if raw, err = r.tag(); err != nil {
			return Header{}, err
		}
	}
	return r.open(raw)
}

// open takes the opening tag of a stream in force.
func (r *Reader) open(raw string) (Header, error) {
	if !legal(raw) {
		return Header{}, r.fail(syntax("illegal character"))
	}
	p := parser{s: raw, pos: 1}
	var root Element
	name, open, err := p.startTag(&root)
	if err == nil && (!open || !root.Is(NSStream, "stream")) {
		err = syntax("not the start of a stream")
	}
	if err != nil {
		return Header{}, r.fail(err)
	}
	r.root, r.outer = name, p.ns
	return Header{
		From: root.Attr("from"), To: root.Attr("to"), ID: root.Attr("id"),
		Version: root.Attr("version"), Lang: root.Lang(),
	}, nil
}

// Next reads the next top-level element, skipping white space before it. It returns io.EOF once the stream was closed by
// its end tag, io.ErrUnexpectedEOF when the bytes ended before that, and a *Skipped for an element that it had to pass over.
func (r *Reader) Next() (*Element, error) {
	if r.err != nil {
		return nil, r.err
	}
	if r.skip.passed == 0 { // else it goes on in the middle of an element
		if err := r.skipSpace(); err != nil {
			return nil, err
		}
		if end, err := r.isEndTag(); end || err != nil {
			return nil, err
		}
	}
	text, err := r.whole()
	if err != nil {
		return nil, err
	}
	if r.skip.passed > 0 {
		r.skip = skip{}
		return nil, r.skipped(text, ErrTooLarge)
	}
	e, err := r.parse(text)
	if bearable(err) {
		return nil, r.skipped(text, err)
	}
	if err != nil {
		return nil, r.fail(err)
	}
	return e, nil
}

func (r *Reader) parse(text string) (*Element, error) {
	r.parser.ns = append(r.parser.ns[:0], r.outer...)
	defer r.parser.release()
	return r.parser.document(text)
}

// Buffered is the number of bytes that were read and not consumed. It must be 0 when the connection switches to TLS: more
// would be text that somebody put in before (RFC 6120 §5.4.3.3).
func (r *Reader) Buffered() int { return r.end - r.start }

// Bytes is the number of bytes consumed since NewReader.
func (r *Reader) Bytes() int64 { return r.total }

// whole reads one whole element and returns its text, or the beginning of it when it was skipped. It goes on where it
// stopped when the underlying reader failed.
func (r *Reader) whole() (text string, err error) {
	for {
		ended, err := r.split.scan(r.buf[r.start+r.split.done-r.skip.passed : r.end])
		switch {
		case err != nil:
			return "", r.fail(err)
		case r.split.done > maxSkip:
			return "", r.fail(ErrTooLarge)
		case r.split.done > MaxStanza && r.split.done > r.limit():
			r.pass()
		}
		if ended {
			text := r.skip.head
			if r.skip.passed == 0 {
				text = string(r.buf[r.start : r.start+r.split.done])
				r.consume(r.split.done)
			}
			r.split, r.bound = splitter{}, 0
			return text, nil
		}
		if err := r.fill(); err != nil {
			return "", err
		}
	}
}

// isEndTag consumes the stream's end tag if that comes next; the error is then io.EOF.
func (r *Reader) isEndTag() (bool, error) {
	if r.buf[r.start] != '<' {
		return false, r.fail(syntax("text outside an element"))
	}
	for r.Buffered() < 2 {
		if err := r.fill(); err != nil {
			return false, err
		}
	}
	if r.buf[r.start+1] != '/' {
		return false, nil
	}
	raw, err := r.tag()
	if err != nil {
		return false, err
	}
	p := parser{s: raw, pos: 2}
	if err := p.endTag(r.root); r.root == "" || err != nil {
		return false, r.fail(syntax("end tag does not match"))
	}
	return true, r.fail(io.EOF)
}

// tag consumes one tag outside of elements and returns it.
func (r *Reader) tag() (string, error) {
	for {
		b := r.buf[r.start:r.end]
		if len(b) > 0 && b[0] != '<' {
			return "", r.fail(syntax("text outside an element"))
		}
		n := tagLen(b)
		if n > 0 {
			raw := string(b[:n])
			r.consume(n)
			return raw, nil
		}
		if len(b) > maxHeader {
			return "", r.fail(ErrTooLarge)
		}
		if err := r.fill(); err != nil {
			return "", err
		}
	}
}

// tagLen is the length of the tag at the start of b; 0 when its end is not there yet.
func tagLen(b []byte) int {
	var quote byte
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return 0
}

// declaration checks an XML declaration (XML 1.0 §2.8). RFC 6120 §11.6 allows no encoding but UTF-8.
func declaration(raw string) bool {
	body, _ := strings.CutPrefix(raw, "<?xml")
	body, ok := strings.CutSuffix(body, "?>")
	if !ok || !legal(body) {
		return false
	}
	p := parser{s: body + "/>"}
	open, err := p.rawAttrs()
	if err != nil || open || p.pos != len(p.s) || len(p.ns) > 0 {
		return false
	}
	want := []string{"version", "encoding", "standalone"}
	for i, a := range p.attrs {
		for len(want) > 0 && (a.prefix != "" || a.local != want[0]) {
			if want = want[1:]; i == 0 {
				return false
			}
		}
		if len(want) == 0 || !declared(a) {
			return false
		}
		want = want[1:]
	}
	return len(p.attrs) > 0
}

func declared(a rawAttr) bool {
	switch a.local {
	case "version":
		return strings.HasPrefix(a.value, "1.")
	case "encoding":
		return strings.EqualFold(a.value, "utf-8")
	default:
		return a.value == "yes" || a.value == "no"
	}
}

func (r *Reader) skipSpace() error {
	for {
		for r.start < r.end && isSpace(r.buf[r.start]) {
			r.consume(1)
		}
		if r.start < r.end {
			return nil
		}
		if err := r.fill(); err != nil {
			return err
		}
	}
}

func (r *Reader) consume(n int) {
	r.start += n
	r.total += int64(n)
}

// fail makes err final.
func (r *Reader) fail(err error) error {
	r.err = err
	return err
}

// fill reads more behind what is in the buffer, with one call of the underlying reader if that yields something.
func (r *Reader) fill() error {
	switch {
	case r.start == r.end:
		r.start, r.end = 0, 0
		if len(r.buf) > readerBytes {
			r.buf = make([]byte, readerBytes)
		}
	case r.end < len(r.buf):
	case r.start > 0:
		r.end = copy(r.buf, r.buf[r.start:r.end])
		r.start = 0
	default:
		r.buf = append(r.buf, make([]byte, min(len(r.buf), max(r.bound, MaxStanza)+readerBytes-len(r.buf)))...)
	}
	for range 100 {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		switch {
		case n > 0:
			return nil
		case err == io.EOF:
			return r.fail(io.ErrUnexpectedEOF)
		case err != nil:
			return err
		}
	}
	return io.ErrNoProgress
}

package wire

import "bytes"

// splitter finds the end of an element in text that arrives in pieces. It looks at every byte once, knows only as much XML
// as that needs, and leaves the judgement to the parser.
type splitter struct {
	done  int // bytes seen of the element
	depth int
	state splitState
	quote byte // that the attribute value ends with
	last  byte // of a tag, without its values
	match int  // bytes of a CDATA section's start or end that were seen
}

type splitState uint8

const (
	inText splitState = iota
	afterLess
	inStart
	inValue
	inEnd
	inBang
	inCDATA
)

// scan looks at the next piece and says whether the element ended in it; done then tells where.
func (s *splitter) scan(b []byte) (ended bool, err error) {
	for len(b) > 0 && err == nil && !ended {
		var n int
		switch s.state {
		case inText:
			n = s.skipTo(b, '<', afterLess)
		case afterLess:
			n, err = 1, s.less(b[0])
		case inStart:
			n, ended = s.start(b)
		case inValue:
			n = s.skipTo(b, s.quote, inStart)
		case inEnd:
			if n = s.skipTo(b, '>', inText); s.state == inText {
				s.depth--
				ended = s.depth == 0
			}
		case inBang:
			n, err = 1, s.bang(b[0])
		case inCDATA:
			n = s.cdata(b)
		}
		s.done += n
		b = b[n:]
	}
	return ended, err
}

// skipTo goes behind the next c and to the state next, or over all of b.
func (s *splitter) skipTo(b []byte, c byte, next splitState) int {
	n := bytes.IndexByte(b, c)
	if n < 0 {
		return len(b)
	}
	s.state = next
	return n + 1
}

// less decides what the byte behind a < begins.
func (s *splitter) less(c byte) error {
	switch {
	case c == '/' && s.depth > 0:
		s.state = inEnd
	case c == '!' && s.depth > 0:
		s.state, s.match = inBang, 1
	case c == '/' || c == '!' || c == '?':
		return syntax("comment, processing instruction or stray end tag")
	default:
		s.state, s.last = inStart, c
		s.depth++
	}
	return nil
}

func (s *splitter) start(b []byte) (n int, ended bool) {
	for i, c := range b {
		switch c {
		case '"', '\'':
			s.state, s.quote = inValue, c
			return i + 1, false
		case '>':
			if s.last == '/' {
				s.depth--
			}
			s.state = inText
			return i + 1, s.depth == 0
		}
		s.last = c
	}
	return len(b), false
}

func (s *splitter) bang(c byte) error {
	if c != cdataStart[s.match] {
		return syntax("comment or document type")
	}
	if s.match++; s.match == len(cdataStart) {
		s.state, s.match = inCDATA, 0
	}
	return nil
}

func (s *splitter) cdata(b []byte) int {
	for i, c := range b {
		switch {
		case c == ']':
			s.match = min(s.match+1, 2)
		case c == '>' && s.match == 2:
			s.state = inText
			return i + 1
		default:
			s.match = 0
		}
	}
	return len(b)
}

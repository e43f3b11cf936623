package text

import "golang.org/x/text/unicode/bidi"

// maxDepth is the deepest embedding level (UAX #9 BD2).
const maxDepth = 125

// paragraph holds one paragraph while its levels are found. Own code because x/text/unicode/bidi tells directions, not
// levels, and without levels a line of mixed text cannot be put in order.
type paragraph struct {
	runes []rune
	orig  []bidi.Class
	class []bidi.Class
	level []uint8
	match []int // of an isolate initiator: its PDI, or len(runes)
	base  uint8
}

// levels finds the embedding level of every rune (UAX #9 P2–I2) and the paragraph's own. A nil slice means that all are 0.
func levels(runes []rune) ([]uint8, uint8) {
	p := paragraph{runes: runes}
	simple := true
	for _, r := range runes {
		props, _ := bidi.LookupRune(r)
		c := props.Class()
		switch c {
		case bidi.LRO: // an override would make a text read as another one
			c = bidi.LRE
		case bidi.RLO:
			c = bidi.RLE
		}
		switch c {
		case bidi.R, bidi.AL, bidi.AN, bidi.LRE, bidi.RLE, bidi.LRI, bidi.RLI, bidi.FSI:
			simple = false
		}
		p.orig = append(p.orig, c)
	}
	if simple {
		return nil, 0
	}
	p.class = append([]bidi.Class(nil), p.orig...)
	p.level = make([]uint8, len(runes))
	p.matchIsolates()
	p.base = p.firstStrong(0, len(runes))
	p.explicit()
	for _, s := range p.sequences() {
		p.resolve(s)
	}
	p.fillRemoved()
	return p.level, p.base
}

func isIsolate(c bidi.Class) bool { return c == bidi.LRI || c == bidi.RLI || c == bidi.FSI }

func (p *paragraph) matchIsolates() {
	p.match = make([]int, len(p.runes))
	var open []int
	for i, c := range p.orig {
		p.match[i] = len(p.runes)
		switch {
		case isIsolate(c):
			open = append(open, i)
		case c == bidi.PDI && len(open) > 0:
			p.match[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
}

// firstStrong is the level of a paragraph or isolate by its first strong character (P2, P3).
func (p *paragraph) firstStrong(from, to int) uint8 {
	for i := from; i < to; i++ {
		switch c := p.orig[i]; {
		case c == bidi.L:
			return 0
		case c == bidi.R || c == bidi.AL:
			return 1
		case isIsolate(c):
			i = p.match[i]
		}
	}
	return 0
}

// embedding is the state of the explicit levels (X1).
type embedding struct {
	stack                 []level
	overIsolate, overOpen int
	isolates              int
}

type level struct {
	n       uint8
	isolate bool
}

func (e *embedding) top() level { return e.stack[len(e.stack)-1] }

// push opens an embedding or an isolate in the given direction, or counts it as too deep.
func (e *embedding) push(rtl, isolate bool) {
	n := e.top().n
	if rtl {
		n = (n + 1) | 1
	} else {
		n = (n + 2) &^ 1
	}
	switch {
	case n <= maxDepth && e.overIsolate == 0 && e.overOpen == 0:
		e.stack = append(e.stack, level{n, isolate})
		if isolate {
			e.isolates++
		}
	case isolate:
		e.overIsolate++
	case e.overIsolate == 0:
		e.overOpen++
	}
}

// popIsolate closes the innermost isolate and all embeddings within (X6a).
func (e *embedding) popIsolate() {
	switch {
	case e.overIsolate > 0:
		e.overIsolate--
	case e.isolates > 0:
		e.overOpen = 0
		for !e.top().isolate {
			e.stack = e.stack[:len(e.stack)-1]
		}
		e.stack = e.stack[:len(e.stack)-1]
		e.isolates--
	}
}

// popOpen closes the innermost embedding (X7).
func (e *embedding) popOpen() {
	switch {
	case e.overIsolate > 0:
	case e.overOpen > 0:
		e.overOpen--
	case !e.top().isolate && len(e.stack) > 1:
		e.stack = e.stack[:len(e.stack)-1]
	}
}

// explicit gives every rune the level of the embedding it stands in (X2–X8) and marks what X9 removes as BN.
func (p *paragraph) explicit() {
	e := embedding{stack: []level{{n: p.base}}}
	for i, c := range p.orig {
		p.level[i] = e.top().n
		switch c {
		case bidi.LRE, bidi.RLE:
			p.class[i] = bidi.BN
			e.push(c == bidi.RLE, false)
		case bidi.LRI, bidi.RLI, bidi.FSI:
			e.push(c == bidi.RLI || c == bidi.FSI && p.firstStrong(i+1, p.match[i]) == 1, true)
		case bidi.PDI:
			e.popIsolate()
			p.level[i] = e.top().n
		case bidi.PDF:
			p.class[i] = bidi.BN
			e.popOpen()
		}
	}
}

// sequence is an isolating run sequence (BD13): the runes that see each other as neighbours.
type sequence struct {
	at       []int
	sos, eos bidi.Class
}

// sequences splits the paragraph (X10).
func (p *paragraph) sequences() []sequence {
	var runs [][]int
	startsAt := map[int]int{} // a run by its first rune, for PDIs
	for i, c := range p.class {
		if c == bidi.BN {
			continue
		}
		if n := len(runs); n == 0 || p.level[runs[n-1][len(runs[n-1])-1]] != p.level[i] {
			startsAt[i] = len(runs)
			runs = append(runs, nil)
		}
		runs[len(runs)-1] = append(runs[len(runs)-1], i)
	}
	var out []sequence
	used := make([]bool, len(runs))
	for n := range runs {
		if used[n] {
			continue
		}
		s := sequence{}
		for next, ok := n, true; ok && !used[next]; {
			used[next] = true
			s.at = append(s.at, runs[next]...)
			last := s.at[len(s.at)-1]
			next, ok = startsAt[p.match[last]]
			ok = ok && isIsolate(p.orig[last])
		}
		p.bound(&s)
		out = append(out, s)
	}
	return out
}

// bound finds the directions on both sides of a sequence.
func (p *paragraph) bound(s *sequence) {
	first, last := s.at[0], s.at[len(s.at)-1]
	own := p.level[first]
	before, after := p.base, p.base
	for i := first - 1; i >= 0; i-- {
		if p.class[i] != bidi.BN {
			before = p.level[i]
			break
		}
	}
	if !isIsolate(p.orig[last]) || p.match[last] < len(p.runes) {
		for i := last + 1; i < len(p.runes); i++ {
			if p.class[i] != bidi.BN {
				after = p.level[i]
				break
			}
		}
	}
	s.sos, s.eos = direction(max(own, before)), direction(max(own, after))
}

func direction(level uint8) bidi.Class {
	if level&1 == 1 {
		return bidi.R
	}
	return bidi.L
}

// fillRemoved gives what X9 removed the level of its neighbour.
func (p *paragraph) fillRemoved() {
	last := p.base
	for i, c := range p.class {
		if c == bidi.BN {
			p.level[i] = last
		}
		last = p.level[i]
	}
}

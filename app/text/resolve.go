package text

import (
	"slices"

	"golang.org/x/text/unicode/bidi"
)

// resolve turns the classes of one sequence into levels.
func (p *paragraph) resolve(s sequence) {
	p.weak(s)
	p.numbers(s)
	p.brackets(s)
	p.neutrals(s)
	for _, i := range s.at { // I1, I2
		switch c := p.class[i]; {
		case p.level[i]&1 == 0 && c == bidi.R:
			p.level[i]++
		case p.level[i]&1 == 0 && (c == bidi.AN || c == bidi.EN):
			p.level[i] += 2
		case p.level[i]&1 == 1 && c != bidi.R:
			p.level[i]++
		}
	}
}

// weak applies W1–W3: marks follow what they stand on, European digits behind Arabic letters are Arabic.
func (p *paragraph) weak(s sequence) {
	prev, strong := s.sos, s.sos
	for _, i := range s.at {
		c := p.class[i]
		if c == bidi.NSM {
			c = prev
			if isIsolate(prev) || prev == bidi.PDI {
				c = bidi.ON
			}
		}
		prev = c
		switch c {
		case bidi.L, bidi.R, bidi.AL:
			strong = c
		case bidi.EN:
			if strong == bidi.AL {
				c = bidi.AN
			}
			prev = c
		}
		p.class[i] = c
	}
	for _, i := range s.at {
		if p.class[i] == bidi.AL {
			p.class[i] = bidi.R
		}
	}
}

// numbers applies W4–W7: separators and signs join their number, other ones are neutral.
func (p *paragraph) numbers(s sequence) {
	at := s.at
	for k := 1; k+1 < len(at); k++ {
		before, c, after := p.class[at[k-1]], p.class[at[k]], p.class[at[k+1]]
		if before == after && (c == bidi.CS && (before == bidi.EN || before == bidi.AN) || c == bidi.ES && before == bidi.EN) {
			p.class[at[k]] = before
		}
	}
	for k := 0; k < len(at); k++ {
		if p.class[at[k]] != bidi.ET {
			continue
		}
		end := k
		for end < len(at) && p.class[at[end]] == bidi.ET {
			end++
		}
		to := bidi.ON
		if k > 0 && p.class[at[k-1]] == bidi.EN || end < len(at) && p.class[at[end]] == bidi.EN {
			to = bidi.EN
		}
		for ; k < end; k++ {
			p.class[at[k]] = to
		}
	}
	strong := s.sos
	for _, i := range at {
		switch p.class[i] {
		case bidi.ES, bidi.CS:
			p.class[i] = bidi.ON
		case bidi.L, bidi.R:
			strong = p.class[i]
		case bidi.EN:
			if strong == bidi.L {
				p.class[i] = bidi.L
			}
		}
	}
}

// strongOf is how a class counts for its neighbours: numbers stand as right-to-left (N0, N1). ON when it does not count.
func strongOf(c bidi.Class) bidi.Class {
	switch c {
	case bidi.L:
		return bidi.L
	case bidi.R, bidi.EN, bidi.AN:
		return bidi.R
	}
	return bidi.ON
}

type pair struct{ open, close int } // indexes into sequence.at

// pairs finds matching brackets (BD16).
func (p *paragraph) pairs(s sequence) []pair {
	type opened struct {
		closer rune
		k      int
	}
	var stack []opened
	var out []pair
	for k, i := range s.at {
		props, _ := bidi.LookupRune(p.runes[i])
		if !props.IsBracket() || p.class[i] != bidi.ON {
			continue
		}
		if props.IsOpeningBracket() {
			if len(stack) == 63 {
				return nil
			}
			stack = append(stack, opened{mirror(canonical(p.runes[i])), k})
			continue
		}
		for n := len(stack) - 1; n >= 0; n-- {
			if stack[n].closer == canonical(p.runes[i]) {
				out = append(out, pair{stack[n].k, k})
				stack = stack[:n]
				break
			}
		}
	}
	slices.SortFunc(out, func(a, b pair) int { return a.open - b.open })
	return out
}

// canonical maps the two bracket characters that have a second code point.
func canonical(r rune) rune {
	switch r {
	case '\u2329':
		return '\u3008'
	case '\u232a':
		return '\u3009'
	}
	return r
}

// brackets gives both halves of a pair one direction (N0).
func (p *paragraph) brackets(s sequence) {
	for _, b := range p.pairs(s) {
		own := direction(p.level[s.at[b.open]])
		to := bidi.ON
		for k := b.open + 1; k < b.close; k++ {
			if c := strongOf(p.class[s.at[k]]); c == own {
				to = own
				break
			} else if c != bidi.ON {
				to = c
			}
		}
		if to == bidi.ON {
			continue
		}
		if to != own && p.before(s, b.open) != to {
			to = own
		}
		p.setBracket(s, b.open, to)
		p.setBracket(s, b.close, to)
	}
}

// before is the direction in force in front of the k-th rune of s.
func (p *paragraph) before(s sequence, k int) bidi.Class {
	for k--; k >= 0; k-- {
		if c := strongOf(p.class[s.at[k]]); c != bidi.ON {
			return c
		}
	}
	return s.sos
}

// setBracket gives a bracket and the marks upon it a direction.
func (p *paragraph) setBracket(s sequence, k int, to bidi.Class) {
	p.class[s.at[k]] = to
	for k++; k < len(s.at) && p.orig[s.at[k]] == bidi.NSM; k++ {
		p.class[s.at[k]] = to
	}
}

// neutrals applies N1 and N2: between two equals they follow them, else they follow the embedding.
func (p *paragraph) neutrals(s sequence) {
	prev := s.sos
	for k := 0; k < len(s.at); k++ {
		c := strongOf(p.class[s.at[k]])
		if c != bidi.ON {
			prev = c
			continue
		}
		end, next := k, s.eos
		for end < len(s.at) && strongOf(p.class[s.at[end]]) == bidi.ON {
			end++
		}
		if end < len(s.at) {
			next = strongOf(p.class[s.at[end]])
		}
		to := direction(p.level[s.at[k]])
		if prev == next {
			to = prev
		}
		for ; k < end; k++ {
			p.class[s.at[k]] = to
		}
		k--
	}
}

// mirror is the character that is shown for r between right-to-left words.
func mirror(r rune) rune {
	props, _ := bidi.LookupRune(r)
	if props.IsBracket() {
		return []rune(bidi.ReverseString(string(r)))[0]
	}
	const pairs = "«»‹›<>≤≥≪≫⊂⊃∈∋"
	all := []rune(pairs)
	at := slices.Index(all, r)
	if at < 0 {
		return r
	}
	return all[at^1]
}

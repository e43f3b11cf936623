package text

import "golang.org/x/text/unicode/bidi"

// piece is a stretch of clusters of one line that becomes one run.
type piece struct {
	from, to int
	kind     Kind
	level    uint8
	mirrored bool
}

// line places the clusters from..to as one line.
func (w *wrapper) line(from, to int) {
	body := to
	for body > from && w.cs[body-1].kind == Space { // L1: what trails has the paragraph's direction, and no width
		body--
	}
	pieces := w.pieces(from, body)
	reorder(pieces)
	l := Line{Start: w.cs[from].start, End: w.cs[to-1].end, RTL: w.base&1 == 1}
	for _, p := range pieces {
		r := w.run(p)
		r.X = l.Width
		l.Width += r.Width
		l.Runs = append(l.Runs, r)
	}
	if body < to {
		tail := Run{Start: w.cs[body].start, End: l.End, X: l.Width, Kind: Space, RTL: l.RTL}
		if l.RTL {
			tail.X = 0
		}
		l.Runs = append(l.Runs, tail)
	}
	w.lines = append(w.lines, l)
}

func (w *wrapper) run(p piece) Run {
	first := w.cs[p.from]
	r := Run{Start: first.start, End: w.cs[p.to-1].end, Kind: p.kind, RTL: p.level&1 == 1}
	r.Text = w.text(p.from, p.to, p.mirrored)
	if r.Text != "" {
		r.Width = w.measure(r.Text, measured(p.kind))
	}
	if first.url >= 0 {
		r.URL = w.urls[first.url].target
	}
	return r
}

// pieces cuts the clusters from..to where the font, the direction or the link changes. Right to left it also cuts around
// everything but letters: a toolkit that thinks from left to right puts only whole words in order.
func (w *wrapper) pieces(from, to int) []piece {
	var out []piece
	for at := from; at < to; {
		c := w.cs[at]
		end := at + 1
		rtl := c.level&1 == 1
		p := piece{from: at, kind: c.kind, level: c.level}
		if rtl && c.kind != Emoji {
			letter := w.rightToLeft(c)
			p.mirrored = !letter && c.kind == Plain
			for letter && end < to && w.joins(c, w.cs[end]) && w.rightToLeft(w.cs[end]) {
				end++
			}
		} else {
			p.kind = drawnAs(c.kind)
			for end < to && w.joins(c, w.cs[end]) {
				end++
			}
		}
		p.to = end
		out = append(out, p)
		at = end
	}
	return out
}

// drawnAs lets spaces between words of one run be drawn with them.
func drawnAs(k Kind) Kind {
	if k == Space {
		return Plain
	}
	return k
}

// joins says whether b may stand in the same run as a.
func (w *wrapper) joins(a, b cluster) bool {
	if a.level != b.level || a.url != b.url {
		return false
	}
	if a.level&1 == 1 {
		return a.kind == b.kind
	}
	return drawnAs(a.kind) == drawnAs(b.kind)
}

// rightToLeft says whether a cluster is a letter that every toolkit draws from right to left.
func (w *wrapper) rightToLeft(c cluster) bool {
	props, _ := bidi.LookupString(w.src[c.start:c.end])
	k := props.Class()
	return k == bidi.R || k == bidi.AL
}

// reorder puts pieces from their logical into their visual order (UAX #9 L2).
func reorder(ps []piece) {
	var high, lowOdd uint8 = 0, 255
	for _, p := range ps {
		high = max(high, p.level)
		if p.level&1 == 1 {
			lowOdd = min(lowOdd, p.level)
		}
	}
	for n := high; n >= lowOdd; n-- {
		for at := 0; at < len(ps); at++ {
			end := at
			for end < len(ps) && ps[end].level >= n {
				end++
			}
			for i, j := at, end-1; i < j; i, j = i+1, j-1 {
				ps[i], ps[j] = ps[j], ps[i]
			}
			at = max(at, end)
		}
	}
}

// Package text lays out the paragraphs of one message: where lines break (UAX #14), what makes one character (UAX #29), in
// which order right-to-left and left-to-right words stand (UAX #9), which stretches are emoji and which are links.
//
// The result is lines of positioned runs. Each run holds text of one direction and one font, so that a toolkit which draws
// left to right only, one font per object, shows every line in its right order. Widths come from a function of the caller,
// so this package knows no toolkit and draws nothing. It keeps no state and may be used from any goroutine.
//
// Input is hostile: whatever its size, at most Limits.Clusters characters are looked at, and every byte that was laid out
// belongs to exactly one run. Direction overrides (LRO, RLO) are treated as embeddings, so that no text can be made to read
// as another one.
package text

import "unicode/utf8"

// Kind says what a run is made of, and so which font measures and draws it.
type Kind uint8

// The kinds of run.
const (
	Plain Kind = iota
	Emoji      // whole emoji, drawn with the emoji font
	Space      // white space and line ends that take part in nothing but selection; not drawn
)

// Measure is the width of s drawn in one go with the font of kind. It must not depend on anything else.
type Measure func(s string, kind Kind) float32

// Run is a stretch of a line that is drawn in one go.
type Run struct {
	Start, End int    // the bytes of the input it stands for
	Text       string // what to draw: without control characters, brackets already mirrored
	X, Width   float32
	Kind       Kind
	RTL        bool   // its characters run from right to left; the first byte is at X+Width
	URL        string // where the run leads; empty when it is not part of a link
}

// Line is one line; its runs stand in visual order, from left to right.
type Line struct {
	Start, End int // bytes of the input, the line's end included
	Runs       []Run
	Width      float32
	RTL        bool // its paragraph runs from right to left, so it is aligned to the right
}

// Layout is a laid-out text. The zero value is an empty one.
type Layout struct {
	Source  string // the input
	Lines   []Line
	Width   float32 // of the widest line
	End     int     // how many bytes of the input are laid out
	Clipped bool    // the input goes on behind End
	measure Measure
}

// Limits bound the work for one text and its height. The zero value means the defaults below.
type Limits struct {
	Clusters, Lines int
	NoLinks         bool // what looks like a link is text like any other
}

// Bounds of one layout unless the person asks for more.
const (
	MaxClusters = 4000
	MaxLines    = 40

	maxBytes = 1 << 21 // a bound on what is looked at whatever a cluster holds
)

// Wrap lays s out in lines of at most width. Only a single character that is wider than width itself stands out.
func Wrap(s string, width float32, measure Measure, limits Limits) Layout {
	if limits.Clusters <= 0 {
		limits.Clusters = MaxClusters
	}
	if limits.Lines <= 0 {
		limits.Lines = MaxLines
	}
	if !(width > 0) { // also what is no number
		width = 0
	}
	body := cut(s, maxBytes)
	w := wrapper{src: body, width: width, measure: measure, max: limits.Lines}
	cs, end := clusters(body, limits.Clusters)
	if !limits.NoLinks {
		w.urls = links(body[:end])
	}
	for first := 0; first < len(cs) && !w.full(); {
		last := first
		for last < len(cs) && !cs[last].newline {
			last++
		}
		w.paragraph(cs[first:min(last+1, len(cs))])
		first = last + 1
	}
	if len(cs) == 0 || cs[len(cs)-1].newline && !w.full() {
		w.lines = append(w.lines, Line{Start: end, End: end})
	}
	return w.layout(s)
}

// layout aligns the lines and tells how far they reach.
func (w *wrapper) layout(s string) Layout {
	l := Layout{Source: s, Lines: w.lines, measure: w.measure}
	for i := range l.Lines {
		l.Width = max(l.Width, l.Lines[i].Width)
		l.End = l.Lines[i].End
	}
	for i := range l.Lines {
		if line := &l.Lines[i]; line.RTL {
			for j := range line.Runs {
				line.Runs[j].X += l.Width - line.Width
			}
		}
	}
	l.Clipped = l.End < len(s)
	return l
}

// Centre moves every line to the middle of width.
func (l *Layout) Centre(width float32) {
	for i := range l.Lines {
		line := &l.Lines[i]
		by := (width - line.Width) / 2
		if line.RTL {
			by -= l.Width - line.Width // it is aligned to the right already
		}
		for j := range line.Runs {
			line.Runs[j].X += by
		}
	}
}

// cut is s without what lies beyond limit bytes, on a rune's boundary.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

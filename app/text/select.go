package text

import "github.com/rivo/uniseg"

// Span is a stretch of a line from X to X+Width.
type Span struct {
	Line     int
	X, Width float32
}

// Hit is the byte in front of which a caret stands that is set at x on a line; lines beyond the ends mean the ends.
func (l *Layout) Hit(line int, x float32) int {
	if line < 0 || len(l.Lines) == 0 {
		return 0
	}
	if line >= len(l.Lines) {
		return l.End
	}
	runs := l.Lines[line].Runs
	best, nearest := l.Lines[line].Start, float32(-1)
	for i := range runs {
		r := &runs[i]
		if r.Kind == Space && r.Width == 0 && len(runs) > 1 {
			continue
		}
		away := max(r.X-x, x-r.X-r.Width, 0)
		if nearest < 0 || away < nearest {
			best, nearest = l.hitRun(r, x), away
		}
	}
	return best
}

// hitRun finds the nearest boundary between two clusters of a run.
func (l *Layout) hitRun(r *Run, x float32) int {
	into := x - r.X
	if r.RTL {
		into = r.Width - into
	}
	edges := l.edges(r)
	low, high := 0, len(edges)-1
	for low < high {
		mid := (low + high + 1) / 2
		if l.prefix(r, edges[mid]) <= into {
			low = mid
		} else {
			high = mid - 1
		}
	}
	if low+1 < len(edges) && l.prefix(r, edges[low+1])-into < into-l.prefix(r, edges[low]) {
		low++
	}
	return edges[low]
}

// edges are the bytes between the clusters of a run, both ends included.
func (l *Layout) edges(r *Run) []int {
	out := []int{r.Start}
	rest, state, at := l.Source[r.Start:r.End], -1, r.Start
	for rest != "" {
		var c string
		c, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		at += len(c)
		out = append(out, at)
	}
	return out
}

// prefix is the width of a run up to a byte.
func (l *Layout) prefix(r *Run, to int) float32 {
	switch {
	case to <= r.Start || r.Width == 0:
		return 0
	case to >= r.End:
		return r.Width
	}
	w := wrapper{src: l.Source[r.Start:to]}
	w.cs, _ = clusters(w.src, to-r.Start)
	return min(l.measure(w.text(0, len(w.cs), false), measured(r.Kind)), r.Width)
}

// Spans is what a selection of the bytes from..to covers.
func (l *Layout) Spans(from, to int) []Span {
	var out []Span
	for n, line := range l.Lines {
		if line.End <= from || line.Start >= to {
			continue
		}
		for i := range line.Runs {
			r := &line.Runs[i]
			a, b := max(from, r.Start), min(to, r.End)
			if a >= b || r.Width == 0 {
				continue
			}
			left, right := l.prefix(r, a), l.prefix(r, b)
			if r.RTL {
				left, right = r.Width-right, r.Width-left
			}
			out = append(out, Span{n, r.X + left, right - left})
		}
	}
	return out
}

// URL is where the run at x of a line leads; empty when there is no link.
func (l *Layout) URL(line int, x float32) string {
	if line < 0 || line >= len(l.Lines) {
		return ""
	}
	for _, r := range l.Lines[line].Runs {
		if x >= r.X && x < r.X+r.Width {
			return r.URL
		}
	}
	return ""
}

// Word is the word around a byte, for selection by a double click.
func (l *Layout) Word(at int) (from, to int) {
	if at > l.End || at < 0 {
		return at, at
	}
	rest, state, pos := l.Source[:l.End], -1, 0
	for rest != "" {
		var word string
		word, rest, state = uniseg.FirstWordInString(rest, state)
		if at < pos+len(word) {
			return pos, pos + len(word)
		}
		pos += len(word)
	}
	return at, at
}

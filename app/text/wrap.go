package text

import "strings"

// wrapper builds the lines of one text.
type wrapper struct {
	src     string
	width   float32
	measure Measure
	max     int // lines
	urls    []link
	lines   []Line

	// of the paragraph at hand
	cs   []cluster
	base uint8
}

func (w *wrapper) full() bool { return len(w.lines) >= w.max }

// paragraph adds the lines of one paragraph, whose last cluster may be its newline.
func (w *wrapper) paragraph(cs []cluster) {
	w.cs = cs
	w.direct()
	w.link()
	from, used := 0, float32(0)
	for at := 0; at < len(cs); {
		end, body := w.word(at)
		for {
			width, ok := w.fits(at, body, w.width-used)
			if ok {
				used += width + w.words(body, end)
				at = end
				break
			}
			if at == from { // alone on its line, and wider than that
				at = w.split(from, body)
			}
			w.line(from, at)
			if w.full() {
				return
			}
			from, used = at, 0
		}
	}
	if from < len(cs) {
		w.line(from, len(cs))
	}
}

// direct finds the direction of every cluster.
func (w *wrapper) direct() {
	if len(w.cs) == 0 {
		return
	}
	start, end := w.cs[0].start, w.cs[len(w.cs)-1].end
	var runes []rune
	at := make([]int, 0, len(w.cs)) // first rune of each cluster
	next := 0
	for i, r := range w.src[start:end] {
		if next < len(w.cs) && start+i == w.cs[next].start {
			at = append(at, len(runes))
			next++
		}
		runes = append(runes, r)
	}
	lv, base := levels(runes)
	w.base = base
	for i := range at {
		w.cs[i].level = base
		if lv != nil && !w.cs[i].newline {
			w.cs[i].level = lv[at[i]]
		}
	}
}

// link marks the clusters that belong to a link.
func (w *wrapper) link() {
	n := 0
	for i := range w.cs {
		c := &w.cs[i]
		for n < len(w.urls) && w.urls[n].end <= c.start {
			n++
		}
		if n < len(w.urls) && w.urls[n].start <= c.start {
			c.url = n
			c.canBreak = c.canBreak && c.end >= w.urls[n].host
		}
	}
}

// word is the stretch from at to the next place where a line may end, and where its white space begins.
func (w *wrapper) word(at int) (end, body int) {
	for end = at; end < len(w.cs); end++ {
		if w.cs[end].canBreak {
			end++
			break
		}
	}
	body = end
	for body > at && w.cs[body-1].kind == Space {
		body--
	}
	return end, body
}

// fits says whether the clusters from at to end fit into room, and how wide they are. It measures little more than the room.
func (w *wrapper) fits(at, end int, room float32) (float32, bool) {
	if at >= end {
		return 0, true
	}
	for n := 64; at+n < end; n *= 2 {
		if w.words(at, at+n) > room {
			return 0, false
		}
	}
	width := w.words(at, end)
	return width, width <= room
}

// words is the width of the clusters from at to end, measured in stretches of one kind.
func (w *wrapper) words(at, end int) float32 {
	var width float32
	for at < end {
		next := at + 1
		for next < end && w.cs[next].kind == w.cs[at].kind {
			next++
		}
		width += w.measure(w.text(at, next, false), measured(w.cs[at].kind))
		at = next
	}
	return width
}

// measured is the kind a stretch is measured as: spaces are as wide as those of the text.
func measured(k Kind) Kind {
	if k == Space {
		return Plain
	}
	return k
}

// text is what is drawn of the clusters from at to end.
func (w *wrapper) text(at, end int, mirrored bool) string {
	var b strings.Builder
	for _, c := range w.cs[at:end] {
		if c.newline {
			continue
		}
		drawn(&b, w.src[c.start:c.end], c.kind)
	}
	if !mirrored {
		return b.String()
	}
	return strings.Map(mirror, b.String())
}

// split finds how many clusters of a word that is wider than a line fit on one: at least one.
func (w *wrapper) split(at, end int) int {
	low, high := at+1, end
	for probe := at + 8; probe < end; probe = at + 2*(probe-at) { // never measure much more than a line
		if w.words(at, probe) > w.width {
			high = probe - 1
			break
		}
		low = probe
	}
	for low < high {
		mid := (low + high + 1) / 2
		if w.words(at, mid) <= w.width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return max(low, at+1)
}

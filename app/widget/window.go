package widget

import "kith/app/text"

const (
	bottomPad  float32 = 12 // below the newest row
	pageMargin int     = 12 // rows between the view and the end of the source at which more is asked for
	cacheMax   int     = 4096
)

// position says what is in sight.
type position struct {
	at    int     // the lowest row considered
	key   int64   // its key, by which it is found again
	below float32 // how far it reaches below the view; never negative after settle
	stick bool    // the newest row is in sight and stays so
	last  bool    // at was the last row
}

// sight is a row in sight and where its top is.
type sight struct {
	key int64
	y   float32
}

// window is what a timeline knows about its rows: how high those near the view are, and which of them are in it. It draws
// nothing.
type window struct {
	source        Source
	width, height float32 // of the view
	pos           position
	newer         bool // there is more behind the last row
	cache         map[int64]*measured
	more          map[int64]int // how many times more of a clipped text was asked for
}

func newWindow(s Source) window {
	return window{source: s, pos: position{stick: true}, cache: map[int64]*measured{}, more: map[int64]int{}}
}

// measured is what a row needs at one width.
type measured struct {
	row    Row
	width  float32
	height float32
	shape  shape       // of a message
	strip  text.Layout // of anything else
}

func isBubble(k RowKind) bool { return k == BubbleRow || k == UnreadableRow || k == CallRow }

// measure lays row i out, or remembers how it was.
func (w *window) measure(i int) *measured {
	r, width := w.source.Row(i), w.width
	if m := w.cache[r.Key]; m != nil && m.row == r && m.width == width {
		return m
	}
	m := &measured{row: r, width: width}
	if isBubble(r.Kind) {
		m.shape = shapeOf(r, width, w.more[r.Key])
		m.height = m.shape.height
	} else {
		m.strip, m.height = stripOf(r, width)
	}
	if len(w.cache) >= cacheMax {
		clear(w.cache)
	}
	w.cache[r.Key] = m
	return m
}

// height is that of row i with what lies below the newest.
func (w *window) rowHeight(i int) float32 {
	h := w.measure(i).height
	if i == w.source.Len()-1 {
		h += bottomPad
	}
	return h
}

// index finds a row by its key, near where it was.
func (w *window) index(key int64, near int) (int, bool) {
	n := w.source.Len()
	near = min(max(near, 0), max(n-1, 0))
	for d := 0; near-d >= 0 || near+d < n; d++ {
		if i := near + d; i < n && w.source.Row(i).Key == key {
			return i, true
		}
		if i := near - d; i >= 0 && i < n && w.source.Row(i).Key == key {
			return i, true
		}
	}
	return 0, false
}

// find sets the position to the row it stood at, or to another one that is in sight when that one vanished.
func (w *window) find(inSight []sight) {
	if w.pos.stick {
		return
	}
	if i, ok := w.index(w.pos.key, w.pos.at); ok {
		w.pos.at = i
		w.pad()
		return
	}
	for _, s := range inSight {
		if i, ok := w.index(s.key, w.pos.at); ok {
			w.pos = position{at: i, below: s.y + w.rowHeight(i) - w.height}
			w.pos.last = i == w.source.Len()-1
			return
		}
	}
	w.pos = position{at: max(w.source.Len()-1, 0), stick: !w.newer}
}

// pad accounts for the space below the newest row when another one became the newest.
func (w *window) pad() {
	last := w.pos.at == w.source.Len()-1
	switch {
	case w.pos.last && !last:
		w.pos.below -= bottomPad
	case last && !w.pos.last:
		w.pos.below += bottomPad
	}
	w.pos.last = last
}

// settle makes the position one that can be shown: nothing beyond the newest row and, where there is enough, none above the
// oldest.
func (w *window) settle() {
	p, n := &w.pos, w.source.Len()
	if n == 0 {
		*p = position{stick: p.stick}
		return
	}
	if p.stick || p.at >= n {
		p.at, p.below = n-1, 0
	}
	w.settleBottom()
	// How much of the view is filled from the row considered upwards?
	filled := -p.below
	for i := p.at; i >= 0 && filled < w.height; i-- {
		filled += w.rowHeight(i)
	}
	if missing := w.height - filled; missing > 0 {
		p.below -= missing
		w.settleBottom()
	}
	p.key, p.last = w.source.Row(p.at).Key, p.at == n-1
	p.stick = p.last && p.below < 1 && !w.newer
}

// settleBottom makes the row considered the lowest one in sight.
func (w *window) settleBottom() {
	p, n := &w.pos, w.source.Len()
	for p.below < 0 && p.at < n-1 {
		p.at++
		p.below += w.rowHeight(p.at)
	}
	for p.at > 0 && p.below >= w.rowHeight(p.at) {
		p.below -= w.rowHeight(p.at)
		p.at--
	}
	p.below = max(p.below, 0)
}

// AtBottom says whether the newest row is in sight.
func (w *window) AtBottom() bool { return w.pos.stick }

// firstKey is the key of the first row that is not about loading.
func (w *window) firstKey() int64 {
	for i := range min(w.source.Len(), 2) {
		if r := w.source.Row(i); r.Kind != TopRow {
			return r.Key
		}
	}
	return 0
}

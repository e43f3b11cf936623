package widget

import (
	"slices"

	"fyne.io/fyne/v2"

	"kith/app/text"
	"kith/app/theme"
)

const (
	bottomPad  float32 = 12 // below the newest row
	pageMargin         = 12 // rows between the view and the end of the source at which more is asked for
	cacheMax           = 4096
)

// measured is what a row needs at one width.
type measured struct {
	row    Row
	width  float32
	height float32
	shape  shape       // of a message
	strip  text.Layout // of anything else
}

func isBubble(k RowKind) bool { return k == BubbleRow || k == UnreadableRow }

// measure lays row i out, or remembers how it was.
func (t *Timeline) measure(i int) *measured {
	r, width := t.source.Row(i), t.Size().Width
	if m := t.cache[r.Key]; m != nil && m.row == r && m.width == width {
		return m
	}
	m := &measured{row: r, width: width}
	if isBubble(r.Kind) {
		m.shape = shapeOf(r, width, t.full[r.Key])
		m.height = m.shape.height
	} else {
		m.strip, m.height = stripOf(r, width)
	}
	if len(t.cache) >= cacheMax {
		clear(t.cache)
	}
	t.cache[r.Key] = m
	return m
}

// height is that of row i with what lies below the newest.
func (t *Timeline) height(i int) float32 {
	h := t.measure(i).height
	if i == t.source.Len()-1 {
		h += bottomPad
	}
	return h
}

// index finds a row by its key, near where it was.
func (t *Timeline) index(key int64, near int) (int, bool) {
	n := t.source.Len()
	near = min(max(near, 0), max(n-1, 0))
	for d := 0; near-d >= 0 || near+d < n; d++ {
		if i := near + d; i < n && t.source.Row(i).Key == key {
			return i, true
		}
		if i := near - d; i >= 0 && i < n && t.source.Row(i).Key == key {
			return i, true
		}
	}
	return 0, false
}

// find sets the position to the row it stood at, or to another one that is in sight when that one vanished.
func (t *Timeline) find() {
	if t.pos.stick {
		return
	}
	if i, ok := t.index(t.pos.key, t.pos.at); ok {
		t.pos.at = i
		t.pad()
		return
	}
	for _, s := range t.shown {
		if i, ok := t.index(s.m.row.Key, t.pos.at); ok {
			t.pos = position{at: i, below: s.y + t.height(i) - t.Size().Height}
			return
		}
	}
	t.pos = position{at: max(t.source.Len()-1, 0), stick: !t.newer}
}

// pad accounts for the space below the newest row when another one became the newest.
func (t *Timeline) pad() {
	last := t.pos.at == t.source.Len()-1
	switch {
	case t.pos.last && !last:
		t.pos.below -= bottomPad
	case last && !t.pos.last:
		t.pos.below += bottomPad
	}
	t.pos.last = last
}

// settle makes the position one that can be shown: nothing beyond the newest row and, where there is enough, none above the
// oldest.
func (t *Timeline) settle() {
	p, n := &t.pos, t.source.Len()
	if n == 0 {
		*p = position{stick: p.stick}
		return
	}
	if p.stick || p.at >= n {
		p.at, p.below = n-1, 0
	}
	t.settleBottom()
	// How much of the view is filled from the row considered upwards?
	filled := -p.below
	for i := p.at; i >= 0 && filled < t.Size().Height; i-- {
		filled += t.height(i)
	}
	if missing := t.Size().Height - filled; missing > 0 {
		p.below -= missing
		t.settleBottom()
	}
	p.key, p.last = t.source.Row(p.at).Key, p.at == n-1
	p.stick = p.last && p.below < 1 && !t.newer
}

// settleBottom makes the row considered the lowest one in sight.
func (t *Timeline) settleBottom() {
	p, n := &t.pos, t.source.Len()
	for p.below < 0 && p.at < n-1 {
		p.at++
		p.below += t.height(p.at)
	}
	for p.at > 0 && p.below >= t.height(p.at) {
		p.below -= t.height(p.at)
		p.at--
	}
	p.below = max(p.below, 0)
}

// arrange puts what is in sight in its place.
func (t *Timeline) arrange() {
	size := t.Size()
	if t.draw == nil || size.Width < 1 || size.Height < 1 {
		return
	}
	t.settle()
	old := t.shown
	t.shown = make([]*slot, 0, len(old)+2)
	first := t.pos.at
	for i, y := t.pos.at, size.Height+t.pos.below; i >= 0 && y > 0 && i < t.source.Len(); i-- {
		y -= t.height(i)
		m := t.measure(i)
		s := take(&old, m.row)
		if s == nil {
			s = &slot{}
		}
		s.y, s.next = y, m
		t.shown = append(t.shown, s)
		first = i
	}
	t.realise(old)
	t.bar.set(first, t.pos.at, t.source.Len())
	t.arrangeOver(size)
	t.ask(first)
}

// take removes the slot that shows a row from a list.
func take(from *[]*slot, r Row) *slot {
	i := slices.IndexFunc(*from, func(s *slot) bool { return s.m.row.Key == r.Key && isBubble(s.m.row.Kind) == isBubble(r.Kind) })
	if i < 0 {
		return nil
	}
	s := (*from)[i]
	*from = slices.Delete(*from, i, i+1)
	return s
}

// realise gives every row in sight an object and lets go of the objects of those that left.
func (t *Timeline) realise(gone []*slot) {
	for _, s := range gone {
		if s.bubble != nil && s.bubble.block == t.selected {
			t.deselect()
		}
		t.free = append(t.free, s)
	}
	grown := false
	for _, s := range t.shown {
		if s.bubble == nil && s.strip == nil {
			grown = t.object(s) || grown
		}
		s.show(t.Size().Width)
	}
	for _, s := range t.free {
		show(s.object(), false)
	}
	if grown {
		t.list()
	}
}

// object finds a free object for a slot, or makes one.
func (t *Timeline) object(s *slot) (made bool) {
	bubble := isBubble(s.next.row.Kind)
	i := slices.IndexFunc(t.free, func(f *slot) bool { return (f.bubble != nil) == bubble })
	if i >= 0 {
		f := t.free[i]
		t.free = slices.Delete(t.free, i, i+1)
		s.bubble, s.strip, s.order, s.m = f.bubble, f.strip, f.order, f.m
		s.adopt()
		return false
	}
	t.made++
	s.order = t.made
	t.make(s, bubble)
	return true
}

// all is every slot with an object, in the order of their making.
func (t *Timeline) all() []*slot {
	var out []*slot
	for _, s := range append(slices.Clone(t.shown), t.free...) {
		if s.bubble != nil || s.strip != nil {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *slot) int { return a.order - b.order })
	return out
}

// arrangeOver places what lies over the rows.
func (t *Timeline) arrangeOver(size fyne.Size) {
	place(t.bar, size.Width-barWidth, 0, barWidth, size.Height)
	place(t.jump, size.Width-theme.RoundButton-16, size.Height-theme.RoundButton-14, theme.RoundButton, theme.RoundButton)
	show(t.jump, !t.pos.stick && (!t.pos.last || t.pos.below > 100 || t.newer))
	place(t.ring, 1, 1, size.Width-2, size.Height-2)
}

// ask asks for more rows where the view comes near an end, and tells whether the newest is in sight.
func (t *Timeline) ask(first int) {
	n := t.source.Len()
	if n > 0 {
		t.ends.first, t.ends.last = t.firstKey(), t.source.Row(n-1).Key
	}
	if t.bottom != t.pos.stick {
		t.bottom = t.pos.stick
		if t.OnBottom != nil {
			t.OnBottom(t.bottom)
		}
	}
	if t.older && !t.asked.older && first < pageMargin {
		t.asked.older = true
		call(t.OnOlder)
	}
	if t.newer && !t.asked.newer && n-1-t.pos.at < pageMargin {
		t.asked.newer = true
		call(t.OnNewer)
	}
}

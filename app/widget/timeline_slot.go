package widget

import (
	"fyne.io/fyne/v2"
)

// slot is one row in sight: where it stands, and the object that shows it.
type slot struct {
	m      *measured // what the object shows
	next   *measured // what it shall show
	y      float32
	bubble *Bubble
	strip  *Strip
	order  int // among the timeline's objects
	owner  *binding
}

// binding is what the callbacks of an object know: which slot it serves at the time.
type binding struct{ slot *slot }

func (s *slot) object() fyne.CanvasObject {
	if s.bubble != nil {
		return s.bubble
	}
	return s.strip
}

// equip gives the slot an object of its own.
func (t *Timeline) equip(s *slot, bubble bool) {
	if !bubble {
		s.strip = newStrip()
		owner := &binding{s}
		s.strip.bind, s.owner = owner, owner
		s.strip.OnAction = func() { tell(t.OnAction, owner) }
		s.m = nil
		return
	}
	b := NewBubble()
	b.bind = &binding{s}
	s.bubble, s.owner, s.m = b, b.bind, nil
	owner := b.bind
	b.OnAction = func() { tell(t.OnAction, owner) }
	b.OnShow = func() { t.expand(owner) }
	b.OnMenu = func(at fyne.Position) {
		if t.OnMenu != nil {
			t.OnMenu(owner.slot.m.row.Key, at)
		}
	}
	b.block.OnLink = func(url string) {
		if t.OnLink != nil {
			t.OnLink(url)
		}
	}
	b.block.OnSelect = func(b *TextBlock) {
		t.cursor.on = false
		t.choose(b)
	}
	b.block.OnDrag = t.scroll
}

// adopt tells the object which slot it serves now.
func (s *slot) adopt() {
	if s.bubble != nil {
		s.owner = s.bubble.bind
	} else {
		s.owner = s.strip.bind
	}
	s.owner.slot = s
}

// show makes the object show the row and stand in its place.
func (s *slot) show(width float32) {
	if s.m != s.next {
		s.m = s.next
		if s.bubble != nil {
			s.bubble.set(s.m.row, s.m.shape)
		} else {
			s.strip.set(s.m.row, s.m.strip)
		}
	}
	place(s.object(), 0, s.y, width, s.m.height)
	show(s.object(), true)
}

// tell hands a callback the key of the row that an object shows.
func tell(f func(key int64), b *binding) {
	if f != nil {
		f(b.slot.m.row.Key)
	}
}

// expand shows more of a clipped text; its top stays where it is.
func (t *Timeline) expand(b *binding) {
	key := b.slot.m.row.Key
	t.more[key]++
	delete(t.cache, key)
	if i, ok := t.index(key, t.pos.at); ok {
		t.pos = position{at: i, below: b.slot.y + t.rowHeight(i) - t.height}
	}
	t.arrange()
}

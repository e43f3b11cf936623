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
		s.strip.bind = &binding{s}
		s.owner = s.strip.bind
		s.strip.OnAction = func() { t.act(s.owner) }
		s.m = nil
		return
	}
	b := NewBubble()
	b.bind = &binding{s}
	s.bubble, s.owner, s.m = b, b.bind, nil
	owner := b.bind
	b.OnAction = func() { t.act(owner) }
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
	b.block.OnSelect = t.choose
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

func (t *Timeline) act(b *binding) {
	if t.OnAction != nil {
		t.OnAction(b.slot.m.row.Key)
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

// leave drops the selection with the bubble that holds it.
func (t *Timeline) leave(b *Bubble) {
	if b.block == t.selected {
		t.deselect()
	}
}

// choose remembers in which text the selection is; there is only one.
func (t *Timeline) choose(b *TextBlock) {
	if t.selected != b {
		t.deselect()
		t.selected = b
	}
	focus(t)
}

func (t *Timeline) deselect() {
	if t.selected != nil {
		t.selected.choose(0, 0)
		t.selected = nil
	}
}

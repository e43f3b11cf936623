package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"kith/app/theme"
)

// cursor is the message of a timeline on which the keyboard stands: the arrow keys lead from one to the next, and it can be
// copied and has its menu like one under the pointer.
type cursor struct {
	timeline *Timeline
	key      int64 // of the row
	on       bool
	mark     *canvas.Rectangle
}

func newCursor(t *Timeline) *cursor {
	c := &cursor{timeline: t, mark: frame(theme.BubbleRadius + cursorGap)}
	c.mark.Hide()
	return c
}

const (
	cursorGap  float32 = 3 // between a message and the frame around it
	cursorEdge float32 = 8 // kept free between the message and the edge of the view
	cursorStep float32 = 40
)

// Point gives the keyboard to the lowest message in sight, as for the arrow up in an empty composer.
func (c *cursor) Point() {
	c.on = false
	focus(c.timeline)
	c.step(-1)
}

// step goes to the next message above (-1) or below (+1); below the newest the keyboard is given on.
func (c *cursor) step(by int) {
	t := c.timeline
	t.deselect()
	i, ok := t.index(c.key, t.pos.at)
	switch {
	case !c.on || !ok:
		i, by = t.pos.at, -1
	case c.within(i, by):
		return
	default:
		i += by
	}
	for ; i >= 0 && i < t.source.Len(); i += by {
		if r := t.source.Row(i); isBubble(r.Kind) {
			c.key, c.on = r.Key, true
			c.reveal(i)
			t.FocusGained()
			return
		}
	}
	if by > 0 && !t.newer {
		c.leave()
	}
}

// leave gives the keyboard on.
func (c *cursor) leave() {
	c.on = false
	c.arrange()
	call(c.timeline.OnLeave)
}

// span is where row i begins and ends.
func (c *cursor) span(i int) (top, bottom float32) {
	t := c.timeline
	bottom = t.height + t.pos.below
	for j := t.pos.at + 1; j <= i; j++ {
		bottom += t.rowHeight(j)
	}
	for j := t.pos.at; j > i; j-- {
		bottom -= t.rowHeight(j)
	}
	return bottom - t.rowHeight(i), bottom
}

// within scrolls in a message that goes on beyond the view, and says whether it did.
func (c *cursor) within(i, by int) bool {
	top, bottom := c.span(i)
	switch {
	case by < 0 && top < 0:
		c.timeline.scroll(min(cursorStep, cursorEdge-top))
	case by > 0 && bottom > c.timeline.height+1:
		c.timeline.scroll(-min(cursorStep, bottom-c.timeline.height+cursorEdge))
	default:
		return false
	}
	return true
}

// reveal brings row i into sight; of one that is higher than the view, the end that was reached.
func (c *cursor) reveal(i int) {
	top, bottom := c.span(i)
	height := c.timeline.height
	switch {
	case bottom > height && top > cursorEdge:
		c.timeline.scroll(-min(bottom-height+cursorEdge, top-cursorEdge))
	case top < 0 && bottom < height-cursorEdge:
		c.timeline.scroll(min(cursorEdge-top, height-cursorEdge-bottom))
	default:
		c.arrange()
	}
}

// slot is what shows the message; nil when it is not in sight.
func (c *cursor) slot() *slot {
	for _, s := range c.timeline.shown {
		if c.on && s.m != nil && s.m.row.Key == c.key && s.bubble != nil {
			return s
		}
	}
	return nil
}

// arrange draws the frame around the message.
func (c *cursor) arrange() {
	s := c.slot()
	show(c.mark, s != nil && c.timeline.focused)
	if s == nil {
		return
	}
	sh := &s.m.shape
	place(c.mark, sh.x-cursorGap, s.y+sh.top-cursorGap, sh.width+2*cursorGap, sh.body+2*cursorGap)
	paintFrame(c.mark, true)
}

// press does what Enter and the menu key do on the message, and says whether there was one.
func (c *cursor) press(k fyne.KeyName) bool {
	s := c.slot()
	if s == nil {
		return false
	}
	if r := s.m.row; r.Kind == CallRow && r.Action != "" && (k == fyne.KeyReturn || k == fyne.KeyEnter) {
		tell(c.timeline.OnAction, s.owner)
		return true
	}
	switch k {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace, desktop.KeyMenu, fyne.KeyF10:
		if t := c.timeline; t.OnMenu != nil {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t)
			t.OnMenu(c.key, at.AddXY(s.m.shape.x+padX, s.y+s.m.shape.top+s.m.shape.body))
		}
	case fyne.KeyEscape:
		c.leave()
	default:
		return false
	}
	return true
}

// copy asks for a copy of the whole message.
func (c *cursor) copy() {
	if c.on && c.timeline.OnCopy != nil {
		c.timeline.OnCopy(c.key)
	}
}

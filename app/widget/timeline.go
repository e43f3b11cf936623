package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/lang"
)

// Source is where a timeline gets its rows from, the oldest at 0. Both are called on the toolkit's goroutine, often, and must
// be quick.
type Source struct {
	Len func() int
	Row func(i int) Row
}

// Timeline shows the rows of a chat, the newest at the bottom. However many there are, only those in sight exist as objects
// and only those near it are ever measured: its position is the lowest row considered and how far that row reaches below the
// view, and no height of the whole is known.
//
// What the person reads stays where it is when rows arrive, change or vanish anywhere else. Only a view that shows the
// newest row follows new ones.
//
// After the rows changed call Reload. When there is more in the store than the rows of the source, say so with SetMore; the
// timeline then asks for it in time, once, until Reload brings other rows or SetMore is called again.
type Timeline struct {
	base.BaseWidget
	OnOlder  func()                            // rows before the first are needed
	OnNewer  func()                            // rows behind the last are needed
	OnLatest func()                            // the newest rows are asked for; nil: ScrollToBottom
	OnBottom func(yes bool)                    // the newest row came into sight, or left it
	OnAction func(key int64)                   // the link of a row was pressed
	OnLink   func(url string)                  // a link in a message was pressed
	OnMenu   func(key int64, at fyne.Position) // the secondary button was pressed on a message; in canvas coordinates
	OnCopy   func(key int64)                   // the message on which the keyboard stands is to be copied
	OnLeave  func()                            // the keyboard went beyond the newest message, or jumped there
	OnKey    func(*fyne.KeyEvent)              // a key that does not scroll, as Escape
	OnRune   func(rune)                        // something was typed: it belongs into the composer

	region
	window
	rack
	chosen
	finder
	*cursor
	older   bool                        // there is more before the first row
	asked   struct{ older, newer bool } // and it was asked for
	ends    struct{ first, last int64 } // keys of the outermost rows when it was
	thumb   *thumb
	jump    *jump
	ring    *canvas.Rectangle
	focused bool
	bottom  bool // what OnBottom was told last
	draw    *clipped
}

// NewTimeline makes a timeline that shows its newest rows.
func NewTimeline(source Source) *Timeline {
	t := &Timeline{region: region(lang.T("Messages")), window: newWindow(source), ring: frame(4), bottom: true}
	t.cursor = newCursor(t)
	t.finder.in = t
	t.chosen.owner, t.chosen.whole = t, t.cursor.copy
	t.rack.equip, t.rack.left = t.equip, t.chosen.leave
	t.thumb = newSight(t)
	t.jump = newJump(func() { // which vanishes with the keyboard
		t.Latest()
		if !fyne.CurrentDevice().IsMobile() {
			call(t.OnLeave)
		}
	})
	t.ExtendBaseWidget(t)
	return t
}

// SetSource shows the rows of another chat, from the newest.
func (t *Timeline) SetSource(source Source) {
	size := t.Size()
	t.window = newWindow(source)
	t.width, t.height = size.Width, size.Height
	t.SetMore(false, false)
	t.deselect()
	t.ClearFound()
	t.jump.set(0)
	t.Reload()
}

// SetMore says whether the store or the archive holds rows before the first and behind the last one of the source. It also
// allows to ask for them again, at the next scroll.
func (t *Timeline) SetMore(older, newer bool) {
	t.older, t.newer = older, newer
	t.asked.older, t.asked.newer = false, false
}

// SetUnread sets the number on the button that jumps to the newest row.
func (t *Timeline) SetUnread(n int) { t.jump.set(n) }

// Reload shows what has become of the rows. Nothing in sight moves because of what happened out of sight.
func (t *Timeline) Reload() {
	t.find(t.inSight())
	if n := t.source.Len(); n > 0 {
		if t.firstKey() != t.ends.first {
			t.asked.older = false
		}
		if t.source.Row(n-1).Key != t.ends.last {
			t.asked.newer = false
		}
	}
	t.arrange()
}

// ScrollToBottom shows the newest row of the source.
func (t *Timeline) ScrollToBottom() {
	t.pos = position{at: max(t.source.Len()-1, 0), stick: !t.newer}
	t.arrange()
}

// ScrollTo brings a row to the middle of the view and says whether there is such a row.
func (t *Timeline) ScrollTo(key int64) bool {
	i, ok := t.index(key, t.pos.at)
	if !ok {
		return false
	}
	t.pos = position{at: i, below: -(t.Size().Height - t.rowHeight(i)) / 2}
	t.arrange()
	return true
}

// Latest goes to the newest row, which may have to be read first.
func (t *Timeline) Latest() {
	if t.newer && t.OnLatest != nil {
		t.OnLatest()
		return
	}
	t.ScrollToBottom()
}

// Newest is the key of the lowest row that is wholly in sight, for read markers; ok is false when none is.
func (t *Timeline) Newest() (key int64, ok bool) {
	for _, s := range t.shown {
		if s.y+s.m.height <= t.Size().Height+1 {
			return s.m.row.Key, true
		}
	}
	return 0, false
}

// CreateRenderer is the toolkit's.
func (t *Timeline) CreateRenderer() fyne.WidgetRenderer {
	t.draw = &clipped{drawing{
		layout: func(fyne.Size) { t.arrange() },
		min:    func() fyne.Size { return fyne.NewSize(200, 100) },
		refresh: func() {
			paintFrame(t.ring, t.focused && !t.cursor.on)
			t.arrange()
			t.thumb.Refresh()
		},
	}}
	t.list()
	return t.draw
}

// list puts the objects in their order: it only grows, so that the canvas never thinks that everything changed.
func (t *Timeline) list() {
	if t.draw == nil {
		return
	}
	objects := t.draw.objects[:0]
	for _, s := range t.all() {
		objects = append(objects, s.object())
	}
	t.draw.objects = append(objects, t.cursor.mark, t.thumb, t.jump, t.ring)
}

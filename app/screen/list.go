package screen

import (
	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/widget"

	"kith/app/widget"
)

// list shows many rows of known heights; only those in sight exist as objects. A row object is reused for any row of its
// kind.
type list struct {
	base.BaseWidget
	scroll *widget.Scroll
	sheet  *sheet
}

// listRow is a row: its height, what kind of object draws it, and how that object is filled. Rows with the same key keep
// their object while they stay in sight.
type listRow struct {
	key    any
	kind   int
	height float32
	fill   func(o fyne.CanvasObject)
}

func newList(make func(kind int) fyne.CanvasObject) *list {
	l := &list{sheet: &sheet{make: make, shown: map[any]*cell{}}}
	l.sheet.list = l
	l.sheet.ExtendBaseWidget(l.sheet)
	l.scroll = widget.NewScroll(l.sheet)
	l.scroll.OnScrolled = l.sheet.arrange
	l.ExtendBaseWidget(l)
	return l
}

// set replaces the rows; the place that is scrolled to stays.
func (l *list) set(rows []listRow) {
	s := l.sheet
	s.rows, s.total = rows, 0
	for _, r := range rows {
		s.total += r.height
	}
	for _, c := range s.shown {
		c.stale = true
	}
	l.scroll.Refresh()
	s.arrange()
}

// reveal scrolls until a row is in sight.
func (l *list) reveal(key any) {
	y := float32(0)
	for _, r := range l.sheet.rows {
		if r.key == key {
			l.scroll.ShowPart(y, r.height)
			l.sheet.arrange()
			return
		}
		y += r.height
	}
}

// chatRow makes a row for people or chats; with the arrow keys, Home and End the keyboard goes from one to the next, and
// above the first to what up gives it to.
func (l *list) chatRow(up func()) *widget.ChatRow {
	r := widget.NewChatRow(widget.ChatItem{}, nil)
	r.OnStep = func(by int) {
		if !l.step(l.at(r), by) && by == -1 {
			up()
		}
	}
	return r
}

// at is the row that o draws; -1 for none.
func (l *list) at(o fyne.CanvasObject) int {
	for i, r := range l.sheet.rows {
		if c := l.sheet.shown[r.key]; c != nil && widget.Same(c.object, o) {
			return i
		}
	}
	return -1
}

// enter gives the keyboard to the first row, and says whether there is one.
func (l *list) enter() bool { return l.step(-1, 1) }

// step gives the keyboard to the row that lies by further than row from, or to the last that takes it on the way, and says
// whether there was one.
func (l *list) step(from, by int) bool {
	rows := l.sheet.rows
	to, way := min(max(from+by, 0), len(rows)-1), 1
	if by > 0 {
		way = -1
	}
	if by == 1 || by == -1 { // past what takes no keyboard
		way = by
	}
	for ; to >= 0 && to < len(rows) && to != from; to += way {
		l.reveal(rows[to].key)
		c := l.sheet.shown[rows[to].key]
		if c == nil {
			return false
		}
		if f, ok := c.object.(fyne.Focusable); ok {
			l.halt(rows[to].key)
			Settle(l)
			fyne.CurrentApp().Driver().CanvasForObject(l).Focus(f)
			return true
		}
	}
	return false
}

// halt lets Tab halt at a row.
func (l *list) halt(key any) {
	l.sheet.halts = key
	l.sheet.halt(l.scroll.Offset())
}

// Reveal brings the row that o draws into sight.
func (l *list) Reveal(o fyne.CanvasObject) {
	for key, c := range l.sheet.shown {
		if widget.Same(c.object, o) {
			l.reveal(key)
		}
	}
}

// CreateRenderer is the toolkit's.
func (l *list) CreateRenderer() fyne.WidgetRenderer { return base.NewSimpleRenderer(l.scroll) }

type cell struct {
	kind   int
	object fyne.CanvasObject
	stale  bool
	used   bool
}

// sheet is what the list scrolls: as high as all rows together.
type sheet struct {
	base.BaseWidget
	list    *list
	make    func(kind int) fyne.CanvasObject
	rows    []listRow
	total   float32
	shown   map[any]*cell
	free    []*cell
	halts   any                 // the key of the row at which Tab halts; see halt
	objects []fyne.CanvasObject // of all cells, in the order they were made
}

// MinSize is the height of all rows.
func (s *sheet) MinSize() fyne.Size { return fyne.NewSize(200, s.total) }

// arrange shows the rows in sight.
func (s *sheet) arrange() {
	top, view, width := s.list.scroll.Offset(), s.list.scroll.Size().Height, s.Size().Width
	if view <= 0 || width <= 0 {
		return
	}
	for _, c := range s.shown {
		c.used = false
	}
	before := len(s.objects)
	y := float32(0)
	var late []func()
	for i := range s.rows {
		r := &s.rows[i]
		if y+r.height > top-r.height && y < top+view+r.height {
			at := y
			if c := s.shown[r.key]; c != nil && c.kind == r.kind {
				s.place(c, r, at)
			} else {
				late = append(late, func() { s.place(s.take(r), r, at) })
			}
		}
		y += r.height
	}
	s.release()
	for _, f := range late {
		f()
	}
	s.halt(top)
	if len(s.objects) != before {
		s.Refresh()
	}
}

// halt lets Tab halt at one row alone: the one that had the keyboard last, or is open, else the first in sight. A long list
// would have to be left row by row, and its objects do not even stand in the order of the rows.
func (s *sheet) halt(top float32) {
	y := float32(0)
	for i := 0; i < len(s.rows) && s.chatRow(s.halts) == nil; i++ {
		if key := s.rows[i].key; y >= top && s.chatRow(key) != nil {
			s.halts = key
		}
		y += s.rows[i].height
	}
	for key := range s.shown {
		if r := s.chatRow(key); r != nil {
			r.PassOver(key != s.halts)
		}
	}
}

// chatRow is the object of a row in sight; nil when there is none, or it is of another kind.
func (s *sheet) chatRow(key any) *widget.ChatRow {
	if c := s.shown[key]; c != nil {
		r, _ := c.object.(*widget.ChatRow)
		return r
	}
	return nil
}

func (s *sheet) place(c *cell, r *listRow, y float32) {
	if c.stale {
		c.stale = false
		r.fill(c.object)
	}
	c.used = true
	show(c.object, true)
	c.object.Move(fyne.NewPos(0, y))
	c.object.Resize(fyne.NewSize(s.Size().Width, r.height))
}

// release gives back the cells of rows that are out of sight.
func (s *sheet) release() {
	for key, c := range s.shown {
		if !c.used {
			delete(s.shown, key)
			show(c.object, false)
			s.free = append(s.free, c)
		}
	}
}

// take finds or makes a cell for a row.
func (s *sheet) take(r *listRow) *cell {
	for i, c := range s.free {
		if c.kind == r.kind {
			s.free = append(s.free[:i], s.free[i+1:]...)
			c.stale = true
			s.shown[r.key] = c
			return c
		}
	}
	c := &cell{kind: r.kind, object: s.make(r.kind), stale: true}
	s.objects = append(s.objects, c.object)
	s.shown[r.key] = c
	return c
}

// CreateRenderer is the toolkit's.
func (s *sheet) CreateRenderer() fyne.WidgetRenderer { return (*sheetRenderer)(s) }

type sheetRenderer sheet

func (r *sheetRenderer) Destroy()                     {}
func (r *sheetRenderer) Layout(fyne.Size)             { (*sheet)(r).arrange() }
func (r *sheetRenderer) MinSize() fyne.Size           { return (*sheet)(r).MinSize() }
func (r *sheetRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *sheetRenderer) Refresh()                     {}

// reset forgets all objects, so that they are made anew.
func (l *list) reset() {
	l.sheet.shown, l.sheet.free, l.sheet.objects = map[any]*cell{}, nil, nil
	l.sheet.arrange()
	l.sheet.Refresh()
}

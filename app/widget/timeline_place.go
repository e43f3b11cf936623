package widget

import (
	"fyne.io/fyne/v2"

	"kith/app/theme"
)

// arrange puts what is in sight in its place.
func (t *Timeline) arrange() {
	size := t.Size()
	if t.draw == nil || size.Width < 1 || size.Height < 1 {
		return
	}
	t.width, t.height = size.Width, size.Height
	t.settle()
	old := t.shown
	t.shown = make([]*slot, 0, len(old)+2)
	first := t.pos.at
	for i, y := t.pos.at, size.Height+t.pos.below; i >= 0 && y > 0 && i < t.source.Len(); i-- {
		y -= t.rowHeight(i)
		m := t.measure(i)
		s := take(&old, m.row)
		if s == nil {
			s = &slot{}
		}
		s.y, s.next = y, m
		t.shown = append(t.shown, s)
		first = i
	}
	if t.realise(old, size.Width) {
		t.list()
	}
	t.finder.arrange()
	t.thumb.arrange(t.thumb.Size())
	t.arrangeOver(size)
	t.ask(first)
}

// arrangeOver places what lies over the rows.
func (t *Timeline) arrangeOver(size fyne.Size) {
	place(t.thumb, size.Width-barWidth, 0, barWidth, size.Height)
	place(t.jump, size.Width-theme.RoundButton-16, size.Height-theme.RoundButton-14, theme.RoundButton, theme.RoundButton)
	show(t.jump, !t.pos.stick && (!t.pos.last || t.pos.below > 100 || t.newer))
	t.cursor.arrange()
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

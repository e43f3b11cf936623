package widget

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"kith/app/theme"
)

// TestMenuStaysInside opens a menu with more rows than there is room for, one of them very long: it stays within the window, the keyboard
// and the wheel lead to its last row, and the labels stand below each other.
func TestMenuStaysInside(t *testing.T) {
	start(t, theme.Light)
	b := NewCallButton(theme.IconSettings, "More", "", GlassLook, nil)
	w := show1(t, container.NewWithoutLayout(b), 320, 400)
	place(b, 180, 320, 44, 44)
	picked := 0
	for name, open := range map[string]func(items ...MenuItem){
		"above":  func(items ...MenuItem) { ShowCallMenu(b, items...) },
		"beside": func(items ...MenuItem) { ShowMenu(b, fyne.NewPos(300, 300), items...) },
	} {
		items := []MenuItem{{Icon: theme.IconCheck, Label: strings.Repeat("a headset with a long name ", 5), Meter: NewMeter()}}
		for i := range 20 {
			items = append(items, MenuItem{Label: fmt.Sprint("Headset ", i+1), Pressed: func() { picked = i + 1 }})
		}
		open(items...)
		m, ok := w.Canvas().Overlays().Top().(*menu)
		if !ok {
			t.Fatalf("%s: no menu", name)
		}
		at, size := m.box.Position(), m.box.Size()
		if at.X < 8 || at.Y < 8 || at.X+size.Width > 312 || at.Y+size.Height > 392 || name == "above" && at.Y+size.Height > 320 {
			t.Errorf("%s: the menu is at %v, %v large", name, at, size)
		}
		if seen := m.list.Size().Height / menuRow; seen != float32(int(seen))+0.5 {
			t.Errorf("%s: with %v rows in sight it looks as if there were no more", name, seen)
		}
		first := m.rows[0]
		if end := first.item.Meter.Position().X + first.item.Meter.Size().Width; first.item.Meter.Size().Width < 30 || end > size.Width {
			t.Errorf("%s: the meter ends at %v of %v", name, end, size.Width)
		}
		if a, b := first.line.Position().X, m.rows[1].line.Position().X; a != b {
			t.Errorf("%s: labels stand at %v and %v", name, a, b)
		}
		m.TypedKey(key(fyne.KeyUp))
		low := m.list.Offset() + m.list.Size().Height
		if high := float32(len(items)) * menuRow; low < high {
			t.Errorf("%s: %v of %v are above the end of what is seen, and the last row is chosen", name, low, high)
		}
		m.TypedKey(key(fyne.KeyReturn))
		if picked != 20 || w.Canvas().Overlays().Top() != nil {
			t.Errorf("%s: picked %d, and the menu is open: %v", name, picked, w.Canvas().Overlays().Top() != nil)
		}
		picked = 0
		open(items...)
		m = w.Canvas().Overlays().Top().(*menu)
		middle := m.list.Position().AddXY(m.list.Size().Width/2, m.list.Size().Height/2)
		test.Scroll(w.Canvas(), middle, 0, -10_000)
		test.TapCanvas(w.Canvas(), fyne.NewPos(middle.X, m.list.Position().Y+m.list.Size().Height-menuRow/2))
		if picked != 20 || w.Canvas().Overlays().Top() != nil {
			t.Errorf("%s: after the wheel, picked %d, and the menu is open: %v", name, picked, w.Canvas().Overlays().Top() != nil)
		}
	}
}

// TestMenuChanges changes the rows of an open menu: what the keyboard has chosen stays chosen wherever it stands, nothing is chosen in its place
// when it goes, what only says something is passed over, and without rows the menu closes.
func TestMenuChanges(t *testing.T) {
	start(t, theme.Light)
	b := NewCallButton(theme.IconSettings, "More", "", GlassLook, nil)
	w := show1(t, container.NewWithoutLayout(b), 320, 400)
	place(b, 180, 320, 44, 44)
	picked := ""
	rows := func(names ...string) (items []MenuItem) {
		for _, n := range names {
			items = append(items, MenuItem{Label: n, Key: n, Note: strings.HasSuffix(n, "gone"), Pressed: func() { picked = n }})
		}
		return items
	}
	shown := ShowCallMenu(b, rows("System", "Webcam", "Headset")...)
	m, _ := w.Canvas().Overlays().Top().(*menu)
	press := func(keys ...fyne.KeyName) {
		for _, k := range keys {
			m.TypedKey(key(k))
		}
	}
	press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown)
	headset := m.rows[2]
	shown.Set(rows("System", "Headset", "Microphone", "Phone")...)
	if m.chosen != 1 || m.rows[1] != headset || !headset.hovered || m.rows[2].hovered {
		t.Errorf("row %d is chosen", m.chosen)
	}
	if end := m.box.Position().Y + m.box.Size().Height; m.box.Size().Height != 4*menuRow+2*menuPad || end > 320 {
		t.Errorf("the menu is %v high and ends at %v", m.box.Size().Height, end)
	}
	if at := headset.Position().Y; at != menuRow || m.rows[3].Position().Y != 3*menuRow || m.rows[3].Size().Width < 100 {
		t.Errorf("rows stand at %v and %v", at, m.rows[3].Position().Y)
	}
	press(fyne.KeyReturn)
	if picked != "Headset" || shown.Open() {
		t.Errorf("picked %q, open: %v", picked, shown.Open())
	}

	picked = ""
	shown = ShowCallMenu(b, rows("System", "Headset", "Webcam")...)
	m, _ = w.Canvas().Overlays().Top().(*menu)
	press(fyne.KeyDown, fyne.KeyDown)
	shown.Set(rows("Headset gone", "System", "Webcam")...)
	press(fyne.KeyReturn)
	if picked != "" || !shown.Open() {
		t.Errorf("what has taken the place of the chosen row is picked: %q", picked)
	}
	test.Tap(m.rows[0])
	press(fyne.KeyUp, fyne.KeyDown)
	if picked != "" || m.chosen != 1 {
		t.Errorf("a row that only says something: picked %q, chosen %d", picked, m.chosen)
	}
	shown.Set()
	if shown.Open() || w.Canvas().Overlays().Top() != nil {
		t.Error("a menu without rows stays")
	}
}

package widget

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"kith/app/theme"
)

// pressKeys gives a timeline keys.
func pressKeys(tl *Timeline, names ...fyne.KeyName) {
	for _, n := range names {
		tl.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

// TestTimelineCursor goes through the messages of a chat with the arrow keys.
func TestTimelineCursor(t *testing.T) {
	start(t, theme.Light)
	l := &list{messages(0, 200)}
	l.rows[198] = Row{Key: 198, Kind: DayRow, Text: "Today"}
	tl := view(t, l)
	var copied, menus []int64
	var at fyne.Position
	left, escaped := 0, 0
	tl.OnCopy = func(key int64) { copied = append(copied, key) }
	tl.OnMenu = func(key int64, p fyne.Position) { menus, at = append(menus, key), p }
	tl.OnLeave = func() { left++ }
	tl.OnKey = func(*fyne.KeyEvent) { escaped++ }
	inSight := func(key int64) {
		t.Helper()
		s := tl.slot()
		if tl.key != key || s == nil || s.y < 0 || s.y+s.m.height > tl.Size().Height+1 || !tl.mark.Visible() {
			t.Fatalf("the keyboard stands on %d, in sight %v, want %d", tl.key, s != nil, key)
		}
	}
	before := tops(tl)
	tl.Point()
	inSight(199)
	unmoved(t, "a first step", before, tops(tl))
	pressKeys(tl, fyne.KeyUp)
	inSight(197) // past the day
	for key := int64(196); key >= 150; key-- {
		pressKeys(tl, fyne.KeyUp)
		inSight(key)
	}
	tl.TypedShortcut(&fyne.ShortcutCopy{})
	pressKeys(tl, desktop.KeyMenu, fyne.KeyF10, fyne.KeyReturn)
	if !slices.Equal(copied, []int64{150}) || !slices.Equal(menus, []int64{150, 150, 150}) || at.Y <= tl.slot().y || at.X < tl.slot().m.shape.x {
		t.Errorf("copied %v, menus %v at %v", copied, menus, at)
	}
	for key := int64(151); key <= 197; key++ {
		pressKeys(tl, fyne.KeyDown)
		inSight(key)
	}
	pressKeys(tl, fyne.KeyDown)
	inSight(199)
	if !tl.AtBottom() || left != 0 {
		t.Errorf("at the newest message: at the bottom %v, left %d times", tl.AtBottom(), left)
	}
	pressKeys(tl, fyne.KeyDown)
	if left != 1 || tl.mark.Visible() {
		t.Errorf("beyond the newest message: left %d times", left)
	}
	tl.Point()
	pressKeys(tl, fyne.KeyEscape)
	if left != 2 || escaped != 0 || tl.mark.Visible() {
		t.Errorf("Escape on a message: left %d times, the chat too %d times", left, escaped)
	}
	pressKeys(tl, fyne.KeyEscape)
	if escaped != 1 {
		t.Error("Escape elsewhere does not reach the chat")
	}
}

// TestTimelineCursorInLong goes with the arrow keys through a message that is higher than the view: no line of it is passed
// over.
func TestTimelineCursorInLong(t *testing.T) {
	start(t, theme.Light)
	l := &list{messages(0, 5)}
	l.rows[2].Text = strings.TrimSpace(strings.Repeat("a line\n", 38))
	tl := view(t, l)
	tl.Point()
	seen := func() (top, bottom float32) { s := tl.slot(); return s.y, s.y + s.m.height }
	for tl.key != 2 {
		pressKeys(tl, fyne.KeyUp)
	}
	if _, bottom := seen(); bottom > 500 {
		t.Errorf("coming from below, the message ends at %v of 500", bottom)
	}
	steps := 0
	for before := float32(0); tl.key == 2 && steps < 40; steps++ {
		top, _ := seen()
		if steps > 0 && top-before > 41 {
			t.Errorf("a step of %v", top-before)
		}
		before = top
		pressKeys(tl, fyne.KeyUp)
	}
	if steps < 5 || tl.key != 1 {
		t.Errorf("%d steps through 38 lines, to %d", steps, tl.key)
	}
	for steps = 0; tl.key != 3 && steps < 40; steps++ {
		pressKeys(tl, fyne.KeyDown)
	}
	if steps < 5 || steps == 40 {
		t.Errorf("%d steps back down", steps)
	}
}

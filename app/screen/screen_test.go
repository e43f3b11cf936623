package screen

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"kith/app/theme"
	"kith/app/widget"
)

// begin gives a test an application with Kith's look.
func begin(t *testing.T) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
}

// window puts a screen into a window of a size, as the program does.
func window(t *testing.T, o fyne.CanvasObject, width, height float32) fyne.Window {
	t.Helper()
	w := test.NewTempWindow(t, widget.NewRoot(o))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(width, height))
	return w
}

// walk visits every visible object below o, from back to front.
func walk(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	if !o.Visible() {
		return
	}
	visit(o)
	switch x := o.(type) {
	case *fyne.Container:
		for _, c := range x.Objects {
			walk(c, visit)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(x).Objects() {
			walk(c, visit)
		}
	}
}

// seen is all text in sight, joined: a paragraph is drawn word by word or run by run.
func seen(o fyne.CanvasObject) string {
	var out []string
	walk(o, func(o fyne.CanvasObject) {
		if t, ok := o.(*canvas.Text); ok && t.Text != "" {
			out = append(out, t.Text)
		}
	})
	return strings.Join(strings.Fields(strings.Join(out, " ")), " ")
}

func wantSeen(t *testing.T, o fyne.CanvasObject, want ...string) {
	t.Helper()
	got := seen(o)
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%q is not to be seen in %q", w, got)
		}
	}
}

func wantUnseen(t *testing.T, o fyne.CanvasObject, not ...string) {
	t.Helper()
	got := seen(o)
	for _, w := range not {
		if strings.Contains(got, w) {
			t.Errorf("%q is to be seen in %q", w, got)
		}
	}
}

// labelled is what a screen reader finds under a name.
type labelled interface {
	fyne.CanvasObject
	fyne.Tappable
	AccessibilityLabel() string
}

// tap presses what has a name.
func tap(t *testing.T, o fyne.CanvasObject, name string) {
	t.Helper()
	var found []labelled
	walk(o, func(o fyne.CanvasObject) {
		_, text := o.(*widget.TextBlock)
		if l, ok := o.(labelled); ok && !text && l.AccessibilityLabel() == name {
			found = append(found, l)
		}
	})
	if len(found) != 1 {
		t.Fatalf("%d things are called %q", len(found), name)
	}
	found[0].Tapped(&fyne.PointEvent{})
}

func TestShell(t *testing.T) {
	begin(t)
	list, main, side := newGround(theme.Side), newGround(theme.Field), newGround(theme.Line)
	tests := []struct {
		name           string
		width          float32
		open, detailed bool
		want           [3]float32 // widths of list, main and details; 0: not in sight
	}{
		{"phone, list", 390, false, false, [3]float32{390, 0, 0}},
		{"phone, chat", 390, true, false, [3]float32{0, 390, 0}},
		{"phone, details", 390, true, true, [3]float32{0, 0, 390}},
		{"two panes", 1000, true, false, [3]float32{320, 679, 0}},
		{"two panes, nothing open", 1000, false, false, [3]float32{320, 679, 0}},
		{"two panes, details", 1000, true, true, [3]float32{320, 0, 679}},
		{"three panes", 1280, true, true, [3]float32{320, 638, 320}},
		{"wide, no details", 1280, true, false, [3]float32{320, 959, 0}},
		{"just wide enough", 640, true, false, [3]float32{320, 319, 0}},
	}
	for _, tt := range tests {
		s := NewShell(list, NewBlank())
		changes := 0
		s.OnChanged = func() { changes++ }
		window(t, s.Object(), tt.width, 700)
		if tt.open {
			s.SetMain(main)
		}
		if tt.detailed {
			s.SetDetails(side)
		}
		var got [3]float32
		for i, o := range []fyne.CanvasObject{s.list, s.main, s.details} {
			if o.Visible() {
				got[i] = o.Size().Width
			}
		}
		if got != tt.want {
			t.Errorf("%s: widths %v, want %v", tt.name, got, tt.want)
		}
		if s.Narrow() != (tt.width < 640) || s.MainVisible() != (tt.open && tt.want[1] > 0) {
			t.Errorf("%s: narrow %v, main in sight %v", tt.name, s.Narrow(), s.MainVisible())
		}
	}
}

func TestShellTells(t *testing.T) {
	begin(t)
	s := NewShell(newGround(theme.Side), NewBlank())
	w := window(t, s.Object(), 1000, 700)
	s.SetMain(newGround(theme.Field))
	changes := 0
	s.OnChanged = func() { changes++ }
	w.Resize(fyne.NewSize(400, 700))
	if changes != 1 {
		t.Errorf("told %d times of a window that became narrow", changes)
	}
	w.Resize(fyne.NewSize(420, 700))
	if changes != 1 {
		t.Errorf("told %d times, though it stayed narrow", changes)
	}
}

// TestListGrows makes a window higher, as when it is maximised: the new part is not left empty.
func TestListGrows(t *testing.T) {
	begin(t)
	l := newList(func(int) fyne.CanvasObject {
		return widget.NewLine("", widget.Ink{Size: 15, Line: 20, Color: theme.Text})
	})
	rows := make([]listRow, 100)
	for i := range rows {
		rows[i] = listRow{key: i, height: 50, fill: func(o fyne.CanvasObject) { o.(*widget.Line).SetText("row " + strconv.Itoa(i)) }}
	}
	w := window(t, l, 320, 200)
	l.set(rows)
	wantUnseen(t, l, "row 17")
	w.Resize(fyne.NewSize(320, 900))
	wantSeen(t, l, "row 17")
}

func TestList(t *testing.T) {
	begin(t)
	made := 0
	l := newList(func(int) fyne.CanvasObject {
		made++
		return widget.NewLine("", widget.Ink{Size: 15, Line: 20, Color: theme.Text})
	})
	rows := func(n int, text string) []listRow {
		out := make([]listRow, n)
		for i := range out {
			out[i] = listRow{key: i, height: 50, fill: func(o fyne.CanvasObject) { o.(*widget.Line).SetText(text + strings.Repeat("i", i%7)) }}
		}
		return out
	}
	window(t, l, 320, 600)
	l.set(rows(10000, "a"))
	if made == 0 || made > 20 {
		t.Fatalf("%d objects for 12 rows in sight of 10,000", made)
	}
	wantSeen(t, l, "a", "aiiiiii")
	l.reveal(9999)
	if l.scroll.Offset() != 9999*50-550 {
		t.Errorf("revealed the last row at %v", l.scroll.Offset())
	}
	l.set(rows(10000, "b"))
	wantSeen(t, l, "b", "bi")
	wantUnseen(t, l, "a")
	for i := range 2000 {
		l.reveal(9999 - i*5)
	}
	if made > 30 {
		t.Errorf("%d objects after scrolling", made)
	}
	l.set(rows(2, "c"))
	if l.scroll.Offset() != 0 {
		t.Errorf("scrolled to %v in a list that fits", l.scroll.Offset())
	}
	wantSeen(t, l, "c", "ci")
	wantUnseen(t, l, "b", "cii")
}

func TestConfirm(t *testing.T) {
	begin(t)
	done := 0
	c := confirm("Delete chat", "All messages are deleted.", "Delete", func() { done++ })
	window(t, c, 400, 300)
	wantUnseen(t, c, "All messages")
	tap(t, c, "Delete chat")
	wantSeen(t, c, "All messages")
	tap(t, c, "Keep")
	wantUnseen(t, c, "All messages")
	tap(t, c, "Delete chat")
	if done != 0 {
		t.Fatal("done without the second answer")
	}
	tap(t, c, "Delete")
	if done != 1 {
		t.Fatal("not done")
	}
}

func TestToggle(t *testing.T) {
	begin(t)
	var told []bool
	g := newToggle("Show who wrote", false)
	g.OnChanged = func(yes bool) { told = append(told, yes) }
	window(t, g.object, 400, 300)
	tap(t, g.object, "Show who wrote")
	tap(t, g.object, "Show who wrote")
	g.Disable()
	tap(t, g.object, "Show who wrote")
	if !slices.Equal(told, []bool{true, false}) {
		t.Errorf("told %v", told)
	}
}

// TestHeadCalls: a window as narrow as most phones has both ways to call beside a name that is read whole; only a narrower one has a menu of them.
func TestHeadCalls(t *testing.T) {
	begin(t)
	for width, both := range map[float32]bool{320: false, 360: false, 390: true, 412: true, 600: true} {
		c := sampleCalls(true)
		window(t, c.Object(), width, 640)
		if !c.head.phone.Visible() || c.head.video.Visible() != both || c.head.slim == both {
			t.Errorf("%v wide: a call %v, a video call %v", width, c.head.phone.Visible(), c.head.video.Visible())
		}
		if w := c.head.name.Size().Width; w < c.head.name.Width() {
			t.Errorf("%v wide: the name has %v of %v", width, w, c.head.name.Width())
		}
	}
}

package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"kith/app/theme"
)

// TestWheel turns the wheel over a field, whose text is too long for it, and over the ground: the page moves both times, and what is
// under the wheel can still be pressed.
func TestWheel(t *testing.T) {
	start(t, theme.Light)
	low := canvas.NewRectangle(nil)
	low.SetMinSize(fyne.NewSize(10, 1000))
	field := NewField("Name", "")
	field.SetText("a name that is much too long for such a field")
	pressed := false
	button := NewButton("Press", PrimaryLook, func() { pressed = true })
	s := NewScroll(container.NewVBox(field, button, low))
	w := show1(t, s, 200, 250)
	for i, at := range []fyne.Position{fyne.NewPos(100, 45), fyne.NewPos(100, 200)} {
		test.Scroll(w.Canvas(), at, 0, -10)
		if want := float32(10 * (i + 1)); s.Offset() != want {
			t.Errorf("the wheel at %v: %v is above the view, want %v", at, s.Offset(), want)
		}
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(button)
	test.TapCanvas(w.Canvas(), at.AddXY(10, 10))
	if !pressed {
		t.Error("a press does not reach what is under the wheel")
	}
}

// TestThumb looks for the thumb of a scroll: it is seen where the pointer asks for it, and only if there is more to see.
func TestThumb(t *testing.T) {
	start(t, theme.Light)
	long := canvas.NewRectangle(nil)
	long.SetMinSize(fyne.NewSize(10, 1000))
	s := NewScroll(long)
	show1(t, s, 200, 250)
	if s.thumb.body.Visible() {
		t.Error("a thumb in a view that rests")
	}
	s.thumb.MouseIn(nil)
	if !s.thumb.body.Visible() || s.thumb.body.Position().Y != 2 || s.thumb.body.Size().Height != 62.5 {
		t.Errorf("under the pointer: seen %v, at %v, %v high", s.thumb.body.Visible(), s.thumb.body.Position().Y, s.thumb.body.Size().Height)
	}
	s.thumb.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, 125)}})
	if s.Offset() != 375 {
		t.Errorf("dragged to the middle: %v of 750", s.Offset())
	}
	s.thumb.MouseOut()
	long.SetMinSize(fyne.NewSize(10, 100))
	s.Refresh()
	s.thumb.MouseIn(nil)
	if s.thumb.body.Visible() {
		t.Error("a thumb, but nothing to scroll")
	}
}

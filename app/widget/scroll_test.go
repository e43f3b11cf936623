package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"kith/app/theme"
)

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

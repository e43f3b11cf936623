package screen

import (
	"testing"

	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/widget"

	"kith/app/widget"
)

// TestQuestionCovers: where the question fills the window, the keyboard leads to nothing that lies unseen below it, and goes back afterwards.
func TestQuestionCovers(t *testing.T) {
	begin(t)
	field := base.NewEntry()
	root, over := widget.NewRoot(field), NewOver()
	over.OnCover = root.Cover
	root.SetOver(over.Object())
	w := window(t, root, 820, 640)
	w.Canvas().Focus(field)
	over.Set(sampleRinging("Anna", true))
	if root.Covered() || w.Canvas().Focused() != field {
		t.Error("the question beside the chat takes the keyboard from whoever writes")
	}
	w.Resize(fyne.NewSize(400, 640))
	if !root.Covered() || w.Canvas().Focused() != nil {
		t.Errorf("what is written goes to %T below the question", w.Canvas().Focused())
	}
	for range 8 {
		w.Canvas().FocusNext()
		if w.Canvas().Focused() == field {
			t.Fatal("the keyboard leads below the question")
		}
	}
	over.Set(nil)
	if root.Covered() || !field.Visible() || w.Canvas().Focused() != field {
		t.Errorf("afterwards the keyboard is at %T", w.Canvas().Focused())
	}
	over.Set(sampleRinging("Anna", true))
	next := base.NewEntry()
	root.SetContent(next)
	if next.Visible() || !field.Visible() {
		t.Error("a screen that comes below the question is seen")
	}
	if over.Set(nil); !next.Visible() {
		t.Error("it is not seen afterwards")
	}
}

// TestStripCovered: the strip above a screen takes its room from it, and is not seen below a question that fills the window.
func TestStripCovered(t *testing.T) {
	begin(t)
	field := base.NewEntry()
	root, over := widget.NewRoot(field), NewOver()
	over.OnCover = root.Cover
	root.SetOver(over.Object())
	resized := 0
	root.OnResized(func(fyne.Size) { resized++ })
	w := window(t, root, 400, 640)
	before := resized
	follows := func(want string) {
		t.Helper()
		w.Canvas().FocusNext()
		if o, _ := w.Canvas().Focused().(interface{ AccessibilityLabel() string }); want == "" && o != nil || want != "" && (o == nil || o.AccessibilityLabel() != want) {
			t.Errorf("the keyboard leads to %T, not to %q", w.Canvas().Focused(), want)
		}
		w.Canvas().Unfocus()
	}
	root.SetStrip("Call with Anna · 0:04", "Show it", func() {})
	if at := field.Position().Y; at < 20 || at+field.Size().Height != 640 || resized != before {
		t.Errorf("below the strip the screen is at %v, %v high; it was told %d times of another size of the window", at, field.Size().Height, resized-before)
	}
	follows("Show it")
	over.Set(sampleRinging("Ben", false))
	follows("Decline")
	over.Set(nil)
	follows("Show it")
	root.SetStrip("", "", nil)
	if field.Position().Y != 0 || field.Size().Height != 640 {
		t.Errorf("without the strip the screen is at %v, %v", field.Position(), field.Size())
	}
	follows("")
}

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

package screen

import (
	"testing"

	"fyne.io/fyne/v2"

	"kith/core/model"
)

// TestDraftInSight opens a chat with a draft of several lines, and makes the window narrow under a long one: the composer
// is as high as what stands in it.
func TestDraftInSight(t *testing.T) {
	begin(t)
	height := func(draft string, width float32) float32 {
		c := sampleChat(false)
		c.SetDraft(draft) // before there is a window
		w := window(t, c.Object(), 900, 600)
		w.Resize(fyne.NewSize(width, 600))
		return c.composer.Size().Height
	}
	long := "a sentence that stands on one line as long as the window is wide, and on several lines in a narrow one"
	one := height("x", 900)
	if three := height("1\n2\n3", 900); three < one+30 {
		t.Errorf("three lines are %v high, one is %v", three, one)
	}
	if wide, narrow := height(long, 900), height(long, 330); wide != one || narrow < one+30 {
		t.Errorf("a long draft is %v high in a wide window and %v in a narrow one, an x is %v", wide, narrow, one)
	}
}

// TestRevealBeforeLayout opens a chat before the list has a size: the list begins at its top.
func TestRevealBeforeLayout(t *testing.T) {
	begin(t)
	l := NewChatList(ListActions{})
	l.SetRows(ListRows{Chats: sampleChats(), Selected: model.ChatID(2)})
	window(t, l.Object(), 320, 400)
	if got := l.list.scroll.Offset(); got != 0 {
		t.Errorf("the list is scrolled by %v, though what is open is in sight", got)
	}
}

// TestTypeBehindDraft opens a chat with a draft that wraps: what is typed goes behind it.
func TestTypeBehindDraft(t *testing.T) {
	begin(t)
	const draft = "A draft of several lines\nthat grows\n\nand grows on and on until it is too much for a single line of the composer"
	for _, width := range []float32{360, 900} {
		c := sampleChat(true)
		c.SetDraft(draft)
		window(t, shelled(sampleList(), c.Object(), nil), width, 640)
		c.Start()
		c.composer.Type('x')
		if got := c.composer.Text(); got != draft+"x" {
			t.Errorf("at %v: %q", width, got)
		}
	}
}

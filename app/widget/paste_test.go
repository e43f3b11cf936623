package widget

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"kith/app/theme"
)

// TestPasteTooMuch pastes a book: it would take the toolkit minutes to lay out, and could not be sent.
func TestPasteTooMuch(t *testing.T) {
	start(t, theme.Light)
	composer, field := NewComposer("Message"), NewSearchField("Search")
	root := NewRoot(composer)
	show1(t, root, 320, 300)
	paste := func(e *entry, s string) {
		clipboard := test.NewClipboard()
		clipboard.SetContent(s)
		e.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	}
	composer.SetMost(1000, "This is too long for one message. Send it in parts.")
	composer.SetText("begun ")
	paste(composer.entry, strings.Repeat("x", 999))
	if composer.Text() != "begun " || !root.toast.Visible() {
		t.Errorf("%d bytes stand in the composer, and it says so: %v", len(composer.Text()), root.toast.Visible())
	}
	if l := root.toast.line; len(l.laid.Lines) < 2 || l.laid.Width > l.Size().Width || l.Size().Height < float32(20*len(l.laid.Lines)) {
		t.Errorf("the sentence needs %d lines in %v", len(l.laid.Lines), l.Size())
	}
	paste(composer.entry, "and done")
	if composer.Text() != "begun and done" {
		t.Errorf("%q stands in the composer", composer.Text())
	}
	paste(field.entry, strings.Repeat("x", 5000))
	if field.Text() != "" {
		t.Errorf("%d bytes stand in the search", len(field.Text()))
	}
}

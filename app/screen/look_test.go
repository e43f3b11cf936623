package screen

import (
	"flag"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"kith/app/golden"
	"kith/app/theme"
)

var _ = flag.Bool("update", false, "write the pictures in testdata anew")

// TestLook holds whole windows against pictures that somebody looked at.
func TestLook(t *testing.T) {
	withChat := func(narrow bool) (fyne.CanvasObject, func()) {
		c := sampleChat(narrow)
		c.SetDraft("A draft\nof two lines")
		return shelled(sampleList(), c.Object(), nil), c.Start
	}
	for _, c := range []struct {
		name          string
		mode          theme.Mode
		width, height float32
		build         func() (o fyne.CanvasObject, then func())
	}{
		{"wide", theme.Light, 920, 640, func() (fyne.CanvasObject, func()) { return withChat(false) }},
		{"wide-dark", theme.Dark, 920, 640, func() (fyne.CanvasObject, func()) { return withChat(false) }},
		{"narrow", theme.Light, 340, 700, func() (fyne.CanvasObject, func()) { return withChat(true) }},
		{"call-log", theme.Light, 320, 640, func() (fyne.CanvasObject, func()) { c := sampleCalls(true); return c.Object(), c.Start }},
		{"call-log-dark", theme.Dark, 680, 640, func() (fyne.CanvasObject, func()) { c := sampleCalls(false); return c.Object(), c.Start }},
		{"list", theme.Dark, 340, 600, func() (fyne.CanvasObject, func()) { return shelled(sampleList(), nil, nil), nil }},
		{"sign-in", theme.Light, 340, 560, func() (fyne.CanvasObject, func()) {
			s := NewSignIn(SignInActions{})
			return s.Object(), func() {
				s.Fail(PasswordField, "That password was not accepted by example.org. Check it and try again.")
			}
		}},
		{"details", theme.Light, 340, 900, func() (fyne.CanvasObject, func()) { d := sampleDetails(); return d.Object(), func() { opened(d) } }},
		{"settings", theme.Dark, 340, 1800, func() (fyne.CanvasObject, func()) { return sampleSettings().Object(), nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			test.NewTempApp(t).Settings().SetTheme(theme.New(c.mode))
			o, then := c.build()
			w := window(t, pane(theme.Background, o), c.width, c.height)
			if then != nil {
				then()
			}
			golden.Compare(t, c.name, w.Canvas().Capture())
		})
	}
}

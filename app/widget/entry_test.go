package widget

import (
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"kith/app/theme"
)

// TestCaret looks for the caret of what has the keyboard, behind what was typed, and for no more frames than the box has.
func TestCaret(t *testing.T) {
	start(t, theme.Light)
	field, composer := NewField("Address", ""), NewComposer("Message")
	show1(t, NewRoot(container.NewVBox(field, composer)), 400, 200)
	carets := func(e *entry) (x float32, n int) {
		everything(e, fyne.Position{}, func(o fyne.CanvasObject, at fyne.Position) {
			r, ok := o.(*canvas.Rectangle)
			if !ok || !r.Visible() {
				return
			}
			if r.StrokeWidth > 0 {
				t.Errorf("a frame of %v in the field", r.Size())
			}
			if r.Size().Width >= 1 && r.Size().Width <= 3 && r.Size().Height > 12 && r.FillColor == theme.Color(theme.Primary) {
				x, n = at.X, n+1
			}
		})
		return x, n
	}
	for _, e := range []*entry{field.entry, composer.entry} {
		if _, n := carets(e); n != 0 {
			t.Errorf("%d carets where the keyboard is not", n)
		}
		focus(e)
		before, n := carets(e)
		test.Type(e, "mmm")
		after, m := carets(e)
		if n != 1 || m != 1 || after < before+20 {
			t.Errorf("%d carets at %v, %d at %v after three letters", n, before, m, after)
		}
	}
}

// TestCaretBehindDraft sets texts that wrap, before and after there is a window, and makes the window narrow: what is typed goes
// behind the text, not into it.
func TestCaretBehindDraft(t *testing.T) {
	start(t, theme.Light)
	long := strings.Repeat("many words and ", 20) + "\nan end that wraps in a window as narrow as this one"
	before := NewComposer("Message")
	before.SetText(long)
	w := show1(t, container.NewStack(before), 330, 300)
	after := NewComposer("Message")
	show1(t, container.NewStack(after), 330, 300)
	after.SetText(long)
	for name, c := range map[string]*Composer{"before": before, "after": after} {
		if got := c.entry.CursorTextOffset(); got != len(long) {
			t.Errorf("set %s the layout: the caret stands at %d of %d", name, got, len(long))
		}
		c.Type('x')
		if got := c.Text(); got != long+"x" {
			t.Errorf("set %s the layout: typed into the text", name)
		}
	}
	w.Resize(fyne.NewSize(600, 300))
	if got := before.entry.CursorTextOffset(); got != len(long)+1 {
		t.Errorf("in another width the caret stands at %d of %d", got, len(long)+1)
	}
}

// everything visits what is seen in o, with where it stands.
func everything(o fyne.CanvasObject, at fyne.Position, visit func(fyne.CanvasObject, fyne.Position)) {
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	visit(o, at)
	switch o := o.(type) {
	case *fyne.Container:
		for _, x := range o.Objects {
			everything(x, at, visit)
		}
	case fyne.Widget:
		for _, x := range test.WidgetRenderer(o).Objects() {
			everything(x, at, visit)
		}
	}
}

// TestCaretBesideHint looks for empty ground between the caret of an empty field and the first letter of what it asks for.
func TestCaretBesideHint(t *testing.T) {
	start(t, theme.Light)
	field, composer, search := NewField("Address", "Mine"), NewComposer("Message"), NewSearchField("Mine")
	w := show1(t, NewRoot(container.NewVBox(field, composer, search)), 400, 220)
	for name, e := range map[string]*entry{"field": field.entry, "composer": composer.entry, "search": search.entry} {
		focus(e)
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(e)
		picture := w.Canvas().Capture()
		y := int(at.Y + e.Size().Height/2)
		ground := picture.At(int(at.X+e.Size().Width)-20, y)
		same := func(x int, c color.Color) bool {
			for dy := -5; dy <= 5; dy++ {
				if color.NRGBAModel.Convert(picture.At(x, y+dy)) != color.NRGBAModel.Convert(c) {
					return false
				}
			}
			return true
		}
		x := int(at.X) + 3
		for x < int(at.X)+20 && !same(x, theme.Color(theme.Primary)) {
			x++
		}
		for same(x, theme.Color(theme.Primary)) {
			x++
		}
		if !same(x, ground) {
			t.Errorf("%s: the caret ends at %d, and so does its ground", name, x)
		}
	}
}

// TestSearchRoom holds the words of an empty search field whole in the narrowest list, and what is typed beside the button.
func TestSearchRoom(t *testing.T) {
	start(t, theme.Light)
	const words = "Nachrichten und Leute suchen"
	f := NewSearchField(words)
	show1(t, container.NewStack(f), 288, 36)
	if room, need := f.entry.Size().Width-entryPadding, fyne.MeasureText(thin+words, theme.TextBody, fyne.TextStyle{}).Width; room < need {
		t.Errorf("the words have %v of the %v they need", room, need)
	}
	for _, text := range []string{"cake", ""} {
		f.SetText(text)
		end := f.entry.Position().X + f.entry.Size().Width
		if free := end <= f.clear.Position().X; free != (text != "") || f.clear.Visible() != free {
			t.Errorf("%q: the text ends at %v, the button stands at %v", text, end, f.clear.Position().X)
		}
	}
}

// watched is a theme that tells when the toolkit gets its plain font, and all those beside it, ready.
type watched struct {
	fyne.Theme
	plain int
}

func (w *watched) Font(style fyne.TextStyle) fyne.Resource {
	if style == (fyne.TextStyle{}) {
		w.plain++
	}
	return w.Theme.Font(style)
}

// TestFieldFonts types into fields: what Inter draws alone needs no more fonts, and what it does not hold has them all.
func TestFieldFonts(t *testing.T) {
	app := test.NewTempApp(t)
	w := &watched{Theme: theme.New(theme.Light)}
	app.Settings().SetTheme(w)
	search, composer := NewSearchField("Search"), NewComposer("Message")
	show1(t, NewRoot(container.NewVBox(search, composer)), 400, 200)
	for _, e := range []*entry{search.entry, composer.entry} {
		focus(e)
		test.Type(e, "Grün – 5 €")
		e.TypedShortcut(&fyne.ShortcutSelectAll{})
	}
	composer.SetText(strings.Repeat("words that wrap ", 20))
	if w.plain > 0 {
		t.Errorf("%d times all fonts", w.plain)
	}
	test.Type(search.entry, "δ́ 世")
	if w.plain == 0 || search.entry.TextStyle != (fyne.TextStyle{}) {
		t.Errorf("%d times all fonts for letters that Inter does not hold; style %v", w.plain, search.entry.TextStyle)
	}
	search.SetText("")
	if search.entry.TextStyle != theme.StyleOf("") {
		t.Errorf("style %v of an empty field", search.entry.TextStyle)
	}
}

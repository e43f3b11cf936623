package theme

import (
	"bytes"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/go-text/typesetting/font"
)

// TestHolds looks every rune that Inter is said to hold up in the fonts themselves.
func TestHolds(t *testing.T) {
	for _, from := range inter {
		face, err := font.ParseTTF(bytes.NewReader(from.StaticContent))
		if err != nil {
			t.Fatal(err)
		}
		for i, h := range holds {
			if i > 0 && h[0] <= holds[i-1][1] {
				t.Errorf("%x is not behind %x", h[0], holds[i-1][1])
			}
			for r := h[0]; r <= h[1]; r++ {
				if _, ok := face.NominalGlyph(r); !ok {
					t.Errorf("%s does not hold %U", from.Name(), r)
				}
			}
		}
	}
}

// TestFontOf compares what Inter draws alone with what it draws beside the toolkit's fonts.
func TestFontOf(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(New(Light))
	for _, own := range []string{"", "Kith", "Grünwald – “so” …", "Привет", "3 → 5 €"} {
		for w, bold := range []bool{false, true} {
			f := FontOf(own, Weight(w))
			if f == nil {
				t.Fatalf("%q is drawn with all fonts", own)
			}
			style := fyne.TextStyle{Bold: bold}
			alone, foot := app.Driver().RenderedTextSize(own, 20, style, f)
			beside, other := app.Driver().RenderedTextSize(own, 20, style, nil)
			if alone != beside || foot != other {
				t.Errorf("%q is %v on %v alone, %v on %v beside others", own, alone, foot, beside, other)
			}
			if inField, line := app.Driver().RenderedTextSize(own, 20, StyleOf(own), nil); !bold && (inField != alone || line != foot) {
				t.Errorf("%q is %v on %v in a field, %v on %v elsewhere", own, inField, line, alone, foot)
			}
		}
	}
	for _, s := range []string{"♥", "a\u0301", "ẞ", "ŉ", "\u200dx", "tab\t"} {
		if f := FontOf(s, Regular); f != nil {
			t.Errorf("%q is drawn with %s alone", s, f.Name())
		}
		if StyleOf(s) != (fyne.TextStyle{}) {
			t.Errorf("%q in a field is not drawn with all fonts", s)
		}
	}
	if FontOf("♥", Bold) != inter[Bold] {
		t.Error("a title is not bold")
	}
}

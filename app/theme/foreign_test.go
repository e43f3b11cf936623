package theme

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// TestForeignFont asks for the fonts of texts in many scripts: what Inter holds it draws itself, everything else has a line
// that reaches deep enough for the lowest letters and begins where Inter's does.
func TestForeignFont(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(New(Light))
	for _, own := range []string{"", "Kith", "Grünwald", "Привет", "Γειά", "→ ½ ✓ “so”", "Việt"} {
		if f := foreignFont(own, Regular); f != nil {
			t.Errorf("%q is drawn with %s", own, f.Name())
		}
	}
	size := func(f fyne.Resource) (height, base float32) {
		s, base := app.Driver().RenderedTextSize("Kith", 20, fyne.TextStyle{}, f)
		return s.Height, base
	}
	plain, base := size(nil)
	names := map[string]bool{}
	for _, foreign := range []string{"ที่นี่", "नमस्ते", "שלום", "Anna 王", "한국어"} {
		for _, w := range []Weight{Regular, SemiBold, Bold} {
			f := foreignFont(foreign, w)
			if f == nil {
				t.Fatalf("%q has no font", foreign)
			}
			names[f.Name()] = true
			if height, own := size(f); height < plain+20 || own != base {
				t.Errorf("%q: a line of %v on %v, that of Inter has %v on %v", foreign, height, own, plain, base)
			}
			if foreignFont(foreign, w) != f {
				t.Errorf("%q gets another font each time, and the toolkit keeps all of them", foreign)
			}
		}
	}
	if len(names) != 6 { // three weights; Thai has a family of its own
		t.Errorf("the fonts are called %v", names)
	}
}

package screen

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"kith/app/view"
	"kith/assets"
	"kith/core/model"
)

// TestCallBarRests: whoever mutes finds every button where it was, also in a language in which the label gets much shorter.
func TestCallBarRests(t *testing.T) {
	begin(t)
	for _, tag := range assets.Languages() {
		speak(t, tag)
		for _, width := range []float32{320, 420, 520, 1000} {
			c := sampleCall("Anna Larsson", talk(nil))
			window(t, c.Object(), width, 560)
			places := func() (all []fyne.Position) {
				for _, b := range c.bar.visible() {
					all = append(all, b.Position())
				}
				return all
			}
			before := places()
			for name, change := range map[string]func(*model.Call){
				"muted": func(c *model.Call) { c.Muted = true }, "seen": func(c *model.Call) { c.Camera = true }, "shared": func(c *model.Call) { c.Screen = true },
			} {
				c.Set(view.FaceOf(talk(change), "Anna Larsson", "friend0@example.org", noon))
				if now := places(); !slices.Equal(now, before) {
					t.Errorf("%s, %v wide: once %s, the buttons stand at %v instead of %v", tag, width, name, now, before)
				}
			}
		}
	}
}

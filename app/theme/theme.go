// Package theme is the look of Kith: its colours in a light and a dark variant, sizes, fonts and icons, as a theme of the
// toolkit. Every colour and size of a widget comes from here, by name; a test keeps the contrast of all text at 4.5 or more.
//
// It holds no state but the person's choice of variant and what it measured of the system's fonts. All of it runs on the
// toolkit's own goroutine.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	toolkit "fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/language"
)

// Mode is which variant is shown.
type Mode uint8

// The modes.
const (
	System Mode = iota // as the system says
	Light
	Dark
)

// Theme is Kith's look. Make one with New and hand it to the application's settings.
type Theme struct {
	mode    Mode
	drops   map[language.Script]float32 // see Drop
	foreign map[string]fyne.Resource    // see foreignFont
}

// New makes the theme in a mode.
func New(mode Mode) *Theme {
	return &Theme{mode: mode, drops: map[language.Script]float32{}, foreign: map[string]fyne.Resource{}}
}

// Color is the colour of a name of ours or of the toolkit's.
func (t *Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch t.mode {
	case Light:
		variant = toolkit.VariantLight
	case Dark:
		variant = toolkit.VariantDark
	case System:
	}
	if alias, ok := aliases[name]; ok {
		name = alias
	}
	if name == Transparent {
		return color.Transparent // for this value, and no other, the toolkit draws nothing
	}
	if pair, ok := palette[name]; ok {
		if variant == toolkit.VariantLight {
			return pair.light
		}
		return pair.dark
	}
	return toolkit.DefaultTheme().Color(name, variant)
}

// Font is Inter; bold means its weight 600. Italic and monospaced text use the toolkit's fonts; for symbols see StyleOf.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Monospace, style.Italic:
		return toolkit.DefaultTheme().Font(style)
	case style.Bold:
		return semiBold
	}
	return regular
}

// Icon is one of the toolkit's own icons, for its own dialogs.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return toolkit.DefaultTheme().Icon(name) }

// Size is a measure of the toolkit's own widgets.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	if n, ok := sizes[name]; ok {
		return n
	}
	return toolkit.DefaultTheme().Size(name)
}

// Color is a colour of the theme in force.
func Color(name fyne.ThemeColorName) color.Color { return toolkit.Color(name) }

// EmojiFont holds all emoji: set it as the FontSource of a text that consists of nothing else.
func EmojiFont() fyne.Resource { return emoji }

// Package assets holds the files that are part of the program: fonts and icons.
//
// The fonts are Inter (three weights) and Noto Color Emoji, both under the SIL Open Font License; fonts/make.py says how
// they were made. The icons are line drawings of 24 by 24 in black, which the theme colours; icons/make.py holds the lines.
package assets

import "embed"

//go:embed icons/*.svg
var icons embed.FS

// Regular is Inter at weight 400.
//
//go:embed fonts/Inter-Regular.otf
var Regular []byte

// SemiBold is Inter at weight 600.
//
//go:embed fonts/Inter-SemiBold.otf
var SemiBold []byte

// Bold is Inter at weight 700.
//
//go:embed fonts/Inter-Bold.otf
var Bold []byte

// Emoji is Noto Color Emoji with pictures of 72 pixels (CBDT).
//
//go:embed fonts/NotoColorEmoji.ttf
var Emoji []byte

// Icon is the SVG of the icon with that name, as "shield-check"; nil when there is none.
func Icon(name string) []byte {
	b, err := icons.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return nil // only a wrong name, which the theme's test would find
	}
	return b
}

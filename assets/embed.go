// Package assets holds the files that are part of the program: fonts, icons and translations.
//
// The fonts are Inter (three weights) and Noto Color Emoji, both under the SIL Open Font License; fonts/make.py says how
// they were made. The icons are line drawings of 24 by 24 in black, which the theme colours; icons/make.py holds the lines.
package assets

import (
	"embed"
	"strings"
)

//go:embed icons/*.svg
var icons embed.FS

//go:embed lang/*.json
var languages embed.FS

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

// Languages are the tags of the languages that have a file, as "de"; see app/lang.
func Languages() []string {
	files, err := languages.ReadDir("lang")
	if err != nil {
		return nil // the folder is part of the program
	}
	tags := make([]string, len(files))
	for i, f := range files {
		tags[i] = strings.TrimSuffix(f.Name(), ".json")
	}
	return tags
}

// Language is the file of a language; nil when there is none.
func Language(tag string) []byte {
	b, err := languages.ReadFile("lang/" + tag + ".json")
	if err != nil {
		return nil
	}
	return b
}

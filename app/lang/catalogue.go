package lang

import (
	"encoding/json"
	"fmt"
	"slices"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"kith/assets"
)

// source is the language of the texts in the code.
var source = language.English

// catalogue is one translation; the zero value is English.
type catalogue struct {
	tag   language.Tag
	texts map[string]forms
}

// forms are the plural forms of a text by their CLDR names; a text that counts nothing has only "other".
type forms map[string]string

// names are CLDR's for the plural forms, as the files have them.
var names = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// UnmarshalJSON reads a text, or an object with the forms of one.
func (f *forms) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*f = forms{names[plural.Other]: text}
		return nil
	}
	return json.Unmarshal(b, (*map[string]string)(f))
}

// translated lists the languages there are, the source first, as it stands for all that are not there.
func translated() ([]language.Tag, error) {
	tags := []language.Tag{source}
	for _, name := range assets.Languages() {
		tag, err := language.Parse(name)
		if err != nil {
			return nil, fmt.Errorf("read language: %w", err)
		}
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags, nil
}

// read loads a translation.
func read(tag language.Tag) (catalogue, error) {
	c := catalogue{tag: tag}
	if err := json.Unmarshal(assets.Language(tag.String()), &c.texts); err != nil {
		return catalogue{}, fmt.Errorf("read language: %w", err)
	}
	return c, nil
}

// text is a text that counts nothing; the English one where the translation has none.
func (c catalogue) text(english string) string {
	if s := c.texts[english][names[plural.Other]]; s != "" {
		return s
	}
	return english
}

// counting is a text in the form that n asks for, by its English one for many.
func (c catalogue) counting(n int, english string) (string, bool) {
	have := c.texts[english]
	if have == nil {
		return "", false
	}
	if s := have[names[plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0)]]; s != "" {
		return s, true
	}
	s := have[names[plural.Other]]
	return s, s != ""
}

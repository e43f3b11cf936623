// Package lang says what people read in their language. The English text stands in the code and is its own key, so that the
// code can be read and nothing is lost where a translation is missing; assets/lang holds a file for each language, with
// the plural forms that it has (CLDR: zero, one, two, few, many, other). CONTRIBUTING.md says how one is added.
//
// One language is spoken by the whole process: Choose is called once, before the first window, and nothing changes it later;
// so every goroutine may ask. Without it everything is English, as in tests.
//
// What people wrote, addresses, logs, errors for developers, and what the command line prints do not go through it.
package lang

import (
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/bidi"
)

// chosen is the language of this process; see Choose.
var chosen catalogue

// Choose takes the language that fits a locale best, as "de-AT"; English when none does. It is called once, before
// anything is shown.
func Choose(locale string) error {
	tags, err := translated()
	if err != nil {
		return err
	}
	_, i, _ := language.NewMatcher(tags).Match(language.Make(locale)) // the first, where none fits
	if tags[i] == source {
		chosen = catalogue{}
		return nil
	}
	chosen, err = read(tags[i])
	return err
}

// T is a text in the language chosen. Where it has a {name}, pairs hold the name and what stands there instead.
func T(text string, pairs ...string) string {
	return fill(chosen.text(text), pairs)
}

// N is a text that counts, in the form that n asks for: one and other are the English ones. {n} stands for the number.
func N(n int, one, other string, pairs ...string) string {
	text, ok := chosen.counting(n, other)
	if !ok {
		text = other
		if n == 1 {
			text = one
		}
	}
	return fill(text, append(pairs, "n", Number(n)))
}

// Words is a text that lists words between "|", as the months.
func Words(text string) []string { return strings.Split(chosen.text(text), "|") }

// Number writes n in groups of three, as "12,345".
func Number(n int) string {
	digits := strconv.Itoa(max(n, 0))
	if len(digits) <= 3 {
		return digits
	}
	between := strings.Trim(T("1,234"), "1234")
	out := digits[len(digits)-3:]
	for digits = digits[:len(digits)-3]; len(digits) > 3; digits = digits[:len(digits)-3] {
		out = digits[len(digits)-3:] + between + out
	}
	return digits + between + out
}

// fill puts values into the places of a text. What is put in is not looked at again: it may be what somebody wrote.
func fill(text string, pairs []string) string {
	if len(pairs) == 0 {
		return text
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		name, after, closed := strings.Cut(rest, "}")
		b.WriteString(before)
		if !ok || !closed {
			return b.String()
		}
		b.WriteString(isolated(value(name, pairs)))
		text = after
	}
}

// isolated keeps what is written from right to left, as somebody's name, from turning the sentence around it (UAX #9 §2.4.2).
func isolated(s string) string {
	for _, r := range s {
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL {
			return "\u2068" + s + "\u2069"
		}
	}
	return s
}

func value(name string, pairs []string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1]
		}
	}
	return ""
}

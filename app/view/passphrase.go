package view

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"kith/app/lang"
)

// MinPassphrase is how many characters a passphrase must have.
const MinPassphrase = 8

// Strength is a rough measure of a passphrase, 0…4, and the words for it. It only counts letters, kinds of letters and
// repetition; it knows no lists of common words, so it errs on the kind side.
type Strength struct {
	Level int
	Text  string
}

// PassphraseStrength measures a passphrase.
func PassphraseStrength(p string) Strength {
	n := utf8.RuneCountInString(p)
	switch {
	case n == 0:
		return Strength{0, lang.T("Four or more random words are easy to remember and hard to guess.")}
	case n < MinPassphrase:
		return Strength{0, lang.T("Too short: at least 8 characters.")}
	}
	bits := float64(distinctRunes(p)) * math.Log2(alphabet(p))
	bits = math.Min(bits+float64(strings.Count(strings.TrimSpace(p), " "))*6, float64(n)*math.Log2(alphabet(p)))
	switch {
	case bits < 36:
		return Strength{1, lang.T("Easy to guess. Add a few words.")}
	case bits < 52:
		return Strength{2, lang.T("Fair. Another word makes it much better.")}
	case bits < 75:
		return Strength{3, lang.T("Good.")}
	}
	return Strength{4, lang.T("Very good.")}
}

// alphabet is how many characters whoever guesses would have to try for each place.
func alphabet(p string) float64 {
	size := 0.0
	for _, k := range []struct {
		has  func(rune) bool
		size float64
	}{
		{unicode.IsLower, 26},
		{unicode.IsUpper, 26},
		{unicode.IsDigit, 10},
		{func(r rune) bool { return r < 128 && !unicode.IsLetter(r) && !unicode.IsDigit(r) }, 20},
		{func(r rune) bool { return r >= 128 }, 60},
	} {
		if strings.ContainsFunc(p, k.has) {
			size += k.size
		}
	}
	return math.Max(size, 2)
}

// distinctRunes counts characters, those that only repeat or count on from the one before as a quarter.
func distinctRunes(p string) int {
	var prev rune
	quarters := 0
	for _, r := range p {
		if d := r - prev; d >= -1 && d <= 1 {
			quarters++
		} else {
			quarters += 4
		}
		prev = r
	}
	return quarters / 4
}

package theme

import "fyne.io/fyne/v2"

// Weight is how heavy letters are.
type Weight uint8

// The weights.
const (
	Regular  Weight = iota // 400
	SemiBold               // 600
	Bold                   // 700
)

// inter has the fonts of all weights.
var inter = [...]*fyne.StaticResource{Regular: regular, SemiBold: semiBold, Bold: bold}

// FontOf is the font that a text is drawn with: set it as its FontSource. It is nil where the theme's own has to be taken, with
// what the toolkit holds ready beside it: four fonts and the list of the system's, which take 5 MB and 100 ms of a start for
// each weight. So texts that Inter can draw alone, which most are, say that it shall.
func FontOf(s string, w Weight) fyne.Resource {
	if inInter(s) {
		return inter[w]
	}
	if f := foreignFont(s, w); f != nil {
		return f
	}
	if w == Bold { // the theme has two weights
		return bold
	}
	return nil
}

// StyleOf is the style of a text in one of the toolkit's fields, which take no font. Beside the font for symbols, which is Inter here,
// the toolkit holds nothing ready but a small font of signs: so it does for a text that Inter can draw alone, as in FontOf.
func StyleOf(s string) fyne.TextStyle { return fyne.TextStyle{Symbol: inInter(s)} }

// Measured has the size of an M known, which the toolkit asks for whenever it lays out one of its fields, in no style at all: else it
// would get every font ready for this letter alone. What it knows it forgets after a minute.
func Measured() {
	fyne.CurrentApp().Driver().RenderedTextSize("M", TextBody, fyne.TextStyle{}, regular)
}

// holds are runes that Inter has, all between the first and the last of each pair.
var holds = [...][2]rune{
	{0x20, 0x7e},  // Latin
	{0xa0, 0x148}, // with accents, but not every letter
	{0x14a, 0x1c3},
	{0x1c5, 0x24f},
	{0x400, 0x45f},   // Cyrillic
	{0x2009, 0x2009}, // thin space
	{0x2010, 0x2027}, // dashes, quotation marks, dots
	{0x2030, 0x203a}, // per mille, primes
	{0x20ac, 0x20ac}, // euro
	{0x2190, 0x2193}, // arrows
}

func inInter(s string) bool {
	for _, r := range s {
		if !isHeld(r) {
			return false
		}
	}
	return true
}

func isHeld(r rune) bool {
	for _, h := range holds {
		if r <= h[1] {
			return r >= h[0]
		}
	}
	return false
}

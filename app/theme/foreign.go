package theme

import (
	"bytes"
	"encoding/binary"
	"strings"

	"fyne.io/fyne/v2"
	"github.com/go-text/typesetting/language"
)

// foreignFont is what draws a text with letters that Inter does not hold. It is nil for all others.
//
// The toolkit looks for a font of the system for such letters, but cuts its picture of the text at the foot of a line of
// Inter: vowels below Thai and Hindi letters were lost. So this is Inter with a deeper line. Its name is the family that
// the toolkit looks for.
func foreignFont(s string, w Weight) fyne.Resource {
	t, ok := fyne.CurrentApp().Settings().Theme().(*Theme)
	script, foreign := scriptOf(s)
	if !ok || !foreign {
		return nil
	}
	name := families[script]
	if name == "" {
		name = "sans-serif"
	}
	name += strings.Repeat(" ", int(w)) // passed over in a family's name, but the toolkit keeps what it drew by names
	font, ok := t.foreign[name]
	if !ok {
		font = fyne.NewStaticResource(name, deepened(inter[w].StaticContent))
		t.foreign[name] = font
	}
	return font
}

// families are the fonts to look for first where the first that the toolkit finds does not do: Noto Looped Thai comes before
// Noto Sans Thai, and its marks above other marks are drawn into them.
var families = map[language.Script]string{language.Thai: "Noto Sans Thai"}

// firstForeign is where the scripts begin that Inter does not hold; those before it never need another font.
const firstForeign = 0x0530

// isForeign says whether r is a letter that Inter does not hold; signs, and Latin and Greek with more marks, are not.
func isForeign(r rune) bool { return r >= firstForeign && (r < 0x1e00 || r >= 0x2e80) }

// scriptOf is the script of the first foreign letter.
func scriptOf(s string) (script language.Script, foreign bool) {
	for _, r := range s {
		if isForeign(r) {
			return language.LookupScript(r), true
		}
	}
	return 0, false
}

// depth is how far a deepened font reaches below the line, in parts of its size: room for the lowest script there is.
const depth = 1.6

// deepened is a font that says that its letters reach further down (OpenType, tables hhea and OS/2).
func deepened(font []byte) []byte {
	font = bytes.Clone(font)
	at := tables(font)
	units := binary.BigEndian.Uint16(font[at["head"]+18:])
	down := int16(depth * float64(units))
	binary.BigEndian.PutUint16(font[at["hhea"]+6:], uint16(-down))
	binary.BigEndian.PutUint16(font[at["OS/2"]+70:], uint16(-down)) // sTypoDescender
	binary.BigEndian.PutUint16(font[at["OS/2"]+76:], uint16(down))  // usWinDescent
	return font
}

// tables are where the tables of one of our fonts begin.
func tables(font []byte) map[string]uint32 {
	at := map[string]uint32{}
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		record := font[12+16*i:]
		at[string(record[:4])] = binary.BigEndian.Uint32(record[8:])
	}
	return at
}

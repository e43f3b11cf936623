package view

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"kith/app/lang"
	"kith/core/model"
)

// lineRunes is how much of a body the one-line previews look at.
const lineRunes = 120

// Line makes one harmless line of a text that somebody else wrote: white space collapsed, control characters and the
// invisible characters that change the writing direction dropped, cut after 120 characters. Names pass through it too, as
// a name with a direction override could imitate another one.
func Line(s string) string {
	var b strings.Builder
	space, n := false, 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case unicode.IsControl(r), turnsText(r), r == utf8.RuneError && size == 1:
			continue
		}
		if n >= lineRunes {
			return strings.TrimRight(b.String(), "\u200d\ufe0f") + "…"
		}
		if space {
			b.WriteByte(' ')
			space = false
			n++
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// Says is what a message says to a person: the body, but for the address of an encrypted file (XEP-0454 §3), which holds the
// file's key and nothing that anybody reads. Some programs put a second line with a picture's preview behind it.
func Says(m *model.Message) string {
	address, preview, _ := strings.Cut(m.Body, "\n")
	if !fileAddress(address) || preview != "" && !strings.HasPrefix(preview, "data:") {
		return m.Body
	}
	return lang.T("A file, which Kith can't open yet.")
}

// fileAddress says whether a text is the address of an encrypted file and nothing else.
func fileAddress(s string) bool {
	rest, ok := strings.CutPrefix(s, "aesgcm://")
	return ok && strings.Contains(rest, "#") && !strings.ContainsFunc(rest, unicode.IsSpace)
}

// briefRunes is how much of a name a sentence repeats.
const briefRunes = 28

// Brief is a name as sentences repeat it: whoever has a long one is named in full where the name stands alone.
func Brief(name string) string {
	if r := []rune(name); len(r) > briefRunes {
		return strings.TrimRight(string(r[:briefRunes]), " ,.\u200d\ufe0f") + "…"
	}
	return name
}

// turnsText says whether a character embeds, overrides or isolates a writing direction (Unicode UAX #9 §2).
func turnsText(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// fold is a text as the filters compare it.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

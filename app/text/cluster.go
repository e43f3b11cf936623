package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// maxRunes bounds the marks drawn on one character: more are a prank that paints over the neighbours.
const maxRunes = 24

// cluster is one character as people see it (UAX #29).
type cluster struct {
	start, end int
	kind       Kind
	newline    bool // ends a paragraph
	canBreak   bool // a line may end behind it (UAX #14)
	level      uint8
	url        int // index of the link it is part of, or -1
}

// clusters splits s and says where the last cluster ends; at most limit of them.
func clusters(s string, limit int) ([]cluster, int) {
	out := make([]cluster, 0, min(len(s), limit))
	rest, state, pos := s, -1, 0
	for rest != "" && len(out) < limit {
		var c string
		var boundaries int
		c, rest, boundaries, state = uniseg.StepString(rest, state)
		line := boundaries & uniseg.MaskLine
		out = append(out, cluster{
			start: pos, end: pos + len(c), kind: kindOf(c), newline: isNewline(c),
			canBreak: line == uniseg.LineCanBreak || line == uniseg.LineMustBreak, url: -1,
		})
		pos += len(c)
	}
	return out, pos
}

func isNewline(c string) bool {
	switch c {
	case "\n", "\r\n", "\r", "\v", "\f", "\u0085", "\u2028", "\u2029":
		return true
	}
	return false
}

// kindOf says which font draws a cluster.
func kindOf(c string) Kind {
	r, size := utf8.DecodeRuneInString(c)
	switch {
	case size == len(c) && r < utf8.RuneSelf:
		if r == ' ' || r >= '\t' && r <= '\r' {
			return Space
		}
		return Plain
	case unicode.IsSpace(r) && r != '\u00a0':
		return Space
	case isEmoji(r, c[size:]):
		return Emoji
	}
	return Plain
}

// isEmoji says whether the cluster of first and rest is shown as a picture (UTS #51 §2.1).
func isEmoji(first rune, rest string) bool {
	if strings.Contains(rest, "\ufe0e") { // asked to be text
		return false
	}
	if strings.Contains(rest, "\ufe0f") { // asked to be a picture
		return first > 0x7f || strings.Contains(rest, "\u20e3")
	}
	if first >= 0x1f1e6 && first <= 0x1f1ff { // two regional indicators are a flag
		next, _ := utf8.DecodeRuneInString(rest)
		return next >= 0x1f1e6 && next <= 0x1f1ff
	}
	return unicode.Is(pictures, first)
}

// EmojiOnly is how many emoji s holds when it holds nothing else, up to 4; else 0. Few of them are shown large.
func EmojiOnly(s string) int {
	cs, end := clusters(cut(s, 256), 4)
	if end < len(s) {
		return 0
	}
	for _, c := range cs {
		if c.kind != Emoji {
			return 0
		}
	}
	return len(cs)
}

// drawn is what is shown of one cluster: nothing for controls and other invisible characters, one sign for damaged bytes.
func drawn(b *strings.Builder, c string, kind Kind) {
	if kind == Space {
		b.WriteByte(' ')
		return
	}
	n := 0
	for _, r := range c {
		if n == maxRunes {
			return
		}
		if r != '\u200d' && r != '\u200c' && !(kind == Emoji && unicode.Is(tags, r)) && invisible(r, kind) {
			continue
		}
		b.WriteRune(r)
		n++
	}
}

func invisible(r rune, kind Kind) bool {
	if r == '\ufe0f' {
		return kind != Emoji
	}
	return r == '\u034f' || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// tags spell the flags of regions such as Scotland.
var tags = &unicode.RangeTable{R32: []unicode.Range32{{Lo: 0xe0020, Hi: 0xe007f, Stride: 1}}}

// pictures are the characters shown as emoji without being asked: those with Emoji_Presentation (UTS #51), and those
// pictographs that no text font of ours holds.
var pictures = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x231a, 0x231b, 1},
		{0x2328, 0x2328, 1},
		{0x23cf, 0x23cf, 1},
		{0x23e9, 0x23f3, 1},
		{0x23f8, 0x23fa, 1},
		{0x25fd, 0x25fe, 1},
		{0x2600, 0x2604, 1},
		{0x260e, 0x260e, 1},
		{0x2611, 0x2611, 1},
		{0x2614, 0x2615, 1},
		{0x2618, 0x2618, 1},
		{0x261d, 0x261d, 1},
		{0x2620, 0x2620, 1},
		{0x2622, 0x2623, 1},
		{0x2626, 0x2626, 1},
		{0x262a, 0x262a, 1},
		{0x262e, 0x262f, 1},
		{0x2638, 0x263a, 1},
		{0x2640, 0x2642, 2},
		{0x2648, 0x2653, 1},
		{0x265f, 0x2660, 1},
		{0x2663, 0x2663, 1},
		{0x2665, 0x2666, 1},
		{0x2668, 0x2668, 1},
		{0x267b, 0x267b, 1},
		{0x267e, 0x267f, 1},
		{0x2692, 0x2697, 1},
		{0x2699, 0x2699, 1},
		{0x269b, 0x269c, 1},
		{0x26a0, 0x26a1, 1},
		{0x26a7, 0x26a7, 1},
		{0x26aa, 0x26ab, 1},
		{0x26b0, 0x26b1, 1},
		{0x26bd, 0x26be, 1},
		{0x26c4, 0x26c5, 1},
		{0x26c8, 0x26c8, 1},
		{0x26ce, 0x26cf, 1},
		{0x26d1, 0x26d1, 1},
		{0x26d3, 0x26d4, 1},
		{0x26e9, 0x26ea, 1},
		{0x26f0, 0x26f5, 1},
		{0x26f7, 0x26fa, 1},
		{0x26fd, 0x26fd, 1},
		{0x2702, 0x2702, 1},
		{0x2705, 0x2705, 1},
		{0x2708, 0x270d, 1},
		{0x270f, 0x270f, 1},
		{0x2712, 0x2712, 1},
		{0x2714, 0x2716, 2},
		{0x271d, 0x271d, 1},
		{0x2721, 0x2721, 1},
		{0x2728, 0x2728, 1},
		{0x2733, 0x2734, 1},
		{0x2744, 0x2744, 1},
		{0x2747, 0x2747, 1},
		{0x274c, 0x274e, 2},
		{0x2753, 0x2755, 1},
		{0x2757, 0x2757, 1},
		{0x2763, 0x2764, 1},
		{0x2795, 0x2797, 1},
		{0x27a1, 0x27a1, 1},
		{0x27b0, 0x27bf, 15},
		{0x2934, 0x2935, 1},
		{0x2b05, 0x2b07, 1},
		{0x2b1b, 0x2b1c, 1},
		{0x2b50, 0x2b55, 5},
		{0x3030, 0x303d, 13},
		{0x3297, 0x3299, 2},
	},
	R32: []unicode.Range32{
		{0x1f004, 0x1f004, 1},
		{0x1f0cf, 0x1f0cf, 1},
		{0x1f170, 0x1f171, 1},
		{0x1f17e, 0x1f17f, 1},
		{0x1f18e, 0x1f18e, 1},
		{0x1f191, 0x1f19a, 1},
		{0x1f201, 0x1f202, 1},
		{0x1f21a, 0x1f21a, 1},
		{0x1f22f, 0x1f22f, 1},
		{0x1f232, 0x1f23a, 1},
		{0x1f250, 0x1f251, 1},
		{0x1f300, 0x1f64f, 1},
		{0x1f680, 0x1f6ff, 1},
		{0x1f7e0, 0x1f7eb, 1},
		{0x1f7f0, 0x1f7f0, 1},
		{0x1f90c, 0x1f9ff, 1},
		{0x1fa70, 0x1faff, 1},
	},
}

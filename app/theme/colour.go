package theme

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	toolkit "fyne.io/fyne/v2/theme"
	contact "mellium.im/xmpp/color"
)

// The names of the colours.
const (
	Background   fyne.ThemeColorName = "kith-background"
	Side         fyne.ThemeColorName = "kith-side"  // the chat list and the details
	Field        fyne.ThemeColorName = "kith-field" // inputs, banners, day lines
	Text         fyne.ThemeColorName = "kith-text"
	Muted        fyne.ThemeColorName = "kith-muted" // second lines, times
	Line         fyne.ThemeColorName = "kith-line"
	Primary      fyne.ThemeColorName = "kith-primary"
	OnPrimary    fyne.ThemeColorName = "kith-on-primary"
	Incoming     fyne.ThemeColorName = "kith-incoming" // bubbles
	Outgoing     fyne.ThemeColorName = "kith-outgoing"
	OutgoingText fyne.ThemeColorName = "kith-outgoing-text"
	OutgoingMeta fyne.ThemeColorName = "kith-outgoing-meta"
	OutgoingRead fyne.ThemeColorName = "kith-outgoing-read" // the sign that a message was read
	Selected     fyne.ThemeColorName = "kith-selected"      // the open chat's row
	Hover        fyne.ThemeColorName = "kith-hover"         // over a row or a button
	Warning      fyne.ThemeColorName = "kith-warning"
	Accept       fyne.ThemeColorName = "kith-accept"
	Decline      fyne.ThemeColorName = "kith-decline"
	OnDecline    fyne.ThemeColorName = "kith-on-decline" // text on either of the two
	Online       fyne.ThemeColorName = "kith-online"
	Tip          fyne.ThemeColorName = "kith-tip" // ground of tooltips and toasts
	OnTip        fyne.ThemeColorName = "kith-on-tip"
	Marked       fyne.ThemeColorName = "kith-marked"          // selected text
	MarkedOut    fyne.ThemeColorName = "kith-marked-outgoing" // the same in a bubble of our own
	Found        fyne.ThemeColorName = "kith-found"           // a bubble to which a search has just led
	FoundText    fyne.ThemeColorName = "kith-found-text"
	Edge         fyne.ThemeColorName = "kith-edge"        // around a field
	CallTop      fyne.ThemeColorName = "kith-call-top"    // the ground of a call, which is dark in both variants, from top…
	CallBottom   fyne.ThemeColorName = "kith-call-bottom" // …to bottom
	CallText     fyne.ThemeColorName = "kith-call-text"
	CallMuted    fyne.ThemeColorName = "kith-call-muted"
	CallWarning  fyne.ThemeColorName = "kith-call-warning"
	CallPrimary  fyne.ThemeColorName = "kith-call-primary"
	CallGlass    fyne.ThemeColorName = "kith-call-glass"   // a button on that ground
	CallSolid    fyne.ThemeColorName = "kith-call-solid"   // the same over a picture
	CallPane     fyne.ThemeColorName = "kith-call-pane"    // what lies over a picture, so that words on it can be read
	CallClear    fyne.ThemeColorName = "kith-call-clear"   // where such a pane ends
	CallHalo     fyne.ThemeColorName = "kith-call-halo"    // around who speaks
	OnCallText   fyne.ThemeColorName = "kith-on-call-text" // the icon of a button that is on
	Transparent  fyne.ThemeColorName = "kith-transparent"
)

type pair struct{ light, dark color.NRGBA }

func hex(n uint32) color.NRGBA {
	return color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}
}

func both(light, dark uint32) pair { return pair{hex(light), hex(dark)} }

// palette holds the colours in both variants. Every text keeps a contrast of 4.5 or more on each ground it stands on; that
// is why the text on the buttons of the dark variant is dark.
var palette = map[fyne.ThemeColorName]pair{
	Background:   both(0xFFFFFF, 0x14161A),
	Side:         both(0xF6F7F9, 0x1B1E23),
	Field:        both(0xEFF1F4, 0x262A31),
	Text:         both(0x16181D, 0xECEEF2),
	Muted:        both(0x5D667A, 0x98A2B3),
	Line:         both(0xE6E8EC, 0x2A2E35),
	Primary:      both(0x0E7490, 0x22B8CF),
	OnPrimary:    both(0xFFFFFF, 0x06262C),
	Incoming:     both(0xEFF1F4, 0x262A31),
	Outgoing:     both(0x0E7490, 0x155E75),
	OutgoingText: both(0xFFFFFF, 0xF4FBFD),
	OutgoingMeta: both(0xDFF3F8, 0xA9D5E3),
	OutgoingRead: both(0x7DF0B8, 0x5FE3A1),
	Selected:     both(0xE0F2F7, 0x0F3A47),
	Hover:        {color.NRGBA{R: 0x16, G: 0x18, B: 0x1D, A: 14}, color.NRGBA{R: 0xEC, G: 0xEE, B: 0xF2, A: 16}},
	Warning:      both(0xB54708, 0xFDB022),
	Accept:       both(0x039855, 0x039855),
	Decline:      both(0xD92D20, 0xD92D20),
	OnDecline:    both(0xFFFFFF, 0xFFFFFF),
	Online:       both(0x12B76A, 0x12B76A),
	Tip:          both(0x16181D, 0xECEEF2),
	OnTip:        both(0xFFFFFF, 0x16181D),
	Marked:       {color.NRGBA{R: 0x0E, G: 0x74, B: 0x90, A: 70}, color.NRGBA{R: 0x22, G: 0xB8, B: 0xCF, A: 80}},
	MarkedOut:    {color.NRGBA{R: 255, G: 255, B: 255, A: 80}, color.NRGBA{R: 255, G: 255, B: 255, A: 70}},
	Found:        both(0xA9E0ED, 0x4DB5C6),
	FoundText:    both(0x16181D, 0x06262C),
	Edge:         both(0x838D9F, 0x6B7280),
	CallTop:      both(0x22333C, 0x22333C),
	CallBottom:   both(0x08191F, 0x08191F),
	CallText:     both(0xF4FBFD, 0xF4FBFD),
	CallMuted:    both(0xB4C8D0, 0xB4C8D0),
	CallWarning:  both(0xFDB022, 0xFDB022),
	CallPrimary:  both(0x5CD0E3, 0x5CD0E3),
	CallGlass:    {color.NRGBA{R: 255, G: 255, B: 255, A: 40}, color.NRGBA{R: 255, G: 255, B: 255, A: 40}},
	CallSolid:    both(0x3A4E57, 0x3A4E57),
	CallPane:     {color.NRGBA{R: 0x08, G: 0x19, B: 0x1F, A: 216}, color.NRGBA{R: 0x08, G: 0x19, B: 0x1F, A: 216}},
	CallClear:    {color.NRGBA{R: 0x08, G: 0x19, B: 0x1F}, color.NRGBA{R: 0x08, G: 0x19, B: 0x1F}},
	CallHalo:     {color.NRGBA{R: 0x5C, G: 0xD0, B: 0xE3, A: 64}, color.NRGBA{R: 0x5C, G: 0xD0, B: 0xE3, A: 64}},
	OnCallText:   both(0x14252C, 0x14252C),
	Transparent:  {},
}

// aliases say which of our colours stands for one of the toolkit's.
var aliases = map[fyne.ThemeColorName]fyne.ThemeColorName{
	toolkit.ColorNameBackground:          Background,
	toolkit.ColorNameButton:              Field,
	toolkit.ColorNameDisabledButton:      Field,
	toolkit.ColorNameDisabled:            Muted,
	toolkit.ColorNameError:               Decline,
	toolkit.ColorNameFocus:               Marked,
	toolkit.ColorNameForeground:          Text,
	toolkit.ColorNameForegroundOnPrimary: OnPrimary,
	toolkit.ColorNameHeaderBackground:    Side,
	toolkit.ColorNameHover:               Hover,
	toolkit.ColorNameHyperlink:           Primary,
	toolkit.ColorNameInputBackground:     Transparent,
	toolkit.ColorNameInputBorder:         Transparent,
	toolkit.ColorNameMenuBackground:      Background,
	toolkit.ColorNameOverlayBackground:   Background,
	toolkit.ColorNamePlaceHolder:         Muted,
	toolkit.ColorNamePressed:             Hover,
	toolkit.ColorNamePrimary:             Primary,
	toolkit.ColorNameScrollBar:           Transparent, // a scroll has a thumb of ours
	toolkit.ColorNameScrollBarBackground: Transparent,
	toolkit.ColorNameSelection:           Marked,
	toolkit.ColorNameShadow:              Transparent,
	toolkit.ColorNameSeparator:           Line,
	toolkit.ColorNameSuccess:             Accept,
	toolkit.ColorNameWarning:             Warning,
}

// minContrast is what WCAG 2.1 §1.4.3 asks for text.
const minContrast = 4.5

// Contact is the colour of an address: the hue of XEP-0392, softened to go with the rest, and darkened until white letters
// on it can be read.
func Contact(address string) color.NRGBA {
	ycc := contact.String(address, 110, 0)
	r, g, b := color.YCbCrToRGB(ycc.Y, soft(ycc.Cb), soft(ycc.Cr))
	c := color.NRGBA{R: r, G: g, B: b, A: 255}
	for contrast(c, color.NRGBA{R: 255, G: 255, B: 255, A: 255}) < minContrast {
		c.R, c.G, c.B = darker(c.R), darker(c.G), darker(c.B)
	}
	return c
}

// soft moves a chroma four tenths of the way to grey.
func soft(v uint8) uint8 { return uint8(128 + (int(v)-128)*6/10) }

func darker(v uint8) uint8 { return uint8(float64(v) * 0.97) }

// contrast is the ratio of two opaque colours (WCAG 2.1), 1…21.
func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

package theme

import (
	"fmt"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	toolkit "fyne.io/fyne/v2/theme"

	"kith/assets"
)

func TestContrast(t *testing.T) {
	grounds := map[fyne.ThemeColorName][]fyne.ThemeColorName{
		Text:         {Background, Side, Field, Incoming, Selected},
		Muted:        {Background, Side, Field, Incoming, Selected},
		Primary:      {Background, Side, Incoming, Field, Selected},
		Warning:      {Background, Side, Field, Selected},
		OnPrimary:    {Primary},
		OnDecline:    {Decline},
		OnTip:        {Tip},
		OutgoingText: {Outgoing},
		OutgoingMeta: {Outgoing},
		FoundText:    {Found},
		CallText:     {CallTop, CallBottom, CallSolid},
		CallMuted:    {CallTop, CallBottom},
		CallWarning:  {CallTop, CallBottom},
		CallPrimary:  {CallTop, CallBottom},
		OnCallText:   {CallText},
	}
	for _, mode := range []Mode{Light, Dark} {
		th := New(mode)
		for fg, bgs := range grounds {
			for _, bg := range bgs {
				a, b := th.Color(fg, 0).(color.NRGBA), th.Color(bg, 0).(color.NRGBA)
				if got := contrast(a, b); got < minContrast {
					t.Errorf("mode %d: %s on %s: %.2f", mode, fg, bg, got)
				}
			}
		}
	}
}

// TestSignContrast holds signs that say something by their colour to what WCAG 2.1 §1.4.11 asks for what is no text, and the
// one for read apart from the one for delivered.
func TestSignContrast(t *testing.T) {
	for _, mode := range []Mode{Light, Dark} {
		of := func(name fyne.ThemeColorName) color.NRGBA { return New(mode).Color(name, 0).(color.NRGBA) }
		for sign, grounds := range map[fyne.ThemeColorName][]fyne.ThemeColorName{
			OutgoingRead: {Outgoing}, Primary: {Background}, Warning: {Background}, Edge: {Background, Side},
		} {
			for _, ground := range grounds {
				if got := contrast(of(sign), of(ground)); got < 3 {
					t.Errorf("mode %d: %s on %s: %.2f", mode, sign, ground, got)
				}
			}
		}
		read, delivered := of(OutgoingRead), of(OutgoingMeta)
		if far := int(delivered.R) - int(read.R); far < 60 {
			t.Errorf("mode %d: read and delivered differ by %d in red", mode, far)
		}
	}
}

func TestVariant(t *testing.T) {
	system := New(System)
	if system.Color(Background, toolkit.VariantLight) == system.Color(Background, toolkit.VariantDark) {
		t.Error("the system's variant is not followed")
	}
	if New(Dark).Color(Background, toolkit.VariantLight) != system.Color(Background, toolkit.VariantDark) {
		t.Error("the person's choice does not win")
	}
	for from, to := range aliases {
		if _, ok := palette[to]; !ok {
			t.Errorf("%s stands for %s, which is no colour", from, to)
		}
	}
}

func TestContact(t *testing.T) {
	white := color.NRGBA{R: 255, G: 255, B: 255, A: 255}
	seen := map[color.NRGBA]bool{}
	for i := range 500 {
		c := Contact(fmt.Sprintf("user%d@example.org", i))
		if contrast(c, white) < minContrast {
			t.Fatalf("%v: contrast %.2f", c, contrast(c, white))
		}
		seen[c] = true
	}
	if len(seen) < 100 {
		t.Errorf("500 addresses share %d colours", len(seen))
	}
	if again := Contact("a@b"); Contact("a@b") != again {
		t.Error("an address changes its colour")
	}
}

// TestIcons draws every icon: a wrong name or path would leave an empty picture.
func TestIcons(t *testing.T) {
	test.NewTempApp(t)
	names := []string{
		IconBack, IconPlus, IconMenu, IconSearch, IconSend, IconLock, IconShield, IconShieldCheck, IconShieldAlert, IconTick,
		IconTicks, IconClock, IconFailed, IconRetry, IconCopy, IconInfo, IconClose, IconAttach, IconEmoji, IconSettings,
		IconPerson, IconCheck, IconChevronDown, IconChevronRight, IconArrowDown, IconOffline, IconKey, IconTrash, IconPin, IconEye, IconEyeOff,
		IconPhone, IconPhoneIn, IconPhoneOut, IconPhoneMissed, IconHangUp, IconVideo, IconVideoOff, IconMic, IconMicOff, IconScreen,
		IconSpeaker, IconMini, IconExpand, IconBubble, IconNetwork,
	}
	for _, name := range names {
		red := color.NRGBA{R: 255, A: 255}
		if coloured(t, IconIn(name, red), func(c color.NRGBA) bool { return c.R > 200 && c.G < 90 && c.B < 90 }) < 4 {
			t.Errorf("icon %s shows nothing in its colour", name)
		}
	}
	if n := coloured(t, AppIcon(), func(c color.NRGBA) bool { return c.R < 40 && c.G > 90 && c.G < 140 && c.B > 120 }); n < 100 {
		t.Errorf("the program's icon has %d points of its colour", n)
	}
	if assets.Icon("no such icon") != nil {
		t.Error("an icon that is none")
	}
}

func coloured(t *testing.T, r fyne.Resource, is func(color.NRGBA) bool) int {
	t.Helper()
	img := canvas.NewImageFromResource(r)
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(img)
	c.Resize(fyne.NewSize(24, 24))
	picture := c.Capture()
	n := 0
	for x := range picture.Bounds().Dx() {
		for y := range picture.Bounds().Dy() {
			if is(color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA)) {
				n++
			}
		}
	}
	return n
}

// TestFonts measures with every font: one that cannot be read measures like the toolkit's own.
func TestFonts(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(New(Light))
	widths := map[float32]string{}
	for name, text := range map[string]*canvas.Text{
		"regular":  {Text: "Kith mmm", TextSize: 40},
		"semibold": {Text: "Kith mmm", TextSize: 40, TextStyle: fyne.TextStyle{Bold: true}},
		"bold":     {Text: "Kith mmm", TextSize: 40, FontSource: bold},
	} {
		w := text.MinSize().Width
		if other := widths[w]; other != "" {
			t.Errorf("%s and %s are equally wide", name, other)
		}
		widths[w] = name
	}
	one := canvas.Text{Text: "👨‍👩‍👧‍👦", TextSize: 15, FontSource: EmojiFont()}
	two := canvas.Text{Text: "👨‍👩‍👧‍👦🇸🇪", TextSize: 15, FontSource: EmojiFont()}
	if a, b := one.MinSize().Width, two.MinSize().Width; a < 14 || a > 24 || b != 2*a {
		t.Errorf("a family is %v wide, with a flag %v: sequences are not joined", a, b)
	}
}

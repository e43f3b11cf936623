package theme

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"

	"kith/assets"
)

// The fonts, one resource each for the life of the program: the toolkit caches a font by its resource, and what it measured and drew by
// the font's name. That of most texts has none, as if the theme's own had been taken: see Measured.
var (
	regular  = fyne.NewStaticResource("", assets.Regular)
	semiBold = fyne.NewStaticResource("Inter-SemiBold.otf", assets.SemiBold)
	bold     = fyne.NewStaticResource("Inter-Bold.otf", assets.Bold)
	emoji    = fyne.NewStaticResource("NotoColorEmoji.ttf", assets.Emoji)
)

// The icons.
const (
	IconBack         = "back"
	IconPlus         = "plus"
	IconMenu         = "menu"
	IconSearch       = "search"
	IconSend         = "send"
	IconLock         = "lock"
	IconShield       = "shield"
	IconShieldCheck  = "shield-check"
	IconShieldAlert  = "shield-alert"
	IconTick         = "tick"
	IconTicks        = "ticks"
	IconClock        = "clock"
	IconFailed       = "failed"
	IconRetry        = "retry"
	IconCopy         = "copy"
	IconInfo         = "info"
	IconClose        = "close"
	IconAttach       = "attach"
	IconEmoji        = "emoji"
	IconSettings     = "settings"
	IconPerson       = "person"
	IconCheck        = "check"
	IconChevronDown  = "chevron-down"
	IconChevronRight = "chevron-right"
	IconArrowDown    = "arrow-down"
	IconOffline      = "offline"
	IconKey          = "key"
	IconTrash        = "trash"
	IconPin          = "pin"
	IconEye          = "eye"
	IconEyeOff       = "eye-off"
	IconPhone        = "phone"
	IconPhoneIn      = "phone-in"
	IconPhoneOut     = "phone-out"
	IconPhoneMissed  = "phone-missed"
	IconHangUp       = "hang-up"
	IconVideo        = "video"
	IconVideoOff     = "video-off"
	IconMic          = "mic"
	IconMicOff       = "mic-off"
	IconScreen       = "screen"
	IconSpeaker      = "speaker"
	IconMini         = "mini"
	IconExpand       = "expand"
	IconBubble       = "bubble"
	IconNetwork      = "network"
)

// Icon is a line icon in a colour of the theme in force; ask again after the theme changed. The toolkit caches pictures by
// the resource's name, so the colour is part of it.
func Icon(name string, in fyne.ThemeColorName) fyne.Resource { return IconIn(name, Color(in)) }

// IconIn is a line icon in any opaque colour.
func IconIn(name string, c color.Color) fyne.Resource {
	rgb := color.NRGBAModel.Convert(c).(color.NRGBA)
	code := fmt.Sprintf("#%02X%02X%02X", rgb.R, rgb.G, rgb.B)
	return fyne.NewStaticResource("kith-"+name+code+".svg", bytes.ReplaceAll(assets.Icon(name), []byte("#000000"), []byte(code)))
}

// AppIcon is the program's icon.
func AppIcon() fyne.Resource { return fyne.NewStaticResource("kith.svg", assets.Icon("kith")) }

package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
)

// chatHead is the line above a chat: who, how safe, whether they are there.
type chatHead struct {
	object  fyne.CanvasObject
	back    *widget.IconButton
	avatar  *widget.Avatar
	name    *widget.Line
	shield  *canvas.Image
	words   *widget.Line
	phone   *widget.IconButton
	video   *widget.IconButton
	details *widget.IconButton
	calls   bool
	narrow  bool
	slim    bool // as it was laid out last: there is room for one button, which has both calls
	actions ChatActions
}

// slimBelow is the width of a header below which there is no room for both ways to call beside the name.
const slimBelow float32 = 340

func newChatHead(a ChatActions) *chatHead {
	h := &chatHead{
		actions: a, back: widget.NewIconButton(theme.IconBack, lang.T("Back (Esc)"), a.Back),
		avatar: widget.NewAvatar("", "", theme.AvatarHeader),
		name:   widget.NewLine("", widget.Ink{Size: theme.TextHead, Line: 20, Color: theme.Text, Bold: true}),
		words:  widget.NewLine("", widget.Ink{}), shield: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	h.shield.SetMinSize(fyne.NewSquareSize(14))
	h.phone = widget.NewIconButton(theme.IconPhone, "", h.call)
	h.video = widget.NewIconButton(theme.IconVideo, "", func() { a.Call(true) })
	h.details = widget.NewIconButton(theme.IconInfo, lang.T("Details"), a.Details)
	who := newPressable(across(12, 1, h.avatar, stack(0, h.name, across(5, 1, h.shield, h.words))), lang.T("Details"), a.Details)
	h.object = padded(12, 10, container.New(&headLine{line{4, 1}, h}, h.back, who, h.phone, h.video, h.details))
	return h
}

// call is the button with the handset, behind which a narrow window has both calls.
func (h *chatHead) call() {
	if !h.slim {
		h.actions.Call(false)
		return
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(h.phone).AddXY(0, h.phone.Size().Height)
	widget.ShowMenu(h.phone, at,
		widget.MenuItem{Icon: theme.IconPhone, Label: lang.T("Call"), Pressed: func() { h.actions.Call(false) }},
		widget.MenuItem{Icon: theme.IconVideo, Label: lang.T("Video call"), Pressed: func() { h.actions.Call(true) }})
}

// headLine is the line of a header, with the buttons for which its width has room. The name leads to the details as well.
type headLine struct {
	line
	head *chatHead
}

// Layout is the toolkit's.
func (l *headLine) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := l.head
	h.slim = size.Width < slimBelow
	show(h.phone, h.calls)
	show(h.video, h.calls && !h.slim)
	show(h.details, !h.calls || !h.narrow)
	l.line.Layout(objects, size)
}

// setCalls shows the ways to call, or why there are none now.
func (h *chatHead) setCalls(c ChatHeader) {
	h.calls, h.narrow = c.Calls, c.Narrow
	call, video := lang.T("Call (Ctrl+Shift+C)"), lang.T("Video call (Ctrl+Shift+V)")
	if c.NoCall != "" {
		call, video = c.NoCall, c.NoCall
	}
	h.phone.Set(theme.IconPhone, call)
	h.video.Set(theme.IconVideo, video)
	enable(c.NoCall == "", h.phone, h.video)
}

func (h *chatHead) set(c ChatHeader) {
	show(h.back, c.Narrow)
	h.setCalls(c)
	h.avatar.Set(string(c.Address), c.Name, c.Online)
	h.name.SetText(c.Name)
	words := c.Shield.Text()
	if c.Presence != "" {
		words += " · " + c.Presence
	}
	h.words.SetShort(c.Shield.Text()) // the dot on the picture says that they are there
	icon, colour := shieldIcon(c.Shield)
	h.words.Set(words, widget.Ink{Size: theme.TextSmall, Line: 18, Color: colour})
	h.shield.Resource = theme.Icon(icon, colour)
	h.shield.Refresh()
	h.object.Refresh()
}

// shieldIcon is the sign and the colour of a shield: only what needs attention takes the colour of warnings.
func shieldIcon(s view.Shield) (icon string, colour fyne.ThemeColorName) {
	switch s {
	case view.ShieldVerified:
		return theme.IconShieldCheck, theme.Primary
	case view.ShieldAttention, view.ShieldNobody, view.ShieldClear:
		return theme.IconShieldAlert, theme.Warning
	case view.ShieldUnknown, view.ShieldSoon, view.ShieldEncrypted:
	}
	return theme.IconShield, theme.Muted
}

// chatBars are the bars below the header that ask for something.
type chatBars struct {
	object           *fyne.Container
	devices, clear   *widget.Banner
	request          *fyne.Container
	words            *widget.TextBlock
	accept, declined *widget.Button
	actions          ChatActions
}

func newChatBars(a ChatActions) *chatBars {
	b := &chatBars{actions: a, devices: widget.NewBanner(), clear: widget.NewBanner(), words: words("")}
	b.accept = widget.NewButton(lang.T("Accept"), widget.PrimaryLook, a.Accept)
	b.declined = widget.NewButton(lang.T("Delete"), widget.SecondaryLook, a.Delete)
	b.request = padded(20, 12, stack(10, b.words, across(8, 2, b.accept, b.declined, gap(0))))
	b.request.Hide()
	b.object = stack(0, b.devices, b.clear, b.request)
	return b
}

func (b *chatBars) set(h ChatHeader) {
	if h.Undecided > 0 {
		news := lang.N(h.Undecided, "{name} has a new device", "{name} has {n} new devices", "name", view.Brief(h.Name))
		b.devices.Set(news, lang.T("Check"), b.actions.Details)
	} else {
		b.devices.Set("", "", nil)
	}
	if h.Shield == view.ShieldClear {
		b.clear.Set(lang.T("This chat is not encrypted"), lang.T("Encrypt again"), b.actions.Encrypt)
	} else {
		b.clear.Set("", "", nil)
	}
	show(b.request, h.Request)
	b.words.SetText(lang.T("{address} is not one of your contacts. They don't learn whether you have read this until you accept or answer.", "address", string(h.Address)))
	b.object.Refresh()
}

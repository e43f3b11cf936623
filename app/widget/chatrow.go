package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"kith/app/lang"
	"kith/app/text"
	"kith/app/theme"
)

// ChatRow is a row of the chat list, 68 high. It can be pressed and focused.
type ChatRow struct {
	press
	OnStep func(by int)           // the arrow keys, Home and End: to a row above (-1) or below (+1)
	OnMenu func(at fyne.Position) // the secondary button; in canvas coordinates

	item     ChatItem
	selected bool
	passed   bool // by Tab
	ground   *canvas.Rectangle
	ring     *canvas.Rectangle
	avatar   *Avatar
	name     *Line
	time     *Line
	lead     *Line
	line     *Line
	state    *canvas.Image
	pin      *canvas.Image
	badge    *Badge
}

// NewChatRow makes a row; pressed opens the chat.
func NewChatRow(item ChatItem, pressed func()) *ChatRow {
	r := &ChatRow{
		ground: rounded(theme.RowRadius), ring: frame(theme.RowRadius), avatar: NewAvatar(item.Address, item.Name, theme.AvatarList),
		name: NewLine("", Ink{}), time: NewLine("", Ink{}), lead: NewLine("", Ink{}), line: NewLine("", Ink{}),
		state: &canvas.Image{FillMode: canvas.ImageFillContain}, pin: picture(theme.IconPin, theme.Muted), badge: NewBadge(0),
	}
	r.item = item
	r.pressed = pressed
	r.ExtendBaseWidget(r)
	return r
}

// Set changes what the row shows.
func (r *ChatRow) Set(item ChatItem, selected bool) {
	if r.item != item || r.selected != selected {
		r.item, r.selected = item, selected
		r.Refresh()
	}
}

// SetPressed changes what pressing does, for a row that serves another chat now.
func (r *ChatRow) SetPressed(f func()) { r.pressed = f }

// PassOver says whether Tab passes this row over.
func (r *ChatRow) PassOver(yes bool) { r.passed = yes }

// Disabled is how the toolkit asks whether Tab shall pass it over; it can be pressed nonetheless.
func (r *ChatRow) Disabled() bool { return r.passed }

// AccessibilityLabel is what a screen reader says.
func (r *ChatRow) AccessibilityLabel() string {
	s := r.item.Name + ", " + r.item.Lead + r.item.Line
	if r.item.Pinned {
		s += ", " + lang.T("pinned")
	}
	if r.item.Unread > 0 {
		s += ", " + lang.T("{n} unread", "n", count(r.item.Unread))
	}
	return s
}

// TappedSecondary asks for the menu.
func (r *ChatRow) TappedSecondary(e *fyne.PointEvent) {
	if r.OnMenu != nil {
		r.OnMenu(e.AbsolutePosition)
	}
}

// farthest is how many rows Home and End go at most.
const farthest = 1 << 20

// TypedKey opens the chat or its menu, or goes to another row.
func (r *ChatRow) TypedKey(k *fyne.KeyEvent) {
	switch {
	case k.Name == fyne.KeyUp && r.OnStep != nil:
		r.OnStep(-1)
	case k.Name == fyne.KeyDown && r.OnStep != nil:
		r.OnStep(1)
	case k.Name == fyne.KeyHome && r.OnStep != nil:
		r.OnStep(-farthest)
	case k.Name == fyne.KeyEnd && r.OnStep != nil:
		r.OnStep(farthest)
	case (k.Name == desktop.KeyMenu || k.Name == fyne.KeyF10) && r.OnMenu != nil:
		r.OnMenu(fyne.CurrentApp().Driver().AbsolutePositionForObject(r).AddXY(r.Size().Width/3, r.Size().Height/2))
	default:
		r.press.TypedKey(k)
	}
}

// CreateRenderer is the toolkit's.
func (r *ChatRow) CreateRenderer() fyne.WidgetRenderer {
	r.paint()
	return &drawing{
		objects: []fyne.CanvasObject{r.ground, r.avatar, r.name, r.time, r.lead, r.line, r.state, r.pin, r.badge, r.ring},
		layout:  r.arrange,
		min:     func() fyne.Size { return fyne.NewSize(72, theme.RowHeight) },
		refresh: func() { r.paint(); r.arrange(r.Size()) },
	}
}

func (r *ChatRow) paint() {
	ground := theme.Transparent
	switch {
	case r.selected:
		ground = theme.Selected
	case r.hovered:
		ground = theme.Hover
	}
	paint(r.ground, ground)
	paintFrame(r.ring, r.focused)
	r.avatar.Set(r.item.Address, r.item.Name, r.item.Online)
	r.avatar.setGround(theme.Side)
	if r.selected {
		r.avatar.setGround(theme.Selected)
	}
	r.name.Set(r.item.Name, Ink{Size: theme.TextBody, Line: 20, Color: theme.Text, Bold: true})
	r.time.Set(r.item.Time, timeInk())
	r.lead.Set(r.item.Lead, leadInk(theme.Warning))
	color := theme.Muted
	switch {
	case r.item.Typing:
		color = theme.Primary
	case r.item.Unread > 0 && !r.item.Muted, r.item.Marks != Marks{}:
		color = theme.Text
	}
	r.line.Set(r.item.Line, leadInk(color))
	r.line.SetMarks(r.item.Marks)
	r.badge.Set(r.item.Unread, r.item.Muted)
	show(r.pin, r.item.Pinned)
	repicture(r.pin, theme.IconPin, theme.Muted)
	r.paintState()
}

func (r *ChatRow) paintState() {
	show(r.state, r.item.Sent || r.item.Failed)
	switch {
	case r.item.Failed:
		repicture(r.state, theme.IconFailed, theme.Warning)
	case r.item.Sent:
		icon, _ := stateIcon(r.item.State)
		repicture(r.state, icon, stateColor(r.item.State, theme.Muted, theme.Primary))
	}
}

func timeInk() Ink { return Ink{Size: theme.TextTime, Line: 16, Color: theme.Muted} }

func leadInk(c fyne.ThemeColorName) Ink {
	return Ink{Size: theme.TextSecond, Line: 20, Color: c}
}

func (r *ChatRow) arrange(s fyne.Size) {
	place(r.ground, 8, 0, s.Width-16, s.Height)
	place(r.ring, 8, 0, s.Width-16, s.Height)
	top := (s.Height - theme.AvatarList) / 2
	if s.Width < 100 { // the rail: avatars only
		place(r.avatar, (s.Width-theme.AvatarList)/2, top, theme.AvatarList, theme.AvatarList)
		r.rail(true)
		place(r.badge, s.Width/2+6, top-4, badgeWidth(r.item.Unread), 20)
		return
	}
	r.rail(false)
	place(r.avatar, 20, top, theme.AvatarList, theme.AvatarList)
	left, right := float32(80), s.Width-20
	w := timeInk().measure(r.item.Time, text.Plain) + 1
	place(r.time, right-w, 16, w, 16)
	place(r.name, left, 14, right-w-8-left, 20)
	if r.item.Unread > 0 {
		b := badgeWidth(r.item.Unread)
		place(r.badge, right-b, 35, b, 20)
		right -= b + 8
	}
	if r.item.Pinned {
		place(r.pin, right-14, 38, 14, 14)
		right -= 22
	}
	if r.state.Visible() {
		place(r.state, left, 38, 15, 15)
		left += 19
	}
	if r.item.Lead != "" {
		w := leadInk("").measure(r.item.Lead, text.Plain)
		place(r.lead, left, 35, w+1, 20)
		left += w
	}
	place(r.line, left, 35, max(right-left, 0), 20)
}

// rail hides the words where there is only room for the avatar.
func (r *ChatRow) rail(yes bool) {
	for _, l := range []*Line{r.name, r.time, r.lead, r.line} {
		show(l, !yes)
	}
	show(r.state, !yes && (r.item.Sent || r.item.Failed))
	show(r.pin, !yes && r.item.Pinned)
}

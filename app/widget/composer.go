package widget

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/widget"

	"kith/app/lang"
	"kith/app/text"
	"kith/app/theme"
)

// composerLines is how far the composer grows before its text scrolls.
const composerLines = 6

// Composer is where a message is written: Enter sends, Shift and Enter begins a line, Escape goes to OnEscape. It grows with
// the text up to six lines. The lock in it says whether what is written leaves encrypted.
type Composer struct {
	base.BaseWidget
	OnSend    func(s string) // the text without outer white space; the field is empty already
	OnChanged func(s string)
	OnEscape  func()
	OnLock    func() // the lock was pressed
	OnUp      func() // the arrow up in an empty field
	OnPage    func(*fyne.KeyEvent)

	box   *canvas.Rectangle
	lock  *IconButton
	entry *entry
	send  *IconButton
	lit   bool
	safe  bool
	lines int
}

// NewComposer makes a composer.
func NewComposer(placeholder string) *Composer {
	c := &Composer{box: rounded(20), entry: newEntry(), safe: true, lines: 1}
	c.lock = NewIconButton(theme.IconLock, "", func() { call(c.OnLock) })
	c.lock.size = 28
	c.send = NewFilledIconButton(theme.IconSend, lang.T("Send"), c.submit)
	c.send.disabled = true
	c.entry.MultiLine, c.entry.Wrapping, c.entry.Scroll = true, fyne.TextWrapWord, fyne.ScrollVerticalOnly
	c.entry.SetMinRowsVisible(1)
	c.entry.SetPlaceHolder(placeholder)
	c.entry.OnChanged = c.changed
	c.entry.key = c.typed
	c.entry.focused = func(yes bool) { c.lit = yes; c.Refresh() }
	c.ExtendBaseWidget(c)
	return c
}

// Text is what stands in the composer.
func (c *Composer) Text() string { return c.entry.Text }

// SetText changes what stands in the composer and puts the caret behind it.
func (c *Composer) SetText(s string) {
	c.entry.SetText(s)
	c.toEnd()
}

// toEnd puts the caret behind the last row, as the toolkit has wrapped the text.
func (c *Composer) toEnd() { c.entry.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown}) }

// atEnd says whether the caret stands behind the text.
func (c *Composer) atEnd() bool {
	return c.entry.CursorTextOffset() == utf8.RuneCountInString(c.entry.Text)
}

// placeEntry moves the field. In another width the toolkit wraps the text anew with its next refresh, and leaves the caret in its
// row, which is another place in the text then: one that stood behind the text is put there again.
func (c *Composer) placeEntry(x, y, w, h float32) {
	was, end := c.entry.Size().Width, c.atEnd()
	place(c.entry, x, y, w, h)
	if was == w {
		return
	}
	c.entry.Refresh()
	if end && !c.atEnd() {
		c.toEnd()
	}
}

// Type puts a character behind the text and takes the focus, for what was typed elsewhere.
func (c *Composer) Type(r rune) {
	c.Focus()
	c.entry.TypedRune(r)
}

// Insert puts s at the caret.
func (c *Composer) Insert(s string) {
	for _, r := range s {
		c.entry.TypedRune(r)
	}
}

// SetLock says whether what is written leaves encrypted, and in words what the lock's tip is.
func (c *Composer) SetLock(safe bool, tip string) {
	c.safe = safe
	icon := theme.IconLock
	if !safe {
		icon = theme.IconShieldAlert
	}
	c.lock.Set(icon, tip)
}

// SetMost says how many bytes the text may have after something was pasted, and what is said of more.
func (c *Composer) SetMost(bytes int, tooMuch string) { c.entry.most, c.entry.tooMuch = bytes, tooMuch }

// SetPlaceholder changes the words in the empty field.
func (c *Composer) SetPlaceholder(s string) { c.entry.SetPlaceHolder(s) }

// Focus gives the composer the keyboard.
func (c *Composer) Focus() { focus(c.entry) }

// Enable lets it be written in.
func (c *Composer) Enable() { c.entry.Enable() }

// Disable keeps it from being written in.
func (c *Composer) Disable() { c.entry.Disable() }

func (c *Composer) submit() {
	s := strings.TrimSpace(c.entry.Text)
	if s == "" || c.entry.Disabled() {
		return
	}
	c.SetText("")
	if c.OnSend != nil {
		c.OnSend(s)
	}
}

func (c *Composer) typed(k *fyne.KeyEvent) bool {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if c.entry.shift || fyne.CurrentDevice().IsMobile() {
			return false
		}
		c.submit()
	case fyne.KeyEscape:
		call(c.OnEscape)
	case fyne.KeyUp:
		if c.entry.Text != "" || c.OnUp == nil {
			return false
		}
		c.OnUp()
	case fyne.KeyPageUp, fyne.KeyPageDown:
		if c.OnPage != nil {
			c.OnPage(k)
		}
	default:
		return false
	}
	return true
}

func (c *Composer) changed(s string) {
	if strings.TrimSpace(s) == "" {
		c.send.Disable()
	} else {
		c.send.Enable()
	}
	if c.fit(c.Size().Width) {
		c.Refresh()
	}
	if c.OnChanged != nil {
		c.OnChanged(s)
	}
}

// Height is how high the composer is at a width: its text may ask for more lines in a narrower window.
func (c *Composer) Height(width float32) float32 {
	c.fit(width)
	return c.boxHeight() + 24
}

// What is beside the field: the lock, the button, and the toolkit's own padding of a text.
const (
	composerLeft  float32 = 48
	composerRight float32 = 16 + theme.RoundButton + 8 + 10
	entryPadding  float32 = 16
)

// fit finds how many lines the field shows in a composer of a width, and says whether that changed.
func (c *Composer) fit(width float32) bool {
	ink := Ink{Size: theme.TextBody}
	width -= composerLeft + composerRight + entryPadding
	lines := 1
	if width > 20 && c.entry.Text != "" {
		laid := text.Wrap(c.entry.Text, width, ink.measure, text.Limits{Clusters: 2000, Lines: composerLines})
		lines = min(max(len(laid.Lines), 1), composerLines)
	}
	if c.lines == lines {
		return false
	}
	c.lines = lines
	c.entry.SetMinRowsVisible(lines)
	return true
}

// CreateRenderer is the toolkit's.
func (c *Composer) CreateRenderer() fyne.WidgetRenderer {
	c.paint()
	return &drawing{
		objects: []fyne.CanvasObject{c.box, c.lock, c.entry, c.send},
		layout:  c.arrange,
		min:     c.least,
		refresh: func() { c.paint(); c.arrange(c.Size()) },
	}
}

// boxHeight is that of the field.
func (c *Composer) boxHeight() float32 { return max(c.entry.MinSize().Height+6, 40) }

func (c *Composer) least() fyne.Size { return fyne.NewSize(160, c.boxHeight()+24) }

func (c *Composer) paint() {
	c.box.StrokeWidth = 0
	if c.lit {
		c.box.StrokeWidth, c.box.StrokeColor = 1.5, theme.Color(theme.Primary)
	}
	paint(c.box, theme.Field)
}

func (c *Composer) arrange(s fyne.Size) {
	h := c.boxHeight()
	top := s.Height - 14 - h
	right := s.Width - 16 - theme.RoundButton - 8
	place(c.box, 16, top, right-16, h)
	place(c.lock, 22, top+h-34, 28, 28)
	e := c.entry.MinSize().Height
	c.placeEntry(composerLeft, top+(h-e)/2, s.Width-composerLeft-composerRight, e)
	place(c.send, s.Width-16-theme.RoundButton, top+h-theme.RoundButton, theme.RoundButton, theme.RoundButton)
}

package widget

import (
	"cmp"
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/widget"

	"kith/app/text"
	"kith/app/theme"
)

// MenuItem is an entry of a menu.
type MenuItem struct {
	Icon, Label string
	Key         any // what stays the same when the rows of an open menu change; nil: the label
	Danger      bool
	Note        bool   // it says something, and cannot be pressed
	Meter       *Meter // beside the label; nil for none
	Pressed     func()
}

// Menu is a menu that was opened. The zero value, and nil, is one that is closed.
type Menu struct{ menu *menu }

// Open says whether it still is.
func (m *Menu) Open() bool {
	return m != nil && m.menu != nil && slices.Contains(m.menu.canvas.Overlays().List(), fyne.CanvasObject(m.menu))
}

// Close closes it, without anything being pressed.
func (m *Menu) Close() {
	if m.Open() {
		m.menu.close()
	}
}

// Set changes the rows of an open menu: what the keyboard has chosen stays chosen, wherever it stands now. Without rows it closes.
func (m *Menu) Set(items ...MenuItem) {
	switch {
	case !m.Open():
	case len(items) == 0:
		m.Close()
	default:
		m.menu.set(items)
	}
}

// ShowMenu opens a menu at a place of the canvas that holds o. It closes when an entry was pressed, with Escape, or with a
// tap anywhere else; then what had the keyboard focus has it again.
func ShowMenu(o fyne.CanvasObject, at fyne.Position, items ...MenuItem) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && len(items) > 0 {
		newMenu(c, at, usualTones, items).open()
	}
}

// ShowCallMenu opens a menu above an object of a call, in a call's colours.
func ShowCallMenu(o fyne.CanvasObject, items ...MenuItem) *Menu {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(o)
	if c == nil || len(items) == 0 {
		return nil
	}
	m := newMenu(c, driver.AbsolutePositionForObject(o).SubtractXY(0, menuGap), callTones, items)
	m.above = true
	m.open()
	return &Menu{m}
}

const (
	menuRow float32 = 40
	menuPad float32 = 6
	menuGap float32 = 8 // to what it belongs to, and to the edges of the window

	menuMeter  float32 = 64 // and where its label leaves less room:
	meterLeast float32 = 32
)

// menuTones are the colours of a menu.
type menuTones struct{ ground, edge, text, muted, shade, track fyne.ThemeColorName }

var (
	usualTones = menuTones{theme.Background, theme.Line, theme.Text, theme.Muted, theme.Hover, theme.Field}
	callTones  = menuTones{theme.CallSolid, theme.CallGlass, theme.CallText, theme.CallMuted, theme.CallGlass, theme.CallBottom}
)

// menu covers the canvas and catches what is not meant for the menu.
type menu struct {
	base.BaseWidget
	canvas fyne.Canvas
	at     fyne.Position
	above  bool // it ends at that place; else it begins there
	tones  menuTones
	box    *canvas.Rectangle
	rows   []*menuEntry
	stack  *fyne.Container // the rows
	list   *Scroll         // shows them
	icons  bool            // some have one, and the labels of all stand below each other
	chosen int
}

func newMenu(c fyne.Canvas, at fyne.Position, tones menuTones, items []MenuItem) *menu {
	m := &menu{canvas: c, at: at, tones: tones, box: rounded(theme.CardRadius), chosen: -1, stack: container.New(menuLayout{})}
	m.fill(items)
	m.list = NewScroll(m.stack)
	m.ExtendBaseWidget(m)
	return m
}

// fill makes the rows. Those that were there already are moved: a press that has begun on one does not end on another.
func (m *menu) fill(items []MenuItem) {
	before := m.rows
	m.rows, m.icons, m.stack.Objects = nil, false, nil
	for _, it := range items {
		m.icons = m.icons || it.Icon != ""
		e := newMenuEntry(it, m)
		if i := slices.IndexFunc(before, func(b *menuEntry) bool { return b.item.key() == it.key() && b.item.Meter == it.Meter }); i >= 0 {
			e = before[i]
			e.item, e.disabled = it, it.Note
			before = slices.Delete(before, i, i+1)
		}
		m.rows = append(m.rows, e)
		m.stack.Objects = append(m.stack.Objects, e)
	}
}

// set changes the rows of an open menu.
func (m *menu) set(items []MenuItem) {
	var kept *menuEntry
	if m.chosen >= 0 {
		kept = m.rows[m.chosen]
	}
	m.fill(items)
	m.chosen = slices.Index(m.rows, kept)
	m.stack.Refresh()
	m.list.Refresh()
	m.arrange(m.Size())
	for _, r := range m.rows {
		r.arrange(r.Size())
		r.Refresh()
	}
	if m.chosen >= 0 {
		m.choose(m.chosen)
	}
}

func (it MenuItem) key() any { return cmp.Or(it.Key, any(it.Label)) }

func (m *menu) open() {
	m.canvas.Overlays().Add(m)
	m.Resize(m.canvas.Size())
	m.canvas.Focus(m)
}

func (m *menu) close() { m.canvas.Overlays().Remove(m) }

// Tapped closes the menu.
func (m *menu) Tapped(*fyne.PointEvent) { m.close() }

// TappedSecondary closes the menu.
func (m *menu) TappedSecondary(*fyne.PointEvent) { m.close() }

// FocusGained does nothing.
func (m *menu) FocusGained() {}

// FocusLost does nothing.
func (m *menu) FocusLost() {}

// TypedRune does nothing.
func (m *menu) TypedRune(rune) {}

// TypedKey walks through the entries.
func (m *menu) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		m.close()
	case fyne.KeyDown:
		m.step(m.chosen, 1)
	case fyne.KeyUp:
		m.step(max(m.chosen, 0), -1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if m.chosen >= 0 {
			m.rows[m.chosen].run()
		}
	}
}

// step chooses the next row from one on that can be pressed.
func (m *menu) step(from, by int) {
	n := len(m.rows)
	for i := 1; i <= n; i++ {
		if at := (from + by*i + i*n) % n; !m.rows[at].disabled {
			m.choose(at)
			return
		}
	}
}

func (m *menu) choose(i int) {
	m.chosen = i
	m.list.ShowPart(float32(i)*menuRow, menuRow)
	for n, r := range m.rows {
		r.setHovered(n == i)
	}
}

// CreateRenderer is the toolkit's.
func (m *menu) CreateRenderer() fyne.WidgetRenderer {
	m.paint()
	return &drawing{objects: []fyne.CanvasObject{m.box, m.list}, layout: m.arrange, min: func() fyne.Size { return fyne.Size{} }, refresh: m.paint}
}

func (m *menu) paint() {
	m.box.StrokeWidth, m.box.StrokeColor = 1, theme.Color(m.tones.edge)
	m.box.Shadow = canvas.Shadow{Color: color.NRGBA{A: 60}, BlurRadius: 16, Offset: fyne.NewPos(0, 4)}
	paint(m.box, m.tones.ground)
}

// arrange keeps the menu within the window: what is too long for it is cut, and what is too high scrolls.
func (m *menu) arrange(s fyne.Size) {
	w, h := float32(160), float32(len(m.rows))*menuRow+2*menuPad
	for _, r := range m.rows {
		w = max(w, r.MinSize().Width+2*menuPad)
	}
	w, h = min(w, s.Width-2*menuGap), min(h, s.Height-2*menuGap)
	x := max(min(m.at.X, s.Width-w-menuGap), menuGap)
	y := m.at.Y
	if room := y - menuGap; m.above && room > 3*menuRow {
		h = min(h, room)
	}
	if seen := (h - 2*menuPad) / menuRow; seen < float32(len(m.rows)) { // half a row says that there are more
		h = (float32(int(seen-0.5))+0.5)*menuRow + 2*menuPad
	}
	if m.above || y+h > s.Height-menuGap {
		y = max(y-h, menuGap)
	}
	place(m.box, x, y, w, h)
	place(m.list, x+menuPad, y+menuPad, w-2*menuPad, h-2*menuPad)
}

// menuLayout puts the rows below each other, and asks for no width.
type menuLayout struct{}

// Layout is the toolkit's.
func (menuLayout) Layout(rows []fyne.CanvasObject, s fyne.Size) {
	for i, r := range rows {
		place(r, 0, float32(i)*menuRow, s.Width, menuRow)
	}
}

// MinSize is the toolkit's.
func (menuLayout) MinSize(rows []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, float32(len(rows))*menuRow)
}

type menuEntry struct {
	press
	item   MenuItem
	shade  *canvas.Rectangle
	image  *canvas.Image
	line   *Line
	parent *menu
}

func newMenuEntry(it MenuItem, m *menu) *menuEntry {
	e := &menuEntry{item: it, shade: rounded(8), image: &canvas.Image{FillMode: canvas.ImageFillContain}, parent: m}
	e.line = NewLine(it.Label, e.ink())
	e.disabled = it.Note
	e.pressed = func() {
		m.close()
		call(e.item.Pressed)
	}
	e.ExtendBaseWidget(e)
	return e
}

func (e *menuEntry) ink() Ink {
	k := Ink{Size: theme.TextBody, Line: theme.LineHeight, Color: e.parent.tones.text}
	switch {
	case e.item.Danger:
		k.Color = theme.Warning
	case e.item.Note:
		k.Color = e.parent.tones.muted
	}
	return k
}

// AccessibilityLabel is what a screen reader says.
func (e *menuEntry) AccessibilityLabel() string { return e.item.Label }

// CreateRenderer is the toolkit's.
func (e *menuEntry) CreateRenderer() fyne.WidgetRenderer {
	e.paint()
	objects := []fyne.CanvasObject{e.shade, e.image, e.line}
	if e.item.Meter != nil {
		objects = append(objects, e.item.Meter)
	}
	return &drawing{
		objects: objects,
		layout:  e.arrange,
		min: func() fyne.Size {
			return fyne.NewSize(e.left()+e.wide()+12+e.right(menuMeter), menuRow)
		},
		refresh: e.paint,
	}
}

func (e *menuEntry) arrange(s fyne.Size) {
	meter := max(min(s.Width-e.left()-e.wide()-12-e.right(0), menuMeter), meterLeast)
	right := e.right(meter)
	place(e.shade, 0, 0, s.Width, s.Height)
	place(e.image, 10, (s.Height-20)/2, 20, 20)
	place(e.line, e.left(), 0, s.Width-e.left()-right, s.Height)
	if e.item.Meter != nil {
		place(e.item.Meter, s.Width-right, 0, meter, s.Height)
	}
}

// wide is how wide the label is.
func (e *menuEntry) wide() float32 { return e.ink().measure(e.item.Label, text.Plain) }

// left is what stands before the label.
func (e *menuEntry) left() float32 {
	if !e.parent.icons {
		return 12
	}
	return 40
}

// right is what stands behind it.
func (e *menuEntry) right(meter float32) float32 {
	if e.item.Meter == nil {
		return 8
	}
	return 8 + meter + 8
}

func (e *menuEntry) paint() {
	shade := theme.Transparent
	if e.hovered && !e.disabled {
		shade = e.parent.tones.shade
	}
	paint(e.shade, shade)
	if e.item.Meter != nil {
		e.item.Meter.setTrack(e.parent.tones.track)
	}
	show(e.image, e.item.Icon != "")
	if e.item.Icon != "" {
		name := e.parent.tones.muted
		if e.item.Danger {
			name = theme.Warning
		}
		repicture(e.image, e.item.Icon, name)
	}
	e.line.Set(e.item.Label, e.ink())
}

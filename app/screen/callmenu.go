package screen

import (
	"fyne.io/fyne/v2"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// callMenu is the menu of a call: what there is to speak, hear and see with, or all there is of one kind. While it is open it follows what comes
// and goes, and how the call stands.
type callMenu struct {
	call   *Call
	shown  *widget.Menu
	of     *view.GearKind // all there is of it; nil: the first menu
	gear   []view.Gear
	asked  bool // what there is is being found out
	wanted bool // it opens once that is known
}

// More shows what there is to speak, hear and see with, and holds the call.
func (c *Call) More() {
	if c.face.Phase != model.Ended {
		c.menu.wanted = true
		c.menu.read()
	}
}

// read finds out what there is; one question at a time.
func (m *callMenu) read() {
	if m.asked {
		return
	}
	m.asked = true
	m.call.actions.Gear(func(all []view.Gear) {
		m.asked = false
		m.gear = all
		if m.wanted {
			m.open(nil)
		}
		m.update()
	})
}

// open shows all there is of a kind; nil: the first menu.
func (m *callMenu) open(of *view.GearKind) {
	m.shown.Close()
	m.wanted, m.of = false, of
	m.shown = widget.ShowCallMenu(m.call.bar.gear, m.items()...)
}

// close ends it with what it belongs to.
func (m *callMenu) close() {
	m.wanted = false
	m.shown.Close()
}

// update shows in the open menu how things stand now.
func (m *callMenu) update() {
	if m.shown.Open() {
		m.shown.Set(m.items()...)
	}
}

// tick looks again what there is while somebody looks at it.
func (m *callMenu) tick() {
	if m.shown.Open() {
		m.read()
	}
}

func (m *callMenu) items() []widget.MenuItem {
	if m.of != nil {
		return m.all(*m.of)
	}
	c := m.call
	var items []widget.MenuItem
	for i, sign := range [...]string{theme.IconMic, theme.IconSpeaker, theme.IconVideo} {
		kind := view.GearKind(i)
		in, of := view.ChosenGear(m.gear, kind)
		item := widget.MenuItem{Icon: sign, Label: in.Text(), Key: kind, Pressed: func() { m.open(&kind) }}
		if in.Kind == view.Microphone && len(of) > 0 {
			item.Meter = c.meter
		}
		if len(of) > 1 || item.Meter != nil {
			items = append(items, item)
		}
	}
	if !fyne.CurrentDevice().IsMobile() {
		items = append(items, widget.MenuItem{Icon: theme.IconExpand, Label: view.FullText(c.full), Key: theme.IconExpand, Pressed: c.Enlarge})
	}
	if c.face.Phase == model.Talking {
		hold := view.HoldText(c.face.OnHold)
		items = append(items, widget.MenuItem{Icon: theme.IconClock, Label: hold, Key: theme.IconClock, Pressed: func() { c.actions.Hold(!c.face.OnHold) }})
	}
	return items
}

// all is all there is of a kind.
func (m *callMenu) all(kind view.GearKind) []widget.MenuItem {
	_, of := view.ChosenGear(m.gear, kind)
	return gearItems(of, m.call.actions.Choose)
}

// gearItems are devices to choose from, and that the one that was chosen is not there.
func gearItems(of []view.Gear, choose func(kind view.GearKind, name string)) (items []widget.MenuItem) {
	for _, g := range of {
		item := widget.MenuItem{Label: g.Text(), Key: view.Gear{Kind: g.Kind, Name: g.Name}, Pressed: func() { choose(g.Kind, g.Name) }}
		switch {
		case g.Missing:
			item.Note, item.Label = true, lang.T("{device} is gone", "device", view.Line(g.Name))
		case g.Chosen:
			item.Icon = theme.IconCheck
		}
		items = append(items, item)
	}
	return items
}

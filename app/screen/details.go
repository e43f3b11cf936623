package screen

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// DetailsActions are what the details ask for.
type DetailsActions struct {
	Close   func()
	Copy    func(string)
	Trust   func(model.Fingerprint, model.Trust)
	Reset   func()
	Refresh func() // the devices
	Mute    func(until time.Time)
	Pin     func(bool)
	Encrypt func(bool)
	Rename  func(string)
	Add     func() // to the contacts
	Remove  func() // from the contacts
	Delete  func() // the chat
}

// DetailsData is what the details show.
type DetailsData struct {
	Chat    model.Chat
	Contact model.Contact
	Keys    view.Keys
	Now     time.Time
}

// Details is the pane about the other side of a chat.
type Details struct {
	object  fyne.CanvasObject
	body    *fyne.Container
	name    *widget.Field // of the contact
	actions DetailsActions
	open    model.Fingerprint // the device whose key is shown
	shown   DetailsData
}

// NewDetails makes the pane.
func NewDetails(a DetailsActions) *Details {
	const width = 480
	d := &Details{actions: a, body: stack(14)}
	d.object = scrolled(paneTop(lang.T("Details"), width, a.Close), centred(paneX, 6, width, d.body))
	return d
}

// Object is what to show.
func (d *Details) Object() fyne.CanvasObject { return d.object }

// Set shows a chat's other side.
func (d *Details) Set(data DetailsData) {
	if d.shown.looksLike(data) {
		return
	}
	before := d.shown
	d.shown = data
	typed := ""
	if before.Chat.ID != data.Chat.ID {
		d.open = ""
	} else if d.name != nil && d.name.Text() != view.Line(before.Contact.Name) {
		typed = d.name.Text()
	}
	d.Restyle()
	if typed != "" && d.name != nil {
		d.name.SetText(typed)
	}
}

// looksLike says whether the details of both are the same: most of what happens in a chat is not told here.
func (d DetailsData) looksLike(x DetailsData) bool {
	a, b := d.Chat, x.Chat
	one, other := d.Contact, x.Contact
	one.Presence, other.Presence = 0, 0
	return a.ID == b.ID && a.Name == b.Name && view.ShieldOf(a, d.Keys) == view.ShieldOf(b, x.Keys) && a.Pinned == b.Pinned && a.Muted.Equal(b.Muted) && one == other &&
		d.Keys.Listed == x.Keys.Listed &&
		slices.Equal(d.Keys.Devices, x.Keys.Devices)
}

// Restyle draws everything anew, for other colours.
func (d *Details) Restyle() { keepFocus(d.body, d.draw) }

// Focus gives the keyboard to the first device that waits for a decision, else to the first thing that can be pressed.
func (d *Details) Focus() {
	waits := ""
	for _, r := range view.DeviceRows(d.shown.Keys.Devices, d.shown.Now) {
		if r.Decide && waits == "" {
			waits = deviceLabel(r)
		}
	}
	n := find(d.body, func(n named) bool { return waits == "" || n.AccessibilityLabel() == waits })
	if c := fyne.CurrentApp().Driver().CanvasForObject(d.body); n != nil && c != nil {
		c.Focus(n)
	}
}

func (d *Details) draw() {
	data := d.shown
	name := view.Line(data.Chat.Name)
	avatar := widget.NewAvatar(string(data.Chat.JID), name, theme.AvatarLarge)
	address := small(string(data.Chat.JID))
	address.SetAlign(fyne.TextAlignCenter)
	who := widget.NewLine(name, widget.Ink{Size: 18, Line: 24, Color: theme.Text, Title: true})
	who.SetAlign(fyne.TextAlignCenter)
	d.body.Objects = []fyne.CanvasObject{
		container.NewCenter(avatar),
		stack(2, who, address),
		widget.NewButton(lang.T("Copy address"), widget.SecondaryLook, func() { d.actions.Copy(string(data.Chat.JID)) }),
		d.encryption(name),
		d.place(),
		d.notifications(),
		d.contact(view.Brief(name)),
		d.ending(view.Brief(name)),
		gap(12),
	}
	d.body.Refresh()
	d.object.Refresh()
}

func (d *Details) encryption(name string) fyne.CanvasObject {
	chat := d.shown.Chat
	shield := view.ShieldOf(chat, d.shown.Keys)
	sign, colour := shieldIcon(shield)
	box := []fyne.CanvasObject{
		across(6, 1, icon(sign, 16, colour), widget.NewLine(shield.Text(), widget.Ink{Size: theme.TextSecond, Line: 20, Color: colour, Bold: true})),
		words(shield.Explain(name)),
	}
	for _, r := range view.DeviceRows(d.shown.Keys.Devices, d.shown.Now) {
		box = append(box, d.device(r, view.Brief(name)))
	}
	if chat.Encryption == model.Clear {
		box = append(box, widget.NewButton(lang.T("Encrypt again"), widget.PrimaryLook, func() { d.actions.Encrypt(true) }))
		return card(lang.T("Encryption"), box...)
	}
	box = append(box, gap(2),
		across(12, 2, widget.NewLink(lang.T("Look for devices"), d.actions.Refresh), widget.NewLink(lang.T("Reset keys"), d.actions.Reset), gap(0)))
	return card(lang.T("Encryption"), box...)
}

// device is one device: pressed, it shows its key and what can be decided about it.
func (d *Details) device(r view.DeviceRow, name string) fyne.CanvasObject {
	colour := theme.Muted
	switch {
	case r.Decide:
		colour = theme.Warning
	case r.Device.Trust == model.Verified && !r.Inactive:
		colour = theme.Primary
	}
	chevron := theme.IconChevronRight
	if d.open == r.Device.Fingerprint {
		chevron = theme.IconChevronDown
	}
	line := newPressable(padded(0, 4, across(4, 0, deviceName(r, colour), icon(chevron, 16, theme.Muted))),
		deviceLabel(r), func() { d.toggle(r.Device.Fingerprint) })
	if d.open != r.Device.Fingerprint {
		return line
	}
	return stack(10, line, d.compare(r, name))
}

func deviceLabel(r view.DeviceRow) string { return lang.T("{device}, show its key", "device", r.Name) }

func (d *Details) toggle(f model.Fingerprint) {
	if d.open == f {
		f = ""
	}
	d.open = f
	d.Restyle()
}

// compare is the second step of a verification: the key, how to compare it, and the two answers.
func (d *Details) compare(r view.DeviceRow, name string) fyne.CanvasObject {
	f := r.Device.Fingerprint
	trust := func(t model.Trust) func() { return func() { d.toggle(f); d.actions.Trust(f, t) } }
	box := stack(10, fingerprint(f))
	switch {
	case r.Inactive:
		box.Add(words(lang.T("This device is no longer used: nothing is encrypted for it.")))
	case r.Device.Trust == model.Verified:
		box.Add(words(lang.T("You have compared this key with {name}.", "name", name)))
		box.Add(widget.NewButton(lang.T("Don't trust it any more"), widget.SecondaryLook, trust(model.Distrusted)))
	case r.Device.Trust == model.Distrusted:
		box.Add(words(lang.T("Nothing is encrypted for this device: it can't read what you write.")))
		box.Add(widget.NewButton(lang.T("They match: trust it"), widget.PrimaryLook, trust(model.Verified)))
	default:
		box.Add(words(lang.T("Meet or call {name} and ask for the key that their app shows for this device. Compare it sign by sign. Don't do it in this chat.", "name", name)))
		box.Add(widget.NewButton(lang.T("They match"), widget.PrimaryLook, trust(model.Verified)))
		box.Add(widget.NewButton(lang.T("They don't match"), widget.DangerLook, trust(model.Distrusted)))
		if r.Decide {
			box.Add(widget.NewButton(lang.T("Trust without comparing"), widget.SecondaryLook, trust(model.Blind)))
		}
	}
	return box
}

func (d *Details) notifications() fyne.CanvasObject {
	now, until := d.shown.Now, d.shown.Chat.Muted
	var link *widget.Link
	state, label, next := lang.T("On"), lang.T("Mute"), func() { d.muteMenu(link) }
	if until.After(now) {
		state, label = lang.T("Muted until {time}", "time", view.ListTime(until, now)), lang.T("Unmute")
		if until.Sub(now) > 48*time.Hour {
			state = lang.T("Muted")
		}
		next = func() { d.actions.Mute(time.Time{}) }
	}
	link = widget.NewLink(label, next)
	return card(lang.T("Notifications"), across(8, 0, plain(state), link))
}

// place is where the chat stands in the list.
func (d *Details) place() fyne.CanvasObject {
	state, label, pinned := lang.T("By the time of its last message"), lang.T("Pin to the top"), d.shown.Chat.Pinned
	if pinned {
		state, label = lang.T("Pinned to the top"), lang.T("Unpin")
	}
	return card(lang.T("Place in the list"), across(8, 0, plain(state), widget.NewLink(label, func() { d.actions.Pin(!pinned) })))
}

func (d *Details) muteMenu(at fyne.CanvasObject) {
	span := func(label string, d2 time.Duration) widget.MenuItem {
		return widget.MenuItem{Label: label, Pressed: func() { d.actions.Mute(time.Now().Add(d2)) }}
	}
	place := fyne.CurrentApp().Driver().AbsolutePositionForObject(at).AddXY(0, at.Size().Height)
	widget.ShowMenu(at, place, span(lang.T("For an hour"), time.Hour), span(lang.T("Until tomorrow"), 16*time.Hour), span(lang.T("Until I turn it on"), 50*365*24*time.Hour))
}

func (d *Details) contact(name string) fyne.CanvasObject {
	d.name = nil
	if !d.shown.Contact.InRoster {
		return card(lang.T("Contact"), words(lang.T("{name} is not in your contacts. Contacts see when you are online.", "name", name)),
			widget.NewButton(lang.T("Add to contacts"), widget.PrimaryLook, d.actions.Add))
	}
	field := widget.NewField(lang.T("Name"), name)
	field.SetText(view.Line(d.shown.Contact.Name))
	field.OnSubmit = func() { d.actions.Rename(field.Text()) }
	d.name = field
	box := []fyne.CanvasObject{field, widget.NewLink(lang.T("Save name"), func() { d.actions.Rename(field.Text()) })}
	if d.shown.Contact.Asked {
		box = append(box, words(lang.T("{name} has not answered your request yet.", "name", name)))
	}
	return card(lang.T("Contact"), box...)
}

func (d *Details) ending(name string) fyne.CanvasObject {
	box := stack(10)
	if d.shown.Chat.Encryption != model.Clear {
		box.Add(confirm(lang.T("Turn encryption off"), lang.T("What you write here is then sent so that the servers in between can read it. Only do this if {name}'s app can't encrypt.", "name", name),
			lang.T("Turn off"), func() { d.actions.Encrypt(false) }))
	}
	if d.shown.Contact.InRoster {
		box.Add(confirm(lang.T("Remove contact"), lang.T("{name} no longer sees when you are online. The messages stay.", "name", name), lang.T("Remove"), d.actions.Remove))
	}
	box.Add(confirm(lang.T("Delete chat"), lang.T("All messages of this chat are deleted from this device. {name} keeps theirs.", "name", name), lang.T("Delete"), d.actions.Delete))
	return box
}

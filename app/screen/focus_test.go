package screen

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// TestFocusStays makes panes anew under somebody who goes by keys alone.
func TestFocusStays(t *testing.T) {
	begin(t)
	d := NewDetails(DetailsActions{})
	w := window(t, d.Object(), 320, 500)
	data := DetailsData{
		Chat: model.Chat{ID: 1, JID: "ben@example.org", Name: "Ben"}, Contact: model.Contact{JID: "ben@example.org", InRoster: true, Name: "Ben"},
		Keys: view.Keys{Devices: []model.Device{{ID: 7, Fingerprint: testKey, Active: true, Trust: model.Blind}}}, Now: time.Now(),
	}
	d.Set(data)
	d.Focus()
	focus := func() string {
		n, _ := w.Canvas().Focused().(named)
		if n == nil || find(d.body, func(x named) bool { return x == n }) == nil {
			return "nothing that is there"
		}
		return n.AccessibilityLabel()
	}
	if got := focus(); got != "Copy address" {
		t.Errorf("the details begin at %q", got)
	}
	data.Keys.Devices = []model.Device{data.Keys.Devices[0], {ID: 8, Fingerprint: testKey[1:] + "0", Active: true, Trust: model.Undecided}}
	d.Set(data)
	if got := focus(); got != "Copy address" {
		t.Errorf("a device more, and the keyboard is at %q", got)
	}
	d.Focus()
	if got := focus(); got != "Device 8, show its key" {
		t.Errorf("the device that waits is not where the keyboard is: %q", got)
	}
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if got := focus(); got != "Device 8, show its key" {
		t.Errorf("after showing its key the keyboard is at %q", got)
	}
	wantSeen(t, d.Object(), "They match")
}

// TestTypedStays lets things happen while the person types.
func TestTypedStays(t *testing.T) {
	begin(t)
	d := NewDetails(DetailsActions{})
	window(t, d.Object(), 320, 1600)
	data := DetailsData{
		Chat: model.Chat{ID: 1, JID: "ben@example.org", Name: "Ben"}, Contact: model.Contact{JID: "ben@example.org", InRoster: true, Name: "Ben"},
		Now: time.Now(),
	}
	d.Set(data)
	field := d.name
	field.SetText("Benjamin")
	data.Contact.Presence, data.Chat.Unread = model.Available, 3
	d.Set(data)
	if d.name != field {
		t.Error("a presence makes everything anew")
	}
	data.Keys.Devices = []model.Device{{ID: 7, Fingerprint: testKey, Active: true}}
	d.Set(data)
	if got := d.name.Text(); got != "Benjamin" {
		t.Errorf("a new device makes the name %q", got)
	}
	s := NewSettings(SettingsActions{})
	window(t, s.Object(), 500, 2000)
	account := AccountData{ID: 1, JID: "anna@example.org", State: "Online", Enabled: true}
	s.Set(SettingsData{Accounts: []AccountData{account}, Passphrase: true})
	s.old.SetText("half of it")
	account.State = "Connecting…"
	s.Set(SettingsData{Accounts: []AccountData{account}, Passphrase: true})
	wantSeen(t, s.Object(), "Connecting…")
	if got := s.old.Text(); got != "half of it" {
		t.Errorf("a lost connection leaves %q of the passphrase", got)
	}
	s.PassphraseChanged()
	if got := s.old.Text(); got != "" {
		t.Errorf("the old passphrase still stands there: %q", got)
	}
}

// TestReveal goes down a page that is higher than the window with Tab.
func TestReveal(t *testing.T) {
	begin(t)
	body := stack(20)
	var buttons []*widget.Button
	for range 30 {
		b := widget.NewButton("Press", widget.PrimaryLook, nil)
		buttons = append(buttons, b)
		body.Add(b)
	}
	field := widget.NewField("Name", "")
	body.Add(field)
	scroll := scrolled(gap(40), padded(10, 10, body))
	w := window(t, scroll, 300, 400)
	view := scroll.Objects[1].(*widget.Scroll)
	inSight := func(o fyne.CanvasObject) bool {
		y := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
		return y >= 40 && y+o.Size().Height <= 400
	}
	w.Canvas().Focus(buttons[25])
	if !inSight(buttons[25]) || view.Offset() == 0 {
		t.Errorf("the 25th button has the keyboard at %v", fyne.CurrentApp().Driver().AbsolutePositionForObject(buttons[25]))
	}
	field.Focus()
	if !inSight(field) {
		t.Error("the field has the keyboard out of sight")
	}
	w.Canvas().Focus(buttons[0])
	if !inSight(buttons[0]) {
		t.Errorf("the first button has the keyboard at %v", fyne.CurrentApp().Driver().AbsolutePositionForObject(buttons[0]))
	}
}

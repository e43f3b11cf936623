package screen

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"kith/app/lang"
	"kith/app/view"
	"kith/core/model"
)

// noon is the moment in which all that is shown as a sample is seen.
var noon = time.Date(2026, 5, 3, 12, 0, 0, 0, time.Local)

// sampleChats is a list with every sort of row.
func sampleChats() []view.ChatRow {
	rows := []view.ChatRow{
		{Name: "Anna Larsson", Time: "11:58", Line: "Grandma is on her way! 🎉", Online: true, Pinned: true, Unread: 1},
		{Name: "Family", Time: "11:40", Line: "who brings the cake?", Unread: 1234, Muted: true},
		{Name: "Ben", Time: "10:12", Lead: lang.T("Draft:") + " ", Line: "see you on Saturday"},
		{Name: "Carla", Time: lang.T("Yesterday"), Line: lang.T("writing…"), Typing: true, Online: true},
		{Name: "Lena Grünwald-Hernández von Lichtenstein", Time: "1 May", Line: "page 84, second paragraph is the one", Sent: true, State: model.Read},
		{Name: "Emil", Time: "30 Apr", Line: "Did you get it?", Sent: true, State: model.Delivered},
		{Name: "Dora", Time: "30 Apr", Line: "Hello?", Failed: true},
	}
	for i := range rows {
		rows[i].ID, rows[i].JID = model.ChatID(i+1), model.JID(fmt.Sprintf("friend%d@example.org", i))
	}
	return rows
}

// sampleList is the pane with the sample chats, of which the first is open.
func sampleList() *ChatList {
	l := NewChatList(ListActions{})
	l.SetAccount("you@example.org", true)
	l.SetRows(ListRows{Chats: sampleChats(), Selected: 1})
	return l
}

// sampleChat is a conversation with every sort of row.
func sampleChat(narrow bool) *Chat {
	at := noon.Add(-25 * time.Hour)
	var all []model.Message
	say := func(outgoing bool, body string, change func(*model.Message)) {
		at = at.Add(time.Minute)
		m := model.Message{Chat: 1, ID: model.MessageIDAt(1, at), Time: at, Outgoing: outgoing, Body: body, State: model.Read, Encrypted: true}
		if change != nil {
			change(&m)
		}
		all = append(all, m)
	}
	say(false, "Did you see the photos from the lake?", nil)
	say(false, "The children swam all day ☀️", nil)
	say(true, "Not yet. Are they at https://example.org/lake? I look tonight, when the children are in bed", nil)
	say(false, "", func(m *model.Message) { m.Kind, m.Fault = model.Unreadable, model.NoSession })
	at = noon.Add(-time.Hour)
	say(true, "🎉👍🏽", nil)
	say(true, "Shall we meet at six?", func(m *model.Message) { m.State = model.Delivered })
	say(true, "Or at seven?", func(m *model.Message) { m.State, m.Fault = model.Failed, model.Refused })
	read := all[len(all)-1].ID
	at = noon.Add(-10 * time.Minute)
	say(false, "Six is fine", nil)
	say(false, "Grandma is on her way! 🎉", nil)
	chat := model.Chat{ID: 1, JID: "friend0@example.org", Name: "Anna Larsson", Complete: true, Unread: 2, ReadUpTo: read}
	chat.Gaps = []model.Gap{{After: all[3].ID, Before: all[4].ID}}
	c := NewChat(view.NewTimeline(chat, all, noon), ChatActions{})
	c.SetHeader(ChatHeader{
		Address: chat.JID, Name: chat.Name, Shield: view.ShieldVerified, Presence: lang.T("online"), Online: true, Narrow: narrow,
	})
	return c
}

// sampleCalls is a conversation in which people called each other.
func sampleCalls(narrow bool) *Chat {
	at := noon.Add(-2 * time.Hour)
	var all []model.Message
	call := func(outgoing bool, r model.CallRecord) {
		at = at.Add(9 * time.Minute)
		all = append(all, model.Message{Chat: 1, ID: model.MessageIDAt(1, at), Time: at, Kind: r.Kind(outgoing), Outgoing: outgoing, Body: r.String()})
	}
	call(false, model.CallRecord{End: model.Cancelled, Video: true})
	call(true, model.CallRecord{End: model.HungUp, Duration: 185 * time.Second})
	call(true, model.CallRecord{End: model.NoAnswer})
	call(false, model.CallRecord{End: model.HungUp, Video: true, Duration: 83 * time.Minute})
	call(false, model.CallRecord{End: model.Elsewhere})
	call(true, model.CallRecord{Video: true})
	rows := view.NewTimeline(model.Chat{ID: 1, JID: "friend0@example.org", Name: "Anna Larsson", Complete: true}, all, noon)
	rows.SetCallable(true)
	c := NewChat(rows, ChatActions{})
	c.SetHeader(ChatHeader{
		Address: "friend0@example.org", Name: "Anna Larsson", Shield: view.ShieldVerified, Presence: lang.T("online"), Online: true,
		Narrow: narrow, Calls: true,
	})
	return c
}

// sampleDevices are devices in every state that a person meets.
func sampleDevices() []model.Device {
	seen := noon.Add(-50 * time.Hour).UnixMilli()
	device := func(id model.DeviceID, trust model.Trust, active bool) model.Device {
		return model.Device{ID: id, Fingerprint: testKey[1:] + model.Fingerprint(fmt.Sprint(uint8(trust))), Trust: trust, Active: active, FirstSeenMS: seen}
	}
	return []model.Device{
		device(1234567890, model.Verified, true), device(2012345678, model.Undecided, true),
		device(2112345678, model.Distrusted, true), device(2047483647, model.Blind, false),
	}
}

// sampleDetails is the pane about Anna, one of whose devices is new.
func sampleDetails() *Details {
	d := NewDetails(DetailsActions{})
	d.Set(DetailsData{
		Chat:    model.Chat{ID: 1, JID: "friend0@example.org", Name: "Anna Larsson", Muted: noon.Add(time.Hour)},
		Contact: model.Contact{JID: "friend0@example.org", Name: "Anna Larsson", InRoster: true, Asked: true},
		Keys:    view.Keys{Listed: true, Devices: sampleDevices()}, Now: noon,
	})
	return d
}

// sampleSettings are the settings of one account.
func sampleSettings() *Settings {
	own := sampleDevices()[:2]
	own[0].Own = true
	s := NewSettings(SettingsActions{})
	s.Set(SettingsData{
		Accounts: []AccountData{{
			ID: 1, JID: "you@example.org", State: lang.T("Online"), Enabled: true, Devices: view.DeviceRows(own, noon), URI: "xmpp:you@example.org",
		}},
		Settings: view.Settings{TextSize: 100, Receipts: true}, Passphrase: true, Calls: true,
	})
	return s
}

// sampleStart is the screen for a new chat, with two contacts.
func sampleStart() *Start {
	return NewStart(StartActions{
		Check: func(typed string) view.AddressCheck { return view.CheckAddress(typed, nil) },
		People: func(string) []model.Contact {
			return []model.Contact{{JID: "dora@example.org", Name: "Dora"}, {JID: "emil@example.org"}}
		},
	})
}

// speak has a test speak a language, and English again after it.
func speak(t *testing.T, tag string) {
	t.Helper()
	if err := lang.Choose(tag); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lang.Choose("en"); err != nil {
			t.Error(err)
		}
	})
}

// shelled puts screens into the panes of a window.
func shelled(list *ChatList, main, details fyne.CanvasObject) fyne.CanvasObject {
	s := NewShell(list.Object(), NewNothingOpen())
	if main != nil {
		s.SetMain(main)
	}
	if details != nil {
		s.SetDetails(details)
	}
	return s.Object()
}

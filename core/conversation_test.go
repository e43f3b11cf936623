package core

import (
	"context"
	"strings"
	"testing"

	"kith/core/coretest"
	"kith/core/model"
)

// Two people talk through a real server: encrypted, delivered, read, and kept; nothing of it is readable at the server or
// on disk, and all of it is there after a restart.
func TestConversation(t *testing.T) {
	servers := []struct {
		name  string
		start func(coretest.TB, coretest.Options) *coretest.Server
	}{{"prosody", coretest.StartProsody}, {"ejabberd", coretest.StartEjabberd}}
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			coretest.CheckGoroutines(t)
			s := server.start(t, coretest.Options{})
			anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
			befriend(anna, ben)

			first := anna.send(ben.jid, "hello canary-one")
			m := ben.gets(anna.jid, "hello canary-one")
			if !m.Encrypted || m.Trust != model.Blind || m.Fingerprint == "" {
				t.Errorf("encrypted %v, trust %v", m.Encrypted, m.Trust)
			}
			anna.reaches(first, model.Delivered)
			reply := ben.send(anna.jid, "and back canary-two ❤️")
			got := anna.gets(ben.jid, "and back canary-two ❤️")
			ben.reaches(reply, model.Delivered)
			if err := anna.client.Chats.MarkRead(t.Context(), anna.chat(ben.jid).ID, got.ID); err != nil {
				t.Fatal(err)
			}
			ben.reaches(reply, model.Read)
			if c := anna.chat(ben.jid); c.Unread != 0 || c.Last.ID != got.ID {
				t.Errorf("unread %d, last %v", c.Unread, c.Last.ID == got.ID)
			}

			ben.close()
			second := anna.send(ben.jid, "while you were away canary-three")
			anna.reaches(second, model.Sent)
			ben.open()
			ben.online()
			ben.gets(anna.jid, "while you were away canary-three")
			if n := len(ben.messages(anna.jid, 50)); n != 3 {
				t.Errorf("%d messages after the restart, want 3", n)
			}
			anna.reaches(second, model.Delivered)

			for _, p := range []*person{anna, ben} {
				p.close()
				if hits, err := coretest.ScanPlaintext(p.dir, "canary-one", "canary-two", "canary-three", string(anna.jid)); err != nil || len(hits) > 0 {
					t.Errorf("readable in the profile: %v %v", hits, err)
				}
			}
			if stored := s.Stored(t); strings.Contains(stored, "canary-one") || strings.Contains(stored, "canary-two") {
				t.Error("the server has stored clear text")
			}
			if server.name == "prosody" {
				if seen := s.Stanzas(); strings.Contains(seen, "canary-one") || strings.Contains(seen, "canary-three") {
					t.Error("the server has seen clear text")
				}
			}
		})
	}
}

// A second device of the same person gets copies of both directions, readable, and what one device has read is read on the
// other.
// Who looks at somebody's devices only when told that they changed knows their key once something was said, on both sides.
func TestKeysAreTold(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
	befriend(anna, ben)
	anna.send(ben.jid, "hello")
	for p, other := range map[*person]model.JID{anna: ben.jid, ben: anna.jid} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		for known := false; !known; {
			ev, err := p.events.Next(ctx)
			if err != nil {
				t.Fatalf("nobody tells of a key: %v", err)
			}
			if d, ok := ev.(DevicesChanged); ok && d.JID == other {
				devices, err := p.client.Devices.List(ctx, p.account, other)
				known = err == nil && len(devices) == 1 && devices[0].Fingerprint != ""
			}
		}
	}
}

func TestTwoDevices(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
	phone := signIn(t, s, anna.jid, anna.login.Password)
	befriend(anna, ben)
	anna.until("knows the phone", func() bool {
		d, err := anna.client.Devices.List(t.Context(), anna.account, anna.jid)
		return err == nil && len(d) == 2
	})
	id := anna.send(ben.jid, "from the desktop")
	anna.reaches(id, model.Delivered)
	phone.until("the copy arrives", func() bool {
		all := phone.messages(ben.jid, 10)
		return len(all) == 1 && all[0].Outgoing && all[0].Body == "from the desktop"
	})
	ben.gets(anna.jid, "from the desktop")
	ben.until("knows the phone", func() bool {
		d, err := ben.client.Devices.List(t.Context(), ben.account, anna.jid)
		return err == nil && len(d) == 2
	})
	ben.send(anna.jid, "to both")
	anna.gets(ben.jid, "to both")
	m := phone.gets(ben.jid, "to both")
	if err := phone.client.Chats.MarkRead(t.Context(), m.Chat, m.ID); err != nil {
		t.Fatal(err)
	}
	anna.until("it is read here too", func() bool { return anna.chat(ben.jid).Unread == 0 })
}

// A device that is new to a verified contact gets nothing before the person has decided.
func TestUndecidedDevice(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
	befriend(anna, ben)
	anna.reaches(anna.send(ben.jid, "first"), model.Delivered)
	devices, err := anna.client.Devices.List(t.Context(), anna.account, ben.jid)
	if err != nil || len(devices) != 1 {
		t.Fatalf("%d devices, %v", len(devices), err)
	}
	if err := anna.client.Devices.Trust(t.Context(), anna.account, ben.jid, devices[0].Fingerprint, model.Verified); err != nil {
		t.Fatal(err)
	}
	tablet := signIn(t, s, ben.jid, ben.login.Password)
	anna.until("learns of the tablet", func() bool {
		d, err := anna.client.Devices.List(t.Context(), anna.account, ben.jid)
		return err == nil && len(d) == 2
	})
	id := anna.send(ben.jid, "for verified eyes")
	anna.until("the message waits", func() bool {
		m, err := anna.store.Message(id)
		return err == nil && m.Fault == model.UndecidedTrust
	})
	var fresh model.Device
	devices, err = anna.client.Devices.List(t.Context(), anna.account, ben.jid)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range devices {
		if d.Trust == model.Undecided {
			fresh = d
		}
	}
	if fresh.Fingerprint == "" {
		t.Fatal("the new device has no fingerprint to compare")
	}
	if err := anna.client.Devices.Trust(t.Context(), anna.account, ben.jid, fresh.Fingerprint, model.Distrusted); err != nil {
		t.Fatal(err)
	}
	anna.reaches(id, model.Delivered)
	ben.gets(anna.jid, "for verified eyes")
	tablet.until("it says that it can't read it", func() bool {
		for _, m := range tablet.messages(anna.jid, 10) {
			if m.Body == "for verified eyes" {
				t.Fatal("the distrusted device read it")
			}
			if m.Kind == model.Unreadable && m.Fault == model.NotForUs {
				return true
			}
		}
		return false
	})
}

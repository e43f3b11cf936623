package e2e

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kith/core/coretest"
	"kith/core/model"
)

// TestTalk lets two people converse, and looks for what nobody else may know.
func TestTalk(t *testing.T) {
	onEach(t, func(t *testing.T, s *coretest.Server) {
		p := newPair(t, s)
		fromAnna, fromBen := "heliotrope-from-anna", "quinquereme-from-ben"
		sent := p.anna.Send(p.benJ, fromAnna)
		got := p.ben.WaitBody(p.annaJ, fromAnna)
		if !got.Encrypted || got.Outgoing || got.From != string(p.annaJ) || got.Trust != "blind" {
			t.Errorf("Ben got %+v", got)
		}
		p.anna.WaitState(p.benJ, sent, "delivered")
		p.ben.Must("chat.markRead", map[string]any{"account": 1, "with": p.annaJ, "message": got.Message}, nil)
		p.anna.WaitState(p.benJ, sent, "read")

		p.ben.Send(p.annaJ, fromBen)
		if got := p.anna.WaitBody(p.benJ, fromBen); !got.Encrypted {
			t.Errorf("Anna got %+v", got)
		}
		p.verify(t)
		p.restart(t)
		p.anna.Send(p.benJ, fromAnna+"-again")
		if got := p.ben.WaitBody(p.annaJ, fromAnna+"-again"); got.Trust != "verified" {
			t.Errorf("after comparing, a message arrived as %s", got.Trust)
		}
		p.search(t, fromAnna)
		p.end(t)
		p.noPlaintext(t, fromAnna, fromBen)
	})
}

// verify lets Ben mark Anna's device as compared.
func (p *pair) verify(t *testing.T) {
	t.Helper()
	type device struct {
		Fingerprint, Trust string
		Own, Active        bool
	}
	var seen, own []device
	p.ben.Must("device.list", map[string]any{"account": 1, "jid": p.annaJ}, &seen)
	p.anna.Must("device.list", map[string]any{"account": 1, "jid": p.annaJ}, &own)
	if len(seen) != 1 || len(own) != 1 || !own[0].Own || seen[0].Fingerprint != own[0].Fingerprint || len(own[0].Fingerprint) != 64 {
		t.Fatalf("Ben sees %+v, Anna has %+v", seen, own)
	}
	trust := map[string]any{"account": 1, "jid": p.annaJ, "fingerprint": seen[0].Fingerprint, "trust": "verified"}
	p.ben.Must("device.trust", trust, nil)
	p.ben.Must("device.list", map[string]any{"account": 1, "jid": p.annaJ}, &seen)
	if seen[0].Trust != "verified" {
		t.Errorf("the device is %s after it was verified", seen[0].Trust)
	}
}

// restart ends both programs and starts them again: everything is as it was.
func (p *pair) restart(t *testing.T) {
	t.Helper()
	settled := func(k *Kith, with model.JID) {
		for _, m := range k.Messages(with) {
			if m.Outgoing {
				k.WaitState(with, m.Message, "delivered")
			}
		}
	}
	settled(p.ben, p.annaJ)
	settled(p.anna, p.benJ)
	before := bodies(p.ben.Messages(p.annaJ))
	for _, k := range []**Kith{&p.anna, &p.ben} {
		if status := (*k).Stop(); status != 0 {
			t.Errorf("exit %d", status)
		}
		*k = Start(t, p.program, (*k).Dir, p.server.CAFile)
		(*k).Online()
	}
	if after := bodies(p.ben.Messages(p.annaJ)); !slices.Equal(before, after) {
		t.Errorf("after a restart there is %q, before it was %q", after, before)
	}
}

// search finds a message by its text.
func (p *pair) search(t *testing.T, word string) {
	t.Helper()
	var found []Message
	p.ben.Must("search", map[string]any{"query": word, "account": 1, "with": p.annaJ}, &found)
	if len(found) != 2 || !strings.HasPrefix(found[0].Body, word) {
		t.Errorf("the search found %+v", found)
	}
}

// end stops both programs and looks at what they logged.
func (p *pair) end(t *testing.T) {
	t.Helper()
	for _, k := range []*Kith{p.anna, p.ben} {
		if status := k.Stop(); status != 0 {
			t.Errorf("exit %d", status)
		}
		for _, word := range []string{annaSecret, benSecret, p.server.Domain, "heliotrope", "quinquereme", Passphrase, "DATA RACE"} {
			if strings.Contains(k.Log(), word) {
				t.Errorf("the log holds %q:\n%s", word, k.Log())
			}
		}
	}
}

// noPlaintext looks for words on the server and in the profiles.
func (p *pair) noPlaintext(t *testing.T, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(p.server.Stanzas(), word) || strings.Contains(p.server.Stored(t), word) {
			t.Errorf("the server has seen %q", word)
		}
	}
	words = append(words, annaSecret, benSecret, string(p.annaJ), string(p.benJ))
	for _, k := range []*Kith{p.anna, p.ben} {
		hits, err := coretest.ScanPlaintext(k.Dir, words...)
		if err != nil {
			t.Fatal(err)
		}
		if len(hits) > 0 {
			t.Errorf("readable on disk: %v", hits)
		}
	}
}

// TestClear sends in the clear only where that was chosen, and never by default.
func TestClear(t *testing.T) {
	p := newPair(t, coretest.StartProsody(t, coretest.Options{}))
	var refused *CallError
	send := map[string]any{"account": 1, "to": p.benJ, "body": "in-the-clear", "encryption": "none"}
	if err := p.anna.Call("chat.send", send, nil); !errors.As(err, &refused) || refused.Data.Kind != "encryption" {
		t.Fatalf("clear text without a choice: %v", err)
	}
	p.anna.Must("chat.setEncryption", map[string]any{"account": 1, "with": p.benJ, "encryption": "none"}, nil)
	p.anna.Must("chat.send", send, nil)
	if got := p.ben.WaitBody(p.annaJ, "in-the-clear"); got.Encrypted {
		t.Errorf("a clear message is shown as encrypted: %+v", got)
	}
	send["encryption"] = "omemo"
	if err := p.anna.Call("chat.send", send, nil); !errors.As(err, &refused) || refused.Data.Kind != "encryption" {
		t.Errorf("encrypted text in a chat set to clear: %v", err)
	}
	// Ben did not choose: his answer is encrypted.
	p.ben.Send(p.annaJ, "not-in-the-clear")
	if got := p.anna.WaitBody(p.benJ, "not-in-the-clear"); !got.Encrypted {
		t.Errorf("the answer came as %+v", got)
	}
	if strings.Contains(p.server.Stanzas(), "not-in-the-clear") {
		t.Error("the server saw the encrypted answer")
	}
}

// TestSecondDevice shows what one device of Ben's sends on the other, and encrypts for both.
func TestSecondDevice(t *testing.T) {
	p := newPair(t, coretest.StartProsody(t, coretest.Options{}))
	phone := Start(t, p.program, t.TempDir(), p.server.CAFile)
	phone.SignIn(p.server, p.benJ, benSecret)
	phone.Online()
	p.anna.Wait("Ben's second device", func() bool { return p.devices(p.anna, p.benJ) == 2 })
	p.anna.Send(p.benJ, "to-both")
	for _, k := range []*Kith{p.ben, phone} {
		if got := k.WaitBody(p.annaJ, "to-both"); !got.Encrypted || got.Outgoing {
			t.Errorf("got %+v", got)
		}
	}
	phone.Send(p.annaJ, "from-the-phone")
	if got := p.ben.WaitBody(p.annaJ, "from-the-phone"); !got.Outgoing || !got.Encrypted {
		t.Errorf("the other device shows %+v", got)
	}
	p.anna.WaitBody(p.benJ, "from-the-phone")
}

func (p *pair) devices(k *Kith, jid model.JID) int {
	var all []any
	k.Must("device.list", map[string]any{"account": 1, "jid": jid}, &all)
	return len(all)
}

// TestOffline proves that messages to somebody who is away wait, and come once and in order.
func TestOffline(t *testing.T) {
	onEach(t, func(t *testing.T, s *coretest.Server) {
		p := newPair(t, s)
		p.anna.Send(p.benJ, "hello")
		p.ben.WaitBody(p.annaJ, "hello")
		p.ben.Stop()
		want := []string{"hello"}
		for i := range 30 {
			body := fmt.Sprintf("while-away-%02d", i)
			want = append(want, body)
			p.anna.Send(p.benJ, body)
		}
		last := p.anna.Messages(p.benJ)
		p.anna.WaitState(p.benJ, last[len(last)-1].Message, "sent")
		p.ben = Start(t, p.program, p.ben.Dir, s.CAFile)
		p.ben.WaitBody(p.annaJ, want[len(want)-1])
		p.ben.Wait("all of them", func() bool { return len(p.ben.Messages(p.annaJ)) >= len(want) })
		if got := bodies(p.ben.Messages(p.annaJ)); !slices.Equal(got, want) {
			t.Errorf("got %q\nwant %q", got, want)
		}
	})
}

package core

import (
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
	"kith/storage"
)

// A server that takes questions for keys and never answers them keeps no message back whose keys are here: not for the list of its
// reader, nor for those of others, nor for our own. One to somebody of whom nothing is known waits, and leaves once the server speaks.
func TestSilentPEP(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben, carol := signUp(t, s, "anna"), signUp(t, s, "ben"), signUp(t, s, "carol")
	anna.send(ben.jid, "canary before")
	ben.gets(anna.jid, "canary before")
	ben.reaches(ben.send(anna.jid, "canary answer"), model.Sent)
	anna.gets(ben.jid, "canary answer")
	anna.close()
	s.MutePEP(t, true)
	anna.options.Answer = time.Hour
	anna.open()
	anna.online()
	old := time.Now().Add(-listLife - time.Minute)
	anna.update(func(tx *storage.Tx) error { return tx.SetListSeen(anna.account, ben.jid, old) })
	for _, name := range []string{"dora", "emil", "frida"} {
		if err := anna.client.Devices.Refresh(t.Context(), anna.account, model.JID(name+"@"+s.Domain)); err != nil {
			t.Fatal(err)
		}
	}
	waits := anna.send(carol.jid, "canary for the unknown")
	for _, body := range []string{"canary during", "canary once more"} {
		anna.reaches(anna.send(ben.jid, body), model.Sent)
		if m := ben.gets(anna.jid, body); !m.Encrypted {
			t.Error("it came in clear")
		}
	}
	if m, err := anna.store.Message(waits); err != nil || m.State != model.Pending {
		t.Errorf("without keys it is %v, %v", m.State, err)
	}
	s.MutePEP(t, false)
	if m := carol.gets(anna.jid, "canary for the unknown"); !m.Encrypted {
		t.Error("it came in clear")
	}
}

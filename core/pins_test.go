package core

import (
	"testing"

	"kith/core/model"
	"kith/storage"
)

// How the server let us in is remembered over restarts, and nothing weaker is taken afterwards.
func TestPinsAreKept(t *testing.T) {
	s := startTiny(t, rosterOnly)
	p := s.login(t)
	pinned := func() model.Pins {
		row, err := p.store.Account(p.account)
		if err != nil {
			t.Fatal(err)
		}
		return row.Pins
	}
	if got := pinned(); got.Mechanism != "PLAIN" || got.TLSVersion == 0 {
		t.Errorf("remembered %q, TLS %x", got.Mechanism, got.TLSVersion)
	}
	p.close()
	p.open()
	p.online()
	p.update(func(tx *storage.Tx) error {
		row, err := tx.Account(p.account)
		row.Pins.Mechanism = "SCRAM-SHA-1"
		if err == nil {
			err = tx.SaveAccount(row)
		}
		return err
	})
	p.close()
	p.open()
	p.until("the weaker way is refused", func() bool {
		st := p.client.account(p.account).status()
		return st.State == model.AuthFailed && KindOf(st.Err) == FailDowngrade
	})
	if got := pinned().Mechanism; got != "SCRAM-SHA-1" {
		t.Errorf("afterwards %q is remembered", got)
	}
}

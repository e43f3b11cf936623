package calls

import (
	"context"
	"log/slog"
	"testing"

	"kith/calls/session"
	"kith/core/model"
	"kith/core/wire"
)

// listener is a way out to servers that only notes that services are asked for.
type listener struct {
	asked chan model.AccountID
	told  chan wire.CallMessage
}

func (l *listener) Tell(_ model.AccountID, _ model.JID, m wire.CallMessage) { l.told <- m }
func (*listener) Ask(session.Ask)                                           {}
func (*listener) Reply(model.AccountID, *wire.Element)                      {}
func (*listener) Moved()                                                    {}
func (*listener) Show(model.Call)                                           {}

func (l *listener) Services(_ context.Context, a model.AccountID) []wire.ExternalService {
	l.asked <- a
	return nil
}

// TestServicesWhileItRings: who calls asks for STUN and TURN servers while it still rings there, so that nothing has to wait for them
// once the call is taken.
func TestServicesWhileItRings(t *testing.T) {
	l := &listener{asked: make(chan model.AccountID, 10), told: make(chan wire.CallMessage, 10)}
	m := New(l, Hardware{}, slog.New(slog.DiscardHandler))
	defer m.Close()
	m.Put(session.Place{
		Key: session.Key{Account: 7, ID: "call"}, Own: "anna@example.org/phone", Peer: session.Peer{JID: "ben@example.org"},
	})
	if said := <-l.told; said.Verb != wire.CallPropose {
		t.Fatalf("said %v first", said.Verb)
	}
	if a := <-l.asked; a != 7 {
		t.Errorf("asked the server of account %d", a)
	}
}

package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kith/calls"
	"kith/calls/session"
	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// signaler carries out what calls want to have sent, and keeps and tells how they stand. What comes in takes the way of callin.go.
type signaler struct{ *Client }

var _ calls.Signaler = signaler{}

// Show tells the subscriptions, and keeps what the chat says of the call.
func (s signaler) Show(call model.Call) {
	before := s.Calls.show(call)
	a := s.account(call.Account)
	if a == nil || call.Phase < model.Talking || before.Phase == call.Phase {
		return
	}
	rec := model.CallRecord{Video: call.Video, End: call.End}
	if call.Phase == model.Talking {
		rec.End = model.HungUp // what a program leaves that stops in the middle
	} else if !call.Since.IsZero() {
		rec.Duration = time.Since(call.Since)
	}
	err := a.change(context.Background(), func(r *receiver) error {
		return callers{r}.record(call.Chat, call.Outgoing, call.ID, rec)
	})
	if err != nil && !errors.Is(err, ErrClosed) {
		a.log.Warn("keep how a call went", "err", err)
	}
}

// Tell puts a call message on its way; all of them are for the archives, too (XEP-0353 §3). Whoever is called, or answered, may have
// to ask what we can do: those who do not see our presence are shown it (§3.1, §3.5).
func (s signaler) Tell(id model.AccountID, to model.JID, m wire.CallMessage) {
	a := s.account(id)
	if a == nil {
		return
	}
	if c, ok, err := s.store.Contact(id, to.Bare()); (m.Verb == wire.CallPropose || m.Verb == wire.CallProceed) && err == nil &&
		(!ok || c.Subscription != model.SubFrom && c.Subscription != model.SubBoth) {
		a.out.signal(callOut{el: wire.Presence{To: to}.Element().Add(ownCaps(true).Element())})
	}
	el := wire.NewMessage(to, wire.TypeChat, messageID(m)).Add(m.Element(), wire.HintStore.Element())
	if m.Verb == wire.CallPropose {
		el.Add(wire.ReceiptRequest()) // from programs that do not tell that they ring
	}
	a.out.signal(callOut{el: el})
	a.nudge()
}

// The beginnings of the ids of messages with a proposal, and of those that take one.
const (
	proposalID = "jm-" + string(wire.CallPropose) + "-"
	proceedID  = "jm-" + string(wire.CallProceed) + "-"
)

// messageID is that of a message with a call message, in the form that other programs use, too.
func messageID(m wire.CallMessage) string { return "jm-" + string(m.Verb) + "-" + m.SID }

// Reply puts the answer to a Jingle request on its way.
func (s signaler) Reply(id model.AccountID, reply *wire.Element) {
	if a := s.account(id); a != nil {
		a.out.signal(callOut{el: reply})
		a.nudge()
	}
}

// Ask puts a Jingle request on its way.
func (s signaler) Ask(ask session.Ask) {
	a := s.account(ask.Account)
	if a == nil {
		s.Calls.manager.Put(session.Answered{Key: ask.Key, Ref: ask.Ref, Err: noAnswer})
		return
	}
	a.out.signal(callOut{ask: ask})
	a.nudge()
}

// noAnswer is what an unanswered request of a call ends with.
var noAnswer = &wire.StanzaError{Type: "wait", Condition: wire.RemoteServerTimeout}

// Moved has every account look whether its line still stands.
func (s signaler) Moved() { s.Accounts.Reconnect() }

// Services finds STUN and TURN servers.
func (s signaler) Services(ctx context.Context, id model.AccountID) []wire.ExternalService {
	a := s.account(id)
	if a == nil {
		return nil
	}
	return a.services.get(ctx, a)
}

// A callOut is a stanza of a call that waits for the outbox goroutine: a finished one, or a Jingle request.
type callOut struct {
	el  *wire.Element
	ask session.Ask // when el is nil
	at  time.Time
}

// signalLife is how long a signal may wait for the network; the other side has given up by then.
const signalLife = time.Minute

// maxSignals bounds those that wait.
const maxSignals = 500

// signal gives one to the outbox goroutine. Unlike what is transient it outlives a stream: a call goes on while its line is
// made anew.
func (o *outbox) signal(s callOut) {
	s.at = time.Now()
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.signals) < maxSignals {
		o.signals = append(o.signals, s)
	}
}

// said waits until every signal has left, or for as long as who hangs up is willing to wait.
func (o *outbox) said(most time.Duration) {
	o.mu.Lock()
	if !o.isOnline || len(o.signals) == 0 && !o.saying {
		o.mu.Unlock()
		return
	}
	quiet := make(chan struct{})
	o.quiet = quiet
	o.mu.Unlock()
	select {
	case <-quiet:
	case <-time.After(most):
	}
}

// keepSignals ends the sending of signals; those that are left wait for the next time.
func (o *outbox) keepSignals(left []callOut) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.saying = false
	o.signals = append(left[:len(left):len(left)], o.signals...)
	if len(o.signals) == 0 && o.quiet != nil {
		close(o.quiet)
		o.quiet = nil
	}
}

// sendSignals sends what calls want to say, in their order; false when the connection is gone.
func (a sender) sendSignals(ctx context.Context, all []callOut) bool {
	left := 0
	defer func() { a.out.keepSignals(all[left:]) }()
	for i, s := range all {
		left = i + 1
		if time.Since(s.at) > signalLife {
			a.unasked(s, nil)
			continue
		}
		err := a.sendSignal(ctx, s)
		switch {
		case err == nil:
		case errors.Is(err, link.ErrOffline), errors.Is(err, link.ErrClosed), ctx.Err() != nil:
			left = i
			return false
		default:
			a.log.Warn("say something of a call", "err", err)
			a.unasked(s, err)
		}
	}
	return true
}

// unasked ends a request that was not sent.
func (a sender) unasked(s callOut, why error) {
	if s.el != nil {
		return
	}
	answer := session.Answered{Key: s.ask.Key, Ref: s.ask.Ref, Err: noAnswer}
	if errors.Is(why, errSeal) {
		answer.Err = &wire.StanzaError{Type: "cancel", Condition: wire.NotAcceptable, App: session.Unsealed}
	}
	a.c.Calls.manager.Put(answer)
}

// errSeal says that fingerprints could not be encrypted for a device.
var errSeal = errors.New("seal fingerprints")

func (a sender) sendSignal(ctx context.Context, s callOut) error {
	if s.el != nil {
		return a.send(ctx, "", s.el.Append(nil, wire.NSClient))
	}
	if s.ask.Seal != 0 {
		if err := a.seal(ctx, s.ask.To, s.ask.Seal, s.ask.Jingle.Contents); err != nil {
			return err
		}
	}
	id := stanzaID()
	a.out.expect(id, session.Answered{Key: s.ask.Key, Ref: s.ask.Ref})
	_, err := a.link.Request(ctx, wire.IQ{Type: wire.TypeSet, ID: id, To: s.ask.To, Payload: s.ask.Jingle.Element()})
	if err != nil {
		a.out.expected(id)
	}
	return err
}

// expect notes a request whose answer belongs to a call.
func (o *outbox) expect(id string, ans session.Answered) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked[id] = ans
}

// expected takes such a note back.
func (o *outbox) expected(id string) (session.Answered, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	ans, ok := o.asked[id]
	delete(o.asked, id)
	return ans, ok
}

// seal encrypts the fingerprints of contents for one device of theirs, whatever its trust: who can read them is who took the call
// (draft wire.NSSealedDTLS). Where there is no session with it yet its bundle is fetched.
func (a sender) seal(ctx context.Context, to model.JID, device model.DeviceID, contents []wire.Content) error {
	d := model.Device{JID: to.Bare(), ID: device}
	err := a.sealWith(ctx, d, contents)
	if errors.Is(err, crypto.ErrNoSession) || errors.Is(err, storage.ErrNotFound) {
		if err := (keyring{a.account}).fetchBundle(ctx, d); err != nil {
			return fmt.Errorf("%w: %w", errSeal, err)
		}
		err = a.sealWith(ctx, d, contents)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errSeal, err)
	}
	return nil
}

func (a sender) sealWith(ctx context.Context, d model.Device, contents []wire.Content) error {
	var b *crypto.Batch
	sealed := make(map[int]*wire.Element) // by the content's place: each by itself, as a ratchet opens nothing twice
	err := a.c.store.UpdateDurable(ctx, func(tx *storage.Tx) (err error) {
		if b, err = a.c.omemo.Begin(tx, a.id, a.own); err != nil {
			return err
		}
		for i, co := range contents {
			if co.Transport == nil || co.Transport.Fingerprint == nil {
				continue
			}
			x, err := b.Seal([]byte(co.Transport.Fingerprint.Value), d)
			if err != nil {
				return err
			}
			sealed[i] = x.Element()
		}
		return b.Flush()
	})
	if err != nil {
		return err
	}
	b.Committed()
	for i, co := range contents {
		if x := sealed[i]; x != nil {
			t, f := *co.Transport, *co.Transport.Fingerprint
			f.Sealed, f.Value = x, ""
			t.Fingerprint, contents[i].Transport = &f, &t
		}
	}
	return nil
}

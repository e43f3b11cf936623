package link

import (
	"errors"
	"fmt"

	"kith/core/wire"
)

// receiver takes what the server sends, and gives it to whom it is for. Only the Link's own goroutine uses it.
type receiver struct {
	shared *shared
	inbox  *inbox
}

// read takes stanzas from the wire until the connection ends, and returns why it did.
func (r *receiver) read(s *stream) error {
	before := s.in.Bytes()
	for {
		e, err := s.in.Next()
		after := s.in.Bytes()
		size := min(int(after-before), wire.MaxStanza)
		var over *wire.Skipped
		switch {
		case err == nil:
			err = r.dispatch(e, size)
		case errors.As(err, &over) && wire.IsStanza(over.Head):
			err = r.skipped(over, size)
		default:
			err = readError(err)
		}
		if err != nil {
			return err
		}
		before = after
	}
}

// dispatch handles one element of size bytes. What is unknown is passed over.
func (r *receiver) dispatch(e *wire.Element, size int) error {
	switch {
	case wire.IsStanza(e):
		return r.stanza(Stanza{Element: e}, size)
	case wire.IsSMRequest(e):
		return r.shared.report()
	case e.Space == wire.NSSM:
		if h, ok := wire.ParseSMAnswer(e); ok {
			return r.acknowledge(h)
		}
		return nil
	default:
		return streamError(e)
	}
}

// skipped handles a stanza of which only the beginning was read. It counts like any other (XEP-0198 §4). Of one without even
// its attributes nobody can tell whom it speaks for.
func (r *receiver) skipped(over *wire.Skipped, size int) error {
	if !over.Nameless {
		return r.stanza(Stanza{Element: over.Head, Cut: over.Why}, size)
	}
	r.shared.mu.Lock()
	defer r.shared.mu.Unlock()
	if !r.shared.session.repeated() {
		r.shared.session.arrive(false)
	}
	return nil
}

// stanza counts a stanza, and gives it to whom it is for.
func (r *receiver) stanza(s Stanza, size int) error {
	e := s.Element
	r.shared.mu.Lock()
	if r.shared.session.repeated() {
		r.shared.mu.Unlock()
		return nil
	}
	if e.Local != "iq" {
		r.shared.session.arrive(true)
		r.shared.mu.Unlock()
		r.inbox.put(s, size)
		return nil
	}
	iq, ok := wire.ParseIQ(e)
	if ok && (iq.Type == wire.TypeResult || iq.Type == wire.TypeError) {
		return r.answer(s, iq, size)
	}
	ok = ok && s.Cut == nil
	mine := !ok || iq.Payload.Is(wire.NSPing, "ping") && iq.Type == wire.TypeGet
	r.shared.session.arrive(!mine)
	if !mine {
		r.shared.mu.Unlock()
		r.inbox.put(s, size)
		return nil
	}
	defer r.shared.mu.Unlock()
	if ok {
		return r.shared.reply(wire.Result(iq, nil))
	}
	return r.shared.reply(wire.ErrorReply(e, wire.BadRequest))
}

// answer gives the answer to a request of ours to whom waits for it. Nobody waits for one with a wrong id or sender: it is
// counted and forgotten. The lock is held, and released here.
func (r *receiver) answer(s Stanza, iq wire.IQ, size int) error {
	if ids, ok := r.shared.pen.pong(iq, &r.shared.session); ok {
		r.shared.session.arrive(false)
		r.shared.signal()
		r.shared.nudge() // what was sent meanwhile is to be asked about in its turn
		r.shared.mu.Unlock()
		r.tellAcked(ids)
		return nil
	}
	q, found := r.shared.asked.take(iq, r.shared.session.jid)
	r.shared.session.arrive(found && q.answer == nil)
	r.shared.mu.Unlock()
	switch {
	case found && s.Cut != nil:
		r.answered(q, nil, size, fmt.Errorf("answer not read: %w", s.Cut))
	case found:
		r.answered(q, s.Element, size, nil)
	}
	return nil
}

// acknowledge takes the server's count of stanzas that it has received (XEP-0198 §4).
func (r *receiver) acknowledge(h uint32) error {
	r.shared.mu.Lock()
	ids, ok := r.shared.session.ack(h)
	r.shared.pen.asked = false
	r.shared.signal()
	r.shared.nudge()
	r.shared.mu.Unlock()
	if !ok {
		return protocol("it acknowledges what was never sent")
	}
	r.tellAcked(ids)
	return nil
}

func (r *receiver) tellAcked(ids []string) {
	if len(ids) > 0 {
		r.inbox.put(Acked{ids}, 0)
	}
}

// forget ends a session that cannot be resumed.
func (r *receiver) forget() {
	r.shared.mu.Lock()
	r.shared.session.fresh()
	open := r.shared.asked.all()
	r.shared.mu.Unlock()
	r.unanswered(open, ErrOffline)
}

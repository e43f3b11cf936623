package link

import (
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
		if err != nil {
			return readError(err)
		}
		after := s.in.Bytes()
		if err := r.dispatch(e, int(after-before)); err != nil {
			return err
		}
		before = after
	}
}

// dispatch handles one element of size bytes. What is unknown is passed over.
func (r *receiver) dispatch(e *wire.Element, size int) error {
	switch {
	case wire.IsStanza(e):
		return r.stanza(e, size)
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

// stanza counts a stanza, and gives it to whom it is for.
func (r *receiver) stanza(e *wire.Element, size int) error {
	r.shared.mu.Lock()
	if r.shared.session.repeated() {
		r.shared.mu.Unlock()
		return nil
	}
	if e.Local != "iq" {
		r.shared.session.arrive(true)
		r.shared.mu.Unlock()
		r.inbox.put(Stanza{e}, size)
		return nil
	}
	iq, ok := wire.ParseIQ(e)
	if ok && (iq.Type == wire.TypeResult || iq.Type == wire.TypeError) {
		return r.answer(e, iq, size)
	}
	mine := !ok || iq.Payload.Is(wire.NSPing, "ping") && iq.Type == wire.TypeGet
	r.shared.session.arrive(!mine)
	if !mine {
		r.shared.mu.Unlock()
		r.inbox.put(Stanza{e}, size)
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
func (r *receiver) answer(e *wire.Element, iq wire.IQ, size int) error {
	if ids, ok := r.shared.pen.pong(iq, &r.shared.session); ok {
		r.shared.session.arrive(false)
		r.shared.signal()
		r.shared.mu.Unlock()
		r.tellAcked(ids)
		return nil
	}
	q, found := r.shared.asked.take(iq, r.shared.session.jid)
	r.shared.session.arrive(found && q.answer == nil)
	r.shared.mu.Unlock()
	if found {
		r.answered(q, e, size, nil)
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

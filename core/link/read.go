package link

import (
	"kith/core/wire"
)

// read takes stanzas from the wire until the connection ends, and returns why it did. It runs on the Link's own goroutine.
func (l *Link) read(s *stream) error {
	before := s.in.Bytes()
	for {
		e, err := s.in.Next()
		if err != nil {
			return readError(err)
		}
		after := s.in.Bytes()
		if err := l.dispatch(e, int(after-before)); err != nil {
			return err
		}
		before = after
	}
}

// dispatch handles one element of size bytes. What is unknown is passed over.
func (l *Link) dispatch(e *wire.Element, size int) error {
	switch {
	case wire.IsStanza(e):
		return l.stanza(e, size)
	case wire.IsSMRequest(e):
		l.report()
		return nil
	case e.Space == wire.NSSM:
		if h, ok := wire.ParseSMAnswer(e); ok {
			return l.acknowledge(h)
		}
		return nil
	default:
		return streamError(e)
	}
}

// stanza counts a stanza, and gives it to whom it is for.
func (l *Link) stanza(e *wire.Element, size int) error {
	l.mu.Lock()
	if l.session.repeated() {
		l.mu.Unlock()
		return nil
	}
	if e.Local != "iq" {
		l.session.arrive(true)
		l.mu.Unlock()
		l.inbox.put(Stanza{e}, size)
		return nil
	}
	iq, ok := wire.ParseIQ(e)
	if ok && (iq.Type == wire.TypeResult || iq.Type == wire.TypeError) {
		return l.answer(e, iq, size)
	}
	mine := !ok || iq.Payload.Is(wire.NSPing, "ping") && iq.Type == wire.TypeGet
	l.session.arrive(!mine)
	if !mine {
		l.mu.Unlock()
		l.inbox.put(Stanza{e}, size)
		return nil
	}
	defer l.mu.Unlock()
	if ok {
		return l.reply(wire.Result(iq, nil))
	}
	return l.reply(wire.ErrorReply(e, wire.BadRequest))
}

// answer gives the answer to a request of ours to whom waits for it. Nobody waits for one with a wrong id or sender: it is
// counted and forgotten. The lock is held, and released here.
func (l *Link) answer(e *wire.Element, iq wire.IQ, size int) error {
	if ids, ok := l.pen.pong(iq, &l.session); ok {
		l.session.arrive(false)
		l.signal()
		l.mu.Unlock()
		l.tellAcked(ids)
		return nil
	}
	q, found := l.asked.take(iq, l.session.jid)
	l.session.arrive(found && q.answer == nil)
	l.mu.Unlock()
	if found {
		l.answered(q, e, size, nil)
	}
	return nil
}

// acknowledge takes the server's count of stanzas that it has received (XEP-0198 §4).
func (l *Link) acknowledge(h uint32) error {
	l.mu.Lock()
	ids, ok := l.session.ack(h)
	l.pen.asked = false
	l.signal()
	l.nudge()
	l.mu.Unlock()
	if !ok {
		return protocol("it acknowledges what was never sent")
	}
	l.tellAcked(ids)
	return nil
}

func (l *Link) tellAcked(ids []string) {
	if len(ids) > 0 {
		l.inbox.put(Acked{ids}, 0)
	}
}

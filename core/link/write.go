package link

import (
	"bytes"
	"context"
	"crypto/rand"
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// Bounds on what the server has not acknowledged. Send waits at the first; what the Link must answer by itself may go up to
// the second, and a server that lets it grow further loses the connection.
const (
	maxKeptBytes = 1 << 20
	maxOwedBytes = 4 << 20
)

// pen is what waits to be written on the present connection, and what the server was asked about it. The Link's lock guards
// it.
type pen struct {
	out     []byte
	unasked bool // stanzas went out since the server was last asked what it has received
	asked   bool // it was asked and has not answered
	probe   bool // it must be asked for a sign of life
	lagging bool // our last answer was behind what we have received: tell again when core has caught up

	ping string // without XEP-0198: the id of the ping that stands for the question,
	sent uint32 // and the count of stanzas that its answer acknowledges
}

// Send queues the finished bytes of one stanza and returns. They are kept until the server has acknowledged them, which an
// Acked with id tells, and are sent again when the connection is resumed. After an Online that is not Resumed, core must send
// again whatever was not Acked. Send waits while too much is unacknowledged, as long as ctx allows; it fails with ErrOffline
// when there is no connection.
func (l *Link) Send(ctx context.Context, id string, stanza []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.room(ctx, len(stanza)); err != nil {
		return err
	}
	l.put(id, bytes.Clone(stanza))
	return nil
}

// room waits until n more bytes may be sent. The lock is held, and released while it waits.
func (l *Link) room(ctx context.Context, n int) error {
	for {
		select {
		case <-l.done:
			return ErrClosed
		default:
		}
		if l.stream == nil {
			return ErrOffline
		}
		if l.session.keptBytes == 0 || l.session.keptBytes+n <= maxKeptBytes {
			return nil
		}
		changed := l.changed
		l.mu.Unlock()
		select {
		case <-changed:
		case <-l.done:
		case <-ctx.Done():
		}
		l.mu.Lock()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// put sends a stanza and keeps it. The lock is held.
func (l *Link) put(id string, stanza []byte) {
	l.session.keep(id, stanza)
	l.pen.out = append(l.pen.out, stanza...)
	l.pen.unasked = true
	l.nudge()
}

// reply sends a stanza of the Link's own, without waiting: the reader calls it, and must not depend on the writer. The lock
// is held. e may be nil.
func (l *Link) reply(e *wire.Element) error {
	if e == nil {
		return nil
	}
	if l.session.keptBytes > maxOwedBytes {
		return protocol("it asks without end and takes no answers")
	}
	l.put("", e.Append(nil, wire.NSClient))
	return nil
}

// scribble sends what is no stanza. The lock is held.
func (l *Link) scribble(e *wire.Element) {
	l.pen.out = e.Append(l.pen.out, wire.NSClient)
	l.nudge()
}

// nudge wakes the writer.
func (l *Link) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// report answers the server's question what we have handled (XEP-0198 §4).
func (l *Link) report() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.scribble(wire.SMAnswer(l.session.handled))
	l.pen.lagging = l.session.handled != l.session.arrived
}

// Handled says that the n oldest counted events (Stanza, Answer) that were not reported yet are on disk. The server is told
// then, and forgets them. What the Link answered by itself is counted along with the event before it.
func (l *Link) Handled(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.session.handle(n)
	if l.pen.lagging && l.session.handled == l.session.arrived && l.stream != nil {
		l.pen.lagging = false
		l.scribble(wire.SMAnswer(l.session.handled))
	}
}

// probe makes the writer ask for a sign of life.
func (l *Link) probe() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pen.probe = true
	l.nudge()
}

// write puts on the wire what waits, until the connection or the Link ends. It is the writer's goroutine.
func (l *Link) write(ctx context.Context, s *stream, stop <-chan struct{}) {
	var batch []byte
	for {
		batch = l.take(batch[:0])
		if len(batch) > 0 {
			if s.flush(batch, l.timing.write) != nil {
				return
			}
			continue
		}
		select {
		case <-l.wake:
		case <-stop:
			return
		case <-ctx.Done():
			_ = s.flush(l.lastWords(batch[:0]), l.timing.farewell) // the connection ends in any case
			return
		}
	}
}

// flush writes a batch; if that takes too long the connection is closed, and the reader notices.
func (s *stream) flush(batch []byte, timeout time.Duration) error {
	err := s.conn.SetWriteDeadline(time.Now().Add(timeout))
	if err == nil {
		_, err = s.conn.Write(batch)
	}
	if err != nil {
		_ = s.conn.raw.Close()
	}
	return err
}

// take moves what waits into batch, with a question behind it if the server should say what it has received: one question at
// a time, so that a quick sender does not ask for each stanza.
func (l *Link) take(batch []byte) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := &l.pen
	batch = append(batch, p.out...)
	p.out = p.out[:0]
	if cap(p.out) > maxKeptBytes {
		p.out = nil
	}
	if !p.probe && (!p.unasked || p.asked) {
		return batch
	}
	p.probe, p.unasked, p.asked = false, false, true
	if l.session.counting {
		return wire.SMRequest().Append(batch, wire.NSClient)
	}
	// Without XEP-0198 an answered ping says the same: a server takes the stanzas of a stream in order (RFC 6120 §10.1).
	p.ping, p.sent = rand.Text(), l.session.acked+uint32(len(l.session.kept))
	iq := wire.IQ{ID: p.ping, Type: wire.TypeGet, To: model.JID(l.cfg.JID.Domain()), Payload: wire.Ping()}
	return iq.Element().Append(batch, wire.NSClient)
}

// pong takes an answer to the ping that stands for a question, and returns what it acknowledges. ok is false for any other.
func (p *pen) pong(iq wire.IQ, s *session) (ids []string, ok bool) {
	if p.ping == "" || iq.ID != p.ping || !(question{to: model.JID(s.jid.Domain())}).mayAnswer(iq.From, s.jid) {
		return nil, false
	}
	p.ping, p.asked = "", false
	ids, _ = s.ack(p.sent) // our own count: it fits
	return ids, true
}

// lastWords ends the stream: what was queued, how far we got, and the end tag.
func (l *Link) lastWords(batch []byte) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	batch = append(batch, l.pen.out...)
	if l.session.counting {
		batch = wire.SMAnswer(l.session.handled).Append(batch, wire.NSClient)
	}
	return append(batch, wire.CloseStream()...)
}

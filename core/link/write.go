package link

import (
	"bytes"
	"context"
	"crypto/rand"
	"time"

	"kith/core/wire"
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
	return l.shared.send(ctx, id, bytes.Clone(stanza))
}

// Handled says that the n oldest counted events (Stanza, Answer) that were not reported yet are on disk. The server is told
// then, and forgets them. What the Link answered by itself is counted along with the event before it.
func (l *Link) Handled(n int) { l.shared.handled(n) }

// write puts on the wire what waits, until the connection or the Link ends. It is the writer's goroutine.
func (s *shared) write(ctx context.Context, on *stream, stop <-chan struct{}) {
	var batch []byte
	for {
		var asks bool
		batch, asks = s.take(batch[:0])
		if len(batch) > 0 {
			if on.flush(batch, s.timing.write) != nil {
				return
			}
			if asks {
				on.conn.raw.asks()
			}
			continue
		}
		select {
		case <-s.wake:
		case <-stop:
			return
		case <-ctx.Done():
			_ = on.flush(s.lastWords(batch[:0]), s.timing.farewell) // the connection ends in any case
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
func (s *shared) take(batch []byte) (_ []byte, asks bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.pen
	batch = append(batch, p.out...)
	p.out = p.out[:0]
	if cap(p.out) > maxKeptBytes {
		p.out = nil
	}
	if !p.probe && (!p.unasked || p.asked) {
		return batch, false
	}
	p.probe, p.unasked, p.asked = false, false, true
	if s.session.counting {
		return wire.SMRequest().Append(batch, wire.NSClient), true
	}
	// Without XEP-0198 an answered ping says the same: a server takes the stanzas of a stream in order (RFC 6120 §10.1).
	p.ping, p.sent = rand.Text(), s.session.acked+uint32(len(s.session.kept))
	iq := wire.IQ{ID: p.ping, Type: wire.TypeGet, To: s.server, Payload: wire.Ping()}
	return iq.Element().Append(batch, wire.NSClient), true
}

// pong takes an answer to the ping that stands for a question, and returns what it acknowledges. ok is false for any other.
func (p *pen) pong(iq wire.IQ, s *session) (ids []string, ok bool) {
	if p.ping == "" || iq.ID != p.ping || !(question{}).mayAnswer(iq.From, s.jid) {
		return nil, false
	}
	p.ping, p.asked = "", false
	ids, _ = s.ack(p.sent) // our own count: it fits
	return ids, true
}

// lastWords ends the stream: what was queued, how far we got, and the end tag.
func (s *shared) lastWords(batch []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	batch = append(batch, s.pen.out...)
	if s.session.counting {
		batch = wire.SMAnswer(s.session.handled).Append(batch, wire.NSClient)
	}
	return append(batch, wire.CloseStream()...)
}

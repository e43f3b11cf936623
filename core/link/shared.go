package link

import (
	"context"
	"sync"
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

// shared is what the Link's goroutines and its callers share. Nothing waits with the lock held, and nothing that is called
// with it takes another but the pulse's.
type shared struct {
	server model.JID // the account's domain
	timing timing
	done   <-chan struct{} // closed by Close
	wake   chan struct{}   // there is something to write

	mu      sync.Mutex
	session session
	asked   questions
	pen     pen
	stream  *stream       // while online
	changed chan struct{} // closed and made anew when there is room again, or the state changed
	passive bool          // wished by SetActive(false)
}

func newShared(server model.JID, t timing, done <-chan struct{}) *shared {
	return &shared{
		server: server, timing: t, done: done, wake: make(chan struct{}, 1),
		asked: make(questions), changed: make(chan struct{}),
	}
}

// signal wakes everybody who waits for room or another state. The lock is held.
func (s *shared) signal() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// nudge wakes the writer.
func (s *shared) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// current is the connection; nil while there is none.
func (s *shared) current() *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stream
}

// room waits until n more bytes may be sent. The lock is held, and released while it waits.
func (s *shared) room(ctx context.Context, n int) error {
	for {
		select {
		case <-s.done:
			return ErrClosed
		default:
		}
		if s.stream == nil {
			return ErrOffline
		}
		if s.session.keptBytes == 0 || s.session.keptBytes+n <= maxKeptBytes {
			return nil
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-s.done:
		case <-ctx.Done():
		}
		s.mu.Lock()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// put sends a stanza and keeps it. The lock is held.
func (s *shared) put(id string, stanza []byte) {
	s.session.keep(id, stanza)
	s.pen.out = append(s.pen.out, stanza...)
	s.pen.unasked = true
	s.nudge()
}

// send is put, once there is room.
func (s *shared) send(ctx context.Context, id string, stanza []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.room(ctx, len(stanza)); err != nil {
		return err
	}
	s.put(id, stanza)
	return nil
}

// ask sends a request and enters it into the table in one step.
func (s *shared) ask(ctx context.Context, q question, stanza []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.room(ctx, len(stanza)); err != nil {
		return err
	}
	if _, open := s.asked[q.id]; open {
		return errInUse
	}
	q.until = time.Now().Add(s.timing.request)
	s.asked[q.id] = q
	s.put("", stanza)
	if q.answer == nil {
		s.stream.conn.raw.expiring(q.until)
	}
	return nil
}

// withdraw forgets a request that nobody waits for any more.
func (s *shared) withdraw(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.asked, id)
}

// reply sends a stanza of the Link's own, without waiting: the reader calls it, and must not depend on the writer. The lock
// is held. e may be nil.
func (s *shared) reply(e *wire.Element) error {
	if e == nil {
		return nil
	}
	if s.session.keptBytes > maxOwedBytes {
		return protocol("it asks without end and takes no answers")
	}
	s.put("", e.Append(nil, wire.NSClient))
	return nil
}

// scribble sends what is no stanza. The lock is held.
func (s *shared) scribble(e *wire.Element) {
	s.pen.out = e.Append(s.pen.out, wire.NSClient)
	s.nudge()
}

// report answers the server's question what we have handled (XEP-0198 §4).
func (s *shared) report() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pen.out) > maxOwedBytes {
		return protocol("it asks without end and takes no answers")
	}
	s.scribble(wire.SMAnswer(s.session.handled))
	s.pen.lagging = s.session.handled != s.session.arrived
	return nil
}

// handled moves the counter, and tells the server if it has asked and was told less.
func (s *shared) handled(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.session.handle(n)
	if s.pen.lagging && s.session.handled == s.session.arrived && s.stream != nil {
		s.pen.lagging = false
		s.scribble(wire.SMAnswer(s.session.handled))
	}
}

// probe makes the writer ask for a sign of life.
func (s *shared) probe() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pen.probe = true
	s.nudge()
}

// setPassive wishes, and tells the server if it cares (XEP-0352).
func (s *shared) setPassive(passive bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.passive == passive {
		return
	}
	s.passive = passive
	if s.stream != nil && s.stream.features.CSI {
		s.scribble(wire.ClientState(!passive))
	}
}

// connected makes a stream the present one.
func (s *shared) connected(now *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pen = pen{}
	if now.resumed {
		s.pen.out = s.session.again()
		s.pen.unasked = len(s.session.kept) > 0
	} else {
		s.session.jid = now.jid
	}
	s.stream = now
	if s.passive && now.features.CSI { // every connection begins active, a resumed one too
		s.scribble(wire.ClientState(false))
	}
}

// resume prepares to take up the session on a stream (XEP-0198 §5); id is empty when there is none.
func (s *shared) resume(now *stream) (id string, handled uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now.jid = s.session.jid
	return s.session.id, s.session.resume()
}

// enable begins to count.
func (s *shared) enable(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.session.enable(id)
}

// disconnected says whether the session is over, too. resumable: nothing speaks against taking it up.
func (s *shared) disconnected(resumable bool) (over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stream = nil
	s.pen = pen{}
	if !resumable {
		s.session.id = ""
	}
	s.signal()
	return s.session.id == ""
}

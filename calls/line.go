package calls

import (
	"context"
	"errors"
	"sync"
	"time"

	"kith/calls/media"
	"kith/calls/session"
	"kith/calls/transport"
	"kith/core/wire"
)

// servicesTime is how long a call waits to be told of STUN and TURN servers.
const servicesTime = 2 * time.Second

// line is the transports and the media of one call. Its goroutine owns them.
type line struct {
	m         *Manager
	key       session.Key
	initiator bool
	ctx       context.Context //nolint:containedctx // the line's own life
	stop      context.CancelFunc
	ended     chan struct{}

	mu    sync.Mutex
	queue []session.Effect
	wake  chan struct{} // capacity 1
	media *media.Session
	paths *transport.Paths // set once, by run, which alone changes it
	since time.Time        // somebody took the call

	services []wire.ExternalService // run only
	linked   bool                   // run only: it was connected before
	shares   bool                   // run only: a screen is in place of the camera
}

func newLine(m *Manager, k session.Key, initiator bool) *line {
	ctx, stop := context.WithCancel(context.Background())
	return &line{m: m, key: k, initiator: initiator, ctx: ctx, stop: stop, ended: make(chan struct{}), wake: make(chan struct{}, 1)}
}

// put gives the line something to do. The Desk bounds how much that is.
func (l *line) put(ef session.Effect) {
	l.mu.Lock()
	l.queue = append(l.queue, ef)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// taken notes when somebody took the call.
func (l *line) taken(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.since.IsZero() {
		l.since = now
	}
}

func (l *line) close() { l.stop() }
func (l *line) wait()  { <-l.ended }

func (l *line) run() {
	defer close(l.ended)
	defer l.shut()
	l.find()
	for {
		var events <-chan transport.Event
		var changes <-chan media.Change
		if l.paths != nil {
			events, changes = l.paths.Events(), l.media.Changes()
		}
		select {
		case <-l.ctx.Done():
			return
		case <-l.wake:
			l.work()
		case ev := <-events:
			l.event(ev)
		case ch := <-changes:
			l.changed(ch)
		}
	}
}

// find asks for STUN and TURN servers as soon as it rings, so that nobody waits for them once the call is taken.
func (l *line) find() {
	ctx, cancel := context.WithTimeout(l.ctx, servicesTime)
	defer cancel()
	l.services = l.m.signaler.Services(ctx, l.key.Account)
}

// work does what waits, in order.
func (l *line) work() {
	for {
		l.mu.Lock()
		q := l.queue
		l.queue = nil
		l.mu.Unlock()
		if len(q) == 0 {
			return
		}
		for _, ef := range q {
			if l.ctx.Err() != nil {
				return
			}
			if err := l.do(ef); err != nil {
				l.fail(err)
				return
			}
		}
	}
}

// do carries an effect out.
func (l *line) do(ef session.Effect) error {
	if l.paths == nil && !l.begins(ef) {
		return nil // it could not be begun, and the Desk knows
	}
	switch ef := ef.(type) {
	case session.Open:
		return l.describe(session.ForInitiate, func() ([]wire.Content, []string, error) { return l.paths.Offer(ef.Video) })
	case session.Answer:
		return l.describe(session.ForAccept, func() ([]wire.Content, []string, error) { return l.paths.Answer(ef.Contents, ef.Bundle) })
	case session.Apply:
		return l.apply(ef)
	case session.Extend:
		return l.optional(l.extend(ef))
	case session.Shrink:
		return l.paths.DropVideo(ef.Name)
	case session.Reach:
		l.paths.Reach(ef.Contents)
	case session.Restart:
		return l.restart(ef)
	case session.Allow:
		l.allow(ef)
	}
	return nil
}

// begins makes the transports with the first effect that needs them.
func (l *line) begins(ef session.Effect) bool {
	relay := false
	switch ef := ef.(type) {
	case session.Open:
		relay = ef.Relay
	case session.Answer:
		relay = ef.Relay
	default:
		return false
	}
	s, err := l.m.session()
	if err != nil {
		l.fail(err)
		return false
	}
	paths := transport.New(transport.Config{Media: s, Servers: l.services, Relay: relay, Initiator: l.initiator, Log: l.m.log})
	l.mu.Lock()
	l.media, l.paths = s, paths
	l.mu.Unlock()
	return true
}

// session makes the media of a call.
func (m *Manager) session() (*media.Session, error) {
	cfg := media.Config{
		Microphone: m.hardware.Microphone, Speaker: m.hardware.Speaker, Measure: m.hardware.Measure, Log: m.log,
	}
	if m.hardware.Camera != nil {
		cfg.Camera = m.Trial.take
	}
	if m.hardware.Processor != nil {
		cfg.Processor = m.hardware.Processor()
	}
	return media.New(cfg)
}

func (l *line) describe(purpose session.Purpose, do func() ([]wire.Content, []string, error)) error {
	contents, bundle, err := do()
	if err == nil {
		l.m.Put(session.Described{Key: l.key, For: purpose, Contents: contents, Bundle: bundle})
	}
	return err
}

func (l *line) extend(ef session.Extend) error {
	if ef.Contents == nil {
		return l.describe(session.ForAdd, l.paths.OfferVideo)
	}
	return l.describe(session.ForAddAccept, func() ([]wire.Content, []string, error) { return l.paths.AnswerVideo(ef.Contents, ef.Bundle) })
}

// optional lets a call go on without a picture that cannot be added. What is not safe ends it.
func (l *line) optional(err error) error {
	if err == nil || reasonOf(err) == wire.ReasonSecurity {
		return err
	}
	l.m.log.Warn("add a picture to a call", "err", err)
	l.m.Put(session.Missed{Key: l.key, Reason: reasonOf(err)})
	return nil
}

func (l *line) apply(ef session.Apply) error {
	switch ef.For {
	case session.ForAdd:
		return l.optional(l.paths.ApplyVideo(ef.Contents, ef.Bundle))
	case session.ForRestart:
		return l.paths.ApplyRestart(ef.Contents)
	default:
		return l.paths.Apply(ef.Contents, ef.Bundle)
	}
}

func (l *line) restart(ef session.Restart) error {
	l.find()
	if err := l.paths.Renew(l.services); err != nil {
		l.m.log.Debug("renew a call's services", "err", err) // the old ones may still do
	}
	purpose, do := session.ForRestart, l.paths.OfferRestart
	if ef.Contents != nil {
		purpose, do = session.ForRestarted, func() ([]wire.Content, error) { return l.paths.AnswerRestart(ef.Contents) }
	}
	contents, err := do()
	if err != nil {
		l.m.log.Debug("restart of a call's paths", "err", err) // the old ones may come back, or the next try succeeds
		contents = nil
	}
	l.m.Put(session.Described{Key: l.key, For: purpose, Search: ef.Search, Contents: contents})
	return nil
}

// allow lets out what may go out. The devices are opened now, and not before.
func (l *line) allow(ef session.Allow) {
	l.media.Start()
	if ef.Shares != l.shares {
		l.shares = ef.Shares
		l.media.Share(l.sharing())
	}
	l.media.Mute(!ef.Audio)
	l.media.Allow(ef.Listens, ef.Video || ef.Screen)
	l.media.Camera(ef.Video || ef.Screen)
}

// sharing is what opens the screen while it is shared: the person chooses once, and not again after each pause.
func (l *line) sharing() func() (media.Camera, error) {
	if !l.shares || l.m.hardware.Share == nil {
		return nil
	}
	return l.m.hardware.Share()
}

// fail ends the call because its transports cannot go on.
func (l *line) fail(err error) {
	l.m.log.Warn("a call's transports", "err", err)
	l.m.Put(session.Failed{Key: l.key, Reason: reasonOf(err)})
}

// reasonOf is what the other side is told of an error.
func reasonOf(err error) wire.Reason {
	if e, ok := errors.AsType[*transport.Error](err); ok {
		return e.Reason
	}
	return wire.ReasonFailedApplication
}

func (l *line) event(ev transport.Event) {
	switch ev := ev.(type) {
	case transport.Found:
		l.m.Put(session.Found{Key: l.key, Contents: ev.Contents})
	case transport.Linked:
		if l.linked {
			l.media.Renewed()
		}
		l.linked = true
		l.m.Put(session.Linked{Key: l.key})
	case transport.Lost:
		l.m.Put(session.Lost{Key: l.key})
	case transport.Failed:
		l.m.Put(session.Failed{Key: l.key, Reason: ev.Reason})
	case transport.Missed:
		l.m.Put(session.Missed{Key: l.key, Name: ev.Name, Reason: ev.Reason})
	}
}

// shut ends the media first, so that nothing is written to transports that are gone.
func (l *line) shut() {
	l.mu.Lock()
	s := l.media
	l.mu.Unlock()
	if s != nil {
		_ = s.Close()
	}
	if l.paths != nil {
		_ = l.paths.Close()
	}
}

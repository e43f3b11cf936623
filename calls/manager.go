package calls

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"kith/calls/session"
	"kith/core/model"
	"kith/core/wire"
)

// Signaler is the way out to the servers and to whoever shows calls. core implements it. None of its methods waits for the network but
// Services.
type Signaler interface {
	// Tell sends a call message (XEP-0353).
	Tell(account model.AccountID, to model.JID, m wire.CallMessage)
	// Ask sends a Jingle request. The answer comes back as a session.Answered, also when none comes.
	Ask(session.Ask)
	// Reply answers a Jingle request.
	Reply(account model.AccountID, reply *wire.Element)
	// Moved says that this machine's network is another one now, or seems to be: a call's line is lost.
	Moved()
	// Services finds STUN and TURN servers (XEP-0215).
	Services(ctx context.Context, account model.AccountID) []wire.ExternalService
	// Show tells how a call stands now; the last time with its end.
	Show(c model.Call)
}

// maxQueue bounds what waits for the Manager. Who floods it is told that there is no room.
const maxQueue = 2000

// Manager owns all calls.
type Manager struct {
	Trial *Trial // of the same hardware

	signaler Signaler
	hardware Hardware
	log      *slog.Logger

	mu     sync.Mutex
	queue  []session.Event
	lines  map[session.Key]*line
	closed bool

	wake chan struct{} // capacity 1
	stop context.CancelFunc
	done sync.WaitGroup

	desk  *session.Desk // run only, as what follows
	watch watch
	next  time.Time // when the network is to be looked at
}

// New starts a Manager.
func New(s Signaler, h Hardware, log *slog.Logger) *Manager {
	ctx, stop := context.WithCancel(context.Background())
	m := &Manager{
		Trial: &Trial{hardware: h}, signaler: s, hardware: h, log: log, lines: make(map[session.Key]*line),
		wake: make(chan struct{}, 1), stop: stop, desk: session.NewDesk(),
	}
	m.done.Add(1)
	go m.run(ctx)
	return m
}

// Close hangs up every call and waits until all is ended.
func (m *Manager) Close() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.stop()
	m.done.Wait()
}

// Put takes something that happened. It never blocks; false when too much waits, or the Manager is closed.
func (m *Manager) Put(ev session.Event) bool {
	m.mu.Lock()
	ok := !m.closed && len(m.queue) < maxQueue
	if ok {
		m.queue = append(m.queue, ev)
	}
	m.mu.Unlock()
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return ok
}

func (m *Manager) take() []session.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	q := m.queue
	m.queue = nil
	return q
}

func (m *Manager) run(ctx context.Context) {
	defer m.done.Done()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-m.wake:
		case <-timer.C:
			m.handle(session.Tick{})
		case <-ctx.Done():
			m.hangUp()
			return
		}
		for _, ev := range m.take() {
			m.handle(ev)
		}
		timer.Reset(m.wait(time.Now()))
	}
}

// wait looks at the network while a call goes on, and says how long nothing has to be done.
func (m *Manager) wait(now time.Time) time.Duration {
	wait := time.Hour
	if at, ok := m.desk.Deadline(); ok {
		wait = at.Sub(now)
	}
	if len(m.desk.Calls()) == 0 {
		m.watch.end()
		return max(wait, time.Millisecond)
	}
	if !now.Before(m.next) {
		m.next = now.Add(watchEach)
		if m.watch.moved(now, addresses()) {
			m.signaler.Moved()
			m.handle(session.Moved{})
		}
	}
	return max(min(wait, m.next.Sub(now)), time.Millisecond)
}

// hangUp ends every call in good order.
func (m *Manager) hangUp() {
	for _, ev := range m.take() {
		m.handle(ev)
	}
	for _, c := range m.desk.Calls() {
		m.handle(session.HangUp{Key: session.Key{Account: c.Account, ID: c.ID}})
	}
	m.mu.Lock()
	lines := m.lines
	m.lines = make(map[session.Key]*line)
	m.mu.Unlock()
	for _, l := range lines {
		l.close()
	}
	for _, l := range lines {
		l.wait()
	}
}

// handle lets the Desk judge an event, and does what it wants done.
func (m *Manager) handle(ev session.Event) {
	for _, ef := range m.desk.Handle(time.Now(), ev) {
		m.do(ef)
	}
}

func (m *Manager) do(ef session.Effect) {
	switch ef := ef.(type) {
	case session.Tell:
		m.signaler.Tell(ef.Account, ef.To, ef.Message)
	case session.Ask:
		m.signaler.Ask(ef)
	case session.Reply:
		m.signaler.Reply(ef.Account, reply(ef))
	case session.Probe:
		m.signaler.Moved()
	case session.Changed:
		m.prepare(session.Key{Account: ef.Call.Account, ID: ef.Call.ID}, ef.Call)
		m.signaler.Show(ef.Call)
	case session.Close:
		m.drop(ef.Key)
	case session.Open:
		m.line(ef.Key, true).put(ef)
	case session.Answer:
		m.line(ef.Key, false).put(ef)
	case session.Apply:
		m.existing(ef.Key, ef)
	case session.Extend:
		m.existing(ef.Key, ef)
	case session.Shrink:
		m.existing(ef.Key, ef)
	case session.Reach:
		m.existing(ef.Key, ef)
	case session.Restart:
		m.existing(ef.Key, ef)
	case session.Allow:
		m.existing(ef.Key, ef)
	}
}

// reply is the answer to a Jingle request.
func reply(r session.Reply) *wire.Element {
	if r.Condition != "" {
		return wire.JingleError(r.Stanza, r.Condition, r.App)
	}
	iq, _ := wire.ParseIQ(r.Stanza) // it was read before it came here
	return wire.Result(iq, nil)
}

// line is the call's line, which is begun with its first use.
func (m *Manager) line(k session.Key, initiator bool) *line {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.lines[k]
	if l == nil {
		l = newLine(m, k, initiator)
		m.lines[k] = l
		m.done.Add(1)
		go func() {
			defer m.done.Done()
			l.run()
		}()
	}
	return l
}

// prepare begins the line of a call as soon as it rings, and notes when it was taken.
func (m *Manager) prepare(k session.Key, c model.Call) {
	switch {
	case c.Phase == model.Ringing && !c.Outgoing:
		m.line(k, false)
	case c.Phase == model.CallConnecting:
		if l := m.find(k); l != nil {
			l.taken(time.Now())
		}
	}
}

func (m *Manager) existing(k session.Key, ef session.Effect) {
	if l := m.find(k); l != nil {
		l.put(ef)
	}
}

func (m *Manager) find(k session.Key) *line {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lines[k]
}

// drop ends a call's line. It ends by itself; Close waits for it.
func (m *Manager) drop(k session.Key) {
	m.mu.Lock()
	l := m.lines[k]
	delete(m.lines, k)
	m.mu.Unlock()
	if l != nil {
		l.close()
	}
}

package link

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// timing holds the durations of a Link, so that tests need not wait for them.
type timing struct {
	dial     time.Duration // to find the server and set up TLS
	signIn   time.Duration // from TLS to Online
	query    time.Duration // for the answer to a Query
	request  time.Duration // for the answer to a Request
	silence  time.Duration // without a byte before we ask for one
	grace    time.Duration // for a byte after we asked
	answer   time.Duration // for a byte after stanzas went out, with a question behind them
	hurry    time.Duration // the same after a hint that the network changed
	write    time.Duration // for the network to take a batch of writes
	farewell time.Duration // for the server to close its side
	retry    time.Duration // the first pause before a new attempt
	maxRetry time.Duration
	patchy   time.Duration // the longest first pause after a connection that was online, but not for long
	steady   time.Duration // online for this long: the pauses begin again at the first
}

func usualTiming() timing {
	return timing{
		dial: 30 * time.Second, signIn: 30 * time.Second, query: 30 * time.Second, request: 90 * time.Second,
		silence: 60 * time.Second, grace: 20 * time.Second, answer: 30 * time.Second, hurry: 2 * time.Second,
		write: 30 * time.Second, farewell: time.Second,
		retry: time.Second, maxRetry: 2 * time.Minute, patchy: 8 * time.Second, steady: time.Minute,
	}
}

// errStalled says that the server gave no sign of life when asked for one.
var errStalled = errors.New("no sign of life")

// pulse is a raw connection, below TLS, that notices silence: any byte is a sign of life. Before it is watched the deadlines
// are those that others set.
type pulse struct {
	net.Conn
	timing timing

	mu    sync.Mutex
	alive *vigil // nil: not watched yet
	until time.Time
	asked bool
	armed time.Time // the deadline of the read that goes on; zero before the watch
	end   time.Time // the Link is closing: nothing is read after this
}

// vigil is what a watched connection calls while it waits for bytes, on the reader's goroutine.
type vigil struct {
	ask    func()                               // asks the server for a sign of life; must not wait
	expire func(now time.Time) (next time.Time) // ends requests that are too old, tells when to call again; zero: never
}

// watch begins the watch.
func (p *pulse) watch(v vigil) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alive = &v
	return p.SetDeadline(time.Time{})
}

// Read waits for bytes, however long it takes, as long as the server shows signs of life.
func (p *pulse) Read(b []byte) (int, error) {
	v := p.begin()
	for {
		if v != nil {
			p.arm(v.expire(time.Now()))
		}
		n, err := p.Conn.Read(b)
		if n > 0 {
			p.mu.Lock()
			p.asked = false
			p.mu.Unlock()
			return n, err
		}
		if v == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		ask, err := p.quiet()
		if err != nil {
			return 0, err
		}
		if ask {
			v.ask()
		}
	}
}

// begin starts the wait for bytes. The time that the reader spent elsewhere, waiting for core, is not the server's silence.
func (p *pulse) begin() *vigil {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked {
		p.until = later(p.until, time.Now().Add(p.timing.hurry))
	} else {
		p.until = time.Now().Add(p.timing.silence)
	}
	return p.alive
}

// arm sets the deadline of the read that follows.
func (p *pulse) arm(expiry time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	deadline := p.until
	for _, t := range []time.Time{expiry, p.end} {
		if !t.IsZero() && t.Before(deadline) {
			deadline = t
		}
	}
	p.armed = deadline
	_ = p.SetReadDeadline(deadline) // fails on a closed connection only, and then so does the read
}

// quiet decides what a deadline that has passed means. ask: a sign of life must be asked for.
func (p *pulse) quiet() (ask bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	switch {
	case !p.end.IsZero() && !now.Before(p.end):
		return false, os.ErrDeadlineExceeded
	case now.Before(p.until):
		return false, nil // it was the expiry of a request
	case p.asked:
		return false, errStalled
	}
	p.asked = true
	p.until = now.Add(p.timing.grace)
	return true, nil
}

// probe gives a sign of life little time from now; the caller has asked for one. A connection from an address that this machine has
// no longer will never give one: it ends at once.
func (p *pulse) probe() {
	gone := addressGone(p.LocalAddr())
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = true
	p.until = time.Now()
	if !gone {
		p.until = p.until.Add(p.timing.hurry)
	}
	p.wakeBy(p.until)
}

// hasten gives what goes on before the watch little time from now; none where the address is gone.
func (p *pulse) hasten() {
	t := time.Now()
	if !addressGone(p.LocalAddr()) {
		t = t.Add(p.timing.hurry)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.alive == nil {
		_ = p.SetDeadline(t) // fails on a closed connection only
	}
}

// addressGone says whether an address of ours is one of this machine no longer.
func addressGone(a net.Addr) bool {
	ours, ok := a.(*net.TCPAddr)
	all, err := net.InterfaceAddrs()
	if !ok || err != nil {
		return false
	}
	for _, o := range all {
		if n, ok := o.(*net.IPNet); ok && n.IP.Equal(ours.IP) {
			return false
		}
	}
	return !ours.IP.IsLoopback() // all of 127.0.0.0/8 is ours
}

// asks says that a question went out behind stanzas: somebody waits for what becomes of them, and on a line that was lost
// without a word should not wait for silence first.
func (p *pulse) asks() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := time.Now().Add(p.timing.answer); t.Before(p.until) {
		p.asked, p.until = true, t
		p.wakeBy(t)
	}
}

// wakeBy makes a read that goes on look up at that time at the latest. The lock is held.
func (p *pulse) wakeBy(t time.Time) {
	if t.Before(p.armed) {
		p.armed = t
		_ = p.SetReadDeadline(t) // fails on a closed connection only, and then so does the read
	}
}

// expiring tells that there is a new request, which expires then.
func (p *pulse) expiring(t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wakeBy(t)
}

// finish lets the reader go on for d at most.
func (p *pulse) finish(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end = time.Now().Add(d)
	p.wakeBy(p.end)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

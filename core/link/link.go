package link

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// Config is what a Link needs to know of its account. It is not changed.
type Config struct {
	JID       model.JID // bare
	Password  model.Secret
	Host      string // given by a person; empty: DNS is asked
	Port      uint16 // with Host; 0: 5222
	DirectTLS bool   // with Host: TLS from the first byte instead of STARTTLS
	Resource  string // wished for; the server may give another, and after a conflict the Link takes another itself
	Pins      model.Pins
	RootCAs   *x509.CertPool // nil: the system's
	Resolver  *net.Resolver  // nil: the system's
	Answer    time.Duration  // how long the other side may take to answer a request; 0: as usual
	Log       *slog.Logger   // nil: nothing is logged
}

// Link keeps an account connected. Its methods may be called from any goroutine.
type Link struct {
	cfg      Config
	cancel   context.CancelFunc
	tasks    sync.WaitGroup        // every goroutine of the Link
	hint     chan struct{}         // Reconnect without a connection: do not wait
	young    atomic.Pointer[pulse] // the connection on which we sign in
	doubt    atomic.Int64          // Reconnect with one: when, in Unix nanoseconds
	shared   *shared
	receiver receiver // only the Link's own goroutine
	course   course   // only the Link's own goroutine
}

// course is what the attempts to connect remember from one to the next.
type course struct {
	pins     model.Pins
	resource string  // asked for at bind
	other    bool    // resource is our second choice, after a conflict
	first    *target // where the server wants us to connect
	hops     int     // how often it sent us elsewhere in a row
	worked   bool    // the password did, on this Link
	doubts   int     // how often it was refused in a row since
}

// Open starts to connect, and to connect again whenever the connection ends, until Close or a refusal that a person must do
// something about. Drain Events all the time.
func Open(cfg Config) *Link { return open(cfg, usualTiming()) }

func open(cfg Config, t timing) *Link {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Answer > 0 {
		t.query, t.request = cfg.Answer, cfg.Answer
	}
	ctx, cancel := context.WithCancel(context.Background())
	state := newShared(model.JID(cfg.JID.Domain()), t, ctx.Done())
	l := &Link{
		cfg: cfg, cancel: cancel, hint: make(chan struct{}, 1), shared: state,
		receiver: receiver{state, newInbox(ctx.Done())},
		course:   course{pins: cfg.Pins, resource: cfg.Resource},
	}
	l.start(func() { l.run(ctx) })
	return l
}

// start runs a function beside; Close waits for it.
func (l *Link) start(f func()) { l.tasks.Go(f) }

// Events is what happens, in order. It is bounded: when nobody drains it, nothing is read from the network. It is closed when
// the Link was closed and everything has ended.
func (l *Link) Events() <-chan Event { return l.receiver.inbox.ch }

// Close ends the connection in an orderly way, sends what was given to Send before, and waits for the Link's goroutines. It
// takes two seconds at most. Events that were not taken are lost here and come again, since they were not acknowledged.
func (l *Link) Close() error {
	l.cancel()
	l.tasks.Wait()
	return nil
}

// Reconnect is a hint that the network changed, or that a person wants it: an attempt is made without waiting, also after a
// final Offline; a connection that seems to stand is tested, and replaced at once if it fails the test. Where one is being made already,
// another one is tried beside it.
func (l *Link) Reconnect() {
	if s := l.shared.current(); s != nil {
		l.doubt.Store(time.Now().UnixNano())
		l.shared.probe()
		s.conn.raw.probe()
		return
	}
	if p := l.young.Load(); p != nil {
		p.hasten()
	}
	select {
	case l.hint <- struct{}{}:
	default:
	}
}

// run is the Link's own goroutine.
func (l *Link) run(ctx context.Context) {
	defer close(l.receiver.inbox.ch)
	pauses := pauses{timing: l.shared.timing}
	for {
		online, err := l.connection(ctx)
		if ctx.Err() != nil {
			return
		}
		off := Offline{Err: err, RetryIn: pauses.next(online)}
		switch turn := l.course.turn(err); {
		case turn == atOnce:
			off.RetryIn = 0
		case turn == seldom:
			off.RetryIn = l.shared.timing.maxRetry
		case turn == never:
			off.RetryIn, off.Final = 0, true
		case l.doubted():
			pauses.reset()
			off.RetryIn = 0
		}
		hinted, ok := l.rest(ctx, off)
		if !ok {
			return
		}
		if hinted {
			pauses.reset()
		}
	}
}

// connection makes one connection and serves it to its end. It returns how long it was online, and why it ended.
func (l *Link) connection(ctx context.Context) (online time.Duration, err error) {
	s, err := l.connect(ctx)
	if err != nil {
		return 0, err
	}
	select {
	case <-l.hint: // it has come true
	default:
	}
	began := time.Now()
	err = l.serve(ctx, s)
	return time.Since(began), err
}

// serve runs a connection that is signed in.
func (l *Link) serve(ctx context.Context, s *stream) error {
	err := l.online(s)
	if err == nil {
		err = l.talk(ctx, s)
	}
	_ = s.conn.raw.Close() // what was not written is kept
	if l.shared.disconnected(resumable(err)) {
		l.receiver.forget()
	}
	return err
}

// resumable says whether a session may be taken up again after the end of its connection. After a breach of protocol, a conflict,
// or something of ours that the server will not take, the same would happen again.
func resumable(err error) bool {
	var s *wire.StreamError
	refused := errors.As(err, &s) && s.Condition == wire.PolicyViolation
	return !refused && !errors.Is(err, ErrProtocol) && !errors.Is(err, ErrConflict)
}

// talk reads, and writes beside it, until the connection or the Link ends.
func (l *Link) talk(ctx context.Context, s *stream) error {
	stop := make(chan struct{})
	ended := make(chan struct{})
	l.start(func() {
		defer close(ended)
		l.shared.write(ctx, s, stop)
	})
	farewell := context.AfterFunc(ctx, func() { s.conn.raw.finish(l.shared.timing.farewell) })
	err := l.receiver.read(s)
	farewell()
	close(stop)
	_ = s.conn.raw.Close() // unblocks the writer
	<-ended
	return err
}

// SetActive tells the server whether a person is looking (XEP-0352); it may hold back what is not urgent when not.
func (l *Link) SetActive(active bool) { l.shared.setPassive(!active) }

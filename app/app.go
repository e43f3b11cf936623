package app

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"kith/app/platform"
	"kith/core"
)

// crew does what must not be done on the toolkit's goroutine. Its methods may be called from the toolkit's goroutine only.
type crew struct {
	log   *slog.Logger
	loop  loop
	start func(work func(context.Context)) // on a goroutine of its own, which end waits for
	end   func()

	mu    sync.Mutex
	queue []func(context.Context)
	wake  chan struct{} // capacity 1
}

// newCrew starts the actions goroutine and the clock, which calls tick every second on the toolkit's goroutine.
func newCrew(parent context.Context, log *slog.Logger, tick func()) *crew {
	ctx, cancel := context.WithCancel(parent)
	var running sync.WaitGroup
	c := &crew{log: log, wake: make(chan struct{}, 1)}
	c.start = func(work func(context.Context)) {
		running.Add(1)
		go func() {
			defer running.Done()
			work(ctx)
		}()
	}
	c.end = func() {
		cancel()
		running.Wait()
	}
	c.start(c.act)
	c.start(func(ctx context.Context) { c.clock(ctx, tick) })
	if sleeps {
		c.start(c.loop.run)
	}
	return c
}

// ending are the signals by which the system asks a program to end.
var ending = []os.Signal{os.Interrupt, syscall.SIGTERM}

// asked is where they arrive from now on. Before the first window they would else end the program at once.
func asked() chan os.Signal {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, ending...)
	return signals
}

// The toolkit begins its own handling of signals, which stops it at once, on a goroutine that it starts just before it is
// started: it takes that one a moment, and on a very busy machine longer.
const (
	toolkitMoment = 10 * time.Millisecond
	toolkitLonger = time.Second
)

// alone takes the signals away from the toolkit.
func alone(signals chan os.Signal) {
	signal.Reset(ending...)
	signal.Notify(signals, ending...)
}

// endOn ends the program when the person closes the window or the system asks Kith to end: work runs while the toolkit still
// answers. The toolkit itself is not told to end: version 2.8 hangs or panics there when an event comes in the same moment, and
// nothing of ours is left by then. Call it when the toolkit has started and nothing is open yet.
func endOn(quit <-chan struct{}, signals chan os.Signal, work func() error, log *slog.Logger) {
	time.Sleep(toolkitMoment)
	alone(signals)
	if len(signals) > 0 {
		os.Exit(0) // the toolkit has got it, too, and ends in the next moment
	}
	again := time.NewTimer(toolkitLonger)
	go func() {
		for begun := false; !begun; {
			select {
			case <-again.C:
				alone(signals)
			case <-quit:
				begun = true
			case <-signals:
				begun = true
			}
		}
		time.AfterFunc(lastTime, func() {
			log.Error("what was begun does not end")
			os.Exit(1) // nothing is lost: what is stored is whole at every moment
		})
		if err := work(); err != nil {
			log.Error("end", "err", err)
			os.Exit(1)
		}
		os.Exit(0)
	}()
}

// lastTime bounds the end of the program: a device that does not answer must not keep the profile locked for the next start.
const lastTime = 3 * closeTime

// act runs the queue until ctx ends. What still waits then is dropped: it belongs to a window that is gone.
func (c *crew) act(ctx context.Context) {
	for {
		c.mu.Lock()
		queue := c.queue
		c.queue = nil
		c.mu.Unlock()
		for _, work := range queue {
			if ctx.Err() != nil {
				return
			}
			work(ctx)
		}
		if len(queue) > 0 {
			continue
		}
		select {
		case <-c.wake:
		case <-ctx.Done():
			return
		}
	}
}

func (c *crew) put(work func(context.Context)) {
	c.mu.Lock()
	c.queue = append(c.queue, work)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// pump hands every event to apply, on the toolkit's goroutine. While it draws, further events merge.
func (c *crew) pump(sub *core.Subscription, apply func(core.Event)) {
	c.start(func(ctx context.Context) {
		defer sub.Close()
		for {
			ev, err := sub.Next(ctx)
			if err != nil {
				return
			}
			c.loop.wait(unless(ctx, func() { apply(ev) }))
		}
	})
}

// clock also frees the toolkit where it has not come to the last tick within a second: it may wait for a window that nobody shows.
func (c *crew) clock(ctx context.Context, tick func()) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	var due atomic.Bool
	for {
		select {
		case <-t.C:
			if due.Swap(true) {
				platform.Unstick()
				continue
			}
			c.loop.tick(func() {
				due.Store(false)
				unless(ctx, tick)()
			})
		case <-ctx.Done():
			return
		}
	}
}

// do runs work on the actions goroutine, one after the other, and then on the toolkit's goroutine with what came of it. It
// is for the disk; what waits for the network goes to ask.
func do[T any](c *crew, work func(context.Context) (T, error), then func(T, error)) {
	c.put(func(ctx context.Context) {
		v, err := work(ctx)
		c.loop.do(unless(ctx, func() { then(v, err) }))
	})
}

// ask is do for what waits for the network: side by side. The returned function ends the wait, and then gets the error.
func ask[T any](c *crew, work func(context.Context) (T, error), then func(T, error)) (cancel func()) {
	own, cancel := context.WithCancel(context.Background())
	c.start(func(ctx context.Context) {
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		v, err := work(own)
		c.loop.do(unless(ctx, func() { then(v, err) }))
	})
	return cancel
}

// unless is f while ctx has not ended: then the window is gone.
func unless(ctx context.Context, f func()) func() {
	return func() {
		if ctx.Err() == nil {
			f()
		}
	}
}

// nothing adapts work that has no result.
func nothing(work func(context.Context) error) func(context.Context) (struct{}, error) {
	return func(ctx context.Context) (struct{}, error) { return struct{}{}, work(ctx) }
}

package app

import (
	"context"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
)

// loop is the way to the toolkit's goroutine, and puts it to sleep while nothing happens: by itself it looks 60 times a second
// for something to do. While it sleeps in the window system, keys, the pointer and everything handed over here wake it at
// once; what the toolkit hands itself from elsewhere, such as a change of the system's colours, waits for nap at most.
type loop struct {
	asleep  atomic.Bool
	waiting atomic.Int32 // functions that were handed over and have not begun
	over    atomic.Bool  // the toolkit has ended, and the window system with it
	active  time.Time    // when something last happened; only the toolkit's goroutine knows it
}

const (
	// alert is how long the toolkit stays awake after something has happened: the tip beside the pointer, the fading scroll
	// bar and a second click are timed by its own clock.
	alert = 2 * time.Second
	nap   = time.Second           // how long it sleeps at a stretch
	blink = 50 * time.Millisecond // how long it then has to draw what has changed: three frames
)

// stir keeps the toolkit awake for a while, as for pictures that move. Only the toolkit's goroutine may call it.
func (l *loop) stir() { l.active = time.Now() }

// do runs f on the toolkit's goroutine, after what was handed over before. Any goroutine may call it.
func (l *loop) do(f func()) { l.hand(fyne.Do, l.stirred(f)) }

// wait is do that returns when f has.
func (l *loop) wait(f func()) { l.hand(fyne.DoAndWait, l.stirred(f)) }

// tick is do for what the clock does, which is no reason to stay awake.
func (l *loop) tick(f func()) { l.hand(fyne.Do, f) }

func (l *loop) stirred(f func()) func() {
	return func() {
		l.active = time.Now()
		f()
	}
}

// hand passes f on. It is counted before the sleeper is looked for, and sleep says that it sleeps before it looks at the count:
// one of the two sees the other.
func (l *loop) hand(over func(func()), f func()) {
	l.waiting.Add(1)
	if l.asleep.Load() {
		wake()
	}
	over(func() {
		l.waiting.Add(-1)
		f()
	})
}

// run puts the toolkit's goroutine to sleep again and again until ctx ends.
func (l *loop) run(ctx context.Context) {
	for pause := alert; ; {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		fyne.DoAndWait(func() { pause = l.rest() })
	}
}

// rest sleeps unless something has happened just now, and returns when to try it again.
func (l *loop) rest() time.Duration {
	if left := alert - time.Since(l.active); left > 0 || l.over.Load() {
		return max(left, blink)
	}
	l.asleep.Store(true)
	defer l.asleep.Store(false)
	if l.waiting.Load() > 0 {
		return blink
	}
	begin := time.Now()
	sleep(nap)
	if time.Since(begin) < nap && l.waiting.Load() == 0 { // neither the time nor one of us: the person
		l.active = time.Now()
		return alert
	}
	return blink
}

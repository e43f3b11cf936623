//go:build soak

package media_test

import (
	"flag"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
)

var soak = flag.Duration("soak", 30*time.Minute, "how long TestSoak calls")

const (
	warm       = 5 // minutes, until memory has to be flat
	deedEvery  = 5 * time.Second
	mostGrowth = 1.15
	heapSlack  = 4 << 20
	rssSlack   = 24 << 20
)

// TestSoak is a long call over a bad line, in which everything is done that people do. `make soak` runs it: what it watches needs time to
// show.
func TestSoak(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("call", func(t *testing.T) {
		o := options{hz: 440, width: 640, height: 360, fps: 30}
		a, b := newSide(t, o), newSide(t, defaults(1000))
		c := begin(t, a, b, network{delay: 20 * time.Millisecond, jitter: 20 * time.Millisecond, loss: 0.03}, true)
		for _, s := range []*side{a, b} {
			s.session.Allow(true, true)
			s.session.Camera(true)
		}
		var base, now burden
		for minute := 1; minute <= int(*soak/time.Minute); minute++ {
			for i := range int(time.Minute / deedEvery) {
				c.deed(i)
				time.Sleep(deedEvery)
			}
			now = c.weigh(minute, now)
			if minute == min(warm, int(*soak/time.Minute)) {
				base = now
			}
		}
		if now.heap > uint64(mostGrowth*float64(base.heap))+heapSlack || now.rss > uint64(mostGrowth*float64(base.rss))+rssSlack {
			t.Errorf("memory grew from %+v to %+v", base, now)
		}
		if now.goroutines > base.goroutines {
			t.Errorf("goroutines grew from %d to %d", base.goroutines, now.goroutines)
		}
	})
	var left string
	eventually(t, "the goroutines of the call end", func() bool {
		stacks := make([]byte, 1<<20)
		left = string(stacks[:runtime.Stack(stacks, true)])
		return !strings.Contains(left, "kith/calls/media.(") && runtime.NumGoroutine() <= before+2
	})
}

// deed does one thing of twelve, which bring everything back to how it was.
func (c *call) deed(i int) {
	a, b := c.a.session, c.b.session
	switch i {
	case 0:
		a.Mute(true)
	case 1:
		a.Mute(false)
		b.Hold(true)
	case 2:
		b.Hold(false)
	case 3:
		a.Camera(false)
	case 4:
		a.Camera(true)
		b.Camera(false)
	case 5:
		b.Camera(true)
		c.restart()
	case 7:
		c.cut.Store(true)
	case 8:
		c.cut.Store(false)
		c.restart()
	case 10:
		a.Hold(true)
	case 11:
		a.Hold(false)
	}
}

// restart finds new paths, as after a change of networks.
func (c *call) restart() {
	for i, offerer := range c.a.pcs {
		describe(c.t, offerer, c.b.pcs[i], &webrtc.OfferOptions{ICERestart: true})
	}
}

// burden is what a call takes.
type burden struct {
	heap, rss  uint64
	goroutines int
	frames     int
	played     time.Duration
}

// weigh writes a line about the last minute, in which something must have been heard and seen.
func (c *call) weigh(minute int, before burden) (w burden) {
	for _, s := range []*side{c.a, c.b} { // what the test itself remembers
		s.mu.Lock()
		s.shown, s.taken, s.cameras = nil, map[uint32]time.Time{}, s.cameras[len(s.cameras)-1:]
		s.mu.Unlock()
	}
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	f, sent := c.b.session.Stats(), c.a.session.Stats()
	w = burden{m.HeapAlloc, resident(), runtime.NumGoroutine(), f.VideoFrames, f.Audio.Played}
	c.t.Logf("minute %2d: heap %.1f MB, resident %.0f MB, %d goroutines; %d pictures, %.1f s heard, %.2f %% made up, longest freeze %v, target %.0f kb/s, loss %.1f %%",
		minute, float64(w.heap)/1e6, float64(w.rss)/1e6, w.goroutines, f.VideoFrames, f.Audio.Played.Seconds(), 100*f.Concealed,
		f.Video.LongestFreeze.Round(time.Millisecond), sent.Target/1e3, 100*sent.Loss)
	if w.frames <= before.frames || w.played <= before.played {
		c.t.Errorf("minute %d: nothing was heard or seen", minute)
	}
	return w
}

// resident is the memory of the process, C's too; 0 where that is not known.
func resident() uint64 {
	text, err := os.ReadFile("/proc/self/statm")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseUint(fields[1], 10, 64)
	return pages * uint64(os.Getpagesize())
}

package video

import "time"

// Stats is how it goes since the Buffer was made.
type Stats struct {
	Received int // frames given to the decoder
	Shown    int
	Dropped  int // frames that were sent and never given out, as far as the sender numbers them
	Refused  int // packets that came twice, too late, from nowhere or broken
	NACKs    int // packets asked for again, each time counted
	PLIs     int
	Delay    time.Duration // between the fastest way of a whole frame through the network and the window
	Target   time.Duration // what that goes to

	Freezes       int // as libwebrtc counts them
	LongestFreeze time.Duration
	TotalFreezes  time.Duration
}

// Stats gives the present figures.
func (b *Buffer) Stats() Stats {
	s := b.stats
	s.Delay, s.Target = b.playout.delay, b.playout.target()
	s.Shown, s.Freezes, s.LongestFreeze, s.TotalFreezes = b.freezes.shown, b.freezes.count, b.freezes.longest, b.freezes.total
	return s
}

// Shown tells that a frame is now in front of somebody.
func (b *Buffer) Shown(at time.Time) { b.freezes.add(at) }

const (
	freezeOver = 150 * time.Millisecond // more than usual
	pauseFrom  = 5 * time.Second        // longer is a camera that was switched off, or a call that was cut
)

// freezes watches the time between the pictures that are shown (freezeCount of W3C's webrtc-stats, as libwebrtc does it).
type freezes struct {
	shown   int
	last    time.Time
	usual   time.Duration
	count   int
	longest time.Duration
	total   time.Duration
}

func (f *freezes) add(at time.Time) {
	f.shown++
	passed := at.Sub(f.last)
	first := f.last.IsZero()
	f.last = at
	if first || passed >= pauseFrom {
		return
	}
	if f.usual > 0 && passed >= max(3*f.usual, f.usual+freezeOver) {
		f.count++
		f.longest = max(f.longest, passed)
		f.total += passed
		return
	}
	if f.usual == 0 {
		f.usual = passed
	}
	f.usual += (passed - f.usual) / 16
}

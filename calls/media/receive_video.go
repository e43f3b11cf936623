package media

import (
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"kith/calls/video"
)

// seeing is the picture of the other side.
type seeing struct {
	session  *Session
	wake     chan struct{}
	pool     video.Pool
	pictures gallery

	mu        sync.Mutex
	buffer    *video.Buffer
	source    source
	allowance allowance
	allowing  uint32 // the stream that it is about
	ends      stream // the last packets of pictures

	// Of its goroutine alone.
	decoder *video.Decoder
	waiting []waitingPicture
	synched time.Time // when sound and picture were last brought together
}

// waitingPicture is one that was decoded before it is to be shown.
type waitingPicture struct {
	frame *video.Frame
	at    time.Time
}

func newSeeing(s *Session) *seeing {
	return &seeing{session: s, wake: make(chan struct{}, 1), buffer: video.NewBuffer(), ends: stream{clock: videoRate}}
}

// put takes a packet.
func (v *seeing) put(p *path, packet *rtp.Packet, orientation uint8, now time.Time) {
	v.mu.Lock()
	if !v.source.follow(p, packet.SSRC, now) {
		v.session.arrivals.beside.Add(1)
		v.mu.Unlock()
		return
	}
	if v.allowing != packet.SSRC {
		v.allowing, v.allowance = packet.SSRC, allowance{rate: v.allowance.rate}
	}
	out := video.Packet{
		Sequence: packet.SequenceNumber, Timestamp: packet.Timestamp, Marker: packet.Marker, Payload: packet.Payload,
	}
	if e := packet.GetExtension(orientation); orientation != 0 && len(e) == 1 {
		out.Rotation, out.Rotated = video.Rotation(e[0]&3), true
	}
	v.buffer.Put(out, now)
	v.allowance.arrived(packet.SequenceNumber, len(packet.Payload)+headers)
	if packet.Marker {
		v.allowance.late(v.ends.arrived(packet.SSRC, packet.Timestamp, v.session.synch.epoch, now))
	}
	v.mu.Unlock()
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

// stream is the SSRC that is followed.
func (v *seeing) stream() uint32 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.source.ssrc
}

func (v *seeing) run() {
	decoder, err := video.NewDecoder(&v.pool)
	if err != nil {
		v.session.log.Error("the decoder of pictures does not open", "error", err)
		return
	}
	v.decoder = decoder
	defer decoder.Close()
	defer v.drop()
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		now := time.Now()
		if now.Sub(v.synched) >= synchEach {
			v.synched = now
			v.session.figures.synchronise()
		}
		wake := v.step(now)
		timer.Reset(min(max(time.Until(wake), leastWait), again))
		select {
		case <-v.wake:
		case <-timer.C:
		case <-v.session.stop:
			return
		}
	}
}

// step does all that is to be done now, and says when there will be more.
func (v *seeing) step(now time.Time) (wake time.Time) {
	for {
		step, from := v.next(now)
		v.ask(from, step)
		wake = step.Wake
		if step.Frame == nil {
			break
		}
		now = now.Add(v.decode(step.Frame))
	}
	next := v.show(now)
	switch {
	case wake.IsZero() && next.IsZero():
		return now.Add(again)
	case wake.IsZero() || !next.IsZero() && next.Before(wake):
		return next
	}
	return wake
}

// next is what the buffer says, and about whose picture.
func (v *seeing) next(now time.Time) (video.Step, source) {
	v.mu.Lock()
	defer v.mu.Unlock()
	step := v.buffer.Next(now)
	if f := step.Frame; f != nil {
		v.session.synch.seen(v.source.ssrc, f.Timestamp, f.Ready)
	}
	return step, v.source
}

// ask has packets sent again, or a key frame.
func (v *seeing) ask(from source, step video.Step) {
	if from.path == nil || from.path.out == nil || len(step.NACK) == 0 && !step.PLI {
		return
	}
	var all []rtcp.Packet
	if len(step.NACK) > 0 {
		all = append(all, &rtcp.TransportLayerNack{MediaSSRC: from.ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(step.NACK)})
	}
	if step.PLI {
		all = append(all, &rtcp.PictureLossIndication{MediaSSRC: from.ssrc})
	}
	_, _ = from.path.out.Write(all, interceptor.Attributes{}) // a closing path refuses it
}

// decode takes a picture, and says how long that took.
func (v *seeing) decode(c *video.Coded) (took time.Duration) {
	began := time.Now()
	f, err := v.decoder.Decode(c.Data)
	took = time.Since(began)
	v.mu.Lock()
	if err != nil {
		v.buffer.Broken()
	} else {
		v.buffer.Decoded(took)
	}
	v.mu.Unlock()
	if f == nil {
		return took
	}
	f.Rotation = c.Rotation
	if len(v.waiting) == mostWaiting {
		v.waiting[0].frame.Release()
		v.waiting = append(v.waiting[:0], v.waiting[1:]...)
	}
	v.waiting = append(v.waiting, waitingPicture{f, c.Render})
	return took
}

// mostWaiting bounds the pictures between decoder and window: they are given out shortly before their time.
const mostWaiting = 8

// show shows the newest picture whose time has come, and says when the next one's does.
func (v *seeing) show(now time.Time) (next time.Time) {
	due := 0
	for due < len(v.waiting) && !v.waiting[due].at.After(now) {
		due++
	}
	if due > 0 {
		v.present(v.waiting[due-1].frame, now)
		for _, w := range v.waiting[:due] {
			w.frame.Release()
		}
		v.waiting = append(v.waiting[:0], v.waiting[due:]...)
	}
	if len(v.waiting) > 0 {
		return v.waiting[0].at
	}
	return time.Time{}
}

func (v *seeing) present(f *video.Frame, now time.Time) {
	s := v.session
	if w, _ := s.wanted(); w.held {
		return
	}
	v.pictures.show(f)
	if s.figures.shown(f, now) {
		s.tell(Change{Kind: PictureOn})
	}
	v.mu.Lock()
	v.buffer.Shown(now)
	v.mu.Unlock()
}

// drop releases what was not shown.
func (v *seeing) drop() {
	for _, w := range v.waiting {
		w.frame.Release()
	}
	v.waiting = nil
}

// figures are those of the buffer.
func (v *seeing) figures() video.Stats {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.buffer.Stats()
}

// delays tells the buffer how long questions take, and how long pictures must wait for the sound.
func (v *seeing) delays(rtt, least time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if rtt > 0 {
		v.buffer.SetRTT(rtt)
	}
	v.buffer.SetLeastDelay(least)
}

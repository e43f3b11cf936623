package media

import (
	"slices"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"kith/calls/audio"
	"kith/calls/rate"
)

const (
	opening     = 20 * time.Millisecond  // between two looks for a path that opens
	idle        = 100 * time.Millisecond // and when nothing waits
	quiet       = 500 * time.Millisecond // and without a picture of ours: what there is to do is done with each packet of sound
	leastWait   = time.Millisecond
	shareEach   = 50 * time.Millisecond
	fullLine    = 100 * time.Millisecond // more waiting than that, and pictures are left out
	settle      = 250 * time.Millisecond // in which what waits is to be gone
	stale       = 400 * time.Millisecond // who waits longer for a picture, or its repair, does not show it any more
	keyEach     = 300 * time.Millisecond // no more key frames than that, however many are asked for
	keyRoom     = 2 * time.Second        // in which a key frame leaves also on a slow line: until then none takes its place
	audioAlone  = 100e3
	bitsPerDot  = 0.09 // what a picture of VP8 can use
	mostPadding = 255
	repeatGuess = 0.05 // of the sound is missed, before it is known: nothing else repeats the first words
)

// line sends: it decides how much, and when each packet leaves. It owns the numbers of all packets.
type line struct {
	session *Session
	wake    chan struct{}
	writing sync.Mutex // held from taking what leaves until it has left, so that it leaves in order; taken before mu

	mu      sync.Mutex
	control *rate.Controller
	pacer   rate.Pacer[packet]
	sharer  *rate.Sharer
	camera  rate.Size // zero: no picture is sent
	share   rate.Share
	shared  time.Time
	paced   float64 // the rate for which was made what waits
	lost    float64 // smoothed share of what is reported missing
	missing float64 // what the last report said of the sound alone
	told    int     // how many of them there were
	rtt     time.Duration
	key     bool // a key frame is wanted
	keyed   time.Time
	repeats repeats
	leaving []departure
	counts  counts
}

// counts are of what was sent.
type counts struct{ audioPackets, videoPackets, repairs, bytes, audioBytes, keys uint64 }

func newLine(s *Session) *line {
	return &line{
		session: s, wake: make(chan struct{}, 1), control: rate.New(rate.Limits{}), sharer: rate.NewSharer(rate.Size{}),
		repeats: repeats{missed: repeatGuess},
	}
}

func (l *line) run() {
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		most := l.connect()
		l.send()
		timer.Reset(l.pause(most))
		select {
		case <-l.wake:
		case <-timer.C:
		case <-l.session.stop:
			return
		}
	}
}

// send lets leave what may.
func (l *line) send() {
	l.writing.Lock()
	defer l.writing.Unlock()
	for _, d := range l.depart(time.Now()) {
		_, _ = d.writer.Write(&d.header, d.payload, interceptor.Attributes{}) // a path that is closing refuses it, and that is its end
	}
}

// hurry has the line look at once.
func (l *line) hurry() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// connect finds paths that have opened, and says when to look again.
func (l *line) connect() (again time.Duration) {
	again = quiet
	for _, p := range l.session.newestPaths() {
		if !p.connected() {
			if !p.open.Load() {
				again = idle
			}
			continue
		}
		mids := p.mids()
		l.mu.Lock()
		l.key = true
		l.keyed = time.Time{}
		for _, t := range []*track{l.session.audio, l.session.video} {
			for _, b := range t.bindings {
				if b.path == p {
					b.mid = mids[b.ssrc]
				}
			}
		}
		l.mu.Unlock()
	}
	return again
}

// bind gives a track another way out.
func (l *line) bind(t *track, b *binding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.bindings = append(t.bindings, b)
	l.key = true
}

func (l *line) unbind(t *track, ssrc uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, b := range t.bindings {
		if b.ssrc == ssrc {
			t.bindings = append(t.bindings[:i:i], t.bindings[i+1:]...)
			return
		}
	}
}

// open says whether what a track sends arrives somewhere.
func (l *line) open(t *track) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return t.open()
}

func (t *track) open() bool {
	for _, b := range t.bindings {
		if b.path.open.Load() {
			return true
		}
	}
	return false
}

// reported says whether the other side has agreed to report each packet of a track.
func (t *track) reported() bool {
	return slices.ContainsFunc(t.bindings, func(b *binding) bool { return b.path.open.Load() && b.extensions.transport != 0 })
}

// push queues packets of a track. Who brings sound sends it, too: to wake another goroutine for each packet costs more than that.
func (l *line) push(kind rate.Kind, packets ...packet) {
	now := time.Now()
	l.mu.Lock()
	for _, p := range packets {
		if !l.pacer.Push(now, kind, p, len(p.payload)+headers) {
			l.key = true // what comes after it builds on what is not sent
			break
		}
	}
	l.mu.Unlock()
	if kind != rate.Audio {
		l.hurry()
	}
}

// clear drops what waits of the picture.
func (l *line) clear() {
	l.pacer.Clear()
	l.session.video.giveUp()
}

// headers is about what comes before a payload.
const headers = 12 + 16 + underRTP

// depart takes what leaves now. The list is valid until the next call; the caller holds writing.
func (l *line) depart(now time.Time) []departure {
	w, _ := l.session.wanted()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.control.Tick(now)
	l.divide(now)
	if l.camera.Width > 0 && l.session.video.open() {
		if probe, ok := l.control.Next(now, l.pacer.Delay() > 0 && l.session.video.reported()); ok {
			l.pacer.Probe(probe)
		}
	}
	l.leaving = l.leaving[:0]
	for {
		l.pacer.Hold(l.control.Full())
		out, ok := l.pacer.Pop(now)
		if !ok {
			return l.leaving
		}
		if out.Kind == rate.Repair {
			out.Item.track.repaired(out.Item.sequence, now)
		}
		switch t := out.Item.track; {
		case out.Kind == rate.Padding:
			if w.films() {
				l.pad(out, now)
			}
		case t.kind == webrtc.RTPCodecTypeAudio && !w.audio, t.kind == webrtc.RTPCodecTypeVideo && !w.films():
			// it waited while the person changed their mind
		case out.Kind == rate.Repair:
			l.leave(out.Item.to, out.Item.to.again(out.Item, out.Item.sequence), out.Probe, now)
			l.counts.repairs++
		default:
			l.number(out, now)
		}
	}
}

// number gives a packet its number, and lets it leave over every open path.
func (l *line) number(out rate.Out[packet], now time.Time) {
	p := out.Item
	t := p.track
	if !t.open() {
		return
	}
	if t.cut && p.timestamp != t.stamp {
		t.sequence++ // the rest of a picture was given up: a gap says so
	}
	sequence := t.sequence
	t.sequence++
	t.keep(p, sequence)
	t.packets++
	t.octets += uint32(len(p.payload))
	t.stamp, t.captured, t.cut = p.timestamp, p.captured, len(t.kept) > 0 && !p.marker
	if t.kind == webrtc.RTPCodecTypeAudio {
		l.counts.audioPackets++
		l.counts.audioBytes += uint64(len(p.payload))
	} else {
		l.counts.videoPackets++
	}
	var older []audio.Older
	if t.kind == webrtc.RTPCodecTypeAudio {
		older = l.repeats.with(p)
	}
	for _, b := range t.bindings {
		if b.path.open.Load() {
			l.leave(b, b.repeating(p, sequence, older), out.Probe, now)
		}
	}
}

// leave puts a packet on the list.
func (l *line) leave(b *binding, d departure, probe int, now time.Time) {
	size := b.stamp(&d, probe, now)
	if b.path.leads() {
		l.control.Sent(now, size)
	}
	l.counts.bytes += uint64(size)
	l.leaving = append(l.leaving, d)
}

// pad fills a probe: with something that was sent already, which may even be of use, or with nothing. It does so among the repairs: in the
// stream of the picture, what is lost of it would be asked for, and the picture stands still meanwhile.
func (l *line) pad(out rate.Out[packet], now time.Time) {
	t := l.session.video
	for _, b := range t.bindings {
		if !b.path.open.Load() {
			continue
		}
		if k := t.like(out.Bytes - headers); k != nil && b.repairSSRC != 0 {
			l.leave(b, b.again(k.packet, k.sequence), out.Probe, now)
			continue
		}
		if t.packets > 0 && b.repairSSRC != 0 {
			l.leave(b, b.nothing(t.stamp, out.Bytes-headers), out.Probe, now)
		}
	}
}

// divide shares the rate between sound and picture.
func (l *line) divide(now time.Time) {
	if now.Sub(l.shared) < shareEach {
		return
	}
	l.shared = now
	wanted := audioAlone
	if c := l.camera; c.Width > 0 {
		wanted += bitsPerDot * float64(c.Width*c.Height*c.FPS)
	}
	target := l.control.Target()
	repeats := l.repeats.choose(target)
	l.control.Wanted(wanted + repeats)
	l.share = l.sharer.Share(now, target-repeats, l.lost)
	l.pacer.SetRate(l.control.Pace())
	if target < l.paced/2 && l.pacer.Delay() > stale {
		l.clear() // what was made for a line that was twice as good; a new picture is there sooner
		l.key = true
	}
	l.paced = target
}

// pause is how long there is nothing to do.
func (l *line) pause(most time.Duration) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !l.session.audio.open() && !l.session.video.open():
		most = opening
	case l.camera.Width > 0:
		most = min(most, idle)
	}
	d, ok := l.pacer.Wait(time.Now())
	if !ok {
		return most
	}
	return min(max(d, leastWait), most)
}

// films takes the size of what is filmed; zero when nothing is any more.
func (l *line) films(size rate.Size) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if size == l.camera {
		return
	}
	l.camera, l.sharer, l.shared = size, rate.NewSharer(size), time.Time{}
	l.clear()
	l.key = true
}

// picture is how the next picture is to be sent; ok is false when it is not. What still waits of the ones before is taken from it: no encoder keeps to
// what it is told.
func (l *line) picture(now time.Time) (share rate.Share, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.divide(now)
	share, waits := l.share, l.pacer.Delay()
	share.Video *= 1 - min(waits.Seconds()/settle.Seconds(), 0.5)
	room := waits < fullLine || l.key && now.Sub(l.keyed) > keyRoom // a key frame takes the place of all that waits
	return share, share.Size.Width > 0 && l.session.video.open() && room && !l.control.Full()
}

// takeKey says whether the picture that is encoded now must be a key frame, as the first one of another size is. What waits is of no use then.
func (l *line) takeKey(now time.Time, resized bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !resized && (!l.key || now.Sub(l.keyed) < keyEach) {
		return false
	}
	l.key, l.keyed = false, now
	l.counts.keys++
	l.clear()
	l.session.video.forget()
	return true
}

// sound is how the sound is to be sent, and the share of it that was missed in which report.
func (l *line) sound() (bitsPerSecond int, missing float64, report int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int(l.share.Audio), l.missing, l.told
}

package media

import "time"

const (
	silentFirst = time.Second
	silentLong  = 3 * time.Second
	pauseSilent = 6 * time.Second // when the other side said that it is silent, reports may be all that comes, and some send few
	pictureGone = 2 * time.Second
	slowFrom    = 400 * time.Millisecond // round trip
	lossyFrom   = 0.05
	smallFrom   = 360 // lines of our picture; with less it is small, and the line slow
	smallLong   = 6   // looks for which it may be that
	leastLook   = 100 * time.Millisecond
)

// run looks after what has no packet or picture to remind of it.
func (f *figures) run() {
	s := f.session
	ticker := time.NewTicker(reportInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-s.stop:
			return
		}
		now := time.Now()
		s.line.report(now)
		s.seeing.allow(reportInterval)
		for _, c := range f.look(now) {
			if c.Kind == PictureOff {
				s.seeing.pictures.clear()
			}
			s.tell(c)
		}
	}
}

// synchronise has sound or picture wait for the other. Whoever sees the picture calls it: without one there is nothing to wait for.
func (f *figures) synchronise() {
	s := f.session
	a, device := s.hearing.figures()
	v := s.seeing.figures()
	s.line.mu.Lock()
	rtt := s.line.rtt
	s.line.mu.Unlock()
	if a.Delay <= 0 || v.Shown == 0 {
		s.seeing.delays(rtt, 0)
		return
	}
	audioWaits, videoWaits := s.synch.adjust( // a queue makes both late
		waits{a.Delay - a.Queue + device, a.Target - a.Queue + device}, waits{v.Delay, v.Target})
	s.hearing.leastDelay(max(audioWaits-device, 0))
	s.seeing.delays(rtt, videoWaits)
}

// look renews the figures of the last second, and says what has changed.
func (f *figures) look(now time.Time) (changes []Change) {
	s := f.session
	a, _ := s.hearing.figures()
	v := s.seeing.figures()
	pausing := s.hearing.pausing()
	s.line.mu.Lock()
	sent, rtt, lost, size := s.line.counts.bytes, s.line.rtt, s.line.lost, room(s.line)
	s.line.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rates(totals{a.Received, f.audioBytes, sent, v.Shown}, now)
	if f.picturing && now.Sub(f.pictureAt) > pictureGone {
		f.picturing = false
		changes = append(changes, Change{Kind: PictureOff})
	}
	changes = append(changes, f.silence(pausing, now)...)
	if q, changed := f.quality(rtt, lost, f.lasting(size)); changed {
		changes = append(changes, Change{Kind: QualityChanged, Quality: q})
	}
	return changes
}

// rates compares counts with those of the last look.
func (f *figures) rates(t totals, now time.Time) {
	passed := now.Sub(f.looked)
	if passed < leastLook {
		return
	}
	per := 1 / passed.Seconds()
	f.stats.AudioPacketsPerSecond = float64(t.audioPackets-f.before.audioPackets) * per
	f.stats.AudioBitrate = 8 * float64(t.audioBytes-f.before.audioBytes) * per
	f.stats.Sent = 8 * float64(t.sent-f.before.sent) * per
	f.stats.VideoFPS = float64(t.shown-f.before.shown) * per
	f.before, f.looked = t, now
}

// silence says when nothing came for a while, and when something does again.
func (f *figures) silence(pausing bool, now time.Time) []Change {
	passed := now.Sub(f.last)
	if f.last.IsZero() {
		return nil
	}
	for _, patience := range []time.Duration{silentLong, silentFirst} {
		enough := patience
		if pausing {
			enough = pauseSilent
		}
		switch {
		case passed < enough:
		case f.silent >= patience:
			return nil
		default:
			f.silent = patience
			return []Change{{Kind: PeerSilent, For: patience}}
		}
	}
	if f.silent > 0 && passed < silentFirst {
		f.silent = 0
		return []Change{{Kind: PeerBack}}
	}
	return nil
}

// room is how much of it there is for our picture: Good while that is large enough, or nothing is filmed. The caller holds the line's lock.
func room(l *line) Quality {
	lines := min(l.share.Size.Width, l.share.Size.Height)
	switch {
	case l.camera.Width == 0 || !l.session.video.open() || lines >= min(smallFrom, l.camera.Width, l.camera.Height):
		return Good
	case lines == 0:
		return Narrow
	}
	return Slow
}

// lasting overlooks a picture that has been small for a moment only: each begins so, until what the line carries is known.
func (f *figures) lasting(size Quality) Quality {
	switch size {
	case Slow:
		f.small++
	case Narrow: // what comes after it is no beginning
		f.small = smallLong
	default:
		f.small = 0
	}
	if size == Slow && f.small <= smallLong {
		return Good
	}
	return size
}

// quality judges the call; a judgement has to be made twice.
func (f *figures) quality(rtt time.Duration, lost float64, size Quality) (Quality, bool) {
	q := size
	switch {
	case f.silent >= silentLong:
		q = Broken
	case size == Narrow:
	case lost > lossyFrom:
		q = Lossy
	case rtt > slowFrom:
		q = Slow
	}
	twice := q == f.worse
	f.worse = q
	if !twice || q == f.stats.Quality {
		return q, false
	}
	f.stats.Quality = q
	return q, true
}

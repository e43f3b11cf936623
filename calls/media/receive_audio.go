package media

import (
	"sync"
	"time"

	"github.com/pion/rtp"

	"kith/calls/audio"
)

// quietPayload is what says no more than "silence" (RFC 6716 §2.1.9).
const quietPayload = 2

// hearing is the sound of the other side.
type hearing struct {
	session *Session
	lost    bool // run only: it was told that there is no speaker

	mu     sync.Mutex
	buffer *audio.Buffer
	source source
	quiet  bool // the last packet said so
	first  bool // something was played
	stats  audio.Stats
	delay  time.Duration // of the speaker
}

// unpack takes a packet that repeats others (RFC 2198); false when it is malformed.
func (h *hearing) unpack(p *rtp.Packet, now time.Time) bool {
	var room [4]audio.Older
	older, newest, ok := audio.Unpack(p.Payload, room[:0])
	if ok {
		p.Payload = newest
		h.put(p, older, now)
	}
	return ok
}

// put takes a packet, and older ones that came in it.
func (h *hearing) put(p *rtp.Packet, older []audio.Older, now time.Time) {
	if len(p.Payload) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.source.follow(nil, p.SSRC, now) {
		h.session.arrivals.beside.Add(1)
		return
	}
	h.quiet = len(p.Payload) <= quietPayload
	h.buffer.Put(p.SequenceNumber, p.Timestamp, p.Payload, now)
	h.buffer.PutOlder(p.SequenceNumber, p.Timestamp, older, now)
	h.session.figures.payload(len(p.Payload))
	h.session.synch.heard(p.SSRC, p.Timestamp, now)
}

// next is the following 10 ms for the speaker; first is true once, with the first sound.
func (h *hearing) next(block *audio.Block, delay time.Duration, now time.Time) (first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.buffer.Play(now, block)
	h.stats, h.delay = h.buffer.Stats(), delay
	first = !h.first && h.stats.Played > 0
	h.first = h.first || first
	return first
}

// figures are those of the buffer, and how long the speaker takes.
func (h *hearing) figures() (audio.Stats, time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.stats, h.delay
}

// pausing says whether the other side has said that it is silent.
func (h *hearing) pausing() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.quiet
}

// leastDelay makes sound wait for the picture.
func (h *hearing) leastDelay(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.buffer.SetLeastDelay(d)
}

// run gives the speaker what comes, and silence before.
func (h *hearing) run() {
	s := h.session
	for !s.stopped() && s.config.Speaker != nil {
		speaker, err := s.config.Speaker()
		if err != nil || !h.play(speaker) {
			h.missing(true)
		}
		if s.stopped() {
			return
		}
		s.rest(nil, again)
	}
}

// missing tells, once, that no speaker can be used, and that one can again.
func (h *hearing) missing(yes bool) {
	if yes == h.lost || h.session.stopped() {
		return
	}
	kind := SpeakerBack
	if yes {
		kind = SpeakerLost
	}
	h.lost = yes
	h.session.tell(Change{Kind: kind})
}

// play plays until the speaker is gone or the session ends, and says whether it played at all.
func (h *hearing) play(speaker Speaker) (played bool) {
	s := h.session
	forget := s.atClose(func() { _ = speaker.Close() })
	defer forget()
	defer func() { _ = speaker.Close() }()
	var block audio.Block
	for !s.stopped() {
		first := h.next(&block, speaker.Delay(), time.Now())
		if first {
			s.tell(Change{Kind: FirstAudio})
		}
		if w, _ := s.wanted(); w.held {
			block = audio.Block{}
		}
		s.cleaner.far(&block)
		s.figures.played(&block, first)
		if speaker.Write(&block) != nil {
			return played
		}
		played = true
		h.missing(false)
	}
	return true
}

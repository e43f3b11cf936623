package media

import (
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

// allowance is what the other side is told that it may send (draft-alvestrand-rmcat-remb-03), when it does not hear of single packets and
// so has nothing else to go by: some never send more than what they begin with.
type allowance struct {
	rate     float64 // bits per second
	bytes    int     // that came since the last look
	packets  int
	first    bool
	highest  int64 // sequence number, without its wrapping round
	counted  int64 // what it was at the last look
	lateness time.Duration
}

const (
	firstAllowed = 500e3
	leastAllowed = 80e3
	mostAllowed  = 3e6
	allowMore    = 1.08 // per look, while all goes well
	allowBeyond  = 1.5  // of what is sent
	allowedLoss  = 0.02
	heavyLoss    = 0.10
	queueing     = 150 * time.Millisecond // that packets are later than the fastest of the last seconds
	lateSmooth   = 16
)

// arrived counts a packet.
func (a *allowance) arrived(sequence uint16, bytes int) {
	if !a.first {
		a.first, a.highest = true, int64(sequence)
		a.counted = a.highest - 1
	}
	a.highest = max(a.highest, a.highest+int64(int16(sequence-uint16(a.highest))))
	a.bytes += bytes
	a.packets++
}

// late takes by how much a packet was later than the fastest.
func (a *allowance) late(by time.Duration) { a.lateness += (by - a.lateness) / lateSmooth }

// look says what may be sent from now on; 0 when nothing came that would tell.
func (a *allowance) look(passed time.Duration) float64 {
	expected := a.highest - a.counted
	if a.packets == 0 || expected <= 0 || passed <= 0 {
		return 0
	}
	lost := max(1-float64(a.packets)/float64(expected), 0)
	came := float64(8*a.bytes) / passed.Seconds()
	a.counted, a.bytes, a.packets = a.highest, 0, 0
	if a.rate == 0 {
		a.rate = firstAllowed
	}
	switch {
	case a.lateness > queueing:
		a.rate = min(a.rate, came) * 0.85
	case lost > heavyLoss:
		a.rate *= 1 - lost/2
	case lost < allowedLoss:
		a.rate = max(a.rate, min(a.rate*allowMore, came*allowBeyond))
	}
	a.rate = min(max(a.rate, leastAllowed), mostAllowed)
	return a.rate
}

// allow tells the other side what it may send, if it cannot know.
func (v *seeing) allow(passed time.Duration) {
	v.mu.Lock()
	rate, from := v.allowance.look(passed), v.source
	v.mu.Unlock()
	if rate == 0 || from.path == nil || from.path.out == nil || from.path.reports() {
		return
	}
	remb := &rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: float32(rate), SSRCs: []uint32{from.ssrc}}
	_, _ = from.path.out.Write([]rtcp.Packet{remb}, interceptor.Attributes{}) // a closing path refuses it
}

// reports says whether the other side hears of single packets.
func (p *path) reports() bool {
	l := p.session.line
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range []*track{p.session.audio, p.session.video} {
		for _, b := range t.bindings {
			if b.path == p && b.extensions.transport != 0 {
				return true
			}
		}
	}
	return false
}

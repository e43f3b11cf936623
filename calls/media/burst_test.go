package media

import (
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"kith/calls/audio"
)

// wireless is a line between two sessions, in virtual time, on which now and then nothing comes through.
type wireless struct {
	t        *testing.T
	from, to *bench
	speaking *speaking
	lost     func(at time.Duration) bool
	passed   time.Duration
	late     []onItsWay
	repeated int // packets that carried others

	loud         time.Duration // how long something was said without a pause
	highest      uint32
	came, before uint32 // packets, and the highest number at the last report
}

type onItsWay struct {
	at  time.Duration
	raw []byte
	red bool
}

func newWireless(t *testing.T, lost func(at time.Duration) bool) *wireless {
	w := &wireless{t: t, from: newBench(t), to: newBench(t), lost: lost}
	w.from.line.unbind(w.from.audio, 1)
	w.from.audio.red.Store(uint32(11), uint8(redPayload))
	w.from.path.BindLocalStream(&interceptor.StreamInfo{SSRC: 11, MimeType: webrtc.MimeTypeOpus, PayloadType: opusPayload},
		interceptor.RTPWriterFunc(w.send))
	w.speaking = newSpeaking(w.from.Session)
	var err error
	if w.speaking.encoder, err = audio.NewEncoder(); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *wireless) send(h *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
	red := h.PayloadType == redPayload
	if red {
		w.repeated++
	}
	w.highest = uint32(h.SequenceNumber)
	raw, err := (&rtp.Packet{Header: *h, Payload: payload}).Marshal()
	if err != nil {
		w.t.Error(err)
	}
	if !w.lost(w.passed) {
		w.late = append(w.late, onItsWay{w.passed + 20*time.Millisecond, raw, red})
	}
	return len(raw), nil
}

// step lets 10 ms pass, in which one side says something, and gives what the other hears.
func (w *wireless) step(says *audio.Speech) (heard audio.Block) {
	var block audio.Block
	says.Next(&block)
	if w.loud += 10 * time.Millisecond; !louder(&block, -35) {
		w.loud = 0
	}
	w.passed += 10 * time.Millisecond
	w.from.now, w.to.now = w.from.now.Add(10*time.Millisecond), w.to.now.Add(10*time.Millisecond)
	w.speaking.send(&block, w.from.now)
	w.from.leave()
	for len(w.late) > 0 && w.late[0].at <= w.passed {
		mime := webrtc.MimeTypeOpus
		if w.late[0].red {
			mime = mimeRED
		}
		w.to.path.arrived(w.late[0].raw, codec{mime: mime}, w.to.now)
		w.late = w.late[1:]
		w.came++
	}
	if w.passed%reportInterval == 0 {
		w.report()
	}
	w.to.hearing.next(&heard, 0, w.to.now)
	return heard
}

// longestWay is from mouth to ear.
const longestWay = 120 * time.Millisecond

func louder(block *audio.Block, than float64) bool {
	var l audio.Level
	l.Add(block)
	return l.DBFS() > than
}

// report tells how much was lost since the last time (RFC 3550 §6.4.1).
func (w *wireless) report() {
	sent := w.highest - w.before
	report := rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{
		SSRC: 11, LastSequenceNumber: w.highest, FractionLost: uint8(256 * max(int(sent)-int(w.came), 0) / max(int(sent), 1)),
	}}}
	w.before, w.came = w.highest, 0
	raw, err := report.Marshal()
	if err != nil {
		w.t.Fatal(err)
	}
	w.from.path.heard(raw, w.from.now)
}

// TestWireless: where a radio is away for 100 to 200 ms now and then, nobody hears a gap as long, and sound is repeated from then on.
func TestWireless(t *testing.T) {
	for _, away := range []time.Duration{100 * time.Millisecond, 150 * time.Millisecond, 200 * time.Millisecond} {
		w := newWireless(t, func(at time.Duration) bool { return at > 2*time.Second && at%(1700*time.Millisecond) < away })
		says, gap, longest := audio.NewSpeech(5), time.Duration(0), time.Duration(0)
		for w.passed < time.Minute {
			heard := w.step(says)
			gap += 10 * time.Millisecond
			if w.loud < longestWay || louder(&heard, -50) {
				gap = 0
			}
			longest = max(longest, gap)
		}
		stats, _ := w.to.hearing.figures()
		t.Logf("away for %v: a gap of %v, %v made up, %v repaired, a delay of %v, %d packets with others in them",
			away, longest, stats.Concealed, stats.Recovered, stats.Delay, w.repeated)
		if longest >= away || stats.Recovered < 300*time.Millisecond || w.repeated < 500 || stats.Delay > 250*time.Millisecond {
			t.Errorf("away for %v: a gap of %v, %d packets with others in them, %+v", away, longest, w.repeated, stats)
		}
	}
}

package media

import (
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"kith/calls/audio"
	"kith/calls/rate"
)

// TestRepeats: sound is repeated where that was agreed, as often as what is missed needs, while there is room, and not a second time when it is
// asked for one.
func TestRepeats(t *testing.T) {
	b := newBench(t)
	b.Camera(false)
	var sent []rtp.Packet
	b.audio.red.Store(uint32(11), uint8(redPayload))
	b.path.BindLocalStream(&interceptor.StreamInfo{SSRC: 11, MimeType: webrtc.MimeTypeOpus, PayloadType: opusPayload},
		interceptor.RTPWriterFunc(func(h *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
			sent = append(sent, rtp.Packet{Header: h.Clone(), Payload: payload})
			return 0, nil
		}))
	stamp, highest := uint32(0), uint32(1)
	second := func(missed float64) (times int) { // how often the last packet was repeated
		for i := range 50 {
			stamp += 960
			b.now = b.now.Add(20 * time.Millisecond)
			b.line.push(rate.Audio, packet{track: b.audio, timestamp: stamp, payload: []byte{byte(stamp / 960), 1, 2, 3}})
			b.leave()
			if i%25 == 0 {
				highest += 25
				report := rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: 11, LastSequenceNumber: highest, FractionLost: uint8(256 * missed)}}}
				raw, err := report.Marshal()
				if err != nil {
					t.Fatal(err)
				}
				b.path.heard(raw, b.now)
			}
		}
		last := sent[len(sent)-1]
		if last.PayloadType == opusPayload {
			return 0
		}
		older, newest, ok := audio.Unpack(last.Payload, nil)
		if last.PayloadType != redPayload || !ok || newest[0] != byte(stamp/960) {
			t.Fatalf("%+v", last)
		}
		for i, o := range older {
			back := uint32(len(older) - i)
			if o.Back != 960*back || o.Payload[0] != byte(stamp/960-back) {
				t.Errorf("%d back: %+v", back, o)
			}
		}
		return len(older)
	}
	minutes := func(missed float64) (times int) {
		for range 30 {
			times = second(missed)
		}
		return times
	}
	for _, step := range []struct {
		missed float64
		target float64
		times  int
	}{{0, 500e3, 0}, {0.02, 500e3, 0}, {0.05, 500e3, 1}, {0.025, 500e3, 1}, {0.12, 500e3, 2}, {0.06, 500e3, 2}, {0.12, 120e3, 1}, {0.12, 60e3, 0}, {0, 500e3, 0}} {
		b.line.control = rate.New(rate.Limits{Least: step.target, Start: step.target, Most: step.target})
		if times := minutes(step.missed); times != step.times {
			t.Errorf("%v are missed of %v bits per second: repeated %d times, want %d", step.missed, step.target, times, step.times)
		}
	}
	if minutes(0.12) != 2 {
		t.Fatal("nothing is repeated")
	}
	if len(b.rtp) != 1 || b.rtp[0].SSRC != 1 || b.rtp[0].PayloadType != opusPayload {
		t.Errorf("repeated where it was not agreed: %+v", b.rtp)
	}
	if b.line.alone() {
		t.Error("what is not repeated everywhere has to do without Opus' own repetition")
	}
	if b.line.unbind(b.audio, 1); !b.line.alone() {
		t.Error("what is repeated everywhere is repeated by Opus, too")
	}
	if minutes(0); b.line.alone() {
		t.Error("what is not repeated at all has to do without Opus' own repetition")
	}
}

package media_test

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// TestOverheard: what is reported about the stream of our repairs is heard, as transport-wide reports are whenever a repair or a probe came last.
func TestOverheard(t *testing.T) {
	a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
	begin(t, a, b, network{}, true)
	a.session.Allow(true, true)
	a.session.Camera(true)
	b.sees(3)
	const stranger = 77
	for _, sender := range a.pcs[0].GetSenders() {
		for _, e := range sender.GetParameters().Encodings {
			if e.RTX.SSRC == 0 {
				continue
			}
			report := &rtcp.SenderReport{SSRC: stranger, Reports: []rtcp.ReceptionReport{{SSRC: uint32(e.RTX.SSRC)}}}
			eventually(t, "the report is heard", func() bool {
				if err := b.pcs[0].WriteRTCP([]rtcp.Packet{report}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Millisecond) // not to fill the network
				return a.session.Reported(stranger)
			})
			return
		}
	}
	t.Error("there is no stream for repairs")
}

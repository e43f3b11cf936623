package rate

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// report makes a report as a receiver would: came[i] is when the packet base+i came, negative if it did not.
func report(base uint16, reference uint32, came ...time.Duration) *rtcp.TransportLayerCC {
	r := &rtcp.TransportLayerCC{BaseSequenceNumber: base, PacketStatusCount: uint16(len(came)), ReferenceTime: reference}
	at := time.Duration(reference) * 64 * time.Millisecond
	for _, c := range came {
		symbol := rtcp.TypeTCCPacketNotReceived
		if c >= 0 {
			symbol = rtcp.TypeTCCPacketReceivedLargeDelta
			r.RecvDeltas = append(r.RecvDeltas, &rtcp.RecvDelta{Type: symbol, Delta: (c - at).Microseconds()})
			at = c
		}
		r.PacketChunks = append(r.PacketChunks, &rtcp.RunLengthChunk{PacketStatusSymbol: symbol, RunLength: 1})
	}
	return r
}

func TestHistory(t *testing.T) {
	var h History
	start := time.Unix(1e9, 0)
	for i := range 10 {
		h.Sent(uint16(65530+i), 100+i, i/8, start.Add(time.Duration(i)*time.Millisecond))
	}
	const lost = -1
	ms := time.Millisecond
	got := h.Report(report(65529, 1, 70*ms, 71*ms, lost, 73*ms, lost)) // the first was never sent
	if len(got) != 2 || got[0].Received != 71*ms || got[0].Bytes != 100 || got[1].Received != 73*ms || !got[1].Sent.Equal(start.Add(2*ms)) {
		t.Errorf("first report %+v", got)
	}
	// Once more the same and what wrapped round. One was overtaken; the other is lost when nothing of it is heard for long enough.
	got = h.Report(report(65530, 1, 71*ms, 90*ms, 73*ms, lost, 75*ms, 76*ms, 77*ms, 78*ms, 79*ms))
	if len(got) != 6 || got[0].Received != 90*ms || got[0].Lost || got[1].Received != 75*ms || got[5].Probe != 1 || got[5].Bytes != 108 {
		t.Errorf("second report %+v", got)
	}
	h.Sent(4, 109, 0, start)
	got = h.Report(report(4, 2, 200*ms))
	if len(got) != 2 || !got[0].Lost || got[0].Bytes != 103 || got[1].Received != 200*ms || got[1].Lost {
		t.Errorf("third report %+v", got)
	}
	if got = h.Report(report(65533, 3, 210*ms)); len(got) != 0 { // which changes nothing any more
		t.Errorf("what was lost is reported again: %+v", got)
	}
	// The reference time wraps round after 24 bits.
	h = History{}
	h.Sent(1, 1, 0, start)
	h.Sent(2, 1, 0, start)
	const last = 1<<24 - 1
	first := h.Report(report(1, last, last*64*ms))[0].Received
	if second := h.Report(report(2, 0, 5*ms))[0].Received; second-first != 64*ms+5*ms {
		t.Errorf("%v between the reports", second-first)
	}
	if got := new(History).Report(report(1, 1, 1)); got != nil {
		t.Errorf("reports on nothing: %v", got)
	}
}

// TestHistoryForgets: what is so old that its place is taken again is nothing.
func TestHistoryForgets(t *testing.T) {
	var h History
	for i := range historySize + 1 {
		h.Sent(uint16(i), 1, 0, time.Unix(1e9, 0))
	}
	if got := h.Report(report(0, 1, 64*time.Millisecond, 64*time.Millisecond)); len(got) != 1 {
		t.Errorf("%d of two", len(got))
	}
}

// FuzzReport: a report is what the other side likes to send.
func FuzzReport(f *testing.F) {
	good, err := report(10, 3, 200*time.Millisecond, -1, 201*time.Millisecond).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r rtcp.TransportLayerCC
		if r.Unmarshal(raw) != nil {
			return
		}
		var h History
		c := New(Limits{})
		now := time.Unix(1e9, 0)
		for i := range 400 {
			now = now.Add(5 * time.Millisecond)
			h.Sent(uint16(i), 1200, 0, now)
			c.Sent(now, fullPacket)
			if i%10 == 9 {
				if got := h.Report(&r); len(got) > historySize {
					t.Fatalf("%d packets reported", len(got))
				} else {
					c.Report(now, got)
				}
				r.BaseSequenceNumber += 10
			}
		}
		if target := c.Target(); target < usual.Least || target > usual.Most {
			t.Fatalf("target is %v", target)
		}
	})
}

package media

import (
	"testing"

	"github.com/pion/rtcp"

	"kith/calls/rate"
)

// TestEmptyReport: an open path over which nothing was sent has an empty report (RFC 3550 §6.4.2), and only such a path.
func TestEmptyReport(t *testing.T) {
	b := newBench(t)
	b.path.open.Store(false)
	b.line.report(b.now)
	if len(b.rtcp) != 0 {
		t.Errorf("a path that is not open has %v", b.rtcp)
	}
	b.path.open.Store(true)
	b.line.report(b.now)
	if len(b.rtcp) != 2 {
		t.Fatalf("a path without packets has %v", b.rtcp)
	}
	empty, _ := b.rtcp[0].(*rtcp.ReceiverReport)
	name, _ := b.rtcp[1].(*rtcp.SourceDescription)
	if empty == nil || empty.SSRC != 1 || len(empty.Reports) != 0 || name == nil || name.Chunks[0].Source != 1 {
		t.Errorf("told is %v", b.rtcp)
	}
	b.rtcp = nil
	b.line.films(rate.Size{Width: 640, Height: 360, FPS: 30})
	b.shoot(1800, 3)
	b.leave()
	b.line.report(b.now)
	if len(b.rtcp) != 2 {
		t.Fatalf("a path with packets has %v", b.rtcp)
	}
	if r, ok := b.rtcp[0].(*rtcp.SenderReport); !ok || r.SSRC != 2 || r.PacketCount == 0 {
		t.Errorf("told is %v", b.rtcp)
	}
}

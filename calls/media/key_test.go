package media

import (
	"testing"
	"time"

	"github.com/pion/rtcp"

	"kith/calls/rate"
)

// TestKeyOnItsWay: who asks for a key frame while one is on its way cannot have seen it; who asks when what was sent after it has come
// did not get it, nor did who asks for long.
func TestKeyOnItsWay(t *testing.T) {
	pli, err := (&rtcp.PictureLossIndication{MediaSSRC: 2}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	report := func(left time.Time) {
		b.line.control.Report(b.now, []rate.Packet{{Sent: left, Received: time.Duration(left.UnixNano()), Bytes: 1000}})
	}
	asks := func() bool {
		b.line.control.Sent(b.now, 1000)
		b.path.heard(pli, b.now)
		return b.line.takeKey(b.now, false)
	}
	report(b.now)
	if !b.line.takeKey(b.now, false) {
		t.Fatal("the first picture is no key frame")
	}
	keyed := b.now
	b.now = b.now.Add(time.Second)
	if report(keyed.Add(-time.Millisecond)); asks() {
		t.Error("a key frame follows one that is on its way")
	}
	if report(keyed.Add(time.Millisecond)); !asks() {
		t.Error("a key frame that was lost is not made again")
	}
	b.now = b.now.Add(time.Second)
	if asks() {
		t.Error("a key frame follows another one that is on its way")
	}
	b.now = b.now.Add(3 * time.Second)
	if !asks() {
		t.Error("a key frame of which nothing is heard is not made again")
	}
}

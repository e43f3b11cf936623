package video

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"
)

// TestPacketizer cuts frames of all lengths, and finds them whole again.
func TestPacketizer(t *testing.T) {
	p := NewPacketizer(65530, 0x7ffe, 1<<32-3000)
	r := rand.New(rand.NewPCG(1, 2))
	start := time.Unix(1_800_000_000, 0)
	sequence, picture := uint16(65530), 0x7ffe
	for i, length := range []int{1, 2, 1167, 1168, 1169, 2336, 2337, 20_000, 300_000} {
		frame := make([]byte, length)
		for i := range frame {
			frame[i] = byte(r.Uint32())
		}
		packets := p.Packets(frame, start.Add(time.Duration(i)*time.Second/30), Rotate180)
		if wanted := (length + 1167) / 1168; len(packets) != wanted {
			t.Errorf("%d bytes make %d packets instead of %d", length, len(packets), wanted)
		}
		var joined []byte
		for n, q := range packets {
			d, data, err := parseDescriptor(q.Payload)
			last := n == len(packets)-1
			if err != nil || q.Sequence != sequence || q.Marker != last || d.start != (n == 0) || d.picture != picture || !d.long {
				t.Errorf("packet %d of %d bytes: %+v, %+v, %v", n, length, q, d, err)
			}
			if q.Timestamp != uint32(1<<32-3000+i*3000) || len(q.Payload) > maxPayload || q.Rotated != last {
				t.Errorf("packet %d of %d bytes: timestamp %d, %d bytes, rotated %v", n, length, q.Timestamp, len(q.Payload), q.Rotated)
			}
			joined = append(joined, data...)
			sequence++
		}
		if !bytes.Equal(joined, frame) {
			t.Errorf("%d bytes came out different", length)
		}
		picture = (picture + 1) & 0x7fff
	}
	frame := make([]byte, 20_000)
	if n := testing.AllocsPerRun(100, func() { p.Packets(frame, start, Rotate0) }); n != 0 {
		t.Errorf("a frame costs %v allocations", n)
	}
}

// TestDescriptor reads what other senders write (RFC 7741 §4.2).
func TestDescriptor(t *testing.T) {
	for _, c := range []struct {
		payload string
		want    descriptor
		data    string
		bad     bool
	}{
		{"\x10ab", descriptor{true, false, -1}, "ab", false},
		{"\x00ab", descriptor{false, false, -1}, "ab", false},
		{"\x11ab", descriptor{false, false, -1}, "ab", false}, // the start of a later partition
		{"\x90\x80\x12a", descriptor{true, false, 0x12}, "a", false},
		{"\x90\x80\x92\x34a", descriptor{true, true, 0x1234}, "a", false},
		{"\x90\xe0\x92\x34\x05\x40a", descriptor{true, true, 0x1234}, "a", false}, // libwebrtc with temporal layers
		{"\x90\x40\x05a", descriptor{true, false, -1}, "a", false},
		{"\x90\x30\x05a", descriptor{true, false, -1}, "a", false},
		{"\x90\x00a", descriptor{true, false, -1}, "a", false},
		{"\x10", descriptor{}, "", true},
		{"\x90", descriptor{}, "", true},
		{"\x90\x80", descriptor{}, "", true},
		{"\x90\x80\x92", descriptor{}, "", true},
		{"\x90\x80\x92\x34", descriptor{}, "", true},
		{"\x90\xf0\x12\x05", descriptor{}, "", true},
	} {
		d, data, err := parseDescriptor([]byte(c.payload))
		if (err != nil) != c.bad || err == nil && (d != c.want || string(data) != c.data) {
			t.Errorf("%x: %+v, %q, %v", c.payload, d, data, err)
		}
	}
}

// FuzzDescriptor looks for payloads that are not bounded by themselves.
func FuzzDescriptor(f *testing.F) {
	f.Add([]byte("\x90\xf0\x92\x34\x05\x40abc"))
	f.Add([]byte("\x10abc"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		o, err := open(Packet{Payload: payload}, time.Time{})
		if err == nil && len(payload) > 0 && !bytes.HasSuffix(payload, o.data) {
			t.Errorf("%x has the data %x", payload, o.data)
		}
	})
}

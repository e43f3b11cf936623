package media

import (
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"kith/calls/rate"
	"kith/calls/video"
)

// TestRepairs: what is asked for is sent again, in a stream of its own, once per round trip and not without an end.
func TestRepairs(t *testing.T) {
	b := newBench(t)
	b.line.films(rate.Size{Width: 640, Height: 360, FPS: 30})
	b.shoot(1000, 3)
	sent := b.pass(time.Second)
	if len(sent) != 3 || sent[0].SSRC != 2 || sent[2].SequenceNumber != sent[0].SequenceNumber+2 || !sent[2].Marker {
		t.Fatalf("%+v left", sent)
	}
	ask := func() []byte {
		raw, err := (&rtcp.TransportLayerNack{MediaSSRC: 2, Nacks: []rtcp.NackPair{{PacketID: sent[0].SequenceNumber, LostPackets: 3}}}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}()
	b.now = b.now.Add(50 * time.Millisecond)
	b.path.heard(ask, b.now)
	b.path.heard(ask, b.now)
	again := b.pass(time.Second)
	if len(again) != 3 || again[0].SSRC != 3 || again[0].PayloadType != rtxPayload || again[1].SequenceNumber != again[0].SequenceNumber+1 {
		t.Errorf("%+v left again", again)
	}
	b.now = b.now.Add(50 * time.Millisecond)
	b.path.heard(ask, b.now)
	if again := b.pass(time.Second); len(again) != 3 {
		t.Errorf("%d packets left when they were asked for later", len(again))
	}
	b.line.control = rate.New(rate.Limits{Least: 4e6, Start: 4e6, Most: 4e6}) // nothing else bounds them
	flood := rtcp.TransportLayerNack{MediaSSRC: 2}
	b.shoot(2000, 1000)
	b.pass(10 * time.Second)
	for i := range uint16(60) {
		flood.Nacks = append(flood.Nacks, rtcp.NackPair{PacketID: sent[0].SequenceNumber + 3 + 17*i, LostPackets: 0xffff})
	}
	raw, err := flood.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Second)
	b.path.heard(raw, b.now)
	if total := len(b.pass(50 * time.Second)); total == 0 || total > 256 {
		t.Errorf("%d packets left again for one report", total)
	}
}

// TestRepairsWait: what waits to be sent again is not queued twice, however often it is asked for; what is given up can be asked for.
func TestRepairsWait(t *testing.T) {
	b := newBench(t)
	b.line.films(rate.Size{Width: 640, Height: 360, FPS: 30})
	b.shoot(1000, 3)
	sent := b.pass(time.Second)
	ask := func() {
		raw, err := (&rtcp.TransportLayerNack{MediaSSRC: 2, Nacks: []rtcp.NackPair{{PacketID: sent[0].SequenceNumber, LostPackets: 3}}}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		b.now = b.now.Add(time.Second)
		b.path.heard(raw, b.now)
	}
	ask()
	ask()
	if again := b.pass(time.Second); len(again) != 3 {
		t.Errorf("%d packets left for three that were asked for twice before they left", len(again))
	}
	ask()
	b.line.mu.Lock()
	b.line.clear()
	b.line.mu.Unlock()
	ask()
	if again := b.pass(time.Second); len(again) != 3 {
		t.Errorf("%d packets left for three that were given up, and asked for again", len(again))
	}
}

// TestRepairsCome: repairs are of use as soon as they come, also when nothing else does.
func TestRepairsCome(t *testing.T) {
	b := newBench(t)
	packets := video.NewPacketizer(0, 100, 0).Packets(make([]byte, 3000), b.now, 0)
	var late [][]byte
	for i, p := range packets {
		h := rtp.Header{Version: 2, SSRC: 9, PayloadType: vp8Payload, SequenceNumber: p.Sequence, Timestamp: p.Timestamp, Marker: p.Marker}
		whole := p.Payload
		if i == 1 {
			h.SSRC, h.PayloadType = 8, rtxPayload
			whole = append(binary.BigEndian.AppendUint16(nil, p.Sequence), whole...)
		}
		raw, err := (&rtp.Packet{Header: h, Payload: whole}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			late = append(late, raw)
			continue
		}
		b.path.arrived(raw, codec{mime: webrtc.MimeTypeVP8}, b.now)
	}
	if len(packets) < 3 {
		t.Fatalf("%d packets", len(packets))
	}
	reader := b.path.BindRemoteStream(&interceptor.StreamInfo{SSRC: 8, MimeType: webrtc.MimeTypeRTX, PayloadType: rtxPayload},
		interceptor.RTPReaderFunc(func(into []byte, _ interceptor.Attributes) (int, interceptor.Attributes, error) {
			if len(late) == 0 {
				return 0, nil, io.EOF
			}
			n := copy(into, late[0])
			late = late[1:]
			return n, interceptor.Attributes{}, nil
		}))
	if n, _, err := reader.Read(make([]byte, mostPacket), nil); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("Pion is given %d bytes of a repair, %v", n, err)
	}
	b.seeing.mu.Lock()
	defer b.seeing.mu.Unlock()
	b.seeing.buffer.Next(time.Now().Add(time.Second))
	if got := b.seeing.buffer.Stats().Received; got != 1 {
		t.Errorf("%d pictures of one that was repaired", got)
	}
}

// TestKeyHasRoom: a key frame does not wait until the line is free of what it makes useless, unless it could be another key frame.
func TestKeyHasRoom(t *testing.T) {
	b := newBench(t)
	b.line.films(rate.Size{Width: 640, Height: 360, FPS: 30})
	b.pass(time.Second)
	fill := func() (ok bool) {
		b.shoot(1000, 1000)
		b.line.mu.Lock()
		b.line.key = true
		b.line.mu.Unlock()
		_, ok = b.line.picture(b.now)
		return ok
	}
	if !fill() || !b.line.takeKey(b.now, false) {
		t.Error("a key frame waits for what it makes useless")
	}
	if b.now = b.now.Add(keyRoom); fill() {
		t.Error("a key frame takes the place of one that may not have left")
	}
	if b.now = b.now.Add(time.Millisecond); !fill() {
		t.Error("a key frame waits for ever")
	}
}

// TestQuality: the person learns when their picture is small, or not sent at all, and what weighs more.
func TestQuality(t *testing.T) {
	b := newBench(t)
	wide, tall := rate.Size{Width: 1280, Height: 720, FPS: 30}, rate.Size{Width: 720, Height: 1280, FPS: 30}
	for _, c := range []struct {
		camera, size rate.Size
		rtt          time.Duration
		lost         float64
		want         Quality
	}{
		{want: Good},
		{rtt: time.Second, want: Slow},
		{camera: wide, size: wide, want: Good},
		{camera: wide, size: rate.Size{Width: 640, Height: 360}, want: Good},
		{camera: wide, size: rate.Size{Width: 480, Height: 270}, want: Slow},
		{camera: tall, size: rate.Size{Width: 270, Height: 480}, want: Slow},
		{camera: rate.Size{Width: 320, Height: 240, FPS: 30}, size: rate.Size{Width: 320, Height: 240}, want: Good},
		{camera: wide, want: Narrow},
		{camera: wide, lost: 0.2, want: Narrow},
		{camera: wide, size: rate.Size{Width: 480, Height: 270}, lost: 0.2, want: Lossy},
	} {
		b.line.films(c.camera)
		b.line.mu.Lock()
		b.line.share.Size = c.size
		size := room(b.line)
		b.line.mu.Unlock()
		f := figures{session: b.Session}
		f.stats.Quality, f.worse = Broken, Broken
		_, once := f.quality(c.rtt, c.lost, size)
		got, twice := f.quality(c.rtt, c.lost, size)
		if got != c.want || once || !twice {
			t.Errorf("%+v: %v, told at once %v, after the second look %v", c, got, once, twice)
		}
	}
}

// TestSmallBeginning: a picture that is small for three seconds, as at the beginning, is no slow line; one that stays so is, until it is larger.
func TestSmallBeginning(t *testing.T) {
	var f figures
	looks := func(n int, size, want Quality) {
		t.Helper()
		for range n {
			if got := f.lasting(size); got != want {
				t.Fatalf("%v where %v is to be told", got, want)
			}
		}
	}
	looks(6, Slow, Good)
	looks(1, Good, Good)
	looks(6, Slow, Good)
	looks(9, Slow, Slow)
	looks(1, Narrow, Narrow)
	looks(6, Slow, Slow)
	looks(1, Good, Good)
	looks(6, Slow, Good)
}

// TestProbe: what fills a probe leaves no number of the picture out.
func TestProbe(t *testing.T) {
	b := newBench(t)
	b.line.films(rate.Size{Width: 640, Height: 360, FPS: 30})
	b.shoot(1000, 1)
	first := b.pass(time.Second)
	b.line.mu.Lock()
	b.line.pacer.Probe(rate.Probe{ID: 1, Rate: 300e3, Packets: 6, Padding: 1000})
	b.line.mu.Unlock()
	for _, h := range b.pass(time.Second) {
		if h.SSRC != 3 || h.PayloadType != rtxPayload {
			t.Errorf("%+v fills a probe", h)
		}
	}
	b.shoot(2000, 1)
	if after := b.pass(time.Second); len(after) != 1 || after[0].SequenceNumber != first[0].SequenceNumber+1 {
		t.Errorf("%+v came after %+v", after, first)
	}
}

// TestKeys: key frames are made when they are asked for, and not more often than every 300 ms.
func TestKeys(t *testing.T) {
	b := newBench(t)
	if !b.line.takeKey(b.now, false) {
		t.Error("the first picture is no key frame")
	}
	keys := 0
	pli, err := (&rtcp.PictureLossIndication{MediaSSRC: 2}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for range 300 { // three seconds
		b.now = b.now.Add(10 * time.Millisecond)
		b.path.heard(pli, b.now)
		if b.line.takeKey(b.now, false) {
			keys++
		}
	}
	if keys < 9 || keys > 10 {
		t.Errorf("%d key frames in three seconds", keys)
	}
	other, err := (&rtcp.PictureLossIndication{MediaSSRC: 99}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Second)
	b.line.takeKey(b.now, false)
	b.now = b.now.Add(time.Second)
	if b.path.heard(other, b.now); b.line.takeKey(b.now, false) {
		t.Error("a key frame was made for a stream that is not ours")
	}
	if !b.line.takeKey(b.now, true) {
		t.Error("the first picture of another size is no key frame")
	}
}

// TestCutPicture: the rest of a picture that was given up is a gap, so that nobody takes its beginning for the whole.
func TestCutPicture(t *testing.T) {
	b := newBench(t)
	b.line.films(rate.Size{Width: 640, Height: 360, FPS: 30})
	b.shoot(1000, 200)
	before := b.leave()
	if n := len(before); n == 0 || n == 200 {
		t.Fatalf("%d packets left at once", n)
	}
	b.line.takeKey(b.now, false)
	b.shoot(2000, 1)
	b.now = b.now.Add(time.Second)
	after := b.leave()
	last := before[len(before)-1]
	if len(after) == 0 || after[0].Timestamp != 2000 || after[0].SequenceNumber != last.SequenceNumber+2 {
		t.Errorf("%+v followed %+v", after, last)
	}
}

// TestForbidden: what waits when the person changes their mind does not leave.
func TestForbidden(t *testing.T) {
	b := newBench(t)
	b.line.films(rate.Size{Width: 640, Height: 360, FPS: 30})
	b.shoot(1000, 3)
	b.line.push(rate.Audio, packet{track: b.audio, payload: []byte{1}})
	b.Allow(false, false)
	if left := b.leave(); len(left) != 0 {
		t.Errorf("%+v left", left)
	}
}

// TestREMB: what the other side says that it takes holds, unless it reports single packets. What is too little for a picture is kept to only
// by what it loses: see rate's TestSparse.
func TestREMB(t *testing.T) {
	b := newBench(t)
	remb, err := (&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: 200e3, SSRCs: []uint32{2}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b.path.heard(remb, b.now)
	if target := b.Stats().Target; target > 201e3 {
		t.Errorf("a target of %v", target)
	}
	other := newBench(t)
	other.path.reported = true
	other.path.heard(remb, other.now)
	if target := other.Stats().Target; target < 400e3 {
		t.Errorf("a target of %v, of a peer that reports single packets", target)
	}
}

// TestAllowance: a peer that does not hear of single packets is told that it may send more while all arrives, and less when not.
func TestAllowance(t *testing.T) {
	var a allowance
	sequence, rate := uint16(65000), 0.0
	second := func(bits float64, lose int, late time.Duration) {
		for range int(bits / 8 / 1000) {
			if sequence++; lose == 0 || int(sequence)%lose != 0 {
				a.arrived(sequence, 1000)
				a.late(late)
			}
		}
		rate = a.look(time.Second)
	}
	for range 30 {
		second(max(rate, 256e3), 0, 5*time.Millisecond)
	}
	if rate < 2e6 {
		t.Errorf("%v after half a minute on a good line", rate)
	}
	for range 5 {
		second(rate, 4, 5*time.Millisecond)
	}
	if rate > 1.6e6 {
		t.Errorf("%v when a quarter is lost", rate)
	}
	before := rate
	second(before, 0, 400*time.Millisecond)
	if rate > 0.9*before {
		t.Errorf("%v of %v when a queue stands", rate, before)
	}
}

// TestRoundTrip: a report that answers ours says how long that took; nonsense does not count.
func TestRoundTrip(t *testing.T) {
	b := newBench(t)
	answer := func(sr uint64, wait time.Duration) {
		report := rtcp.ReceiverReport{SSRC: 9, Reports: []rtcp.ReceptionReport{{
			SSRC: 1, LastSequenceNumber: uint32(b.now.UnixMilli()), LastSenderReport: uint32(sr >> 16), Delay: uint32(wait * 65536 / time.Second),
		}}}
		raw, err := report.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		b.path.heard(raw, b.now)
	}
	sent := ntp(b.now)
	b.now = b.now.Add(150 * time.Millisecond)
	answer(sent, 50*time.Millisecond)
	if rtt := b.Stats().RTT; (rtt - 100*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("a round trip of %v", rtt)
	}
	b.now = b.now.Add(time.Second)
	answer(ntp(b.now), time.Minute) // an answer before the question
	if rtt := b.Stats().RTT; (rtt - 100*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("a round trip of %v after nonsense", rtt)
	}
	if back := fromNTP(sent); (b.now.Sub(back) - 1150*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("the time is %v after it was written", b.now.Sub(back))
	}
}

// TestFill: what fills a probe is about as large as it is to be, or the probe would show less than it tries.
func TestFill(t *testing.T) {
	b := newBench(t)
	for i, size := range []int{1100, 700, 90, 800} {
		b.line.push(rate.Video, packet{track: b.video, timestamp: uint32(i), captured: b.now, marker: true, payload: make([]byte, size)})
	}
	b.pass(2 * time.Second)
	for size, want := range map[int]int{1200: 1100, 650: 700, 780: 800, 100: 90, 300: 0, 3000: 0} {
		got := 0
		if k := b.video.like(size); k != nil {
			got = len(k.payload)
		}
		if got != want {
			t.Errorf("%d bytes fill %d, want %d", got, size, want)
		}
	}
}

// TestWorse: when the line carries far less, what waits for it is given up, and a picture that fits is made; repairs that nobody waits for any
// more are not sent.
func TestWorse(t *testing.T) {
	b := newBench(t)
	b.line.films(rate.Size{Width: 640, Height: 360, FPS: 30})
	limit := func(to float64) {
		b.limit(rate.Limits{Least: to, Start: to, Most: to})
		b.now = b.now.Add(time.Second)
	}
	limit(2e6)
	b.shoot(1000, 3)
	sent := b.pass(time.Second)
	if len(sent) != 3 || !b.line.takeKey(b.now, false) {
		t.Fatalf("%+v left, or no key frame is wanted", sent)
	}
	nack, err := (&rtcp.TransportLayerNack{MediaSSRC: 2, Nacks: []rtcp.NackPair{{PacketID: sent[0].SequenceNumber, LostPackets: 3}}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b.path.heard(nack, b.now)
	if again := b.leave(); len(again) != 0 {
		t.Errorf("%d packets from before a key frame were repaired", len(again))
	}
	b.shoot(2000, 600)
	limit(200e3)
	b.pass(100 * time.Millisecond)
	if d := b.line.pacer.Delay(); d > 0 {
		t.Errorf("%v of pictures wait for a line that carries a tenth", d)
	}
	if !b.line.takeKey(b.now, false) {
		t.Error("no key frame follows what was given up")
	}
	limit(40e3)
	b.shoot(3000, 3)
	left := b.pass(time.Second)
	nack, err = (&rtcp.TransportLayerNack{MediaSSRC: 2, Nacks: []rtcp.NackPair{{PacketID: left[0].SequenceNumber}}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b.path.heard(nack, b.now)
	if again := b.leave(); len(again) != 0 || !b.line.takeKey(b.now, false) {
		t.Errorf("%d packets were repaired where there is no room for a picture", len(again))
	}
}

// TestFirstWords: sound is repeated until it is known that nothing is missed.
func TestFirstWords(t *testing.T) {
	b := newBench(t)
	b.line.divide(b.now)
	if b.line.repeats.times != 1 {
		t.Errorf("the first words are repeated %d times", b.line.repeats.times)
	}
	for range 4 { // two seconds
		b.line.repeats.heard(0)
	}
	b.line.divide(b.now.Add(time.Second))
	if b.line.repeats.times != 0 {
		t.Error("sound of which nothing is missed is repeated")
	}
}

// TestUnheard: pictures wait while too much is on its way of which nothing was heard, and sound does not.
func TestUnheard(t *testing.T) {
	b := newBench(t)
	b.line.films(rate.Size{Width: 640, Height: 360, FPS: 30})
	b.line.control = rate.New(rate.Limits{Least: 2e6, Start: 2e6, Most: 2e6})
	b.line.control.Report(b.now, []rate.Packet{{Sent: b.now.Add(-50 * time.Millisecond), Received: time.Second, Bytes: 1000}})
	b.shoot(1000, 1000)
	count := func() (sounds, pictures int) {
		for _, h := range b.pass(200 * time.Millisecond) {
			if h.SSRC == 1 {
				sounds++
			} else {
				pictures++
			}
		}
		return sounds, pictures
	}
	if _, n := count(); n == 0 || n == 1000 {
		t.Fatalf("%d packets of a picture left", n)
	}
	if _, ok := b.line.picture(b.now); ok {
		t.Error("one more picture is made")
	}
	b.line.push(rate.Audio, packet{track: b.audio, payload: []byte{1}})
	if sounds, pictures := count(); sounds != 1 || pictures != 0 {
		t.Errorf("%d packets of sound and %d of a picture left", sounds, pictures)
	}
	b.line.control.Report(b.now, []rate.Packet{{Sent: b.now, Received: 2 * time.Second, Bytes: 1000}})
	if _, n := count(); n == 0 {
		t.Error("nothing left when there was room")
	}
}

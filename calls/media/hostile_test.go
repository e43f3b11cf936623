package media

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"kith/calls/audio"
	"kith/calls/rate"
	"kith/calls/video"
)

// bench is a session without goroutines, with one open path that notes what leaves.
type bench struct {
	*Session
	path *path
	rtp  []rtp.Header
	said [][]byte // the payloads of sound
	rtcp []rtcp.Packet
	now  time.Time
}

func newBench(t testing.TB) *bench {
	t.Helper()
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Session: s, path: &path{session: s}, now: time.Now()}
	b.path.out = interceptor.RTCPWriterFunc(func(p []rtcp.Packet, _ interceptor.Attributes) (int, error) {
		b.rtcp = append(b.rtcp, p...)
		return 0, nil
	})
	b.path.open.Store(true)
	for _, stream := range []interceptor.StreamInfo{
		{SSRC: 1, MimeType: webrtc.MimeTypeOpus, PayloadType: opusPayload},
		{SSRC: 2, MimeType: webrtc.MimeTypeVP8, PayloadType: vp8Payload, SSRCRetransmission: 3, PayloadTypeRetransmission: rtxPayload},
	} {
		stream.RTPHeaderExtensions = []interceptor.RTPHeaderExtension{
			{URI: transportURI, ID: 1}, {URI: sendTimeURI, ID: 2}, {URI: orientationURI, ID: 4},
		}
		b.path.BindLocalStream(&stream, interceptor.RTPWriterFunc(func(h *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
			b.rtp = append(b.rtp, h.Clone())
			if h.SSRC == 1 {
				b.said = append(b.said, bytes.Clone(payload))
			}
			return 0, nil
		}))
	}
	if b.seeing.decoder, err = video.NewDecoder(&b.seeing.pool); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.seeing.drop()
		b.seeing.decoder.Close()
		_ = s.Close()
		if n := b.seeing.pool.Out(); n != 0 {
			t.Errorf("%d pictures were never released", n)
		}
	})
	b.Allow(true, true)
	b.Camera(true)
	b.limit(rate.Limits{})
	return b
}

// limit begins anew with what the line carries. The first packets left long ago.
func (b *bench) limit(l rate.Limits) {
	b.line.control = rate.New(l)
	b.line.control.Next(b.now.Add(-time.Minute), true)
}

// leave lets what waits leave.
func (b *bench) leave() []rtp.Header {
	b.rtp = nil
	for _, d := range b.line.depart(b.now) {
		_, _ = d.writer.Write(&d.header, d.payload, nil)
	}
	return b.rtp
}

// pass lets time pass, and gives what leaves meanwhile.
func (b *bench) pass(d time.Duration) (all []rtp.Header) {
	for end := b.now.Add(d); b.now.Before(end); b.now = b.now.Add(20 * time.Millisecond) {
		all = append(all, b.leave()...)
	}
	return all
}

// shoot queues a picture of so many packets.
func (b *bench) shoot(timestamp uint32, packets int) {
	for i := range packets {
		b.line.push(rate.Video, packet{track: b.video, timestamp: timestamp, captured: b.now, marker: i == packets-1, payload: make([]byte, 100)})
	}
}

// FuzzPacket feeds what may come as a packet of any codec, amidst a stream that is whole.
func FuzzPacket(f *testing.F) {
	plain, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: opusPayload, SSRC: 9}, Payload: []byte{0x78, 1, 2, 3}}).Marshal()
	repair, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: rtxPayload, SSRC: 8}, Payload: []byte{0, 1, 0x10, 0x50, 1}}).Marshal()
	for kind := range uint8(5) {
		f.Add(plain, kind)
		f.Add(repair, kind)
		f.Add([]byte{0x80, 0xe0}, kind)
		f.Add(bytes.Repeat([]byte{0xff}, mostPacket), kind)
	}
	again, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: redPayload, SSRC: 9}, Payload: audio.Pack(opusPayload, []audio.Older{{Back: 960, Payload: []byte{0x78, 1}}}, []byte{0x78, 2})}).Marshal()
	f.Add(again, uint8(3))
	mimes := []string{webrtc.MimeTypeOpus, webrtc.MimeTypeVP8, webrtc.MimeTypeRTX, mimeRED, "audio/nothing"}
	b := newBench(f)
	f.Fuzz(func(t *testing.T, raw []byte, kind uint8) {
		b.now = b.now.Add(20 * time.Millisecond)
		b.path.arrived(raw, codec{mimes[kind%5], kind % 16}, b.now)
		b.seeing.step(b.now)
		var block audio.Block
		b.hearing.next(&block, 0, b.now)
		b.figures.synchronise()
		b.seeing.allow(time.Second)
		if len(b.seeing.waiting) > mostWaiting {
			t.Errorf("%d pictures wait", len(b.seeing.waiting))
		}
		b.rtcp = nil
	})
}

// FuzzReports feeds what may come as a report, while there is something to report about.
func FuzzReports(f *testing.F) {
	for _, p := range []rtcp.Packet{
		&rtcp.SenderReport{SSRC: 9, NTPTime: 1 << 63, RTPTime: 5, Reports: []rtcp.ReceptionReport{{SSRC: 1, LastSequenceNumber: 7, FractionLost: 255}}},
		&rtcp.ReceiverReport{SSRC: 9, Reports: []rtcp.ReceptionReport{{SSRC: 2, LastSequenceNumber: 1 << 31, LastSenderReport: 1, Delay: 1 << 31}}},
		&rtcp.TransportLayerNack{MediaSSRC: 2, Nacks: []rtcp.NackPair{{PacketID: 1, LostPackets: 0xffff}}},
		&rtcp.PictureLossIndication{MediaSSRC: 2},
		&rtcp.FullIntraRequest{MediaSSRC: 2, FIR: []rtcp.FIREntry{{SSRC: 2}}},
		&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: 1e6, SSRCs: []uint32{2}},
		&rtcp.TransportLayerCC{
			Header:     rtcp.Header{Padding: true, Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: 5},
			MediaSSRC:  2,
			RecvDeltas: []*rtcp.RecvDelta{{Type: rtcp.TypeTCCPacketReceivedSmallDelta, Delta: 1000}}, PacketStatusCount: 1,
			PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 1}},
		},
	} {
		raw, err := p.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	b := newBench(f)
	b.line.films(rate.Size{Width: 640, Height: 360, FPS: 30})
	stamp := uint32(0)
	f.Fuzz(func(t *testing.T, raw []byte) {
		b.now = b.now.Add(20 * time.Millisecond)
		stamp += 1800
		b.shoot(stamp, 3)
		b.path.heard(raw, b.now)
		b.leave()
		b.figures.synchronise()
		b.line.report(b.now)
		if target := b.Stats().Target; !(target >= 30e3 && target <= 4e6) {
			t.Errorf("a target of %v", target)
		}
		if n := len(b.synch.audio.reports); n > mostSenders {
			t.Errorf("the reports of %d senders are kept", n)
		}
		b.rtcp = nil
	})
}

// TestGarbage feeds noise that looks like packets and reports for a while; and then a call goes on.
func TestGarbage(t *testing.T) {
	b := newBench(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		b.now = b.now.Add(time.Millisecond)
		raw := make([]byte, random.IntN(200))
		for i := range raw {
			raw[i] = byte(random.Uint32())
		}
		if len(raw) > 12 {
			raw[0] = 0x80 | raw[0]&0x3f
		}
		b.path.arrived(raw, codec{webrtc.MimeTypeVP8, 4}, b.now)
		b.path.arrived(raw, codec{webrtc.MimeTypeOpus, 4}, b.now)
		if len(raw) > 12 {
			raw[1] = 200 + raw[1]%7
		}
		b.path.heard(raw, b.now)
		b.seeing.step(b.now)
		b.rtcp = nil
	}
	b.now = b.now.Add(10 * time.Second)
	e, err := audio.NewEncoder()
	if err != nil {
		t.Fatal(err)
	}
	tone := audio.Tone{From: 440, To: 440, Loud: 8000}
	before := b.hearing.buffer.Stats().Played
	var block audio.Block
	sequence := uint16(100)
	for range 200 {
		b.now = b.now.Add(10 * time.Millisecond)
		tone.Next(&block)
		if p, ok, _ := e.Encode(&block); ok {
			sequence++
			packet := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: sequence, Timestamp: p.Timestamp, SSRC: 77}, Payload: p.Payload}
			raw, _ := packet.Marshal()
			b.path.arrived(raw, codec{mime: webrtc.MimeTypeOpus}, b.now)
		}
		b.hearing.next(&block, 0, b.now)
	}
	if played := b.hearing.buffer.Stats().Played - before; played < time.Second {
		t.Errorf("%v of two seconds of sound were played after the noise", played)
	}
}

// TestShortRepairs: a repair that is too short to name what it repairs is left out.
func TestShortRepairs(t *testing.T) {
	b := newBench(t)
	for n := range 4 {
		raw, err := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: rtxPayload, SSRC: 8}, Payload: make([]byte, n)}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		b.path.arrived(raw, codec{mime: webrtc.MimeTypeRTX}, b.now)
		if got := b.seeing.allowance.packets; got != max(n-2, 0) {
			t.Errorf("of %d bytes, %d packets were taken", n, got)
		}
	}
}

// TestFuturePictures: however many pictures say that they are to be shown later, only a few are kept, and none is shown to who holds.
func TestFuturePictures(t *testing.T) {
	b := newBench(t)
	encoder, err := video.NewEncoder(video.Settings{Width: 160, Height: 96, BitsPerSecond: 200e3})
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	var pool video.Pool
	frame, err := pool.Get(160, 96)
	if err != nil {
		t.Fatal(err)
	}
	defer frame.Release()
	pattern := video.NewSynthetic(160, 96)
	for i := range uint32(3 * mostWaiting) {
		pattern.Paint(frame, i)
		frame.Captured = b.now.Add(time.Duration(i) * time.Second / 30)
		coded, err := encoder.Encode(frame, true)
		if err != nil {
			t.Fatal(err)
		}
		b.seeing.decode(&video.Coded{Data: coded.Data, Render: b.now.Add(time.Hour)})
	}
	if n := len(b.seeing.waiting); n != mostWaiting {
		t.Errorf("%d pictures wait", n)
	}
	b.Hold(true)
	b.seeing.show(b.now.Add(time.Hour))
	if shape, _ := b.Picture(Remote, nil, 0); shape.Number != 0 {
		t.Error("who holds sees what comes")
	}
}

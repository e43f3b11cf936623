package media

import (
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// keptPackets is how many packets of the picture are kept for repairs, a power of two: about four seconds at 2 Mb/s.
const keptPackets = 1024

// track is one of the two that a session sends. What is not set in newTrack is guarded by the line's lock.
type track struct {
	kind  webrtc.RTPCodecType
	clock int      // RTP's, in Hz
	red   sync.Map // from SSRC to the payload type under which sound may be repeated, as Pion tells it in Bind

	bindings []*binding
	sequence uint16 // of the next packet
	packets  uint32 // that were sent
	octets   uint32
	stamp    uint32    // the newest timestamp
	captured time.Time // and what it stands for
	cut      bool      // the newest packet was not the last of its picture
	kept     []kept    // of the picture only
}

// kept is a packet that may have to be sent again.
type kept struct {
	packet
	sequence uint16
	filled   bool
	waits    bool      // to be sent again
	again    time.Time // when that was done last
}

// packet is what is to be sent over every binding of a track, or, when it is sent again, over one.
type packet struct {
	track     *track
	timestamp uint32
	captured  time.Time
	marker    bool
	payload   []byte
	rotation  uint8
	rotated   bool

	to       *binding // of a repair
	sequence uint16
}

func newTrack(kind webrtc.RTPCodecType, clock int) *track {
	t := &track{kind: kind, clock: clock, sequence: uint16(rand.Uint32()) >> 1}
	if kind == webrtc.RTPCodecTypeVideo {
		t.kept = make([]kept, keptPackets)
	}
	return t
}

// ID names the track.
func (t *track) ID() string { return t.kind.String() }

// StreamID is that of both tracks: they belong together.
func (t *track) StreamID() string { return "kith" }

// RID is not used.
func (t *track) RID() string { return "" }

// Kind is audio or video.
func (t *track) Kind() webrtc.RTPCodecType { return t.kind }

// Bind chooses the codec; where packets go then, the path learns.
func (t *track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	mime := webrtc.MimeTypeOpus
	if t.kind == webrtc.RTPCodecTypeVideo {
		mime = webrtc.MimeTypeVP8
	}
	for _, codec := range c.CodecParameters() {
		if t.kind == webrtc.RTPCodecTypeAudio && strings.EqualFold(codec.MimeType, mimeRED) {
			t.red.Store(uint32(c.SSRC()), uint8(codec.PayloadType))
		}
	}
	for _, codec := range c.CodecParameters() {
		if strings.EqualFold(codec.MimeType, mime) {
			return codec, nil
		}
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind forgets what Bind learned; the path hears of it too.
func (t *track) Unbind(c webrtc.TrackLocalContext) error {
	t.red.Delete(uint32(c.SSRC()))
	return nil
}

// keep remembers a packet of the picture.
func (t *track) keep(p packet, sequence uint16) {
	if t.kept != nil {
		t.kept[sequence&(keptPackets-1)] = kept{packet: p, sequence: sequence, filled: true}
	}
}

// forget has nothing sent again that was sent before: a key frame makes it useless.
func (t *track) forget() {
	for i := range t.kept {
		t.kept[i].filled = false
	}
}

// repaired notes that a packet was sent again.
func (t *track) repaired(sequence uint16, now time.Time) {
	if k := t.find(sequence); k != nil {
		k.waits, k.again = false, now
	}
}

// giveUp notes that what waited to be sent again does not any more.
func (t *track) giveUp() {
	for i := range t.kept {
		t.kept[i].waits = false
	}
}

// find is a packet that was sent; nil when it is too long ago.
func (t *track) find(sequence uint16) *kept {
	if t.kept == nil {
		return nil
	}
	k := &t.kept[sequence&(keptPackets-1)]
	if !k.filled || k.sequence != sequence {
		return nil
	}
	return k
}

// like is the one of the newest packets that comes nearest to a size; nil when all are far from it.
func (t *track) like(size int) (best *kept) {
	off := size/2 + 1
	for i := range uint16(likeNewest) {
		k := t.find(t.sequence - 1 - i)
		if k == nil {
			continue
		}
		if d := max(len(k.payload)-size, size-len(k.payload)); d < off {
			best, off = k, d
		}
	}
	return best
}

// likeNewest is how many packets are looked at to find one for a probe.
const likeNewest = 64

// binding is a track in a PeerConnection.
type binding struct {
	path           *path
	writer         interceptor.RTPWriter
	ssrc           uint32
	payload        uint8
	red            uint8  // 0: sound is not repeated
	repairSSRC     uint32 // 0: what is repaired is sent as it was
	repairPayload  uint8
	repairSequence uint16
	extensions     extensions
	mid            string

	lastSequence uint32 // of the last receiver report
	reportDelay  uint32
}

// extensions are the identifiers of header extensions; 0: not agreed.
type extensions struct{ mid, transport, sendTime, orientation uint8 }

func newBinding(p *path, stream *interceptor.StreamInfo, writer interceptor.RTPWriter) *binding {
	b := &binding{path: p, writer: writer, ssrc: stream.SSRC, payload: stream.PayloadType, repairSequence: uint16(rand.Uint32()) >> 1}
	if stream.PayloadTypeRetransmission != 0 {
		b.repairSSRC, b.repairPayload = stream.SSRCRetransmission, stream.PayloadTypeRetransmission
	}
	for _, e := range stream.RTPHeaderExtensions {
		id := uint8(e.ID)
		switch e.URI {
		case midURI:
			b.extensions.mid = id
		case transportURI:
			b.extensions.transport = id
		case sendTimeURI:
			b.extensions.sendTime = id
		case orientationURI:
			b.extensions.orientation = id
		}
	}
	return b
}

// departure is a packet as it leaves.
type departure struct {
	writer  interceptor.RTPWriter
	header  rtp.Header
	payload []byte
}

// first makes the departure of a packet that was not sent before.
func (b *binding) first(p packet, sequence uint16) departure {
	return departure{b.writer, b.header(p, sequence), p.payload}
}

func (b *binding) header(p packet, sequence uint16) rtp.Header {
	h := rtp.Header{
		Version: 2, Marker: p.marker, PayloadType: b.payload, SequenceNumber: sequence, Timestamp: p.timestamp, SSRC: b.ssrc,
	}
	b.extend(&h, b.extensions.mid, []byte(b.mid))
	if p.rotated {
		b.extend(&h, b.extensions.orientation, []byte{p.rotation})
	}
	return h
}

// again makes the departure of a packet that was sent: as a repair of its own (RFC 4588 §4), or as it was.
func (b *binding) again(p packet, sequence uint16) departure {
	d := b.first(p, sequence)
	if b.repairSSRC == 0 {
		return d
	}
	d.header.SSRC, d.header.PayloadType, d.header.SequenceNumber = b.repairSSRC, b.repairPayload, b.repairSequence
	b.repairSequence++
	d.payload = append([]byte{byte(sequence >> 8), byte(sequence)}, p.payload...)
	return d
}

// nothing makes the departure of a packet that only fills the line.
func (b *binding) nothing(timestamp uint32, size int) departure {
	h := rtp.Header{
		Version: 2, PayloadType: b.repairPayload, SequenceNumber: b.repairSequence, Timestamp: timestamp, SSRC: b.repairSSRC,
		Padding: true, PaddingSize: byte(min(max(size, 1), mostPadding)),
	}
	b.repairSequence++
	return departure{b.writer, h, nil}
}

// extend adds a header extension, if there is something to say and it was agreed.
func (b *binding) extend(h *rtp.Header, id uint8, value []byte) {
	if id != 0 && len(value) > 0 {
		_ = h.SetExtension(id, value) // too many of them, or too long: the packet goes without
	}
}

// stamp puts on what belongs to the moment of leaving, and returns the packet's size on the line.
func (b *binding) stamp(d *departure, probe int, now time.Time) int {
	p := b.path
	if id := b.extensions.sendTime; id != 0 {
		if v, err := rtp.NewAbsSendTimeExtension(now).Marshal(); err == nil {
			b.extend(&d.header, id, v)
		}
	}
	if id := b.extensions.transport; id != 0 {
		b.extend(&d.header, id, []byte{byte(p.number >> 8), byte(p.number)})
	}
	size := d.header.MarshalSize() + len(d.payload) + int(d.header.PaddingSize) + underRTP
	if b.extensions.transport != 0 {
		p.history.Sent(p.number, size, probe, now)
		p.number++
	}
	return size
}

// underRTP is what SRTP, UDP and IP add to a packet.
const underRTP = 10 + 8 + 20

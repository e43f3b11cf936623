package media

import (
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

const (
	mostPacket = 1500 // bytes; no more comes through the internet in one piece
	mostErrors = 50   // in a row, and a stream has ended
)

// Attach listens to what comes over a PeerConnection that was made with API, and takes its OnTrack.
func (s *Session) Attach(pc *webrtc.PeerConnection) {
	for _, p := range s.newestPaths() {
		if p.id == pc.ID() {
			p.pc.Store(pc)
			pc.OnTrack(p.receive)
		}
	}
	s.line.hurry()
}

// Sends reads what is reported about a track that was added to a PeerConnection.
func (s *Session) Sends(sender *webrtc.RTPSender) {
	s.run(func() {
		forget := s.atClose(func() { _ = sender.Stop() }) // ends a Read, also one that waits for the connection
		defer forget()
		drain(func(b []byte) error {
			_, _, err := sender.Read(b)
			return err
		})
	})
}

// drain reads reports until there are no more; the path hears them on their way.
func drain(read func([]byte) error) {
	b := make([]byte, mostPacket)
	for failed := 0; failed < mostErrors; {
		if read(b) == nil {
			failed = 0
		} else {
			failed++
		}
	}
}

// receive reads a stream that has begun, whatever was said of it before: the payload type says what it is.
func (p *path) receive(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	s := p.session
	s.run(func() {
		drain(func(b []byte) error {
			_, _, err := r.Read(b)
			return err
		})
	})
	s.run(func() {
		forget := s.atClose(func() { _ = r.Stop() })
		defer forget()
		p.read(t)
	})
}

func (p *path) read(t *webrtc.TrackRemote) {
	b := make([]byte, mostPacket)
	for failed := 0; failed < mostErrors; {
		n, _, err := t.Read(b)
		if err != nil {
			if errors.Is(err, webrtc.ErrCodecNotFound) {
				p.session.arrivals.unknown.Add(1)
			} else {
				failed++
			}
			continue
		}
		failed = 0
		p.arrived(b[:n], codec{t.Codec().MimeType, p.orientation()}, time.Now())
	}
}

// repairs takes what comes of a stream of repairs as it comes. Pion would give each out only after the next packet of the picture, and no more than
// fifty: where repairs leave no room for pictures, that is when neither is of use any more.
func (p *path) repairs(reader interceptor.RTPReader) interceptor.RTPReader {
	return interceptor.RTPReaderFunc(func(b []byte, _ interceptor.Attributes) (int, interceptor.Attributes, error) {
		for {
			n, a, err := reader.Read(b, nil)
			if err != nil {
				return 0, a, err
			}
			p.arrived(b[:n], codec{webrtc.MimeTypeRTX, p.orientation()}, time.Now())
		}
	})
}

// codec is what a packet's payload type stands for.
type codec struct {
	mime        string
	orientation uint8 // the identifier of the extension
}

// orientation is the identifier under which the other side sends how its camera is held; 0: it does not.
func (p *path) orientation() uint8 {
	l := p.session.line
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range p.session.video.bindings {
		if b.path == p {
			return b.extensions.orientation // agreed for both directions
		}
	}
	return 0
}

// arrived takes a packet from the network. Its memory is used again.
func (p *path) arrived(raw []byte, c codec, now time.Time) {
	var packet rtp.Packet
	s := p.session
	if err := packet.Unmarshal(raw); err != nil {
		s.arrivals.malformed.Add(1)
		return
	}
	s.figures.heard(now)
	switch {
	case strings.EqualFold(c.mime, webrtc.MimeTypeOpus):
		s.arrivals.audio.add(len(raw))
		s.hearing.put(&packet, nil, now)
	case strings.EqualFold(c.mime, mimeRED):
		if !s.hearing.unpack(&packet, now) {
			s.arrivals.malformed.Add(1)
			return
		}
		s.arrivals.audio.add(len(raw))
	case strings.EqualFold(c.mime, webrtc.MimeTypeVP8):
		s.arrivals.video.add(len(raw))
		s.seeing.put(p, &packet, c.orientation, now)
	case strings.EqualFold(c.mime, webrtc.MimeTypeRTX):
		s.arrivals.video.add(len(raw))
		if len(packet.Payload) > 2 { // a repair in a stream of its own that Pion could not relate (RFC 4588 §4)
			packet.SequenceNumber = binary.BigEndian.Uint16(packet.Payload)
			packet.Payload = packet.Payload[2:]
			packet.SSRC = s.seeing.stream()
			s.seeing.put(p, &packet, c.orientation, now)
		}
	default:
		s.arrivals.unknown.Add(1)
	}
}

// source is the stream of a kind that is followed: one at a time, the one that is there.
type source struct {
	ssrc  uint32
	path  *path
	heard time.Time
}

// gone is how long a stream must have been silent until another one takes its place.
const gone = 300 * time.Millisecond

// follow says whether a packet is of the stream that is followed, or of one that takes its place.
func (s *source) follow(p *path, ssrc uint32, now time.Time) bool {
	if ssrc != s.ssrc && now.Sub(s.heard) < gone {
		return false
	}
	s.ssrc, s.path, s.heard = ssrc, p, now
	return true
}

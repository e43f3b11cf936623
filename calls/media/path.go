package media

import (
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"kith/calls/rate"
)

// path is one PeerConnection, as an interceptor in it: it learns what our tracks send over it, hears what is reported, and reports.
type path struct {
	interceptor.NoOp
	session  *Session
	id       string
	pc       atomic.Pointer[webrtc.PeerConnection]
	out      interceptor.RTCPWriter
	receipts receipts
	open     atomic.Bool // packets arrive somewhere

	// Guarded by the line's lock.
	number   uint16 // transport-wide, of the next packet
	history  rate.History
	reported bool // the other side reports single packets
}

// pathFactory makes the path of a PeerConnection.
type pathFactory struct{ session *Session }

// NewInterceptor is called once per PeerConnection, with its identifier.
func (f pathFactory) NewInterceptor(id string) (interceptor.Interceptor, error) {
	p := &path{session: f.session, id: id}
	s := f.session
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paths = append(s.paths, p)
	return p, nil
}

// BindRTCPWriter takes what our own reports are written to.
func (p *path) BindRTCPWriter(writer interceptor.RTCPWriter) interceptor.RTCPWriter {
	p.out = writer
	return writer
}

// BindRTCPReader listens to what the other side reports.
func (p *path) BindRTCPReader(reader interceptor.RTCPReader) interceptor.RTCPReader {
	return interceptor.RTCPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, a, err := reader.Read(b, a)
		if err == nil {
			p.heard(b[:n], time.Now())
		}
		return n, a, err
	})
}

// BindLocalStream learns where a track's packets go.
func (p *path) BindLocalStream(stream *interceptor.StreamInfo, writer interceptor.RTPWriter) interceptor.RTPWriter {
	if t := p.session.trackOf(stream); t != nil {
		b := newBinding(p, stream, writer)
		if red, ok := t.red.Load(stream.SSRC); ok {
			b.red = red.(uint8)
		}
		p.session.line.bind(t, b)
	}
	return writer
}

// UnbindLocalStream forgets that.
func (p *path) UnbindLocalStream(stream *interceptor.StreamInfo) {
	if t := p.session.trackOf(stream); t != nil {
		p.session.line.unbind(t, stream.SSRC)
	}
}

// Close is called when the PeerConnection closes.
func (p *path) Close() error {
	p.open.Store(false)
	p.receipts.close()
	s := p.session
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, other := range s.paths {
		if other == p {
			s.paths = append(s.paths[:i:i], s.paths[i+1:]...)
			break
		}
	}
	return nil
}

// trackOf is our track that sends a stream.
func (s *Session) trackOf(stream *interceptor.StreamInfo) *track {
	switch {
	case strings.EqualFold(stream.MimeType, webrtc.MimeTypeOpus):
		return s.audio
	case strings.EqualFold(stream.MimeType, webrtc.MimeTypeVP8):
		return s.video
	}
	return nil
}

// connected looks whether a path has opened since the last look. A picture begins with a key frame then.
func (p *path) connected() (now bool) {
	pc := p.pc.Load()
	if pc == nil || p.open.Load() || pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
		return false
	}
	p.open.Store(true)
	return true
}

// mids are the names of the media sections in which streams are sent (RFC 8843 §15.2), by SSRC.
func (p *path) mids() map[uint32]string {
	names := map[uint32]string{}
	for _, t := range p.pc.Load().GetTransceivers() {
		sender := t.Sender()
		if sender == nil || len(t.Mid()) > 16 {
			continue
		}
		for _, e := range sender.GetParameters().Encodings {
			names[uint32(e.SSRC)] = t.Mid()
		}
	}
	return names
}

// newestPaths are the paths as they are now.
func (s *Session) newestPaths() []*path {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*path(nil), s.paths...)
}

package media

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// How long a packet waits until the other side is told that it came. What is told of sound alone steers nothing that is in a hurry.
const (
	tellPicture = 40 * time.Millisecond
	tellSound   = 200 * time.Millisecond
)

// receipts are the transport-wide reports about what comes over a PeerConnection. Pion's own way hands each packet to another goroutine, and
// reports twenty times a second: a third of all packets of a call without a picture.
type receipts struct {
	mu       sync.Mutex
	recorder *twcc.Recorder
	began    time.Time
	timer    *time.Timer // of the next report
	due      time.Time   // when that is; zero: there is nothing to tell
	closed   bool
}

// BindRemoteStream listens to a stream that comes.
func (p *path) BindRemoteStream(stream *interceptor.StreamInfo, reader interceptor.RTPReader) interceptor.RTPReader {
	reader = p.noting(stream, reader)
	if strings.EqualFold(stream.MimeType, webrtc.MimeTypeRTX) {
		return p.repairs(reader)
	}
	return reader
}

// noting notes what comes of a stream.
func (p *path) noting(stream *interceptor.StreamInfo, reader interceptor.RTPReader) interceptor.RTPReader {
	id := uint8(0)
	for _, e := range stream.RTPHeaderExtensions {
		if e.URI == transportURI {
			id = uint8(e.ID)
		}
	}
	if id == 0 {
		return reader
	}
	patience := tellPicture
	if strings.HasPrefix(strings.ToLower(stream.MimeType), "audio/") {
		patience = tellSound
	}
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, a, err := reader.Read(b, a)
		if err != nil {
			return n, a, err
		}
		if header, err := a.GetRTPHeader(b[:n]); err == nil {
			if number := header.GetExtension(id); len(number) == 2 {
				p.note(header.SSRC, binary.BigEndian.Uint16(number), patience, time.Now())
			}
		}
		return n, a, nil
	})
}

// note takes a packet that came, of which is told in good time.
func (p *path) note(ssrc uint32, number uint16, patience time.Duration, now time.Time) {
	r := &p.receipts
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	if r.recorder == nil {
		r.recorder, r.began = twcc.NewRecorder(rand.Uint32()), now
		r.timer = time.AfterFunc(patience, p.acknowledge)
	}
	r.recorder.Record(ssrc, number, now.Sub(r.began).Microseconds())
	if due := now.Add(patience); r.due.IsZero() || due.Before(r.due) {
		r.due = due
		r.timer.Reset(patience)
	}
}

// acknowledge tells what came.
func (p *path) acknowledge() {
	if reports := p.receipts.take(); len(reports) > 0 {
		_, _ = p.out.Write(reports, interceptor.Attributes{}) // a closing path refuses it
	}
}

func (r *receipts) take() []rtcp.Packet {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.due = time.Time{}
	if r.closed {
		return nil
	}
	return r.recorder.BuildFeedbackPacket()
}

// close ends the reports.
func (r *receipts) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.timer != nil {
		r.timer.Stop()
	}
}

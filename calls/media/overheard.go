package media

import (
	"io"
	"sync"
	"time"

	"github.com/pion/transport/v4/packetio"
)

// mostBuffered bounds what waits of a stream, as Pion does by itself.
const mostBuffered = 1e6 // bytes

// buffer makes what Pion keeps a stream in until it is read. Nobody reads what is reported about our repairs, and a transport-wide report is about the
// stream of the packet that came last: while repairs or probes come, that would be every other report. So these are heard as they come.
func (s *Session) buffer(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	if kind == packetio.RTCPBufferPacket {
		if p := s.line.repairs(ssrc); p != nil {
			return &overheard{path: p, closed: make(chan struct{})}
		}
	}
	b := packetio.NewBuffer()
	b.SetLimitSize(mostBuffered)
	if kind == packetio.RTPBufferPacket {
		return stored{b, &s.arrivals}
	}
	return b
}

// repairs is the path over which repairs are sent in a stream; nil when it is another stream.
func (l *line) repairs(ssrc uint32) *path {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.session.video.bindings {
		if b.repairSSRC == ssrc {
			return b.path
		}
	}
	return nil
}

// overheard takes the reports about a stream of repairs.
type overheard struct {
	path   *path
	closed chan struct{}
	once   sync.Once
}

func (o *overheard) Write(report []byte) (int, error) {
	o.path.heard(report, time.Now())
	return len(report), nil
}

// Read has nothing, until the stream is closed.
func (o *overheard) Read([]byte) (int, error) {
	<-o.closed
	return 0, io.EOF
}

func (o *overheard) Close() error {
	o.once.Do(func() { close(o.closed) })
	return nil
}

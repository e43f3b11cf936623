package media

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"kith/calls/rate"
)

// told is a path of which the reports are kept, with what was sent to it.
type told struct {
	*path
	read    map[string]interceptor.RTPReader // by kind of stream
	history rate.History
	number  uint16
	next    []byte

	mu   sync.Mutex
	at   []time.Time // of the reports
	came []rate.Packet
}

func newTold(t *testing.T) *told {
	p := &told{path: &path{session: &Session{}}, read: map[string]interceptor.RTPReader{}, number: 65000}
	p.BindRTCPWriter(interceptor.RTCPWriterFunc(func(all []rtcp.Packet, _ interceptor.Attributes) (int, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.at = append(p.at, time.Now())
		for _, r := range all {
			raw, err := r.Marshal()
			var report rtcp.TransportLayerCC
			if err == nil {
				err = report.Unmarshal(raw)
			}
			if err != nil {
				t.Error(err)
			}
			p.came = append(p.came, p.history.Report(&report)...)
		}
		return 0, nil
	}))
	bytes := interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		return copy(b, p.next), a, nil
	})
	for _, mime := range []string{webrtc.MimeTypeOpus, webrtc.MimeTypeVP8} {
		p.read[mime] = p.BindRemoteStream(&interceptor.StreamInfo{MimeType: mime, RTPHeaderExtensions: []interceptor.RTPHeaderExtension{
			{URI: midURI, ID: 1}, {URI: transportURI, ID: 5},
		}}, bytes)
	}
	return p
}

// packet comes in a stream, or is lost on its way.
func (p *told) packet(t *testing.T, mime string, number []byte, lost bool) {
	t.Helper()
	packet := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 7}, Payload: []byte{1}}
	if err := packet.SetExtension(5, number); err != nil {
		t.Fatal(err)
	}
	var err error
	if p.next, err = packet.Marshal(); err != nil {
		t.Fatal(err)
	}
	if lost {
		return
	}
	room := make([]byte, mostPacket)
	if n, _, err := p.read[mime].Read(room, interceptor.Attributes{}); err != nil || n != len(p.next) {
		t.Fatalf("%d bytes, %v", n, err)
	}
}

func (p *told) comes(t *testing.T, mime string, lost bool) {
	t.Helper()
	p.mu.Lock()
	p.history.Sent(p.number, 100, 0, time.Now())
	p.mu.Unlock()
	p.packet(t, mime, []byte{byte(p.number >> 8), byte(p.number)}, lost)
	p.number++
}

// TestReceipts: the other side is told once of each packet, when it came and what did not, soon where pictures come, and seldom of sound alone.
func TestReceipts(t *testing.T) {
	for mime, c := range map[string]struct {
		patience time.Duration
		most     int // reports in ten seconds
	}{webrtc.MimeTypeOpus: {tellSound, 50}, webrtc.MimeTypeVP8: {tellPicture, 250}} {
		synctest.Test(t, func(t *testing.T) {
			p, began := newTold(t), time.Now()
			for i := range 500 {
				p.comes(t, mime, i%10 == 5 && i < 490) // what is missing last may only be late
				time.Sleep(20 * time.Millisecond)
			}
			time.Sleep(c.patience)
			synctest.Wait()
			if len(p.at) < c.most*7/10 || len(p.at) > c.most {
				t.Errorf("%s: %d reports in ten seconds", mime, len(p.at))
			}
			lost := 0
			for i, packet := range p.came {
				if packet.Lost {
					lost++
				} else if at := packet.Sent.Sub(began); (packet.Received - at).Abs() > time.Millisecond {
					t.Errorf("%s: packet %d came at %v, not at %v", mime, i, packet.Received, at)
				}
			}
			if len(p.came) != 500 || lost != 49 {
				t.Errorf("%s: of %d packets is told, %d of them lost", mime, len(p.came), lost)
			}
		})
	}
}

// TestReceiptsHurry: a picture does not wait for what is told of the sound before it; what is no number is left out; nothing is told once it is over.
func TestReceiptsHurry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTold(t)
		p.packet(t, webrtc.MimeTypeOpus, []byte{1}, false)
		p.packet(t, webrtc.MimeTypeOpus, []byte{1, 2, 3}, false)
		time.Sleep(time.Second)
		synctest.Wait()
		if len(p.at) > 0 {
			t.Error("there are reports of nothing")
		}
		began := time.Now()
		p.comes(t, webrtc.MimeTypeOpus, false)
		time.Sleep(10 * time.Millisecond)
		p.comes(t, webrtc.MimeTypeVP8, false)
		time.Sleep(time.Second)
		synctest.Wait()
		if len(p.at) != 1 || p.at[0].Sub(began) != 10*time.Millisecond+tellPicture || len(p.came) != 2 {
			t.Errorf("%d reports of %d packets, %v after the first", len(p.at), len(p.came), p.at)
		}
		p.comes(t, webrtc.MimeTypeVP8, false)
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		p.comes(t, webrtc.MimeTypeVP8, false)
		time.Sleep(time.Second)
		synctest.Wait()
		if len(p.at) != 1 {
			t.Errorf("%d reports after the end", len(p.at)-1)
		}
	})
}

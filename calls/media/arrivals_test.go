package media

import (
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/transport/v4/packetio"
	"github.com/pion/webrtc/v4"

	"kith/calls/audio"
)

// TestReceiving: each packet that comes counts where it ends.
func TestReceiving(t *testing.T) {
	b := newBench(t)
	was := Receiving{}
	counts := func(what string, want Receiving) {
		t.Helper()
		if got := b.Stats().Receiving; got != want {
			t.Errorf("after %s: %+v, not %+v", what, got, want)
		}
		was = want
	}
	stored := b.buffer(packetio.RTPBufferPacket, 9)
	packet := func(sequence uint16, ssrc uint32, payload []byte) []byte {
		raw, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: sequence, SSRC: ssrc}, Payload: payload}).Marshal()
		if err == nil {
			_, err = stored.Write(raw) // decrypted
		}
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	const header = 12
	first := packet(1, 9, []byte{0x78, 1, 2, 3})
	counts("nobody has read it", Receiving{Unread: 1})

	b.path.arrived(first, codec{webrtc.MimeTypeOpus, 0}, b.now)
	counts("sound", Receiving{Audio: Arrived{1, header + 4}})

	b.path.arrived(packet(2, 10, []byte{0x78, 1}), codec{webrtc.MimeTypeOpus, 0}, b.now.Add(gone/2))
	was.Audio, was.Beside = Arrived{2, 2*header + 6}, 1
	counts("sound of another stream", was)

	repeated := audio.Pack(opusPayload, nil, []byte{0x78, 1})
	b.path.arrived(packet(3, 9, repeated), codec{mimeRED, 0}, b.now)
	was.Audio = Arrived{3, was.Audio.Bytes + header + uint64(len(repeated))}
	counts("sound that may be repeated", was)

	b.path.arrived(packet(4, 9, []byte{0xff}), codec{mimeRED, 0}, b.now)
	was.Malformed = 1
	counts("a repetition that ends early", was)

	b.path.arrived(packet(5, 11, []byte{0x10, 1}), codec{webrtc.MimeTypeVP8, 0}, b.now)
	was.Video = Arrived{1, header + 2}
	counts("a picture", was)

	b.path.arrived(packet(6, 12, []byte{0x10, 1}), codec{webrtc.MimeTypeVP8, 0}, b.now.Add(gone/2))
	was.Video, was.Beside = Arrived{2, 2*header + 4}, 2
	counts("a picture of another stream", was)

	b.path.arrived(packet(7, 13, []byte{0, 5, 0x10, 1}), codec{webrtc.MimeTypeRTX, 0}, b.now)
	was.Video = Arrived{3, was.Video.Bytes + header + 4}
	counts("a repair", was)

	b.path.arrived(packet(8, 14, []byte{1}), codec{"audio/nothing", 0}, b.now)
	was.Unknown = 1
	counts("what nobody speaks", was)

	if _, err := stored.Write([]byte{0x80, 1}); err != nil {
		t.Fatal(err)
	}
	b.path.arrived([]byte{0x80, 1}, codec{webrtc.MimeTypeOpus, 0}, b.now)
	was.Malformed = 2
	counts("half a header", was)

	if _, err := b.buffer(packetio.RTCPBufferPacket, 9).Write(first); err != nil {
		t.Fatal(err)
	}
	counts("a report", was)
}

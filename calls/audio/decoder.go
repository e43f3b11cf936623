package audio

import (
	"errors"
	"fmt"

	"github.com/thesyncim/gopus"
)

var (
	errPacket = errors.New("malformed opus packet")
	errNoFEC  = errors.New("packet does not repeat the one before")
)

// Decoder turns Opus packets into sound: any packet of RFC 6716, stereo brought together into mono. A decoder keeps state from packet
// to packet, so that the order of calls must be the order of the stream, with a call of Recover or Conceal for what is missing.
type Decoder struct {
	opus  *gopus.Decoder
	music bool // the last packet was of the coder that is not for speech: its successor cannot repeat it
	float [maxSamples]float32
}

// NewDecoder is ready for a stream's first packet.
func NewDecoder() (*Decoder, error) {
	opus, err := gopus.NewDecoder(gopus.DecoderConfig{
		SampleRate: Rate, Channels: 1, MaxPacketSamples: maxSamples, MaxPacketBytes: maxPayload,
	})
	if err != nil {
		return nil, fmt.Errorf("open opus decoder: %w", err)
	}
	return &Decoder{opus: opus}, nil
}

// Decode writes a packet's sound into out, which has room for 120 ms, and says how many samples there are.
func (d *Decoder) Decode(payload []byte, out []int16) (int, error) {
	if _, err := duration(payload); err != nil {
		return 0, err
	}
	n, err := d.opus.DecodeInt16(payload, out)
	if err != nil {
		return 0, fmt.Errorf("decode opus: %w", err)
	}
	d.music = gopus.ParseTOC(payload[0]).Mode == gopus.ModeCELT
	return n, nil
}

// Recover writes into out the packet before next, as far as next repeats it (RFC 6716 §2.1.7). It fails without having done
// anything when next does not; then Conceal is left.
func (d *Decoder) Recover(next []byte, out []int16) (int, error) {
	n := recoverable(next)
	if n == 0 || d.music {
		return 0, errNoFEC
	}
	n, err := d.opus.DecodeWithFEC(next, d.float[:n], true)
	if err != nil {
		return 0, fmt.Errorf("recover opus: %w", err)
	}
	for i, x := range d.float[:n] {
		out[i] = clamp16(x * 32768)
	}
	return n, nil
}

// Conceal fills out, of 10 or 20 ms, with a continuation of what was heard last.
func (d *Decoder) Conceal(out []int16) error {
	if _, err := d.opus.DecodeInt16(nil, out); err != nil {
		return fmt.Errorf("conceal opus: %w", err)
	}
	return nil
}

// recoverable is how much of what came before a packet it repeats; 0 when it does not.
func recoverable(payload []byte) int {
	if _, err := duration(payload); err != nil || !gopus.PacketHasLBRR(payload) {
		return 0
	}
	return gopus.ParseTOC(payload[0]).FrameSize
}

// duration is the number of samples in a packet (RFC 6716 §3.1), without looking further into it.
func duration(payload []byte) (int, error) {
	if len(payload) == 0 || len(payload) > maxPayload {
		return 0, errPacket
	}
	frames := 1
	switch payload[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(payload) < 2 {
			return 0, errPacket
		}
		frames = int(payload[1] & 63)
	}
	samples := frames * gopus.ParseTOC(payload[0]).FrameSize
	if samples == 0 || samples > maxSamples {
		return 0, errPacket
	}
	return samples, nil
}

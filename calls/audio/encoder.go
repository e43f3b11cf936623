package audio

import (
	"fmt"

	"github.com/thesyncim/gopus"
)

const (
	defaultBitrate = 32000
	minBitrate     = 8000
	maxBitrate     = 64000 // above, Opus leaves its speech coder, and with it the repair of lost packets
	fullAbove      = 28000 // from here on there are bits for more than a voice,
	voiceBelow     = 24000 // and below there are not; in between it stays as it was
	complexity     = 2     // 0.7 of what 5 takes, and 0.2 dB further from the spectrum of speech; 1 is 0.2 dB further still, 9 twice as dear as 2
	expectedLoss   = 0.05  // until the other side has told what it misses
)

// Packet is what goes into one RTP packet.
type Packet struct {
	Payload   []byte // Opus; it is the encoder's, until its next packet
	Timestamp uint32 // in samples from the encoder's beginning; the sender adds its random offset (RFC 3550 §5.1)
	Marker    bool   // the first after a pause (RFC 7587 §4.1)
}

// Encoder makes Opus packets of 20 ms out of the microphone's blocks. It leaves out what a pause need not say (DTX), so that
// timestamps may jump where sequence numbers do not.
type Encoder struct {
	opus      *gopus.Encoder
	full      bool // all that is heard is coded, not only what telephones carry of a voice
	pcm       [packetSamples]int16
	filled    int
	payload   [maxPayload]byte
	timestamp uint32
	pause     pause
	loss      float64
	alone     bool // packets need not repeat each other
}

// NewEncoder prepares for speech at 32 kb/s and 5 % loss.
func NewEncoder() (*Encoder, error) {
	e := &Encoder{loss: expectedLoss}
	if err := e.SetBitrate(defaultBitrate); err != nil {
		return nil, err
	}
	return e, nil
}

// open begins with a new Opus encoder, for the full bandwidth (20 kHz) or for a voice's (8 kHz). Opus would go from one to the other by
// itself, but on the way down gopus v0.1.2 falls silent for good, even after a reset. To the other side it sounds like a lost packet.
func (e *Encoder) open(full bool) error {
	opus, err := gopus.NewEncoder(gopus.EncoderConfig{SampleRate: Rate, Channels: 1, Application: gopus.ApplicationVoIP})
	if err != nil {
		return fmt.Errorf("open opus encoder: %w", err)
	}
	opus.SetFEC(!e.alone)
	opus.SetDTX(true)
	bandwidth := gopus.BandwidthWideband
	if full {
		bandwidth = gopus.BandwidthFullband
	}
	for _, err := range []error{
		opus.SetFrameSize(packetSamples), opus.SetComplexity(complexity), opus.SetSignal(gopus.SignalVoice),
		opus.SetLSBDepth(16), opus.SetBandwidth(bandwidth), opus.SetPacketLoss(percent(e.loss)),
	} {
		if err != nil {
			return fmt.Errorf("set up opus encoder: %w", err)
		}
	}
	e.opus, e.full = opus, full
	return nil
}

// SetBitrate takes effect with the next packet; the rate is in bits per second and brought within 8 and 64 kb/s.
func (e *Encoder) SetBitrate(rate int) error {
	rate = min(max(rate, minBitrate), maxBitrate)
	if full := rate >= fullAbove || e.full && rate >= voiceBelow; e.opus == nil || full != e.full {
		if err := e.open(full); err != nil {
			return err
		}
	}
	return e.opus.SetBitrate(rate)
}

// SetLoss tells the share of packets, 0 to 1, that the other side reported missing (RFC 3550 §6.4.1). The more it is, the more of each
// packet repeats the one before. More loss is believed at once, less only by and by: losses come in bursts.
func (e *Encoder) SetLoss(share float64) error {
	e.loss = min(max(share, e.loss*0.8, 0), 1)
	return e.opus.SetPacketLoss(percent(e.loss))
}

// SetAlone says that packets need not repeat each other, because each goes along whole with a later one (RFC 2198): what Opus needs for a
// rough copy is then better spent on the sound itself.
func (e *Encoder) SetAlone(yes bool) {
	e.alone = yes
	e.opus.SetFEC(!yes)
}

func percent(share float64) int { return int(share*100 + 0.5) }

// Encode takes the next 10 ms. With every second block there is a packet, but in pauses.
func (e *Encoder) Encode(block *Block) (p Packet, ok bool, err error) {
	copy(e.pcm[e.filled:], block[:])
	e.filled += blockSamples
	if e.filled < packetSamples {
		return Packet{}, false, nil
	}
	e.filled = 0
	p.Timestamp = e.timestamp
	e.timestamp += packetSamples
	loud := power(e.pcm[:])
	if e.pause.skips(loud) {
		return Packet{}, false, nil
	}
	n, err := e.opus.EncodeInt16(e.pcm[:], e.payload[:])
	if err != nil {
		return Packet{}, false, fmt.Errorf("encode opus: %w", err)
	}
	p.Payload = e.payload[:n]
	ok, p.Marker = e.pause.coded(loud, n)
	return p, ok, nil
}

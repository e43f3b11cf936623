package audio

import (
	"errors"
	"fmt"

	"github.com/thesyncim/gopus"
)

const (
	defaultBitrate = 32000
	minBitrate     = 8000
	maxBitrate     = 64000
	fullAbove      = 28000 // from here on there are bits for more than a voice,
	voiceBelow     = 24000 // and below there are not; in between it stays as it was
	richAbove      = 56000 // from here on the coder for all sounds has the better sound, for half the work
	expectedLoss   = 0.05  // until the other side has told what it misses
)

// band is what of the sound is coded, and how.
type band int

const (
	voice band = iota // what telephones carry, up to 8 kHz
	full              // up to 20 kHz, by the coder for speech (SILK) and what it lacks
	rich              // the same, by the coder for all sounds (CELT), whose packets repeat nothing of each other
)

// setting is how Opus is set up for a band; docs/bench.md says what more and less work sound like.
type setting struct {
	bandwidth  gopus.Bandwidth
	mode       gopus.EncoderMode
	complexity int
}

var settings = [...]setting{
	voice: {gopus.BandwidthWideband, gopus.EncoderModeSILK, 4},
	full:  {gopus.BandwidthFullband, gopus.EncoderModeHybrid, 4},
	rich:  {gopus.BandwidthFullband, gopus.EncoderModeCELT, 0},
}

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
	band      band
	pcm       [packetSamples]int16
	filled    int
	payload   [maxPayload]byte
	timestamp uint32
	pause     pause
	room      room
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

// open begins with a new Opus encoder. To the other side it sounds like a lost packet.
func (e *Encoder) open() error {
	opus, err := gopus.NewEncoder(gopus.EncoderConfig{SampleRate: Rate, Channels: 1, Application: gopus.ApplicationVoIP})
	if err != nil {
		return fmt.Errorf("open opus encoder: %w", err)
	}
	opus.SetFEC(!e.alone)
	opus.SetDTX(true)
	for _, err := range []error{
		opus.SetFrameSize(packetSamples), opus.SetSignal(gopus.SignalVoice), opus.SetLSBDepth(16), opus.SetPacketLoss(percent(e.loss)),
	} {
		if err != nil {
			return fmt.Errorf("set up opus encoder: %w", err)
		}
	}
	e.opus = opus
	return nil
}

// enter goes over to a band. Opus does so by itself, and unheard, but on the way to or from a voice gopus v0.1.2 falls silent for good, even
// after a reset.
func (e *Encoder) enter(band band) error {
	if e.opus == nil || (band == voice) != (e.band == voice) {
		if err := e.open(); err != nil {
			return err
		}
	}
	e.band = band
	set := settings[band]
	return errors.Join(e.opus.SetBandwidth(set.bandwidth), e.opus.SetMode(set.mode), e.opus.SetComplexity(set.complexity))
}

// SetBitrate takes effect with the next packet; the rate is in bits per second and brought within 8 and 64 kb/s.
func (e *Encoder) SetBitrate(rate int) error {
	rate = min(max(rate, minBitrate), maxBitrate)
	if band := e.choose(rate); e.opus == nil || band != e.band {
		if err := e.enter(band); err != nil {
			return err
		}
	}
	return e.opus.SetBitrate(rate)
}

func (e *Encoder) choose(rate int) band {
	switch {
	case rate >= richAbove:
		return rich
	case rate >= fullAbove || e.band != voice && rate >= voiceBelow:
		return full
	}
	return voice
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
	silent := e.room.silent(loud)
	if e.pause.skips(loud) {
		return Packet{}, false, nil
	}
	n, err := e.code(silent)
	if err != nil {
		return Packet{}, false, fmt.Errorf("encode opus: %w", err)
	}
	p.Payload = e.payload[:n]
	ok, p.Marker = e.pause.coded(loud, n)
	return p, ok, nil
}

// code makes a packet. The coder for speech knows itself when there is nothing to say; for the other one it is said here.
func (e *Encoder) code(silent bool) (bytes int, err error) {
	if e.band == rich && silent && !e.pause.looks() {
		e.payload[0] = nothing
		return 1, nil
	}
	return e.opus.EncodeInt16(e.pcm[:], e.payload[:])
}

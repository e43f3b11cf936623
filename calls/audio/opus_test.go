package audio

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/thesyncim/gopus"
)

// pieces reads packets with their length before them, as a program with libopus 1.3.1 wrote them: one second of a voice-like sound of
// 220, 440, 660 and 880 Hz with amplitudes 6000, 4000, 3000 and 2000.
func pieces(t testing.TB, name string) [][]byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var packets [][]byte
	for len(data) > 0 {
		n := int(binary.BigEndian.Uint16(data))
		packets = append(packets, data[2:2+n])
		data = data[2+n:]
	}
	return packets
}

// amplitude is how much of a frequency is in a sound, and the share of all power that is.
func amplitude(pcm []int16, frequency float64) (peak, share float64) {
	var re, im, all float64
	for i, x := range pcm {
		s, c := math.Sincos(2 * math.Pi * frequency * float64(i) / Rate)
		re += float64(x) * c
		im += float64(x) * s
		all += float64(x) * float64(x)
	}
	n := float64(len(pcm))
	peak = 2 * math.Hypot(re, im) / n
	return peak, peak * peak / 2 / (all / n)
}

// TestLibopus decodes what the reference implementation encoded, in all of its modes.
func TestLibopus(t *testing.T) {
	for _, name := range []string{"silk", "hybrid", "celt", "stereo60"} {
		t.Run(name, func(t *testing.T) {
			pcm := decodeAll(t, pieces(t, "libopus_"+name+".bin"), nil)
			checkHarmonics(t, pcm[Rate/5:Rate*4/5], 0.92) // libopus itself: 0.935 with silk, 0.99 and more with the others
		})
	}
}

// TestLibopusFEC does so with every eighth packet rebuilt from the next.
func TestLibopusFEC(t *testing.T) {
	for _, name := range []string{"silk", "hybrid"} {
		t.Run(name, func(t *testing.T) {
			pcm := decodeAll(t, pieces(t, "libopus_"+name+".bin"), func(i int) bool { return i%8 == 5 && i < 29 })
			checkHarmonics(t, pcm[Rate/10:Rate*3/5], 0.9)
		})
	}
}

// decodeAll decodes packets but those that are lost, which it recovers from the next.
func decodeAll(t *testing.T, packets [][]byte, lost func(i int) bool) []int16 {
	t.Helper()
	d := newDecoder(t)
	var pcm []int16
	for i, p := range packets {
		out := make([]int16, maxSamples)
		n, err := 0, error(nil)
		if lost != nil && lost(i) {
			n, err = d.Recover(packets[i+1], out)
		} else {
			n, err = d.Decode(p, out)
		}
		if err != nil {
			t.Fatalf("packet %d: %v", i, err)
		}
		pcm = append(pcm, out[:n]...)
	}
	return pcm
}

func checkHarmonics(t *testing.T, pcm []int16, enough float64) {
	t.Helper()
	total := 0.0
	for i, want := range []float64{6000, 4000, 3000, 2000} {
		peak, share := amplitude(pcm, 220*float64(i+1))
		if math.Abs(peak-want) > want/4 {
			t.Errorf("%d Hz: amplitude %.0f, want %.0f", 220*(i+1), peak, want)
		}
		total += share
	}
	if total < enough {
		t.Errorf("%.3f of the power is at the four frequencies, want %.3f", total, enough)
	}
	t.Logf("%.4f of the power is at the four frequencies", total)
}

// source is a synthetic microphone.
type source interface{ Next(*Block) }

// sent is a packet with a copy of its payload.
type sent struct {
	Packet
	sequence uint16
}

// encode makes packets of so many blocks.
func encode(t testing.TB, e *Encoder, s source, blocks int) (packets []sent, pcm []int16) {
	t.Helper()
	for range blocks {
		var b Block
		s.Next(&b)
		pcm = append(pcm, b[:]...)
		p, ok, err := e.Encode(&b)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			p.Payload = append([]byte(nil), p.Payload...)
			packets = append(packets, sent{p, uint16(len(packets))})
		}
	}
	return packets, pcm
}

func newEncoder(t testing.TB) *Encoder {
	t.Helper()
	e, err := NewEncoder()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestBitrate changes the rate in the middle and counts bytes.
func TestBitrate(t *testing.T) {
	t.Parallel()
	e, speech := newEncoder(t), NewSpeech(1)
	size := func(bandwidth gopus.Bandwidth) (bytes int) {
		packets, _ := encode(t, e, speech, 300)
		for _, p := range packets {
			bytes += len(p.Payload)
			if b := gopus.ParseTOC(p.Payload[0]).Bandwidth; b != bandwidth {
				t.Fatalf("bandwidth %v, want %v", b, bandwidth)
			}
		}
		return bytes
	}
	usual := size(gopus.BandwidthFullband)
	if err := e.SetBitrate(12000); err != nil {
		t.Fatal(err)
	}
	low := size(gopus.BandwidthWideband)
	if err := e.SetBitrate(1 << 30); err != nil {
		t.Fatal(err)
	}
	high := size(gopus.BandwidthFullband)
	t.Logf("bytes in three seconds: %d at 32 kb/s, %d at 12, %d at the highest", usual, low, high)
	if low*3/2 > usual || usual*4/3 > high || high > 3*maxBitrate/8*5/4 {
		t.Errorf("bytes in three seconds: %d at 32 kb/s, %d at 12, %d at the highest", usual, low, high)
	}
}

// TestBitrateWalk changes rate and loss often, over all bandwidths, and holds what comes out against what went in: a coder that falls
// silent, or is no longer understood, is noticed.
func TestBitrateWalk(t *testing.T) {
	t.Parallel()
	e, speech, d := newEncoder(t), NewSpeech(3), newDecoder(t)
	random := rand.New(rand.NewPCG(1, 2))
	var heard, quiet int
	for range 22 {
		if err := errors.Join(e.SetBitrate(minBitrate+random.IntN(maxBitrate-minBitrate)), e.SetLoss(random.Float64()/4)); err != nil {
			t.Fatal(err)
		}
		packets, pcm := encode(t, e, speech, 50)
		out := make([]int16, maxSamples)
		var sum float64
		for _, p := range packets {
			n, err := d.Decode(p.Payload, out)
			if err != nil {
				t.Fatal(err)
			}
			sum += power(out[:n]) * float64(n)
		}
		in, back := decibels(power(pcm)), decibels(sum/float64(len(pcm)))
		if in < -30 {
			quiet++
			continue
		}
		heard++
		if math.Abs(in-back) > 3 {
			t.Errorf("%.1f dBFS became %.1f", in, back)
		}
	}
	t.Logf("%d half seconds heard, %d were quiet", heard, quiet)
	if heard < 10 {
		t.Errorf("only %d half seconds of sound", heard)
	}
}

func newDecoder(t testing.TB) *Decoder {
	t.Helper()
	d, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestLossReports shows that packets repeat each other as long as losses are reported, and stop when they are not.
func TestLossReports(t *testing.T) {
	t.Parallel()
	e, speech := newEncoder(t), NewSpeech(2)
	repeating := func() float64 {
		packets, _ := encode(t, e, speech, 300)
		n := 0
		for _, p := range packets {
			if recoverable(p.Payload) > 0 {
				n++
			}
		}
		return float64(n) / float64(len(packets))
	}
	if err := e.SetLoss(0.1); err != nil {
		t.Fatal(err)
	}
	with := repeating()
	if err := e.SetLoss(0); err != nil || e.opus.PacketLoss() != 8 {
		t.Errorf("%d %% expected after one report without losses, %v", e.opus.PacketLoss(), err)
	}
	for range 22 {
		if err := e.SetLoss(0); err != nil {
			t.Fatal(err)
		}
	}
	without := repeating()
	t.Logf("%.2f of the packets repeat at 10 %% loss, %.2f without", with, without)
	if with < 0.8 || without > 0.02 {
		t.Errorf("%.2f of the packets repeat at 10 %% loss, %.2f without", with, without)
	}
}

// TestPause sends next to nothing while nobody talks, and marks the first packet after it.
func TestPause(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{defaultBitrate, richAbove} {
		pauses(t, rate)
	}
}

func pauses(t *testing.T, rate int) {
	t.Helper()
	tone := &Tone{From: 200, To: 1800, Sweep: Rate / 4, Gate: 2 * Rate, Loud: 9000}
	packets := recordAt(t, rate, tone, 600).packets // two seconds of sound, two of silence, two of sound
	inPause, marked := 0, 0
	for _, p := range packets {
		if p.Timestamp > 2.5*Rate && p.Timestamp < 4*Rate-packetSamples {
			inPause++
		}
		if p.Marker && p.Timestamp >= 4*Rate-packetSamples {
			marked++
		}
	}
	t.Logf("%d b/s: %d packets in 1.5 s of pause, %d of all", rate, inPause, len(packets))
	if inPause > 18 || marked != 1 {
		t.Errorf("%d b/s: %d packets in 1.5 s of pause, %d marked after it", rate, inPause, marked)
	}
}

// TestMalformed gives decoders what is no Opus.
func TestMalformed(t *testing.T) {
	d := newDecoder(t)
	out := make([]int16, maxSamples)
	for name, payload := range map[string][]byte{
		"empty": {}, "no count": {3}, "no frames": {3, 0}, "too long a time": {0x1b, 63}, "too many bytes": make([]byte, maxPayload+1),
		"half a frame": {1, 0, 0, 0}, "odd": {9, 1},
	} {
		if n, err := d.Decode(payload, out); err == nil {
			t.Errorf("%s: %d samples", name, n)
		}
		if n, err := d.Recover(payload, out); err == nil {
			t.Errorf("%s: recovered %d samples", name, n)
		}
	}
	if _, err := d.Recover([]byte{0xf8, 1, 2, 3}, out); !errors.Is(err, errNoFEC) {
		t.Errorf("a packet without repetition: %v", err)
	}
	if _, err := d.Decode(pieces(t, "libopus_celt.bin")[0], out); err != nil {
		t.Error(err)
	}
	if _, err := d.Recover(pieces(t, "libopus_hybrid.bin")[1], out); !errors.Is(err, errNoFEC) {
		t.Errorf("a packet that repeats what was of another coder: %v", err)
	}
}

// FuzzDecoder gives any bytes, as a packet and as what repairs one, between good ones.
func FuzzDecoder(f *testing.F) {
	for _, name := range []string{"silk", "hybrid", "celt", "stereo60"} {
		for _, p := range pieces(f, "libopus_"+name+".bin")[:3] {
			f.Add(p)
		}
	}
	f.Add([]byte{3, 0x81})
	good := pieces(f, "libopus_hybrid.bin")[0]
	f.Fuzz(func(t *testing.T, payload []byte) {
		d := newDecoder(t)
		out := make([]int16, maxSamples)
		for _, p := range [][]byte{payload, good, payload} {
			want, bad := duration(p)
			n, err := d.Decode(p, out)
			if err == nil && (bad != nil || n != want) {
				t.Fatalf("%d samples, announced %d", n, want)
			}
			if n, err := d.Recover(p, out); err == nil && (n <= 0 || n > maxSamples) {
				t.Fatalf("recovered %d samples", n)
			}
			if err := d.Conceal(out[:blockSamples]); err != nil {
				t.Fatal(err)
			}
		}
	})
}

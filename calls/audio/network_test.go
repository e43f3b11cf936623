package audio

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// network is a simulated one in virtual time: the same seed loses and delays the same packets.
type network struct {
	loss   float64       // share of packets, independently
	jitter time.Duration // delays are spread evenly from 0 to twice this, independently, so that packets overtake each other
	drift  float64       // by how much the sender's clock is fast
	copies float64       // share of packets that come twice
	seed   uint64
	older  int // so many packets are repeated in each

	lost  func(at time.Duration) bool          // in addition, by the time of sending
	delay func(at time.Duration) time.Duration // in addition
	stamp func(p sent) sent                    // changes a packet on its way
}

// arrival is a packet that comes through.
type arrival struct {
	sent
	at    time.Duration
	older []Older
}

// carry sends packets when they are complete, and gives them in the order of their arrival.
func (n network) carry(packets []sent) []arrival {
	random := rand.New(rand.NewPCG(n.seed, 7))
	var all []arrival
	for i, p := range packets {
		at := time.Duration(float64(inTime(int64(p.Timestamp)+packetSamples)) / (1 + n.drift))
		dropped := random.Float64() < n.loss
		delay := time.Duration(random.Float64() * 2 * float64(n.jitter))
		twice := random.Float64() < n.copies
		if dropped || n.lost != nil && n.lost(at) {
			continue
		}
		if n.delay != nil {
			delay += n.delay(at)
		}
		var older []Older
		for _, o := range packets[max(i-n.older, 0):i] {
			older = append(older, Older{p.Timestamp - o.Timestamp, o.Payload})
		}
		if n.stamp != nil {
			p = n.stamp(p)
		}
		all = append(all, arrival{p, at + delay, older})
		if twice {
			all = append(all, arrival{p, at + delay + time.Duration(random.Float64()*float64(60*time.Millisecond)), older})
		}
	}
	slices.SortStableFunc(all, func(a, b arrival) int { return int(a.at - b.at) })
	return all
}

// listening is what came out of a buffer.
type listening struct {
	pcm       []int16
	positions []int64 // which timestamp each block began with
	stats     []Stats // after each block
}

// listen plays packets as they arrive, a block every 10 ms of the player's clock.
func listen(t testing.TB, arrivals []arrival, blocks int) listening {
	t.Helper()
	return listenIn(t, arrivals, blocks, 1)
}

// listenIn does so for a speaker that takes several blocks at a time.
func listenIn(t testing.TB, arrivals []arrival, blocks, atOnce int) listening {
	t.Helper()
	b := newBuffer(t)
	start := time.Unix(1700000000, 0)
	var l listening
	for i := range blocks {
		now := time.Duration(i/atOnce*atOnce) * 10 * time.Millisecond
		for len(arrivals) > 0 && arrivals[0].at <= now {
			a := arrivals[0]
			b.Put(a.sequence+65400, a.Timestamp-4*Rate, a.Payload, start.Add(a.at)) // both wrap around soon
			b.PutOlder(a.sequence+65400, a.Timestamp-4*Rate, a.older, start.Add(a.at))
			arrivals = arrivals[1:]
		}
		var out Block
		b.Play(start.Add(now), &out)
		l.pcm = append(l.pcm, out[:]...)
		l.positions = append(l.positions, b.position()-blockSamples-origin)
		l.stats = append(l.stats, b.Stats())
	}
	return l
}

// origin is the buffer's number for the first timestamp that listen puts in.
const origin = 1<<40 + 1<<32 - 4*Rate

func newBuffer(t testing.TB) *Buffer {
	t.Helper()
	b, err := NewBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// last is the sum of all, and the figures at the end.
func (l listening) last() Stats { return l.stats[len(l.stats)-1] }

// delays are the mean and the greatest delay between two times of the player.
func (l listening) delays(from, to time.Duration) (mean, most time.Duration) {
	some := l.stats[from/(10*time.Millisecond) : to/(10*time.Millisecond)]
	for _, s := range some {
		mean += s.Delay
		most = max(most, s.Delay)
	}
	return mean / time.Duration(len(some)), most
}

// concealed is the share of what was sent that had to be made up.
func (s Stats) concealed() float64 {
	return float64(s.Concealed) / float64(s.Concealed+s.Recovered+s.Played)
}

// clean is what a decoder makes of all packets, with silence where none was sent: what one would hear if there were no network.
func clean(t testing.TB, packets []sent, samples int) []int16 {
	t.Helper()
	d := newDecoder(t)
	pcm := make([]int16, samples+maxSamples)
	for _, p := range packets {
		if _, err := d.Decode(p.Payload, pcm[p.Timestamp:p.Timestamp+maxSamples]); err != nil {
			t.Fatal(err)
		}
	}
	return pcm[:samples]
}

// recording is sent again and again by the tests: what an encoder makes of a source, and what is heard of it without a network.
type recording struct {
	packets []sent
	clean   []int16
}

// tenSeconds are of the same speech for all tests that can do with it: encoding is most of their work.
var tenSeconds struct {
	once sync.Once
	recording
}

func spoken(t testing.TB) recording {
	t.Helper()
	tenSeconds.once.Do(func() { tenSeconds.recording = record(t, NewSpeech(5), 1000) })
	return tenSeconds.recording
}

// record encodes blocks for a network that is known to lose a tenth.
func record(t testing.TB, s source, blocks int) recording {
	t.Helper()
	return recordAt(t, defaultBitrate, s, blocks)
}

func recordAt(t testing.TB, rate int, s source, blocks int) recording {
	t.Helper()
	e := newEncoder(t)
	if err := errors.Join(e.SetBitrate(rate), e.SetLoss(0.1)); err != nil {
		t.Fatal(err)
	}
	packets, pcm := encode(t, e, s, blocks)
	return recording{packets, clean(t, packets, len(pcm))}
}

// through sends it through a network and plays it.
func (r recording) through(t testing.TB, n network) (listening, quality) {
	t.Helper()
	l := listen(t, n.carry(r.packets), len(r.clean)/blockSamples-10)
	return l, l.compare(r.clean)
}

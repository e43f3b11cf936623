package media_test

import (
	"fmt"
	"image"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kith/calls/audio"
	"kith/calls/echo"
	"kith/calls/media"
)

// BenchmarkCall is a call of ten seconds in both directions at each loss, over a line of 20 ms with 20 ms of jitter; the figures are those of one
// side. Delays are what is added to the network's fastest way.
func BenchmarkCall(b *testing.B) {
	for _, loss := range []float64{0, 0.02, 0.05, 0.1} {
		b.Run(fmt.Sprintf("loss=%v", loss*100), func(b *testing.B) {
			for b.Loop() {
				measureCall(b, network{delay: 20 * time.Millisecond, jitter: 20 * time.Millisecond, loss: loss}, options{hz: 440, width: 640, height: 360, fps: 30})
			}
		})
	}
	b.Run("720p", func(b *testing.B) {
		for b.Loop() {
			measureCall(b, network{delay: 20 * time.Millisecond}, options{hz: 440, width: 1280, height: 720, fps: 30})
		}
	})
}

const callLength = 10 * time.Second

func measureCall(b *testing.B, n network, o options) {
	e := &echoes{}
	o.config = func(c *media.Config) {
		open := c.Microphone
		c.Microphone = func() (media.Microphone, error) {
			m, err := open()
			return &watchedMicrophone{m.(*microphone), e}, err
		}
	}
	from := newSide(b, o)
	other := defaults(1000)
	other.config = func(c *media.Config) { c.Measure = image.Pt(o.width, o.height) }
	to := newSide(b, other)
	to.heard.tap = e.played
	begin(b, from, to, n, true)
	began, cpu := time.Now(), processorTime()
	for _, s := range []*side{from, to} {
		s.session.Allow(true, true)
	}
	from.session.Camera(true)
	time.Sleep(callLength) // what is measured is a time
	f, passed := to.session.Stats(), time.Since(began)
	b.ReportMetric((processorTime()-cpu).Seconds()/passed.Seconds()*100, "%core")
	b.ReportMetric(float64(f.FirstAudio.Sub(began).Milliseconds()), "ms-first-audio")
	b.ReportMetric(float64(f.FirstVideo.Sub(began).Milliseconds()), "ms-first-video")
	b.ReportMetric(float64(e.middle().Milliseconds())-float64(n.delay.Milliseconds()), "ms-audio")
	b.ReportMetric(float64(from.delay(to).Milliseconds())-float64(n.delay.Milliseconds()), "ms-video")
	b.ReportMetric(float64(f.Skew.Milliseconds()), "ms-skew")
	b.ReportMetric(100*f.Concealed, "%concealed")
	b.ReportMetric(100*float64(f.Video.Shown)/float64(max(f.Video.Shown+f.Video.Dropped, 1)), "%shown")
	b.ReportMetric(float64(f.VideoFPS), "fps")
	b.ReportMetric(float64(f.Video.LongestFreeze.Milliseconds()), "ms-freeze")
	b.ReportMetric(from.session.Stats().Target/1e3, "kb/s-target")
	b.ReportMetric(f.PSNR, "dB")
}

// delay is the middle of the times from the camera of one side to the eye of the other.
func (s *side) delay(to *side) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	to.mu.Lock()
	defer to.mu.Unlock()
	var all []time.Duration
	for _, p := range to.shown {
		if at, ok := s.taken[p.id]; ok {
			all = append(all, p.at.Sub(at))
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// echoes compare when tones began on one side and were heard on the other.
type echoes struct {
	mu     sync.Mutex
	begun  []time.Time
	quiet  int
	delays []time.Duration
}

// watchedMicrophone notes when the tone begins: every 60 blocks.
type watchedMicrophone struct {
	*microphone
	echoes *echoes
}

func (m *watchedMicrophone) Read(block *audio.Block) error {
	err := m.microphone.Read(block)
	n := m.at.Add(1) - 1
	if n%60 == 0 {
		m.echoes.mu.Lock()
		m.echoes.begun = append(m.echoes.begun, time.Now())
		m.echoes.mu.Unlock()
	}
	return err
}

// played notes when a tone begins to be heard.
func (e *echoes) played(block *audio.Block) {
	e.mu.Lock()
	defer e.mu.Unlock()
	loudest := int16(0)
	for _, x := range block {
		loudest = max(loudest, x)
	}
	if loudest < 1000 {
		e.quiet++
		return
	}
	if e.quiet > 10 && len(e.begun) > 0 {
		e.delays = append(e.delays, time.Since(e.begun[len(e.begun)-1]))
	}
	e.quiet = 0
}

func (e *echoes) middle() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.delays) == 0 {
		return 0
	}
	slices.Sort(e.delays)
	return e.delays[len(e.delays)/2]
}

// BenchmarkSound is the share of a core that one end of a call without a picture takes: in its first ten seconds ("begin"), in which Opus still repeats
// what may be lost, and from then on. Of it, the test's own network and devices take "harness", the same without a session between them. In "both" both
// ends sound all the time, in "turns" they talk as people do; "cleaned" is with what takes echo and noise out, as in real calls.
func BenchmarkSound(b *testing.B) {
	for name, hears := range map[string]func(end int) []audio.Block{"both": tones, "turns": turns} {
		for more, clean := range map[string]func() media.Processor{
			"": func() media.Processor { return nil }, "-cleaned": func() media.Processor { return echo.New() },
		} {
			b.Run(name+more, func(b *testing.B) {
				for b.Loop() {
					soundCall(b, hears, clean)
				}
			})
		}
	}
	b.Run("harness", func(b *testing.B) {
		for b.Loop() {
			c := &call{t: b, network: network{delay: 20 * time.Millisecond}}
			nets := c.lay()
			var all sync.WaitGroup
			stop := make(chan struct{})
			for i := range nets {
				c.handOver(nets[i], fmt.Sprintf("10.0.0.%d", i+1), fmt.Sprintf("10.0.0.%d", 2-i), stop, &all)
			}
			share(b, core)
			close(stop)
			all.Wait()
		}
	})
}

// soundCall measures a call without a picture.
func soundCall(b *testing.B, hears func(end int) []audio.Block, clean func() media.Processor) {
	var sides [2]*side
	for i := range sides {
		o := defaults(440)
		o.config = func(c *media.Config) {
			c.Measure, c.Processor = image.Point{}, clean() // to measure is not part of a call
			c.Microphone = func() (media.Microphone, error) { return newRecord(hears(i)), nil }
		}
		sides[i] = newSide(b, o)
	}
	begin(b, sides[0], sides[1], network{delay: 20 * time.Millisecond}, true)
	for _, s := range sides {
		s.session.Allow(true, false)
	}
	sides[0].changed(media.FirstAudio)
	share(b, "begin-"+core)
	share(b, core)
}

// tones are 600 ms of a tone that comes and goes.
func tones(int) []audio.Block {
	blocks, m := make([]audio.Block, 60), newMicrophone(440, &atomic.Int64{})
	for i := range blocks {
		m.tone.Next(&blocks[i])
	}
	return blocks
}

// turns are five seconds in which somebody speaks, and five in which the other one does.
func turns(end int) []audio.Block {
	blocks, speech, random := make([]audio.Block, 1000), audio.NewSpeech(uint32(end)), rand.New(rand.NewPCG(1, 2))
	for i := range blocks {
		if speaks := i < 500 == (end == 0); speaks {
			speech.Next(&blocks[i])
			continue
		}
		for j := range blocks[i] {
			blocks[i][j] = int16(random.IntN(32) - 16) // a quiet room
		}
	}
	return blocks
}

// core is the share of one that an end takes.
const core = "%core/end"

// share measures for a while what the process takes, for each of two ends.
func share(b *testing.B, unit string) {
	began, cpu := time.Now(), processorTime()
	time.Sleep(callLength) // what is measured is a time
	b.ReportMetric((processorTime()-cpu).Seconds()/time.Since(began).Seconds()*100/2, unit)
}

// handOver is a microphone, a speaker and the packets of a call between two ends, with nothing that makes one out of the other.
func (c *call) handOver(n *slowNet, from, to string, stop <-chan struct{}, all *sync.WaitGroup) {
	conn, err := n.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(from), Port: 5000})
	if err != nil {
		c.t.Fatal(err)
	}
	m, s := newRecord(tones(0)), &loudspeaker{newPace(), &levels{}}
	all.Go(func() {
		var block audio.Block
		for i := 0; m.Read(&block) == nil; i++ {
			if i%2 == 0 && i%60 < 34 { // as many as are sent of such a tone
				_, _ = conn.WriteTo(make([]byte, 120), &net.UDPAddr{IP: net.ParseIP(to), Port: 5000})
			}
		}
	})
	all.Go(func() {
		var block audio.Block
		for s.Write(&block) == nil {
		}
	})
	all.Go(func() {
		for b := make([]byte, 1500); ; {
			if _, _, err := conn.ReadFrom(b); err != nil {
				return
			}
		}
	})
	all.Go(func() {
		<-stop
		_, _, _ = m.Close(), s.Close(), conn.Close()
	})
}

// record is a microphone that hears the same for ever: to make it anew would be work that no microphone has.
type record struct {
	*microphone
	blocks []audio.Block
	at     int
}

func newRecord(blocks []audio.Block) *record {
	return &record{microphone: newMicrophone(440, &atomic.Int64{}), blocks: blocks}
}

func (r *record) Read(block *audio.Block) error {
	*block = r.blocks[r.at%len(r.blocks)]
	r.at++
	return r.wait()
}

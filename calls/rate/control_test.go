package rate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// path is a line with a queue, and a call over it, in steps of a millisecond: an encoder that keeps to the target, the pacer, the line,
// a receiver that reports every 50 ms.
type path struct {
	carries func(at time.Duration) float64
	oneWay  time.Duration
	holds   time.Duration // of the queue at the line's rate
	burst   float64       // bytes that pass at once after a rest
	jitter  time.Duration
	lose    float64
	busy    float64 // share of the time in which a process does not run
	crowd   crowd
	skew    float64 // of the other side's clock
	excess  float64 // that the encoder makes beyond what it is told
	random  *rand.Rand
	start   time.Time
	control *Controller
	pacer   Pacer[int64]

	free            *time.Duration // when the line has sent what is queued; of all whose line it is
	frame           int64          // the number of the newest
	number          int64
	sent            []Packet
	flying          []flight
	come            []flight      // and nobody has looked yet
	seen            []flight      // since the last report
	reportAt        time.Duration // when the next one is due
	stopped         [2]time.Duration
	frames          []time.Duration // when each was there whole
	targets         []float64       // each 10 ms
	queues, queueAt []time.Duration // at each packet, and each 10 ms
	carried         float64         // bits, since reset
	reportEach      time.Duration
	talk            *talk // nil: nothing comes back over a line of its own
}

type flight struct {
	number int64
	frame  int64 // 0: sound
	at     time.Duration
	lost   bool
}

func newPath(seed uint64, carries func(time.Duration) float64) *path {
	return &path{
		carries: carries, oneWay: 20 * time.Millisecond, holds: 400 * time.Millisecond, random: rand.New(rand.NewPCG(seed, 1)),
		start: time.Unix(1e9, 0), control: New(Limits{}), free: new(time.Duration),
		reportEach: 50 * time.Millisecond,
	}
}

func constant(rate float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return rate }
}

func (p *path) run(length time.Duration) { p.from(0, length) }

func (p *path) from(begin, end time.Duration) {
	const fps = 30
	for at := begin; at < end; at += time.Millisecond {
		now := p.start.Add(at)
		p.stop(at)
		if at%(10*time.Millisecond) == 0 {
			p.targets = append(p.targets, p.control.Target())
			p.queueAt = append(p.queueAt, max(*p.free-at, 0))
		}
		p.carry(at)
		p.hear(at)
		if at < p.stopped[0] || !p.turn(sending, at) {
			p.deliver(at)
			continue
		}
		target := p.control.Target()
		p.pacer.SetRate(p.control.Pace())
		p.speak(at)
		if due := int64(at.Seconds() * fps); due > p.frame {
			p.frame = due
			if p.pacer.Delay() < 200*time.Millisecond && !p.control.Full() {
				size := int(0.95 * target * (1 + p.excess) * (1 - min(p.pacer.Delay().Seconds()/0.25, 0.5)) / fps / 8 * (0.7 + 0.6*p.random.Float64()))
				size = p.shoot(at, due, size)
				for ; size > 0; size -= fullPacket {
					p.pacer.Push(now, Video, due, min(size, fullPacket))
				}
			}
		}
		p.control.Tick(now)
		if probe, ok := p.control.Next(now, p.pacer.Delay() > 0); ok {
			p.pacer.Probe(probe)
		}
		p.pacer.Hold(p.control.Full())
		for out, ok := p.pacer.Pop(now); ok; out, ok = p.pacer.Pop(now) {
			p.send(at, out)
			p.pacer.Hold(p.control.Full())
		}
		p.deliver(at)
	}
}

// stop takes the processor from a side now and then, for 20 to 120 ms.
func (p *path) stop(at time.Duration) {
	for side := range p.stopped {
		if at >= p.stopped[side] && p.random.Float64() < p.busy/70 {
			p.stopped[side] = at + time.Duration(20+p.random.IntN(100))*time.Millisecond
		}
	}
}

func (p *path) send(at time.Duration, out Out[int64]) {
	p.control.Sent(p.start.Add(at), out.Bytes)
	p.sent = append(p.sent, Packet{Sent: p.start.Add(at), Bytes: out.Bytes, Probe: out.Probe})
	f := flight{number: p.number, frame: out.Item}
	p.number++
	queue := max(*p.free-at, 0)
	p.queues = append(p.queues, queue)
	if queue > p.holds || p.random.Float64() < p.lose {
		f.lost = true
		f.at = at + queue + p.oneWay
	} else {
		f.at = p.pass(at, out.Bytes) + p.oneWay + time.Duration(p.random.Float64()*float64(p.jitter))
	}
	p.flying = append(p.flying, f)
}

// pass is when the line has sent so much more.
func (p *path) pass(at time.Duration, bytes int) time.Duration {
	rate := p.carries(at)
	rest := time.Duration(8 * p.burst / rate * float64(time.Second))
	*p.free = max(*p.free, at-rest) + time.Duration(float64(8*bytes)/rate*float64(time.Second))
	return max(*p.free, at)
}

// carry lets packets come that the line has let out.
func (p *path) carry(at time.Duration) {
	if !p.turn(carrying, at) {
		return
	}
	rest := p.flying[:0]
	for _, f := range p.flying {
		if f.at > at {
			rest = append(rest, f)
		} else {
			p.come = append(p.come, f)
		}
	}
	p.flying = rest
}

// deliver has what came looked at, and reports it.
func (p *path) deliver(at time.Duration) {
	if at < p.stopped[1] {
		return
	}
	if p.turn(receiving, at) {
		for _, f := range p.come {
			p.arrive(at, f)
			f.at = at // when the process looks
			p.seen = append(p.seen, f)
		}
		p.come = p.come[:0]
	}
	if at < p.reportAt || len(p.seen) == 0 || !p.turn(reporting, at) {
		return
	}
	p.reportAt = at - at%p.reportEach + p.reportEach
	report := make([]Packet, 0, len(p.seen))
	for _, f := range p.seen {
		q := p.sent[f.number]
		q.Lost = f.lost
		q.Received = time.Duration(float64(at0+f.at) * (1 + p.skew))
		report = append(report, q)
		if !f.lost {
			p.carried += float64(8 * q.Bytes)
			p.frames = append(p.frames, f.at)
		}
	}
	p.seen = p.seen[:0]
	if p.talk != nil {
		p.tell(at, report)
		return
	}
	p.control.RTT(2*p.oneWay + p.queues[len(p.queues)-1])
	p.control.Report(p.start.Add(at), report)
}

// at0 makes the other side's clock another one.
const at0 = 1000 * time.Hour

// least is the smallest target of a second from one time to another.
func (p *path) least(from, to time.Duration) float64 {
	least := math.Inf(1)
	for at := from; at+time.Second <= to; at += 100 * time.Millisecond {
		least = min(least, p.mean(at, at+time.Second))
	}
	return least
}

func (p *path) mean(from, to time.Duration) float64 {
	part := p.targets[from/(10*time.Millisecond) : to/(10*time.Millisecond)]
	sum := 0.0
	for _, v := range part {
		sum += v
	}
	return sum / float64(len(part))
}

// TestCleanPath: what a path carries is found within seconds, and is never left by a fifth, also by processes that do not run for nearly a
// third of the time.
func TestCleanPath(t *testing.T) {
	for _, rate := range []float64{200e3, 600e3, 2e6, 3.5e6} {
		for _, busy := range []float64{0, 0.1, 0.3} {
			worst, sum := math.Inf(1), 0.0
			const seeds = 4
			for seed := range uint64(seeds) {
				p := newPath(seed, constant(rate))
				p.busy, p.skew = busy, 1e-4
				p.run(60 * time.Second)
				worst = min(worst, p.least(8*time.Second, 60*time.Second)/rate)
				sum += p.mean(8*time.Second, 60*time.Second) / rate
			}
			t.Logf("%4.0f kb/s, busy %2.0f%%: least %.2f, mean %.2f", rate/1e3, 100*busy, worst, sum/seeds)
			if worst < 0.8 {
				t.Errorf("%.0f kb/s, busy %.0f%%: fell to %.2f of it", rate/1e3, 100*busy, worst)
			}
		}
	}
}

// freeze is the longest time without a packet from one time to another, and wait the longest queue.
func (p *path) freeze(from, to time.Duration) (longest time.Duration) {
	last := from
	for _, at := range p.frames {
		if at >= from && at < to {
			longest, last = max(longest, at-last), at
		}
	}
	return max(longest, to-last)
}

// TestStep: a line that gets worse and better again.
func TestStep(t *testing.T) {
	const worse, better, end = 20 * time.Second, 40 * time.Second, 60 * time.Second
	for seed := range uint64(10) {
		p := newPath(seed, func(at time.Duration) float64 {
			if at >= worse && at < better {
				return 300e3
			}
			return 2e6
		})
		p.holds = time.Second
		p.busy = 0.05
		p.run(end)
		calm, back := time.Duration(0), end
		for at := worse; at < better; at += 10 * time.Millisecond {
			if p.queueAt[at/(10*time.Millisecond)] > 250*time.Millisecond {
				calm = at - worse
			} else if at-worse > calm+time.Second {
				break
			}
		}
		for at := better; at < end; at += 10 * time.Millisecond {
			if p.targets[at/(10*time.Millisecond)] >= 0.9*2e6 {
				back = at - better
				break
			}
		}
		silence, then, bad := p.freeze(worse, better), p.least(better+back+time.Second, end)/2e6, p.mean(worse+3*time.Second, better)/300e3
		t.Logf("seed %d: calm after %v, longest silence %v, back after %v, then least %.2f, mean of the bad time %.2f", seed, calm, silence, back, then, bad)
		if calm > 3*time.Second || silence > time.Second || back > 10*time.Second || then < 0.8 || bad < 0.8 {
			t.Errorf("seed %d: recovers badly", seed)
		}
	}
}

// TestExcess: what an encoder makes too much waits in front of the line, where pictures can be left out, and not in its queue, where sound waits behind it.
func TestExcess(t *testing.T) {
	for seed := range uint64(3) {
		p := newPath(seed, constant(2e6))
		p.holds = time.Second
		p.run(20 * time.Second)
		p.excess = 0.4
		p.from(20*time.Second, 40*time.Second)
		queues := slices.Clone(p.queueAt[2000:])
		slices.Sort(queues)
		if most := queues[len(queues)*95/100]; most > 150*time.Millisecond {
			t.Errorf("seed %d: the queue is %v long", seed, most)
		}
		if mean := p.mean(20*time.Second, 40*time.Second) / 2e6; mean < 0.75 {
			t.Errorf("seed %d: %.2f of the line", seed, mean)
		}
	}
}

// TestRandomLoss: a line that loses packets for other reasons than being full keeps its rate.
func TestRandomLoss(t *testing.T) { keepsRate(t, 0.6, 0.75, 0.02, 0.05, 0.10) }

// TestHeavyLoss: a line that loses a fifth or more whatever is sent is found out, and used. Of 180 calls, one falls to 0.1 while it is not known, in its
// tenth second.
func TestHeavyLoss(t *testing.T) { keepsRate(t, 0.25, 0.9, 0.2, 0.25, 0.3) }

// keepsRate checks the least and the mean of what is sent over a line that loses so much, as shares of what it carries.
func keepsRate(t *testing.T, least, mean float64, loses ...float64) {
	t.Helper()
	for _, lose := range loses {
		for seed := range uint64(5) {
			p := newPath(seed, constant(2e6))
			p.lose, p.jitter, p.busy = lose, 20*time.Millisecond, 0.05
			p.run(60 * time.Second)
			l, m := p.least(10*time.Second, 60*time.Second)/2e6, p.mean(10*time.Second, 60*time.Second)/2e6
			if l < least || m < mean {
				t.Errorf("%.0f%% lost, seed %d: least %.2f, mean %.2f", 100*lose, seed, l, m)
			}
		}
	}
}

// TestPoliced: a line that drops what is too much, without a queue or nearly so, is not drowned, and not taken for one that loses by itself.
func TestPoliced(t *testing.T) {
	for _, rate := range []float64{200e3, 400e3, 1e6, 2e6} {
		for _, holds := range []time.Duration{5 * time.Millisecond, 30 * time.Millisecond} {
			for seed := range uint64(4) {
				p := newPath(seed, constant(rate))
				p.holds, p.lose = holds, 0.02
				p.run(60 * time.Second)
				if mean := p.mean(10*time.Second, 60*time.Second) / rate; mean < 0.5 || mean > 1.35 {
					t.Errorf("%.0f kb/s, seed %d: %.2f of what it carries is sent", rate/1e3, seed, mean)
				}
				if p.carried/60 < 0.6*min(rate, 1.5e6) { // of more, the first seconds do not know
					t.Errorf("%.0f kb/s, seed %d: %.0f bits a second arrived", rate/1e3, seed, p.carried/60)
				}
			}
		}
	}
}

// TestStandstill: a line that stands still for five seconds is not filled meanwhile, and used again when it moves.
func TestStandstill(t *testing.T) {
	p := newPath(1, func(at time.Duration) float64 {
		if at > 20*time.Second && at < 25*time.Second {
			return 1
		}
		return 2e6
	})
	p.holds = time.Hour
	p.run(20*time.Second + 50*time.Millisecond)
	before := p.control.Target()
	*p.free = 25 * time.Second
	p.carries = constant(2e6)
	p.from(20*time.Second+50*time.Millisecond, 40*time.Second)
	if at := p.targets[2480]; at > before/8 {
		t.Errorf("%.0f kb/s is sent into a line that stands still, %.0f before", at/1e3, before/1e3)
	}
	if at := p.least(35*time.Second, 40*time.Second); at < 0.8*2e6 {
		t.Errorf("%.0f kb/s after it moves again", at/1e3)
	}
}

// TestREMB: a peer that reports no single packets says itself what it takes.
func TestREMB(t *testing.T) {
	c := New(Limits{})
	now := time.Unix(1e9, 0)
	for range 300 { // half a minute
		now = now.Add(100 * time.Millisecond)
		c.Sent(now, fullPacket)
		c.REMB(now, 900e3)
		c.Losses(now, 0, 30)
		c.Tick(now)
		if probe, ok := c.Next(now, false); ok && probe.Rate > 1.1*900e3 {
			t.Fatalf("probes at %.0f kb/s", probe.Rate/1e3)
		}
	}
	if target := c.Target(); target != 900e3 {
		t.Errorf("target %.0f kb/s", target/1e3)
	}
	for range 50 {
		now = now.Add(100 * time.Millisecond)
		c.Sent(now, fullPacket)
		c.Losses(now, 12, 30)
	}
	if target := c.Target(); target > 300e3 || target < usual.Least {
		t.Errorf("target %.0f kb/s after two fifths were lost for five seconds", target/1e3)
	}
	if c.REMB(now, 1); c.Target() != usual.Least {
		t.Errorf("target %v of a peer that takes nothing", c.Target())
	}
}

// BenchmarkReport is the cost of a second of a call at 2 Mb/s: 20 reports of 10 packets.
func BenchmarkReport(b *testing.B) {
	c := New(Limits{})
	now := time.Unix(1e9, 0)
	var came time.Duration
	packets := make([]Packet, 10)
	b.ReportAllocs()
	for b.Loop() {
		for range 20 {
			for i := range packets {
				now, came = now.Add(5*time.Millisecond), came+5*time.Millisecond
				packets[i] = Packet{Sent: now, Received: came, Bytes: 1200}
			}
			c.Sent(now, fullPacket)
			c.Report(now, packets)
		}
	}
}

package rate

import "time"

// Kind is what a packet is, the most urgent first.
type Kind uint8

// The kinds of packet.
const (
	Audio  Kind = iota // leaves at once
	Repair             // is waited for already
	Video
	Padding // nothing was queued: the pacer asks for filling, for a probe
	kinds   = int(Padding)
)

// Pacer spreads packets over time. T is whatever the pipeline sends. The zero value paces nothing before SetRate.
type Pacer[T any] struct {
	queues [kinds][]queued[T]
	bytes  int // of repair and video that wait
	rate   float64
	debt   float64 // bytes that were sent ahead of the rate
	at     time.Time
	probe  Probe
	left   int // packets of the probe
	held   bool
}

type queued[T any] struct {
	item  T
	bytes int
}

// Out is a packet that leaves now. Of padding only Bytes says something.
type Out[T any] struct {
	Item  T
	Kind  Kind
	Bytes int
	Probe int // 0: none
}

const (
	// catchUp bounds what a process that was not scheduled may send at once.
	catchUp = 20 * time.Millisecond
	// maxQueued bounds the packets of a kind that wait; an encoder that does not listen loses the newest.
	maxQueued = 2048
)

// SetRate sets how fast repair and video leave, in bits per second: Controller.Pace says it.
func (p *Pacer[T]) SetRate(rate float64) { p.rate = rate }

// Hold keeps all but sound back.
func (p *Pacer[T]) Hold(yes bool) { p.held = yes }

// Probe begins a probe: its packets leave at its rate.
func (p *Pacer[T]) Probe(probe Probe) { p.probe, p.left = probe, probe.Packets }

// Push queues a packet; false when too many wait, and it is dropped.
func (p *Pacer[T]) Push(now time.Time, kind Kind, item T, bytes int) bool {
	p.pass(now)
	if int(kind) >= kinds || len(p.queues[kind]) >= maxQueued {
		return false
	}
	p.queues[kind] = append(p.queues[kind], queued[T]{item, bytes})
	if kind != Audio {
		p.bytes += bytes
	}
	return true
}

// Delay is how long what waits will take. An encoder that sees it grow leaves out frames.
func (p *Pacer[T]) Delay() time.Duration {
	if p.rate <= 0 {
		return 0
	}
	return time.Duration(float64(8*p.bytes) / p.rate * float64(time.Second))
}

// Clear drops what waits of video and of its repair, before a key frame that makes it useless.
func (p *Pacer[T]) Clear() {
	p.queues[Repair], p.queues[Video], p.bytes = nil, nil, 0
}

// Pop is the next packet that may leave now, if one may.
func (p *Pacer[T]) Pop(now time.Time) (out Out[T], ok bool) {
	p.pass(now)
	if len(p.queues[Audio]) > 0 {
		return p.take(Audio), true
	}
	if p.debt > 0 || p.held {
		return out, false
	}
	for _, kind := range [...]Kind{Repair, Video} {
		if len(p.queues[kind]) > 0 {
			out = p.take(kind)
			p.debt += float64(out.Bytes)
			return p.probed(out), true
		}
	}
	if p.left > 0 {
		p.debt += float64(p.probe.Padding)
		return p.probed(Out[T]{Kind: Padding, Bytes: p.probe.Padding}), true
	}
	return out, false
}

// Wait is when Pop is worth another look; ok is false when nothing waits.
func (p *Pacer[T]) Wait(now time.Time) (d time.Duration, ok bool) {
	p.pass(now)
	if p.bytes == 0 && p.left == 0 || p.held {
		return 0, len(p.queues[Audio]) > 0
	}
	if p.debt <= 0 || len(p.queues[Audio]) > 0 || p.speed() <= 0 {
		return 0, true
	}
	return time.Duration(8 * p.debt / p.speed() * float64(time.Second)), true
}

func (p *Pacer[T]) take(kind Kind) Out[T] {
	q := p.queues[kind]
	out := Out[T]{Item: q[0].item, Kind: kind, Bytes: q[0].bytes}
	q[0] = queued[T]{}
	if p.queues[kind] = q[1:]; len(q) == 1 {
		p.queues[kind] = nil
	}
	if kind != Audio {
		p.bytes -= out.Bytes
	}
	return out
}

// probed counts a packet to the probe, if there is one.
func (p *Pacer[T]) probed(out Out[T]) Out[T] {
	if p.left > 0 {
		p.left--
		out.Probe = p.probe.ID
	}
	return out
}

func (p *Pacer[T]) speed() float64 {
	if p.left > 0 {
		return p.probe.Rate
	}
	return p.rate
}

// pass lets time pass.
func (p *Pacer[T]) pass(now time.Time) {
	if passed := now.Sub(p.at); passed > 0 {
		if p.at.IsZero() {
			passed = 0
		}
		p.at = now
		paid := p.speed() * min(passed, time.Second).Seconds() / 8
		p.debt = max(p.debt-paid, -p.speed()*catchUp.Seconds()/8)
		if p.bytes == 0 && p.left == 0 {
			p.debt = max(p.debt, 0) // what was not needed is not saved
		}
	}
}

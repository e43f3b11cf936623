package audio

import "time"

const (
	mostTarget = Rate           // who is later than a second is not heard
	mostDelay  = 3 * Rate / 2   // this much above, sound is thrown away, to be together again
	tooLate    = Rate * 6 / 100 // this much above, holes are not filled to the end: it brings the delay down
	lossRise   = 1.0 / 16       // per packet
	lossFall   = 1.0 / 256
	lossy      = 0.01
)

// Stats tell how a stream is heard. The first four times are of all sound that was made ready, before it was stretched.
type Stats struct {
	Played    time.Duration // as it was sent
	Recovered time.Duration // lost, and in a packet after it, whole or roughly
	Concealed time.Duration // lost or too late, and made up
	Silence   time.Duration // pauses that were not sent, filled with the sound of the room

	Expanded    time.Duration // by how much sound was made longer
	Accelerated time.Duration // and shorter

	Received   uint64 // packets
	Late       uint64 // packets that came after their time
	Duplicates uint64
	Refused    uint64 // packets that were malformed or fit to no stream
	Restarts   uint64 // how often the sender began anew

	Target time.Duration // how long packets should wait here, counted from the fastest
	Delay  time.Duration // how long they do
	Queue  time.Duration // what all of them are later than the fastest at the moment, of both
	Level  float64       // of what is played, dBFS
}

// Buffer is the adaptive jitter buffer of one stream. It belongs to one goroutine.
type Buffer struct {
	decoder   *Decoder
	line      line
	queue     queue
	timeline  timeline
	histogram histogram
	noise     noise
	level     Level
	stats     Stats

	epoch     time.Time // what times are counted from
	playing   bool      // the first packet had its time
	sequence  uint16    // of the packet that was decoded last
	next      int64     // the timestamp after it
	length    int64     // its length
	made      int64     // samples that were made up since: concealment or silence
	quiet     bool      // it said that the sender is silent
	loss      float64   // smoothed share of losses that the next packet can repair
	stretched int64     // when the last change of length was
	least     int64     // the delay is not to be shorter
}

// NewBuffer opens a decoder; until packets come, it plays silence.
func NewBuffer() (*Buffer, error) {
	d, err := NewDecoder()
	if err != nil {
		return nil, err
	}
	return &Buffer{decoder: d, line: newLine(), histogram: newHistogram(), made: fadeTo}, nil
}

// Put takes a packet of the stream: RTP's sequence number and timestamp, its payload, which is copied, and when it arrived. Whatever
// comes is borne: what is malformed, doubled, too late or of no stream is counted and dropped. A sender that starts again, with
// other numbers, is noticed with its second packet.
func (b *Buffer) Put(sequence uint16, timestamp uint32, payload []byte, arrived time.Time) {
	b.stats.Received++
	if _, err := duration(payload); err != nil {
		b.stats.Refused++
		return
	}
	at, late, v := b.timeline.place(sequence, timestamp, b.clock(arrived))
	switch v {
	case stray:
		b.stats.Refused++
		return
	case doubled:
		b.stats.Duplicates++
		return
	case restarts:
		b.restart()
	case belongs:
		b.histogram.add(late)
	}
	if b.playing && at < b.next {
		b.stats.Late++
		return
	}
	if !b.queue.put(packet{sequence: sequence, timestamp: at, payload: payload}) {
		b.stats.Duplicates++
	}
}

// restart forgets the stream, but not what was learned about the network and the room. What is ready is still played, and fades into a
// pause, in which the new stream waits for its time.
func (b *Buffer) restart() {
	b.queue.clear()
	if !b.playing {
		return
	}
	b.stats.Restarts++
	b.playing = false
	if b.made < fadeFrom {
		b.quiet, b.made = true, 0
	}
}

// Play fills out with the next 10 ms. It never waits: when nothing is there, it makes something up.
func (b *Buffer) Play(now time.Time, out *Block) {
	clock := b.clock(now)
	b.catchUp(clock)
	for b.line.ready() < blockSamples {
		b.step(clock)
	}
	b.adapt(clock)
	b.stats.Delay = inTime(b.delay(clock))
	b.line.take(out)
	b.level.Add(out)
}

// Stats are the figures up to now.
func (b *Buffer) Stats() Stats {
	s := b.stats
	s.Target, s.Queue = inTime(b.target()), inTime(b.timeline.queued)
	s.Level = b.level.DBFS()
	return s
}

// SetLeastDelay keeps sound at least so long, so that it does not come before its picture; a second at most.
func (b *Buffer) SetLeastDelay(d time.Duration) { b.least = min(max(inSamples(d), 0), mostTarget) }

// clock is a time in samples since the first time that was seen.
func (b *Buffer) clock(t time.Time) int64 {
	if b.epoch.IsZero() {
		b.epoch = t
	}
	return inSamples(t.Sub(b.epoch))
}

// target is how long after the fastest conceivable arrival a packet should be played. Where packets are lost, there must be time for
// the next one to come and repair it.
func (b *Buffer) target() int64 {
	wait := b.timeline.queued + b.histogram.wait() + blockSamples // which a speaker takes at once
	if b.loss > lossy {
		wait += b.length
	}
	return min(max(wait, b.least), mostTarget)
}

// delay is how long after its fastest conceivable arrival the sound is played that comes next.
func (b *Buffer) delay(clock int64) int64 {
	if !b.playing {
		return 0
	}
	return clock - b.timeline.base - b.position()
}

// position is the timestamp of the sound that is played next.
func (b *Buffer) position() int64 { return b.next + b.made - int64(b.line.ready()) }

// early is how long there is still to wait until a packet's sound should be put behind what is ready.
func (b *Buffer) early(p *packet, clock int64) int64 {
	return p.timestamp + b.timeline.base + b.target() - clock - int64(b.line.ready())
}

// catchUp throws sound away when there is far too much of it, as after a network that stood still.
func (b *Buffer) catchUp(clock int64) {
	if p := b.queue.first(); p == nil || b.early(p, clock) > -mostDelay {
		return
	}
	for len(b.queue.packets) > 1 && b.early(b.queue.first(), clock) < 0 {
		b.queue.drop()
	}
}

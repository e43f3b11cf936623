package video

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// network is what a packet meets, each way.
type network struct {
	delay, jitter time.Duration
	loss          float64 // of 1, also of repairs and of what is asked for
	overtake      bool    // jitter lets packets overtake each other; otherwise it holds up also those behind
}

// event is something that happens at a time.
type event struct {
	at    time.Time
	order int // events of one time stay in order
	do    func()
}

type events []event

func (e events) Len() int      { return len(e) }
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e events) Less(i, j int) bool {
	return e[i].at.Before(e[j].at) || e[i].at.Equal(e[j].at) && e[i].order < e[j].order
}

func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// simulation is a call in one direction in virtual time: camera, encoder, network, buffer, decoder and a display of 60 Hz.
type simulation struct {
	t       *testing.T
	now     time.Time
	queue   events
	order   int
	random  *rand.Rand
	network network
	pool    Pool

	camera     *Synthetic
	encoder    *Encoder
	packetizer *Packetizer
	history    map[uint16]Packet
	keyAsked   bool
	outage     bool                 // nothing arrives
	mute       bool                 // nothing is asked for again
	arrived    [2]time.Time         // the last arrival there and back: a queue keeps the order
	captured   map[uint32]time.Time // by frame
	sent       []uint32
	buffer     *Buffer
	decoder    *Decoder
	wake       time.Time
	waiting    []shownFrame            // decoded, not yet shown
	shown      []shownFrame            // as they were seen
	tampered   func(p Packet) []Packet // what the network makes of a packet; nil: the packet
}

type shownFrame struct {
	id uint32
	at time.Time
}

func newSimulation(t *testing.T, s Settings, n network, seed uint64) *simulation {
	t.Helper()
	sim := &simulation{
		t: t, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), random: rand.New(rand.NewPCG(seed, 1)), network: n,
		pool: Pool{Guard: true}, camera: NewSynthetic(s.Width, s.Height), packetizer: NewPacketizer(65500, 32760, 1<<32-90_000),
		history: map[uint16]Packet{}, captured: map[uint32]time.Time{}, buffer: NewBuffer(),
	}
	var err error
	if sim.encoder, err = NewEncoder(s); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.encoder.Close)
	if sim.decoder, err = NewDecoder(&sim.pool); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.decoder.Close)
	sim.buffer.SetRTT(2 * n.delay)
	return sim
}

func (s *simulation) at(when time.Time, do func()) {
	s.order++
	heap.Push(&s.queue, event{when, s.order, do})
}

// run sends frames, and lets the last of them arrive.
func (s *simulation) run(frames int) {
	start := s.now
	for i := range frames {
		at := start.Add(time.Duration(i) * time.Second / 30)
		s.at(at, func() { s.capture(uint32(len(s.captured))) })
	}
	end := start.Add(time.Duration(frames)*time.Second/30 + time.Second)
	for at := start; at.Before(end); at = at.Add(time.Second / 60) {
		s.at(at, s.display)
	}
	for len(s.queue) > 0 {
		e := heap.Pop(&s.queue).(event)
		if e.at.After(end) {
			break
		}
		s.now = e.at
		e.do()
	}
	s.queue = s.queue[:0]
	s.now = end
}

func (s *simulation) capture(id uint32) {
	f := s.frame()
	defer f.Release()
	s.camera.Paint(f, id)
	f.Captured = s.now
	e, err := s.encoder.Encode(f, s.keyAsked)
	if err != nil {
		s.t.Fatal(err)
	}
	s.keyAsked = false
	s.captured[id] = s.now
	if len(e.Data) == 0 {
		return
	}
	s.sent = append(s.sent, id)
	for i, p := range s.packetizer.Packets(e.Data, s.now, Rotate90) {
		p.Payload = slices.Clone(p.Payload)
		s.history[p.Sequence] = p
		s.at(s.now.Add(time.Duration(i)*500*time.Microsecond), func() { s.send(p) })
	}
}

func (s *simulation) frame() *Frame {
	f, err := s.pool.Get(s.camera.width, s.camera.height)
	if err != nil {
		s.t.Fatal(err)
	}
	return f
}

func (s *simulation) send(p Packet) {
	packets := []Packet{p}
	if s.tampered != nil {
		packets = s.tampered(p)
	}
	for _, p := range packets {
		s.carry(0, func() {
			s.buffer.Put(p, s.now)
			s.step()
		})
	}
}

// carry brings something to the other side, or not.
func (s *simulation) carry(way int, do func()) {
	if s.outage || s.random.Float64() < s.network.loss {
		return
	}
	at := s.now.Add(s.network.delay)
	if s.network.jitter > 0 {
		at = at.Add(time.Duration(s.random.Int64N(int64(s.network.jitter))))
	}
	if !s.network.overtake && at.Before(s.arrived[way]) {
		at = s.arrived[way]
	}
	s.arrived[way] = at
	s.at(at, do)
}

// step does what the buffer says.
func (s *simulation) step() {
	for {
		step := s.buffer.Next(s.now)
		if len(step.NACK) > 0 && !s.mute {
			asked := slices.Clone(step.NACK)
			s.carry(1, func() {
				for _, seq := range asked {
					if p, ok := s.history[seq]; ok {
						s.send(p)
					}
				}
			})
		}
		if step.PLI {
			s.carry(1, func() { s.keyAsked = true })
		}
		if step.Frame != nil {
			s.decode(step.Frame)
			continue
		}
		if !step.Wake.IsZero() && !step.Wake.Equal(s.wake) {
			if !step.Wake.After(s.now) {
				s.t.Fatal("the buffer wants to be asked again at once, for ever")
			}
			s.wake = step.Wake
			s.at(step.Wake, func() {
				if s.wake.Equal(s.now) {
					s.wake = time.Time{}
					s.step()
				}
			})
		}
		return
	}
}

func (s *simulation) decode(c *Coded) {
	f, err := s.decoder.Decode(c.Data)
	if err != nil {
		s.buffer.Broken()
		return
	}
	defer f.Release()
	if c.Rotation != Rotate90 {
		s.t.Errorf("rotation %d", c.Rotation)
	}
	id, ok := ReadID(f)
	if !ok {
		s.t.Error("a picture without a number")
	}
	s.waiting = append(s.waiting, shownFrame{id, c.Render})
}

// display shows the newest picture whose time has come; those before it were never seen.
func (s *simulation) display() {
	due := 0
	for due < len(s.waiting) && !s.waiting[due].at.After(s.now) {
		due++
	}
	if due == 0 {
		return
	}
	s.shown = append(s.shown, shownFrame{s.waiting[due-1].id, s.now})
	s.waiting = s.waiting[due:]
	s.buffer.Shown(s.now)
}

// share is how many of a hundred sent frames were seen.
func (s *simulation) share() float64 { return 100 * float64(len(s.shown)) / float64(len(s.sent)) }

// longestFreeze is the longest time between two pictures.
func (s *simulation) longestFreeze() time.Duration {
	longest := time.Duration(0)
	for i := 1; i < len(s.shown); i++ {
		longest = max(longest, s.shown[i].at.Sub(s.shown[i-1].at))
	}
	return longest
}

// delay is how much longer than the network's fastest way half of the pictures took, from camera to eye.
func (s *simulation) delay() time.Duration {
	var all []time.Duration
	for _, f := range s.shown {
		all = append(all, f.at.Sub(s.captured[f.id])-s.network.delay)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

package rate

import "time"

// delays follows how long packets are on their way. Its absolute value is unknown, because the clocks of both sides differ; what
// counts is how it changes.
type delays struct {
	epoch     time.Time // what sending times are counted from
	now, last group
	trend     trend
	base      floor
	looks     [8]look       // the last ones
	at        int           // where the next one goes
	queue     time.Duration // how much longer than at best the quickest of the last reports was on its way
}

// look is what a report says: when its newest packet came, and by how much its quickest was longer on its way than at best.
type look struct{ came, over time.Duration }

// group are packets that left together, or that came together because something on the way had held them up. They count as one:
// what happens within 5 ms says more about timers than about the path.
type group struct {
	firstSent, sent time.Duration
	firstCame, came time.Duration
	begun           bool
}

const (
	burst     = 5 * time.Millisecond
	longBurst = 100 * time.Millisecond
	// pause is when nothing was sent, or the other side did not run: what lies between says nothing of the path.
	pause = 500 * time.Millisecond
	// standing is how long all packets have to be late for a queue: what has not had its turn on a busy machine is late for a moment.
	standing = 200 * time.Millisecond
)

// report takes the packets of one report that arrived, in the order of sending.
func (d *delays) report(packets []Packet) {
	quickest, newest := time.Duration(-1), time.Duration(0)
	for _, p := range packets {
		if p.Lost {
			continue
		}
		if d.epoch.IsZero() {
			d.epoch = p.Sent
		}
		sent := p.Sent.Sub(d.epoch)
		d.base.add(sent, p.Received-sent)
		if over := d.over(p); quickest < 0 || over < quickest {
			quickest = over
		}
		newest = max(newest, p.Received)
		d.add(sent, p.Received)
	}
	if quickest < 0 {
		return
	}
	d.looks[d.at] = look{newest, quickest}
	d.at, d.queue = (d.at+1)%len(d.looks), quickest
	for _, l := range d.looks {
		if newest-l.came < standing {
			d.queue = min(d.queue, l.over)
		}
	}
}

// rebase takes the delay of now for the best that there is.
func (d *delays) rebase() {
	least := d.base.least() + d.queue
	d.base = floor{slot: d.base.slot}
	d.base.add(time.Duration(d.base.slot)*slotLength, least)
	d.looks, d.queue = [8]look{}, 0
}

// over is how much longer than at best a packet was on its way.
func (d *delays) over(p Packet) time.Duration {
	return p.Received - p.Sent.Sub(d.epoch) - d.base.least()
}

func (d *delays) add(sent, came time.Duration) {
	switch {
	case !d.now.begun:
	case sent < d.now.firstSent:
		return // overtaken
	case d.now.holds(sent, came):
		d.now.sent, d.now.came = max(d.now.sent, sent), max(d.now.came, came)
		return
	default:
		d.complete()
	}
	d.now = group{firstSent: sent, sent: sent, firstCame: came, came: came, begun: true}
}

func (g *group) holds(sent, came time.Duration) bool {
	if sent-g.firstSent <= burst {
		return true
	}
	held := came-g.came < sent-g.sent // it had less to wait than the one before
	return held && came-g.came <= burst && came-g.firstCame < longBurst
}

// complete compares the group that ends with the one before.
func (d *delays) complete() {
	last := d.last
	d.last = d.now
	if !last.begun {
		return
	}
	sent, came := d.now.sent-last.sent, d.now.came-last.came
	if sent > pause || came > pause || came < -burst {
		d.trend.reset()
		return
	}
	d.trend.add(d.now.came, sent, came-sent)
}

// floor is the least of the last 20 s, in which a clock that runs too fast gains little.
type floor struct {
	slots [10]time.Duration
	used  [10]bool
	slot  int64
}

const slotLength = 2 * time.Second

func (f *floor) add(at, v time.Duration) {
	slot := int64(at / slotLength)
	if slot < f.slot {
		return
	}
	for ; f.slot < slot; f.slot++ {
		if slot-f.slot > int64(len(f.slots)) { // a long silence
			f.slot = slot - int64(len(f.slots))
		}
		f.used[(f.slot+1)%int64(len(f.slots))] = false
	}
	i := slot % int64(len(f.slots))
	if !f.used[i] || v < f.slots[i] {
		f.slots[i], f.used[i] = v, true
	}
}

func (f *floor) least() (v time.Duration) {
	found := false
	for i, used := range f.used {
		if used && (!found || f.slots[i] < v) {
			v, found = f.slots[i], true
		}
	}
	return v
}

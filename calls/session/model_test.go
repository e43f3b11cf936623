package session

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// line is the network between three devices: what is said waits in it, may be lost, doubled, or come back later out of an
// archive. Requests and their answers keep their order, as a server keeps it.
type line struct {
	rnd   *rand.Rand
	now   time.Time
	ends  []*end
	wires []packet
	lossy bool
}

type packet struct {
	to *end
	ev Event
}

func newLine(t *testing.T, seed uint64, lossy bool) *line {
	l := &line{rnd: rand.New(rand.NewPCG(seed, 1)), now: start, lossy: lossy}
	for _, j := range []model.JID{romeo, juliet, tablet} {
		l.ends = append(l.ends, newEnd(t, j, &l.now))
	}
	return l
}

// carry puts what an end said on its way.
func (l *line) carry(e *end) {
	out := e.out
	e.out = nil
	for _, ef := range out {
		switch ef := ef.(type) {
		case Tell:
			l.tell(e, ef)
		case Ask:
			l.ask(e, ef)
		case Extend:
			if ef.Contents == nil {
				l.local(e, Described{Key: ef.Key, For: ForAdd, Contents: []wire.Content{content("video", "n")}})
			} else {
				l.local(e, Described{Key: ef.Key, For: ForAddAccept, Contents: []wire.Content{content("video", "m")}})
			}
		case Restart:
			purpose := ForRestart
			if ef.Contents != nil {
				purpose = ForRestarted
			}
			l.local(e, Described{Key: ef.Key, For: purpose, Search: ef.Search, Contents: media(false, fmt.Sprint(l.rnd.IntN(1000)))})
		case Apply, Allow:
			if l.rnd.IntN(2) == 0 {
				l.local(e, Linked{e.keyOf(ef)})
			}
		default:
		}
	}
}

func (e *end) keyOf(ef Effect) Key {
	switch ef := ef.(type) {
	case Apply:
		return ef.Key
	case Allow:
		return ef.Key
	default:
	}
	return Key{}
}

func (l *line) local(e *end, ev Event) { l.wires = append(l.wires, packet{e, ev}) }

// tell gives a message to every device that its server gives it to: those of its addressee, and as copies those of its sender.
func (l *line) tell(from *end, m Tell) {
	for _, e := range l.ends {
		if e == from || m.To.Bare() != e.own.Bare() && from.own.Bare() != e.own.Bare() {
			continue
		}
		if m.To.Resource() != "" && m.To != e.own && m.To.Bare() == e.own.Bare() && l.rnd.IntN(2) == 0 {
			continue // a copy that does not come
		}
		other := from.own
		if from.own.Bare() == e.own.Bare() {
			other = m.To
		}
		ev := Heard{Account: 1, Own: e.own, From: from.own, To: m.To, Peer: e.peer(other), Message: m.Message}
		if l.lossy && l.rnd.IntN(8) == 0 {
			continue
		}
		l.local(e, ev)
		if l.lossy && l.rnd.IntN(8) == 0 {
			l.local(e, ev)
		}
	}
}

func (l *line) ask(from *end, a Ask) {
	var proof Proof
	if a.Seal != 0 {
		proof = Proof{Device: 11, Identity: model.Fingerprint(from.own), Trust: model.Blind}
	}
	for _, e := range l.ends {
		if e.own == a.To {
			l.local(e, Asked{
				Account: 1, Own: e.own, From: from.own, Peer: e.peer(from.own), Jingle: a.Jingle, Proof: proof,
				Stanza: wire.New(wire.NSClient, "iq").Set("id", strconv.Itoa(a.Ref)),
			})
		}
	}
}

// step delivers what waits, in an order in which nothing overtakes what went before it to the same device.
func (l *line) step() {
	if len(l.wires) == 0 {
		return
	}
	i := l.rnd.IntN(len(l.wires))
	for j := range l.wires[:i] {
		if l.wires[j].to == l.wires[i].to {
			i = j
			break
		}
	}
	p := l.wires[i]
	l.wires = append(l.wires[:i:i], l.wires[i+1:]...)
	l.deliver(p)
}

func (l *line) deliver(p packet) {
	ask, isAsk := p.ev.(Asked)
	out := p.to.does(p.ev)
	if isAsk {
		l.answer(ask, out)
	}
	l.carry(p.to)
	if l.lossy && l.rnd.IntN(20) == 0 { // the archive brings it once more
		if _, ok := p.ev.(Heard); ok {
			l.wires = append(l.wires, p)
		}
	}
}

// answer takes a reply back to whoever asked.
func (l *line) answer(ask Asked, out []Effect) {
	for _, ef := range out {
		r, ok := ef.(Reply)
		if !ok {
			continue
		}
		var err *wire.StanzaError
		if r.Condition != "" {
			err = &wire.StanzaError{Condition: r.Condition, App: r.App}
		}
		ref, _ := strconv.Atoi(ask.Stanza.Attr("id"))
		for _, e := range l.ends {
			if e.own == ask.From {
				l.local(e, Answered{Key{1, model.CallID(ask.Jingle.SID)}, ref, err})
			}
		}
	}
}

// act has a person do something.
func (l *line) act() {
	e := l.ends[l.rnd.IntN(len(l.ends))]
	calls := e.desk.Calls()
	if len(calls) == 0 {
		whom := juliet
		if e.own != romeo {
			whom = romeo
		}
		e.place(model.CallID(fmt.Sprintf("%d-%s", l.rnd.IntN(1000), e.own.Resource())), whom, l.rnd.IntN(2) == 0)
		l.carry(e)
		return
	}
	id := calls[l.rnd.IntN(len(calls))].ID
	switch k := e.key(id); l.rnd.IntN(9) {
	case 0, 1, 2:
		e.take(id, l.rnd.IntN(2) == 0)
	case 3:
		e.does(Decline{k})
	case 4:
		e.does(HangUp{k})
	case 5:
		e.does(Set{k, Switch(l.rnd.IntN(4)), l.rnd.IntN(2) == 0})
	case 6:
		e.does(AnswerVideo{k, l.rnd.IntN(2) == 0})
	case 7:
		e.does(Lost{k})
	case 8:
		e.does(Moved{})
	}
	l.carry(e)
}

// sharePress notes who wanted a call: whoever gave way to a call that crossed theirs, or goes on with one on another device.
func (l *line) sharePress() {
	for _, e := range l.ends {
		wants := false
		for id := range e.pressed {
			wants = wants || e.pressed[id]
		}
		if !wants {
			continue
		}
		for _, c := range e.desk.Calls() {
			e.pressed[c.ID] = true
		}
	}
}

// TestModel: whatever people do on three devices, and whatever the line loses, doubles and brings late, every call ends, its
// transports end, and nothing may be sent that nobody started. The checks stand in end.check.
func TestModel(t *testing.T) {
	seeds := uint64(3000)
	if testing.Short() {
		seeds = 300
	}
	talked, agreed := 0, 0
	for seed := range seeds {
		l := newLine(t, seed, seed%2 == 0)
		for range 120 {
			l.sharePress()
			switch n := l.rnd.IntN(10); {
			case n == 0:
				l.act()
			case n == 1:
				l.now = l.now.Add(time.Duration(l.rnd.IntN(4000)) * time.Millisecond)
				for _, e := range l.ends {
					e.does(Tick{})
					l.carry(e)
				}
			default:
				l.step()
			}
			for _, e := range l.ends {
				for _, c := range e.calls {
					if c.Phase == model.Talking {
						talked++
					}
				}
			}
		}
		agreed += l.settle(t, seed)
	}
	if talked == 0 || agreed == 0 {
		t.Errorf("of %d seeds no call was talked in (%d) or ended in agreement (%d): the model shows nothing", seeds, talked, agreed)
	}
}

// settle hangs up wherever a call is left, and lets everything come to its end.
func (l *line) settle(t *testing.T, seed uint64) (agreed int) {
	t.Helper()
	for range 40 {
		for n := 0; n < 300 && len(l.wires) > 0; n++ {
			l.sharePress()
			l.step()
		}
		for _, e := range l.ends {
			for _, c := range e.desk.Calls() {
				if c.Phase == model.Talking {
					e.does(HangUp{e.key(c.ID)})
					l.carry(e)
				}
			}
		}
		l.now = l.now.Add(10 * time.Second)
		for _, e := range l.ends {
			e.does(Tick{})
			l.carry(e)
		}
	}
	for _, e := range l.ends {
		if n := len(e.desk.calls); n != 0 {
			t.Fatalf("seed %d: %s has %d calls left: %+v", seed, e.name, n, e.desk.Calls())
		}
		if _, waits := e.desk.Deadline(); waits {
			t.Fatalf("seed %d: %s waits for something after the end", seed, e.name)
		}
		for id := range e.calls {
			if !e.closed[id] {
				t.Fatalf("seed %d: the transports of %s are left", seed, id)
			}
		}
	}
	for id, c := range l.ends[0].calls {
		for _, o := range l.ends[1:] {
			if p, ok := o.calls[id]; ok && c.End == model.HungUp && p.End == model.HungUp {
				agreed++
			}
		}
	}
	return agreed
}

// TestAgreement: over a line that loses nothing, a call in which one end talks is one in which the other does, or is about to.
func TestAgreement(t *testing.T) {
	for seed := range uint64(500) {
		l := newLine(t, seed, false)
		id := model.CallID("m-1")
		l.ends[0].place(id, juliet, seed%3 == 0)
		l.carry(l.ends[0])
		for range 20 {
			l.step()
		}
		taker := l.ends[1+l.rnd.IntN(2)]
		other := l.ends[1]
		if taker == other {
			other = l.ends[2]
		}
		taker.take(id, true)
		l.carry(taker)
		for range 200 {
			l.step()
		}
		for _, e := range []*end{l.ends[0], taker} {
			e.does(Linked{e.key(id)})
			e.phase(id, model.Talking)
		}
		if c := other.calls[id]; c.End != model.Elsewhere {
			l.now = l.now.Add(ringLimit) // the copy was one that did not come
			other.does(Tick{})
			other.phase(id, model.Ended)
		}
		l.ends[0].does(HangUp{l.ends[0].key(id)})
		l.carry(l.ends[0])
		for range 100 {
			l.step()
		}
		l.ends[0].over(id, model.HungUp)
		taker.over(id, model.HungUp)
	}
}

package session

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"kith/core/model"
	"kith/core/wire"
)

// seeker is one end of a call while paths are looked for: what waits for it from the network, and for its transports, which take their time.
type seeker struct {
	e             *end
	net, work     []func()
	other         *seeker
	local, remote string // the credentials that its transports have
	searches      int
	offers        int // that it made
}

// seekers are both ends of a call that is talked in.
func seekers(t *testing.T) (a, b *seeker) {
	a, b = &seeker{e: calling(t, false), local: "i", remote: "r"}, &seeker{e: talking(t, false), local: "r", remote: "i"}
	a.other, b.other = b, a
	a.e.out, b.e.out = nil, nil
	return a, b
}

// carry puts what was said, or is to be done, on its way. ref is the request that was taken in, if it was one.
func (s *seeker) carry(ref int) {
	out := s.e.out
	s.e.out = nil
	for _, ef := range out {
		switch ef := ef.(type) {
		case Reply:
			s.other.net = append(s.other.net, func() { s.other.answered(ref, ef) })
		case Ask:
			s.other.net = append(s.other.net, func() { s.other.asked(ef) })
		case Restart:
			s.work = append(s.work, func() { s.restart(ef) })
		case Apply:
			s.work = append(s.work, func() { s.remote = ef.Contents[0].Transport.Ufrag })
		default:
		}
	}
}

func (s *seeker) answered(ref int, r Reply) {
	var err *wire.StanzaError
	if r.Condition != "" {
		err = &wire.StanzaError{Condition: r.Condition, App: r.App}
	}
	s.e.does(Answered{s.e.key(sid), ref, err})
	s.carry(0)
}

func (s *seeker) asked(a Ask) {
	from := romeo
	if s.other.e.own == juliet {
		from = juliet
	}
	s.e.does(Asked{Account: 1, Own: s.e.own, From: from, Peer: s.e.peer(from), Jingle: a.Jingle})
	s.carry(a.Ref)
}

// restart does what the transports do.
func (s *seeker) restart(ef Restart) {
	d := Described{Key: ef.Key, For: ForRestart, Search: ef.Search}
	theirs := ""
	if ef.Contents != nil {
		d.For, theirs = ForRestarted, ef.Contents[0].Transport.Ufrag
	}
	if ef.Contents == nil || theirs != s.remote {
		s.searches++
		s.local, s.remote = fmt.Sprint(s.e.own.Local(), s.searches), theirs
		d.Contents = media(false, s.local)
		found := address("audio", byte(s.searches))
		found.Transport.Ufrag, found.Transport.Pwd = s.local, s.local+s.local
		for range 2 {
			s.work = append(s.work, func() { s.e.does(Found{s.e.key(sid), []wire.Content{found}}); s.carry(0) })
		}
	}
	if ef.Contents == nil {
		s.offers++
	}
	s.e.does(d)
	s.carry(0)
}

// goOn does one of the things that wait at either end. What is queued keeps its order.
func goOn(rnd *rand.Rand, all ...*seeker) bool {
	var queues []*[]func()
	for _, s := range all {
		for _, q := range []*[]func(){&s.net, &s.work} {
			if len(*q) > 0 {
				queues = append(queues, q)
			}
		}
	}
	if len(queues) == 0 {
		return false
	}
	q := queues[rnd.IntN(len(queues))]
	do := (*q)[0]
	*q = (*q)[1:]
	do()
	return true
}

// TestSearchesAgree: however often the network of either end changes, and in whatever order what they say and do meets, in the end both have the
// credentials of each other, without any time passing: nobody waits seconds for the next try.
func TestSearchesAgree(t *testing.T) {
	for seed := range uint64(3000) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		a, b := seekers(t)
		moves, lost := 1+rnd.IntN(5), rnd.IntN(3)
		for n := 0; goOn(rnd, a, b) || moves > 0; n++ {
			if n > 2000 {
				t.Fatalf("seed %d: they never come to an end", seed)
			}
			s := []*seeker{a, b}[rnd.IntN(2)]
			switch rnd.IntN(6) {
			case 0:
				if moves > 0 {
					moves--
					s.e.does(Moved{})
				}
			case 1:
				if lost > 0 && s.e.desk.calls[s.e.key(sid)].answerAt.IsZero() { // the second that passes leaves no answer without its address
					lost--
					s.e.does(Lost{s.e.key(sid)})
					s.e.pass(seekAfter)
				}
			default:
			}
			s.carry(0)
		}
		if a.remote != b.local || b.remote != a.local {
			t.Fatalf("seed %d: one has %s and thinks the other has %s, which has %s and thinks it has %s", seed, a.local, a.remote, b.local, b.remote)
		}
		for _, s := range []*seeker{a, b} {
			s.e.phase(sid, model.Talking)
			if s.offers == 0 && s.other.offers == 0 {
				t.Fatalf("seed %d: nothing was looked for", seed)
			}
		}
	}
}

package transport_test

import (
	"fmt"
	"slices"
	"testing"

	"kith/calls/transport"
	"kith/core/wire"
)

// restart has one side look for new paths, and the other follow. It returns what the first said.
func restart(t *testing.T, from, to *side) []wire.Content {
	t.Helper()
	offer, err := from.paths.OfferRestart()
	from.must(err)
	offer, _ = sent(t, credentials(offer), nil)
	answer, err := to.paths.AnswerRestart(offer)
	to.must(err)
	answer, _ = sent(t, credentials(answer), nil)
	from.must(from.paths.ApplyRestart(answer))
	return offer
}

// credentials leaves of contents what a restart sends.
func credentials(contents []wire.Content) []wire.Content {
	out := make([]wire.Content, len(contents))
	for i, c := range contents {
		t := wire.Transport{Ufrag: c.Transport.Ufrag, Pwd: c.Transport.Pwd, Fingerprint: c.Transport.Fingerprint}
		out[i] = wire.Content{Name: c.Name, Creator: c.Creator, Transport: &t}
	}
	return out
}

// TestRestart: one side is in another network from one moment to the next. The loss is told, and after a restart everything is back.
func TestRestart(t *testing.T) {
	for _, bundles := range []bool{true, false} {
		for _, by := range []string{"who moved", "the other"} {
			t.Run(fmt.Sprint(by, " ", bundles), func(t *testing.T) {
				a, b, i := newCall(t, 0)
				agree(t, a, b, true, bundles)
				linked(t, a, b)
				talk(t, a, b, true)
				known := [2]int{a.losses, b.losses} // a machine that stands still for seconds loses its paths, and finds them again
				gone := "27.1.1.1"
				i.cut.Store(&gone)
				a.net.move(a.next)
				eventually(t, "the loss", a, b, func() bool { return a.losses > known[0] && b.losses > known[1] })
				from, to := a, b
				if by == "the other" {
					from, to = b, a
				}
				before := [2]int{a.links, b.links}
				restart(t, from, to)
				eventually(t, "new paths", a, b, func() bool { return a.links > before[0] && b.links > before[1] })
				forget(a, b)
				talk(t, a, b, false) // the picture has the same path, or one that is linked too
			})
		}
	}
}

// forget lets what was heard before not count: a second of figures passes.
func forget(a, b *side) {
	na, nb := a.session.Stats().Audio.Received, b.session.Stats().Audio.Received
	eventually(a.t, "more sound", a, b, func() bool {
		return a.session.Stats().Audio.Received > na+100 && b.session.Stats().Audio.Received > nb+100
	})
}

// TestRestartAgain: one that nobody answers does not stand in the way of the next, and of two that cross one is taken back.
func TestRestartAgain(t *testing.T) {
	a, b, _ := newCall(t, 0)
	agree(t, a, b, true, true)
	linked(t, a, b)
	for range 2 {
		if _, err := a.paths.OfferRestart(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.paths.OfferRestart(); err != nil {
		t.Fatal(err)
	}
	before := [2]int{a.links, b.links}
	used := restart(t, a, b)
	eventually(t, "new paths", a, b, func() bool { return a.links > before[0] && b.links > before[1] })
	talk(t, a, b, true)
	if _, err := b.paths.AnswerRestart(used); err == nil {
		t.Error("credentials that are in use restarted everything again")
	}
}

// TestRestartWhileAdding: a picture that was offered comes to be although the paths changed in between.
func TestRestartWhileAdding(t *testing.T) {
	a, b, _ := newCall(t, 0)
	agree(t, a, b, false, true)
	linked(t, a, b)
	contents, bundle, err := a.paths.OfferVideo()
	a.must(err)
	before := [2]int{a.links, b.links}
	restart(t, b, a)
	answer, bundle, err := b.paths.AnswerVideo(contents, bundle)
	b.must(err)
	answer, bundle = sent(t, answer, bundle)
	a.must(a.paths.ApplyVideo(answer, bundle))
	eventually(t, "new paths", a, b, func() bool { return a.links > before[0] && b.links > before[1] })
	talk(t, a, b, true)
}

// TestRestartTakesBack: that the paths stood which a restart has given up is told no more, though nobody had heard it yet.
func TestRestartTakesBack(t *testing.T) {
	a, b, _ := newCall(t, 0)
	agree(t, a, b, true, true)
	eventually(t, "linked", b, b, func() bool { return b.links > 0 && connected(a) }) // the first addresses of a are in its offer
	a.keep = true
	if _, err := a.paths.OfferRestart(); err != nil {
		t.Fatal(err)
	}
	a.step()
	if a.links != 0 {
		t.Error("the old paths are told to stand")
	}
	a.keep = false
	a.other.paths.Reach(a.found)
	before := b.links
	restart(t, a, b)
	eventually(t, "new paths", a, b, func() bool { return a.links > 0 && b.links > before })
}

// connected says whether Pion says so of every path.
func connected(s *side) bool {
	all := s.paths.Stats().Each
	return len(all) > 0 && !slices.ContainsFunc(all, func(p transport.Path) bool { return p.ICE != "connected" || p.DTLS != "connected" })
}

package transport_test

import (
	"slices"
	"testing"

	"kith/core/wire"
)

// TestLeftOut: data beside sound and picture, as browsers offer it, and a second picture are left out of the answer, and the call comes to be. That
// holds also where the data's transport is the one of all that is bundled, and its name the one under which addresses are told.
func TestLeftOut(t *testing.T) {
	a, b, _ := newCall(t, 0)
	a.keep = true
	offer, _ := a.offer(true)
	data := wire.Content{Name: "data", Creator: wire.Initiator, Senders: wire.BothParties, Foreign: true, Transport: offer[0].Transport}
	early := data.Transport.Candidates
	data.Transport.Candidates = nil
	screen, apart := offer[1], *offer[1].Transport
	apart.Candidates = nil
	for i := range offer {
		offer[i].Transport = &apart
	}
	screen.Name, screen.Transport = "screen", &apart
	answer, bundle := b.answer(append([]wire.Content{data}, append(offer, screen)...), []string{"data", "audio", "video", "screen"})
	if got := contentNames(answer); !slices.Equal(got, []string{"audio", "video"}) || !slices.Equal(bundle, got) {
		t.Fatalf("answered %q, bundled %q", got, bundle)
	}
	a.must(a.paths.Apply(answer, bundle))
	tell := func(all []wire.Candidate) {
		tr := wire.Transport{Ufrag: data.Transport.Ufrag, Pwd: data.Transport.Pwd, Candidates: all}
		b.paths.Reach([]wire.Content{{Name: data.Name, Creator: wire.Initiator, Transport: &tr}})
	}
	tell(early)
	links := [2]int{a.links, b.links}
	eventually(t, "linked", a, b, func() bool {
		for _, c := range a.found {
			tell(c.Transport.Candidates)
		}
		a.found = nil
		return a.links > links[0] && b.links > links[1]
	})
	talk(t, a, b, true)
}

// TestLeftOutIsSafe: what is left out needs no key, and what is not does.
func TestLeftOutIsSafe(t *testing.T) {
	a, b, _ := newCall(t, 0)
	offer, bundle := a.offer(true)
	data := wire.Content{Name: "data", Creator: wire.Initiator, Foreign: true}
	bare := *offer[1].Transport
	bare.Fingerprint = nil
	spoiled := append(slices.Clone(offer), data)
	spoiled[1].Transport = &bare
	if _, _, err := b.paths.Answer(spoiled, bundle); reasonOf(err) != wire.ReasonSecurity {
		t.Errorf("a picture without a key: %v", err)
	}
	if answer, _, err := b.paths.Answer(append(offer, data), bundle); err != nil || len(answer) != 2 {
		t.Errorf("%v, answered %q", err, contentNames(answer))
	}
}

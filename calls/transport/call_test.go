package transport_test

import (
	"fmt"
	"net/netip"
	"testing"

	"kith/core/coretest"
	"kith/core/wire"
)

// TestBundled: everything goes over one path, through two routers and with losses.
func TestBundled(t *testing.T) {
	a, b, _ := newCall(t, 0.05)
	agree(t, a, b, true, true)
	linked(t, a, b)
	talk(t, a, b, true)
	for _, s := range []*side{a, b} {
		if got := s.paths.Stats(); got.Paths != 1 || got.Relayed || got.Local == "" || got.Remote == "" || got.RTT <= 0 {
			t.Errorf("the path is %+v", got)
		}
	}
}

// TestApart: somebody who does not bundle, and does not say what will be sent, has a path for each content.
func TestApart(t *testing.T) {
	a, b, _ := newCall(t, 0.02)
	agree(t, a, b, true, false)
	linked(t, a, b)
	talk(t, a, b, true)
	for _, s := range []*side{a, b} {
		got := s.paths.Stats()
		if got.Paths != 2 || len(got.Each) != 2 {
			t.Fatalf("the paths are %+v", got)
		}
		for i, name := range []string{"audio", "video"} {
			if p := got.Each[i]; p.Content != name || p.ICE != "connected" || p.DTLS != "connected" || p.Came < 10 || p.Left < 10 {
				t.Errorf("the path of %s is %+v", name, p)
			}
		}
	}
}

// TestSoundOnly: a picture that is refused, or that nobody can show, leaves the sound.
func TestSoundOnly(t *testing.T) {
	for name, change := range map[string]func(all []wire.Content) []wire.Content{
		"not there": func(all []wire.Content) []wire.Content { return all[:1] },
		"not spoken": func(all []wire.Content) []wire.Content {
			all[1].Description.Payloads = []wire.Payload{{ID: 100, Name: "H266", ClockRate: 90000, Channels: 1}}
			return all
		},
	} {
		for _, bundles := range []bool{true, false} {
			t.Run(fmt.Sprint(name, " ", bundles), func(t *testing.T) {
				a, b, _ := newCall(t, 0)
				contents, bundle := a.offer(true)
				if !bundles {
					bundle = nil
				}
				contents, bundle = b.answer(change(contents), bundle)
				if got := contentNames(contents); len(got) != 1 || got[0] != "audio" {
					t.Fatalf("answered %q", got)
				}
				a.must(a.paths.Apply(contents, bundle))
				linked(t, a, b)
				talk(t, a, b, false)
			})
		}
	}
}

// TestAddVideo: either side adds a picture to a call that had none, bundled or not.
func TestAddVideo(t *testing.T) {
	for _, bundles := range []bool{true, false} {
		for _, by := range []string{"caller", "callee"} {
			t.Run(fmt.Sprint(by, " ", bundles), func(t *testing.T) {
				a, b, _ := newCall(t, 0)
				agree(t, a, b, false, bundles)
				linked(t, a, b)
				from, to := a, b
				if by == "callee" {
					from, to = b, a
				}
				addVideo(t, from, to, func(contents []wire.Content) []wire.Content { return contents })
				talk(t, a, b, true)
				paths := map[bool]int{true: 1, false: 2}[bundles]
				if pa, pb := a.paths.Stats().Paths, b.paths.Stats().Paths; pa != paths || pb != paths {
					t.Errorf("there are %d and %d paths", pa, pb)
				}
			})
		}
	}
}

// addVideo has one side add a picture, and the other take it. change is what somebody else would have written.
func addVideo(t *testing.T, from, to *side, change func([]wire.Content) []wire.Content) {
	t.Helper()
	contents, bundle, err := from.paths.OfferVideo()
	from.must(err)
	contents, bundle = sent(t, contents, bundle)
	answer, bundle, err := to.paths.AnswerVideo(change(contents), bundle)
	to.must(err)
	answer, bundle = sent(t, answer, bundle)
	if len(answer) != 1 || answer[0].Creator != contents[0].Creator || answer[0].Name != contents[0].Name {
		t.Fatalf("answered %+v", answer)
	}
	from.must(from.paths.ApplyVideo(change(answer), bundle))
}

// TestAddStub: Conversations adds a picture to a bundle without repeating the transport.
func TestAddStub(t *testing.T) {
	a, b, _ := newCall(t, 0)
	agree(t, a, b, false, true)
	linked(t, a, b)
	addVideo(t, a, b, func(contents []wire.Content) []wire.Content {
		contents[0].Transport = &wire.Transport{}
		return contents
	})
	talk(t, a, b, true)
}

// TestDropVideo: what is taken back can be offered again, by either side, and the call goes on.
func TestDropVideo(t *testing.T) {
	for _, bundles := range []bool{true, false} {
		for _, again := range []string{"caller", "callee"} {
			t.Run(fmt.Sprint(again, " ", bundles), func(t *testing.T) {
				a, b, _ := newCall(t, 0)
				agree(t, a, b, false, bundles)
				linked(t, a, b)
				for range 2 {
					if _, _, err := a.paths.OfferVideo(); err != nil {
						t.Fatal(err)
					}
					a.must(a.paths.DropVideo(""))
				}
				from, to := a, b
				if again == "callee" {
					from, to = b, a
				}
				addVideo(t, from, to, func(contents []wire.Content) []wire.Content { return contents })
				talk(t, a, b, true)
			})
		}
	}
}

// TestEarly: addresses that come before what they are for wait for it.
func TestEarly(t *testing.T) {
	a, b, _ := newCall(t, 0)
	offer, bundle := a.offer(true)
	for i, c := range offer { // none rides with the offer
		early := wire.Content{Name: c.Name, Creator: c.Creator, Transport: &wire.Transport{Candidates: c.Transport.Candidates}}
		b.paths.Reach([]wire.Content{early})
		offer[i].Transport.Candidates = nil
	}
	answer, bundle := b.answer(offer, bundle)
	for i, c := range answer {
		early := wire.Content{Name: c.Name, Creator: c.Creator, Transport: &wire.Transport{Ufrag: c.Transport.Ufrag, Candidates: c.Transport.Candidates}}
		a.paths.Reach([]wire.Content{early})
		answer[i].Transport.Candidates = nil
	}
	a.keep, b.keep = true, true
	a.step()
	b.step()
	a.must(a.paths.Apply(answer, bundle))
	linked(t, a, b)
}

// TestFlood: of addresses by the thousand, before the answer and after it, a few are tried, and the call comes to be.
func TestFlood(t *testing.T) {
	coretest.CheckGoroutines(t)
	i := newInternet(t, 0)
	a := newSide(t, options{hz: 440, initiator: true, net: i.server("27.1.1.1")})
	b := newSide(t, options{hz: 1000, net: i.server("28.1.1.1")})
	a.other, b.other, b.keep = b, a, true
	i.start()
	offer, bundle := a.offer(false)
	answer, bundle := b.answer(offer, bundle)
	eventually(t, "an address", a, b, func() bool { return len(answer[0].Transport.Candidates)+len(b.found) > 0 })
	a.paths.Reach(b.found)
	flood(a, "", 0)
	a.must(a.paths.Apply(answer, bundle))
	flood(a, answer[0].Transport.Ufrag, 1000)
	linked(t, a, b)
	i.mu.Lock()
	defer i.mu.Unlock()
	if n := len(i.tried); n == 0 || n > 64 {
		t.Errorf("%d were tried", n)
	}
}

// flood gives a side a thousand addresses at which nobody is.
func flood(s *side, ufrag string, from int) {
	for n := from; n < from+1000; n += 50 {
		c := wire.Content{Name: "audio", Creator: wire.Initiator, Transport: &wire.Transport{Ufrag: ufrag}}
		for m := n; m < n+50; m++ {
			addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{66, 6, byte(m >> 8), byte(m)}), 9)
			c.Transport.Candidates = append(c.Transport.Candidates,
				wire.Candidate{Foundation: "1", Component: 1, Priority: 1, Addr: addr, Type: "host"})
		}
		s.paths.Reach([]wire.Content{c})
	}
}

// TestOrder: what is asked out of order is refused, not done.
func TestOrder(t *testing.T) {
	a, b, _ := newCall(t, 0)
	if err := a.paths.Apply(nil, nil); err == nil {
		t.Error("an answer was taken that was never asked for")
	}
	if _, _, err := a.paths.OfferVideo(); err == nil {
		t.Error("a picture was added to no call")
	}
	if _, err := a.paths.OfferRestart(); err == nil {
		t.Error("nothing was restarted")
	}
	agree(t, a, b, false, true)
	if _, _, err := a.paths.Offer(true); err == nil {
		t.Error("a call was offered twice")
	}
	if err := a.paths.ApplyVideo(nil, nil); err == nil {
		t.Error("a picture was taken that was never offered")
	}
	a.must(a.paths.DropVideo(""))
	linked(t, a, b)
	a.must(a.paths.Close())
	if _, _, err := a.paths.OfferVideo(); err == nil {
		t.Error("a picture was offered after the end")
	}
}

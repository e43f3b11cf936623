package transport_test

import (
	"fmt"
	"testing"

	"kith/calls/transport"
	"kith/core/wire"
)

// same leaves contents as they are.
func same(contents []wire.Content) []wire.Content { return contents }

// TestPictureOut: a picture that was there is taken out by both, the sound goes on, and either side can add one again.
func TestPictureOut(t *testing.T) {
	for _, bundles := range []bool{true, false} {
		for _, again := range []string{"caller", "callee"} {
			t.Run(fmt.Sprint(again, " ", bundles), func(t *testing.T) {
				a, b, _ := newCall(t, 0)
				agree(t, a, b, true, bundles)
				linked(t, a, b)
				talk(t, a, b, true)
				for _, s := range []*side{a, b} {
					s.session.Allow(true, false)
					s.must(s.paths.DropVideo("video"))
					s.must(s.paths.DropVideo("video")) // it is out already
					if n := s.paths.Stats().Paths; n != 1 {
						t.Errorf("%d paths for sound alone", n)
					}
				}
				forget(a, b)
				from, to := a, b
				if again == "callee" {
					from, to = b, a
				}
				addVideo(t, from, to, same)
				talk(t, a, b, true)
				before := [2]int{a.links, b.links}
				restart(t, a, b)
				eventually(t, "new paths", a, b, func() bool { return a.links > before[0] && b.links > before[1] })
			})
		}
	}
}

// TestPictureOneWay: who says that only one side sends may see the other's picture later, without a word to the transports. Dino answers so.
func TestPictureOneWay(t *testing.T) {
	for _, bundles := range []bool{true, false} {
		t.Run(fmt.Sprint(bundles), func(t *testing.T) {
			a, b, _ := newCall(t, 0)
			agree(t, a, b, false, bundles)
			linked(t, a, b)
			addVideo(t, a, b, func(contents []wire.Content) []wire.Content {
				contents[0].Senders = wire.Initiator
				return contents
			})
			talk(t, a, b, true)
		})
	}
}

// TestPictureUnspoken: a picture in nothing that Kith speaks is refused, by whoever adds it or answers, and the call goes on as before.
func TestPictureUnspoken(t *testing.T) {
	strange := func(contents []wire.Content) {
		contents[0].Description.Payloads = []wire.Payload{{ID: 100, Name: "H264", ClockRate: 90000, Channels: 1}}
	}
	for _, bundles := range []bool{true, false} {
		t.Run(fmt.Sprint(bundles), func(t *testing.T) {
			a, b, _ := newCall(t, 0)
			agree(t, a, b, false, bundles)
			linked(t, a, b)
			contents, bundle, err := a.paths.OfferVideo()
			a.must(err)
			offer, bundle := sent(t, contents, bundle)
			strange(offer)
			if _, _, err := b.paths.AnswerVideo(offer, bundle); reasonOf(err) != wire.ReasonNoApplications {
				t.Errorf("an offer: %v", err)
			}
			offer, bundle = sent(t, contents, bundle)
			answer, bundle, err := b.paths.AnswerVideo(offer, bundle)
			b.must(err)
			answer, bundle = sent(t, answer, bundle)
			strange(answer)
			if err := a.paths.ApplyVideo(answer, bundle); reasonOf(err) != wire.ReasonNoApplications {
				t.Errorf("an answer: %v", err)
			}
			b.must(b.paths.DropVideo(answer[0].Name))
			talk(t, a, b, false)
			addVideo(t, a, b, same)
			talk(t, a, b, true)
		})
	}
}

// TestPictureWithoutPath: an added picture that finds no path is told of by both sides, once, and the call goes on without it.
func TestPictureWithoutPath(t *testing.T) {
	a, b, _ := newCall(t, 0)
	agree(t, a, b, false, false)
	linked(t, a, b)
	talk(t, a, b, false)
	a.keep, b.keep = true, true
	addVideo(t, a, b, func(contents []wire.Content) []wire.Content {
		contents[0].Transport.Candidates = nil
		return contents
	})
	eventually(t, "that there is no path", a, b, func() bool { return len(a.missed) > 0 && len(b.missed) > 0 })
	for _, s := range []*side{a, b} {
		want := transport.Missed{Name: s.missed[0].Name, Reason: wire.ReasonConnectivity}
		if len(s.missed) != 1 || s.missed[0] != want || s.failed != "" {
			t.Errorf("told: %+v, and %q", s.missed, s.failed)
		}
		s.must(s.paths.DropVideo(s.missed[0].Name))
	}
	a.keep, b.keep = false, false
	forget(a, b)
	addVideo(t, a, b, same)
	talk(t, a, b, true)
	if len(a.missed)+len(b.missed) != 2 {
		t.Errorf("told again: %+v, %+v", a.missed, b.missed)
	}
}

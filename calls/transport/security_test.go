package transport_test

import (
	"strings"
	"testing"

	"kith/core/wire"
)

// TestFingerprint: who shows another key than was agreed is refused by the side that sees it, and nothing is heard.
func TestFingerprint(t *testing.T) {
	for _, where := range []string{"offer", "answer"} {
		t.Run(where, func(t *testing.T) {
			a, b, _ := newCall(t, 0)
			offer, bundle := a.offer(true)
			if where == "offer" {
				forge(offer)
			}
			answer, bundle := b.answer(offer, bundle)
			if where == "answer" {
				forge(answer)
			}
			a.must(a.paths.Apply(answer, bundle))
			for _, s := range []*side{a, b} {
				s.session.Start()
				s.session.Allow(true, true)
			}
			victim := map[string]*side{"offer": b, "answer": a}[where]
			eventually(t, "the refusal", a, b, func() bool { return victim.failed != "" })
			if victim.failed != wire.ReasonSecurity {
				t.Errorf("it failed with %q", victim.failed)
			}
			if a.links+b.links > 0 && victim.links > 0 || victim.session.Stats().Audio.Received > 0 {
				t.Errorf("linked %d and %d times, heard %d packets", a.links, b.links, victim.session.Stats().Audio.Received)
			}
		})
	}
}

// forge names another key.
func forge(contents []wire.Content) {
	for _, c := range contents {
		v := c.Transport.Fingerprint.Value
		turned := map[byte]string{'0': "1"}[v[0]]
		if turned == "" {
			turned = "0"
		}
		c.Transport.Fingerprint.Value = turned + v[1:]
	}
}

// TestSecurityErrors: what has no key, or another one than the call, is refused as insecure.
func TestSecurityErrors(t *testing.T) {
	a, b, _ := newCall(t, 0)
	offer, bundle := a.offer(true)
	for what, spoil := range map[string]func(*wire.Transport){
		"none":   func(t *wire.Transport) { t.Fingerprint = nil },
		"sealed": func(t *wire.Transport) { t.Fingerprint.Value = "" },
	} {
		spoiled, _ := sent(t, offer, nil)
		spoil(spoiled[1].Transport)
		if _, _, err := b.paths.Answer(spoiled, bundle); reasonOf(err) != wire.ReasonSecurity {
			t.Errorf("%s in an offer: %v", what, err)
		}
		if err := a.paths.Apply(spoiled, bundle); reasonOf(err) != wire.ReasonSecurity {
			t.Errorf("%s in an answer: %v", what, err)
		}
	}
	silent, _ := sent(t, offer[:1], nil)
	silent[0].Description.Payloads = []wire.Payload{{ID: 0, Name: "PCMU", ClockRate: 8000, Channels: 1}}
	if _, _, err := b.paths.Answer(silent, nil); reasonOf(err) != wire.ReasonNoApplications {
		t.Errorf("no common codec: %v", err)
	}

	a, b, _ = newCall(t, 0)
	agree(t, a, b, false, true)
	linked(t, a, b)
	fresh, err := a.paths.OfferRestart()
	a.must(err)
	fresh, _ = sent(t, credentials(fresh), nil)
	forge(fresh)
	if _, err := b.paths.AnswerRestart(fresh); reasonOf(err) != wire.ReasonSecurity {
		t.Errorf("a restart with another key: %v", err)
	}
	if err := a.paths.ApplyRestart(fresh); reasonOf(err) != wire.ReasonSecurity {
		t.Errorf("the answer to a restart with another key: %v", err)
	}
	video, bundle, err := a.paths.OfferVideo()
	a.must(err)
	video, bundle = sent(t, video, bundle)
	forge(video)
	if _, _, err := b.paths.AnswerVideo(video, bundle); reasonOf(err) != wire.ReasonSecurity || strings.Contains(err.Error(), "27.") {
		t.Errorf("a picture with another key: %v", err)
	}
	if err := a.paths.ApplyVideo(video, bundle); reasonOf(err) != wire.ReasonSecurity {
		t.Errorf("the answer to a picture with another key: %v", err)
	}
}

// TestPictureApartNeedsKeys: a picture that has a path of its own has a key of its own, or there is none.
func TestPictureApartNeedsKeys(t *testing.T) {
	a, b, _ := newCall(t, 0)
	agree(t, a, b, false, false)
	linked(t, a, b)
	for what, spoil := range map[string]func(*wire.Transport){
		"none":   func(t *wire.Transport) { t.Fingerprint = nil },
		"sealed": func(t *wire.Transport) { t.Fingerprint.Value = "" },
	} {
		offer, bundle, err := a.paths.OfferVideo()
		a.must(err)
		spoiled, _ := sent(t, offer, bundle)
		spoil(spoiled[0].Transport)
		if _, _, err := b.paths.AnswerVideo(spoiled, bundle); reasonOf(err) != wire.ReasonSecurity {
			t.Errorf("%s in an offer: %v", what, err)
		}
		if err := a.paths.ApplyVideo(spoiled, bundle); reasonOf(err) != wire.ReasonSecurity {
			t.Errorf("%s in an answer: %v", what, err)
		}
	}
	addVideo(t, a, b, same)
	talk(t, a, b, true)
}

// TestPictureApartFingerprint: who shows another key on the path of an added picture than was agreed ends the call, not only the picture.
func TestPictureApartFingerprint(t *testing.T) {
	a, b, _ := newCall(t, 0)
	agree(t, a, b, false, false)
	linked(t, a, b)
	addVideo(t, a, b, func(contents []wire.Content) []wire.Content {
		forge(contents)
		return contents
	})
	eventually(t, "the refusal", a, b, func() bool { return a.failed != "" || b.failed != "" })
	for _, s := range []*side{a, b} {
		if s.failed != "" && s.failed != wire.ReasonSecurity {
			t.Errorf("it failed with %q", s.failed)
		}
	}
}

package transport_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kith/core/wire"
)

// load reads what another program sent, from the golden stanzas of calls/sdp.
func load(t *testing.T, name string) wire.Jingle {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "sdp", "testdata", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := wire.Parse(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	j, ok := wire.ParseJingle(e)
	if !ok {
		t.Fatal("refused")
	}
	return j
}

var clients = map[string]bool{"dino": false, "conversations": true, "monal": true, "kith": true} // and whether they bundle

// TestOffersOfOthers: each gets as many transports as it wants, in the words that it used.
func TestOffersOfOthers(t *testing.T) {
	for client, bundles := range clients {
		t.Run(client, func(t *testing.T) {
			_, b, _ := newCall(t, 0)
			offer := load(t, client+"-offer")
			answer, bundle := b.answer(offer.Contents, offer.Bundle)
			if !slices.Equal(contentNames(answer), contentNames(offer.Contents)) || bundles != (len(bundle) == 2) {
				t.Fatalf("answered %q, bundled %q", contentNames(answer), bundle)
			}
			first, second := answer[0].Transport, answer[1].Transport
			if bundles != (first.Ufrag == second.Ufrag) || first.Fingerprint.Value != second.Fingerprint.Value {
				t.Errorf("the transports are %+v and %+v", first, second)
			}
			for _, c := range answer {
				if c.Transport.Fingerprint.Setup != "active" || c.Creator != wire.Initiator || !c.Transport.Trickle {
					t.Errorf("answered %+v with %+v", c, c.Transport)
				}
			}
		})
	}
}

// TestAnswersOfOthers: each is taken, in one group or in two.
func TestAnswersOfOthers(t *testing.T) {
	for client, bundles := range clients {
		t.Run(client, func(t *testing.T) {
			a, _, _ := newCall(t, 0)
			a.keep = true
			a.offer(true)
			answer := load(t, client+"-answer")
			a.must(a.paths.Apply(answer.Contents, answer.Bundle))
			fresh, err := a.paths.OfferRestart()
			a.must(err)
			if len(fresh) != 2 || bundles != (fresh[0].Transport.Ufrag == fresh[1].Transport.Ufrag) {
				t.Errorf("there are %+v", fresh)
			}
		})
	}
}

// TestPictureInAnotherCodec: of several codecs VP8 is taken; a picture that comes without it is left out, and the call goes on with sound.
func TestPictureInAnotherCodec(t *testing.T) {
	speaks := func(c wire.Content, codec string) bool {
		return slices.ContainsFunc(c.Description.Payloads, func(p wire.Payload) bool { return strings.EqualFold(p.Name, codec) })
	}
	_, b, _ := newCall(t, 0)
	offer := load(t, "monal-offer")
	if !speaks(offer.Contents[1], "H264") {
		t.Fatal("the offer has no other codec")
	}
	answer, _ := b.answer(offer.Contents, offer.Bundle)
	if video := answer[1]; !speaks(video, "VP8") || speaks(video, "H264") {
		t.Errorf("answered %+v", video.Description.Payloads)
	}
	_, b, _ = newCall(t, 0)
	offer = load(t, "monal-offer")
	video := offer.Contents[1].Description
	video.Payloads = slices.DeleteFunc(video.Payloads, func(p wire.Payload) bool { return strings.EqualFold(p.Name, "VP8") })
	if answer, bundle := b.answer(offer.Contents, offer.Bundle); len(answer) != 1 || answer[0].Description.Media != "audio" || len(bundle) > 1 {
		t.Errorf("answered %q, bundled %q", contentNames(answer), bundle)
	}
}

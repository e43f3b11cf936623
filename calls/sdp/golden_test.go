package sdp_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kith/calls/sdp"
	"kith/core/wire"
)

var update = flag.Bool("update", false, "write testdata anew")

// load reads the session-initiate or session-accept in testdata.
func load(t testing.TB, name string) sdp.Session {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	return session(t, string(text))
}

// session is what a Jingle element says.
func session(t testing.TB, text string) sdp.Session {
	t.Helper()
	e, err := wire.Parse(strings.TrimSpace(text))
	if err != nil {
		t.Fatal(err)
	}
	j, ok := wire.ParseJingle(e)
	if !ok {
		t.Fatalf("refused: %s", text)
	}
	return sdp.Session{Contents: j.Contents, Bundle: j.Bundle}
}

// jingle is s as it is sent, a line for each element.
func jingle(action wire.Action, s sdp.Session) string {
	e := wire.Jingle{Action: action, SID: "s1", Contents: s.Contents, Bundle: s.Bundle}.Element()
	return strings.ReplaceAll(e.String(), "><", ">\n<") + "\n"
}

// matches compares got with a file of testdata.
func matches(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.ReplaceAll(string(want), "\r\n", "\n"); strings.ReplaceAll(got, "\r\n", "\n") != text {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", name, got, text)
	}
}

// golden are the offers and answers of other programs, and the contents that share a PeerConnection.
var golden = []struct {
	client string
	parts  [][]string // of the offer
}{
	{"dino", [][]string{{"audio"}, {"video"}}},
	{"conversations", [][]string{{"0", "1"}}},
	{"monal", [][]string{{"0", "1"}}},
	{"kith", [][]string{{"audio", "video"}}},
}

// TestOffers holds the offers of other programs against testdata: what a PeerConnection gets to see of them, and what is
// understood when it says the same.
func TestOffers(t *testing.T) {
	for _, g := range golden {
		for _, part := range g.parts {
			name := g.client + "-offer-" + strings.Join(part, "-")
			text, err := load(t, g.client+"-offer").Only(part...).Offer(wire.Initiator, sdp.Session{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			matches(t, name+".sdp", text)
			back, err := sdp.ParseOffer(text, wire.Initiator, sdp.Session{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			matches(t, name+".back.xml", jingle(wire.SessionInitiate, back))
		}
	}
}

// TestAnswers does the same for their answers to testdata/kith-offer.xml. Who bundles answers one PeerConnection, who does not
// answers two.
func TestAnswers(t *testing.T) {
	offer := load(t, "kith-offer")
	for client, parts := range map[string][][]string{
		"dino": {{"audio"}, {"video"}}, "conversations": {{"audio", "video"}}, "monal": {{"audio", "video"}}, "kith": {{"audio", "video"}},
	} {
		for _, part := range parts {
			name := client + "-answer-" + strings.Join(part, "-")
			known := offer
			if slices.Equal(part, []string{"video"}) {
				known = offer.Only("video")
			}
			text, err := load(t, client+"-answer").Only(part...).Answer(wire.Responder, known)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			matches(t, name+".sdp", text)
			back, err := sdp.ParseAnswer(text, wire.Responder, known)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			matches(t, name+".back.xml", jingle(wire.SessionAccept, back))
		}
	}
}

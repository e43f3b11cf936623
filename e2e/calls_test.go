package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"kith/core/coretest"
	"kith/core/model"
)

// callNote is what kith-headless tells of a call, as far as tests look at it.
type callNote struct {
	Call, Phase, Secrecy, Quality, Reason string
	Incoming, Reached, Video, VideoAsked  bool
	PeerMuted, PeerPicture, Camera        bool
}

type callFigures struct {
	Phase        string
	SetupMS      int64   `json:"setupMs"`
	PictureMS    int64   `json:"pictureMs"`
	ConcealedPct float64 `json:"concealedPct"`
	VideoFrames  int
	VideoPSNR    float64
	SentPackets  uint64

	SentAudioPackets, SentVideoPackets uint64
	AudioPackets, AudioBytes           uint64
	VideoPackets, VideoBytes           uint64
	Dropped                            map[string]uint64
	Paths                              []callPath

	AudioPacketsPerS      float64
	LocalPath, RemotePath string
	Relayed               bool
	ToneHz                map[int]float64
	Secrecy               string
}

// callPath is one of the paths of a call, and what went over it.
type callPath struct {
	Content, ICE, DTLS    string
	PacketsIn, PacketsOut uint32
}

// The tones of the two. Each hears the other's.
const annaHz, benHz = 440, 660

// callers are a pair who can call each other.
func callers(t testing.TB, s *coretest.Server) *pair {
	t.Helper()
	return newCallers(t, s, program(t, headless))
}

func newCallers(t testing.TB, s *coretest.Server, program string) *pair {
	t.Helper()
	p := &pair{server: s, program: program}
	p.annaJ, p.benJ = s.AddUser(t, "anna", annaSecret), s.AddUser(t, "ben", benSecret)
	p.anna = Start(t, p.program, t.TempDir(), s.CAFile, "-media", "synthetic:440")
	p.ben = Start(t, p.program, t.TempDir(), s.CAFile, "-media", "synthetic:660")
	p.anna.SignIn(s, p.annaJ, annaSecret)
	p.ben.SignIn(s, p.benJ, benSecret)
	p.anna.Online()
	p.ben.Online()
	p.befriend()
	return p
}

// callState is the newest that was told of a call.
func (k *Kith) callState(id string) (last callNote) {
	for _, n := range k.Notes("call") {
		var c callNote
		if json.Unmarshal(n.Params, &c) == nil && (c.Call == id || id == "") {
			last = c
		}
	}
	return last
}

// waitCall waits until what is told of a call is as ok wants it.
func (k *Kith) waitCall(what, id string, ok func(callNote) bool) (c callNote) {
	k.tb.Helper()
	k.Wait(what, func() bool {
		c = k.callState(id)
		return c.Call != "" && ok(c)
	})
	return c
}

func (k *Kith) call(method, id string) {
	k.tb.Helper()
	k.Must(method, map[string]any{"call": id}, nil)
}

func (k *Kith) turn(method, id string, on bool) {
	k.tb.Helper()
	k.Must(method, map[string]any{"call": id, "on": on}, nil)
}

func (k *Kith) figures(id string) (f callFigures) {
	k.tb.Helper()
	k.Must("call.stats", map[string]any{"call": id}, &f)
	return f
}

// hears waits until the tone is what a call brings.
func (k *Kith) hears(id string, hz int) {
	k.tb.Helper()
	k.Wait("the other side's tone", func() bool { return k.figures(id).ToneHz[hz] > 0.4 })
}

// sees waits until so many more pictures were seen.
func (k *Kith) sees(id string, more int) {
	k.tb.Helper()
	before := k.figures(id).VideoFrames
	k.Wait("the other side's picture", func() bool { return k.figures(id).VideoFrames >= before+more })
}

// talk has Anna call Ben, and Ben take it.
func (p *pair) talk(t testing.TB, video bool) (id string) {
	t.Helper()
	var started struct{ Call string }
	p.anna.Must("call.start", map[string]any{"account": 1, "to": p.benJ, "video": video}, &started)
	id = started.Call
	p.ben.waitCall("the ringing", id, func(c callNote) bool { return c.Phase == "ringing" && c.Incoming && c.Video == video })
	p.anna.waitCall("that it rings there", id, func(c callNote) bool { return c.Reached })
	p.ben.call("call.accept", id)
	for _, k := range []*Kith{p.anna, p.ben} {
		k.waitCall("talking", id, func(c callNote) bool { return c.Phase == "talking" || c.Reason != "" })
		if c := k.callState(id); c.Phase != "talking" {
			t.Fatalf("the call is %s: %s", c.Phase, c.Reason)
		}
	}
	return id
}

// counts says whether everything has left and come that a call over one path brings.
func (f callFigures) counts() bool {
	return len(f.Paths) == 1 && f.Paths[0].DTLS == "connected" && f.Paths[0].PacketsIn > 0 && f.Paths[0].PacketsOut > 0 && f.AudioBytes > 12*f.AudioPackets &&
		f.AudioPackets > 0 && f.VideoPackets > 20 && f.VideoBytes > 12*f.VideoPackets && f.SentPackets == f.SentAudioPackets+f.SentVideoPackets &&
		f.Dropped["undecrypted"]+f.Dropped["unknown"]+f.Dropped["malformed"]+f.Dropped["beside"] == 0
}

// TestCall: sound and picture both ways, checked end to end, and what is left of it in both chats.
func TestCall(t *testing.T) {
	onEach(t, func(t *testing.T, s *coretest.Server) {
		p := callers(t, s)
		id := p.talk(t, true)
		for _, k := range []*Kith{p.anna, p.ben} {
			if c := k.callState(id); c.Secrecy != "checked" {
				t.Errorf("the call is %s, want its keys checked over OMEMO", c.Secrecy)
			}
		}
		p.anna.hears(id, benHz)
		p.ben.hears(id, annaHz)
		p.anna.sees(id, 20)
		p.ben.sees(id, 20)
		for _, k := range []*Kith{p.anna, p.ben} {
			if f := k.figures(id); f.VideoPSNR < 20 {
				t.Errorf("the picture is not what was shown to the camera: %.1f dB", f.VideoPSNR)
			} else if !f.counts() {
				t.Errorf("what has left and come is counted as %+v", f)
			}
			k.waitCall("that their picture comes", id, func(c callNote) bool { return c.PeerPicture })
		}
		p.ben.turn("call.mute", id, true)
		p.anna.waitCall("that Ben is mute", id, func(c callNote) bool { return c.PeerMuted })
		p.anna.Wait("silence", func() bool { return p.anna.figures(id).AudioPacketsPerS < 5 }) // speech has 25 and more
		p.ben.turn("call.mute", id, false)
		p.anna.hears(id, benHz)
		p.anna.call("call.end", id)
		for _, k := range []*Kith{p.anna, p.ben} {
			k.waitCall("the end", id, func(c callNote) bool { return c.Phase == "ended" && c.Reason == "hung-up" })
		}
		p.anna.Wait("the record", func() bool { return ended(p.anna.Messages(p.benJ)) })
		p.ben.Wait("the record", func() bool { return ended(p.ben.Messages(p.annaJ)) })
	})
}

// ended says whether the last row is of a call that they talked in.
func ended(all []Message) bool {
	if len(all) == 0 || all[len(all)-1].Kind != "call" {
		return false
	}
	rec, ok := model.ParseCallRecord(all[len(all)-1].Body)
	return ok && rec.End == model.HungUp && rec.Video && rec.Duration > 0
}

// TestVerifiedCall: between people who have compared their keys, the call says so.
func TestVerifiedCall(t *testing.T) {
	p := callers(t, coretest.StartProsody(t, coretest.Options{}))
	first := p.talk(t, false) // so that each has met the other's device
	p.anna.call("call.end", first)
	p.ben.waitCall("the end", first, func(c callNote) bool { return c.Phase == "ended" })
	for _, side := range []struct {
		k    *Kith
		with model.JID
	}{{p.anna, p.benJ}, {p.ben, p.annaJ}} {
		var devices []struct{ Fingerprint string }
		side.k.Must("device.list", map[string]any{"account": 1, "jid": side.with}, &devices)
		if len(devices) != 1 {
			t.Fatalf("%d devices are known", len(devices))
		}
		side.k.Must("device.trust", map[string]any{"account": 1, "jid": side.with, "fingerprint": devices[0].Fingerprint, "trust": "verified"}, nil)
	}
	id := p.talk(t, false)
	for _, k := range []*Kith{p.anna, p.ben} {
		if c := k.callState(id); c.Secrecy != "verified" {
			t.Errorf("the call is %s, want verified", c.Secrecy)
		}
	}
}

// TestAddVideo: a call without pictures gets them, from the side that was called, and the other is asked; not any more when they are turned off
// again meanwhile.
func TestAddVideo(t *testing.T) {
	p := callers(t, coretest.StartProsody(t, coretest.Options{}))
	id := p.talk(t, false)
	p.anna.hears(id, benHz)
	p.ben.turn("call.video", id, true)
	p.anna.waitCall("the question for a picture", id, func(c callNote) bool { return c.VideoAsked })
	p.ben.turn("call.video", id, false)
	p.anna.waitCall("the end of the question", id, func(c callNote) bool { return !c.VideoAsked })
	p.ben.turn("call.video", id, true)
	p.anna.waitCall("the question for a picture", id, func(c callNote) bool { return c.VideoAsked })
	if f := p.anna.figures(id); f.VideoFrames > 0 {
		t.Errorf("%d pictures came before they were wanted", f.VideoFrames)
	}
	p.anna.turn("call.answerVideo", id, true)
	p.anna.sees(id, 20)
	if f := p.ben.figures(id); f.VideoFrames > 0 {
		t.Errorf("%d pictures of Anna's were sent, who has not turned her camera on", f.VideoFrames)
	}
	p.anna.turn("call.video", id, true)
	p.ben.sees(id, 20)
	p.ben.call("call.end", id)
	p.anna.waitCall("the end", id, func(c callNote) bool { return c.Reason == "hung-up" })
}

// TestRelay: who does not want to be seen is not: the call leads through the server's relay, and no address of that side is told.
func TestRelay(t *testing.T) {
	relay := coretest.StartCoturn(t)
	for name, c := range map[string]struct {
		start   func(coretest.TB, coretest.Options) *coretest.Server
		options coretest.Options
		network string // as the check finds it
	}{
		"prosody":              {coretest.StartProsody, coretest.Options{Relay: relay}, "open"},
		"ejabberd":             {coretest.StartEjabberd, coretest.Options{Relay: relay, RelayTCP: true}, "unknown"},
		"ejabberd's own relay": {coretest.StartEjabberd, coretest.Options{OwnRelay: true}, "open"},
	} {
		t.Run(name, func(t *testing.T) {
			s := c.start(t, c.options)
			p := callers(t, s)
			p.anna.Must("call.relayOnly", map[string]any{"on": true}, nil)
			id := p.talk(t, true)
			p.anna.hears(id, benHz)
			p.ben.hears(id, annaHz)
			p.ben.sees(id, 20)
			if f := p.anna.figures(id); !f.Relayed || f.LocalPath != "relay" {
				t.Errorf("Anna's path is %s to %s", f.LocalPath, f.RemotePath)
			}
			p.ben.call("call.end", id)
			p.anna.waitCall("the end", id, func(c callNote) bool { return c.Reason == "hung-up" })
			if name == "prosody" { // whose log of stanzas can be read
				said := saidBy(s.Stanzas(), "session-initiate", "transport-info")
				if !strings.Contains(said, "type='relay'") {
					t.Error("the log does not show the relay's address")
				}
				for _, kind := range []string{"type='host'", "type='srflx'", "rel-addr"} {
					if strings.Contains(said, kind) {
						t.Errorf("Anna's side told of an address: %s", kind)
					}
				}
			}
			var found []struct{ Part, Fault, Network string }
			p.anna.Must("call.check", map[string]any{"account": 1}, &found)
			if want := "[{microphone  } {camera  } {speaker  } {server  " + c.network + "} {relay  }]"; fmt.Sprint(found) != want {
				t.Errorf("the check found %v", found)
			}
		})
	}
}

// saidBy is the Jingle of these actions that clients sent and the one who placed the call is the sender of.
func saidBy(stanzas string, actions ...string) (out string) {
	for _, part := range strings.SplitAfter(stanzas, "</iq>") {
		for _, a := range actions {
			if i := strings.LastIndex(part, "<iq"); i >= 0 && strings.Contains(part[i:], "action='"+a+"'") && !strings.Contains(part[i:], "to='anna@") {
				out += part[i:]
			}
		}
	}
	return out
}

// TestNewPaths: after a change of the network the call finds new paths, and sound and picture come again.
func TestNewPaths(t *testing.T) {
	p := callers(t, coretest.StartProsody(t, coretest.Options{}))
	id := p.talk(t, true)
	p.ben.hears(id, annaHz)
	p.ben.Must("call.reconnect", nil, nil)
	p.ben.waitCall("new paths", id, func(c callNote) bool { return c.Quality != "broken" })
	p.ben.sees(id, 20)
	p.anna.sees(id, 20)
	p.anna.hears(id, benHz)
	p.anna.call("call.end", id)
	p.ben.waitCall("the end", id, func(c callNote) bool { return c.Reason == "hung-up" })
}

// TestPeerVanishes: of who is gone without a word, power and all, the line is shown as lost, and the call ends by itself.
func TestPeerVanishes(t *testing.T) {
	p := callers(t, coretest.StartProsody(t, coretest.Options{}))
	goroutines := func() int {
		var s struct{ Goroutines int }
		p.ben.Must("stats", nil, &s)
		return s.Goroutines
	}
	before := goroutines()
	id := p.talk(t, true)
	p.ben.sees(id, 10)
	if during := goroutines(); during < before+10 {
		t.Errorf("%d goroutines before a call and %d in it: they show nothing", before, during)
	}
	p.anna.Kill()
	p.ben.waitCall("that the line is lost", id, func(c callNote) bool { return c.Quality == "broken" })
	p.ben.waitCall("the end", id, func(c callNote) bool { return c.Reason == "unreachable" })
	p.ben.Wait("that nothing is left of it", func() bool {
		p.ben.Must("call.list", nil, nil) // something that makes it look again
		return goroutines() <= before+2
	})
}

// TestCallEndsWithTheProgram: who closes the program hangs up.
func TestCallEndsWithTheProgram(t *testing.T) {
	p := callers(t, coretest.StartProsody(t, coretest.Options{}))
	id := p.talk(t, false)
	p.ben.hears(id, annaHz)
	p.anna.Stop()
	p.ben.waitCall("the end", id, func(c callNote) bool { return c.Reason == "hung-up" })
}

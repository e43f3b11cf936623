package e2e

import (
	"math"
	"testing"

	"kith/core/coretest"
)

// webFigures are what Chromium knows of a call.
type webFigures struct {
	Transports    int
	Local, Remote string // types of the candidates in use
	Ufrag         string
	Outgoing      float64
	Audio         struct {
		Codec                    string
		Packets, Lost, Concealed int
		Energy, Delay            float64
	}
	Video struct {
		Codec                                              string
		Frames, Dropped, Width, Freezes, NACKs, PLIs, Lost int
		Delay                                              float64
	}
	Sent struct {
		Audio, Frames, Width, NACKs, PLIs, FIRs, Repairs int
		Limit                                            string
		Target                                           float64
	}
}

// webPair is Anna with Kith and Ben with libwebrtc, who know each other.
type webPair struct {
	pair
	web *webPeer
}

func startWebPair(t *testing.T, o coretest.Options) *webPair {
	t.Helper()
	s := coretest.StartProsody(t, o)
	p := &webPair{pair: pair{server: s, program: program(t, headless)}}
	p.annaJ, p.benJ = s.AddUser(t, "anna", annaSecret), s.AddUser(t, "ben", benSecret)
	p.anna = Start(t, p.program, t.TempDir(), s.CAFile, "-media", "synthetic:440")
	p.anna.SignIn(s, p.annaJ, annaSecret)
	p.anna.Online()
	p.web = startWebPeer(t, s, p.benJ, benSecret, p.annaJ)
	p.anna.Must("contact.add", map[string]any{"account": 1, "jid": p.benJ, "name": "Ben"}, nil)
	p.anna.Wait("Ben's presence", func() bool { return p.contact(p.anna, p.benJ).Presence == "online" })
	return p
}

// annaCalls has Anna call, and Ben take it.
func (p *webPair) annaCalls(t *testing.T, video bool) (id string) {
	t.Helper()
	var started struct{ Call string }
	p.anna.Must("call.start", map[string]any{"account": 1, "to": p.benJ, "video": video}, &started)
	p.web.hears("propose")
	p.anna.waitCall("that it rings there", started.Call, func(c callNote) bool { return c.Reached })
	p.web.accept()
	p.connects(t, started.Call)
	return started.Call
}

// benCalls has Ben call, and Anna take it.
func (p *webPair) benCalls(t *testing.T, id string, media ...string) string {
	t.Helper()
	p.web.call(id, media...)
	p.anna.waitCall("the ringing", id, func(c callNote) bool { return c.Phase == "ringing" && c.Incoming && c.Video == (len(media) > 1) })
	p.web.hears("ringing")
	p.anna.call("call.accept", id)
	p.connects(t, id)
	return id
}

func (p *webPair) connects(t *testing.T, id string) {
	t.Helper()
	c := p.anna.waitCall("talking", id, func(c callNote) bool { return c.Phase == "talking" || c.Reason != "" })
	if c.Phase != "talking" {
		t.Fatalf("the call is %s: %s", c.Phase, c.Reason)
	}
	p.web.hears("connected")
	if f := p.web.figures(); f.Transports != 1 {
		t.Errorf("%d transports, want one that carries all", f.Transports)
	}
}

// figures asks the page.
func (p *webPeer) figures() (f webFigures) {
	p.do(func() { p.js("figures", &f) })
	return f
}

// number asks the page for one.
func (p *webPeer) number(function string) (n float64) {
	p.js(function, &n)
	return n
}

// listens waits until Kith's tone is heard.
func (p *webPeer) listens(hz float64) {
	p.t.Helper()
	p.wait("Kith's tone", func() bool { return math.Abs(p.number("tone")-hz) < 15 })
}

// sees waits until so many more pictures were seen, and they show something.
func (p *webPeer) sees(more int) {
	p.t.Helper()
	before := p.figures().Video.Frames
	p.wait("Kith's picture", func() bool {
		var f webFigures
		return p.js("figures", &f) && f.Video.Frames >= before+more && p.number("contrast") > 10
	})
}

// talks proves sound, and picture where there is one, both ways.
func (p *webPair) talks(t *testing.T, id string, video bool) {
	t.Helper()
	p.web.listens(annaHz)
	p.anna.hears(id, webHz)
	if video {
		p.web.sees(20)
		p.anna.sees(id, 20)
	}
	p.tell(t, id)
}

// tell shows the figures of both sides.
func (p *webPair) tell(t *testing.T, id string) {
	t.Helper()
	t.Logf("Kith: %+v", p.anna.figures(id))
	t.Logf("Chromium: %+v", p.web.figures())
}

func (p *webPair) ends(t *testing.T, id string) {
	t.Helper()
	p.anna.waitCall("the end", id, func(c callNote) bool { return c.Phase == "ended" && c.Reason == "hung-up" })
}

// TestChromium calls a libwebrtc that speaks as Conversations does: BUNDLE, RTX, transport-cc, all its codecs, trickling candidates. Each
// calls the other with picture, looks for new paths, and hangs up.
func TestChromium(t *testing.T) {
	p := startWebPair(t, coretest.Options{})
	id := p.annaCalls(t, true)
	p.talks(t, id, true)
	p.anna.turn("call.mute", id, true)
	p.web.hears("mute")
	p.web.wait("silence", func() bool { return p.web.number("tone") == 0 })
	p.anna.turn("call.mute", id, false)
	p.web.listens(annaHz)
	before := p.web.figures().Ufrag
	p.anna.Must("call.reconnect", nil, nil)
	p.web.hears("restart")
	p.web.moves(before)
	p.anna.waitCall("new paths", id, func(c callNote) bool { return c.Quality != "broken" })
	p.talks(t, id, true)
	p.anna.call("call.end", id)
	p.web.hears("terminated success")
	p.web.hears("finish")
	p.ends(t, id)

	id = p.benCalls(t, sessionID(1), "audio", "video")
	p.talks(t, id, true)
	before = p.web.figures().Ufrag
	p.web.restart()
	p.web.hears("restarted")
	p.web.moves(before)
	p.talks(t, id, true)
	p.web.hangUp()
	p.ends(t, id)
}

// moves waits until other paths are in use.
func (p *webPeer) moves(from string) {
	p.t.Helper()
	p.wait("new paths", func() bool {
		var f webFigures
		return p.js("figures", &f) && f.Ufrag != from && f.Local != ""
	})
}

// TestChromiumAddsVideo widens calls of sound alone, from each side, after it was refused once. In the second call
// the other side leaves the transport of what it adds empty, as older versions of Conversations do.
func TestChromiumAddsVideo(t *testing.T) {
	p := startWebPair(t, coretest.Options{})
	id := p.annaCalls(t, false)
	p.talks(t, id, false)
	p.anna.turn("call.video", id, true)
	p.web.hears("content-add")
	p.web.rejectVideo()
	p.anna.waitCall("the refusal", id, func(c callNote) bool { return !c.Camera })
	p.anna.turn("call.video", id, true)
	p.web.wait("another content-add", func() bool { return p.web.added != nil })
	p.web.acceptVideo(false)
	p.talks(t, id, true)
	p.anna.call("call.end", id)
	p.web.hears("terminated success")
	p.web.hears("finish") // which may come after the next call has begun
	p.ends(t, id)

	id = p.benCalls(t, sessionID(2), "audio")
	p.web.addVideo(true)
	p.anna.waitCall("the question for a picture", id, func(c callNote) bool { return c.VideoAsked })
	p.anna.turn("call.answerVideo", id, false)
	p.web.hears("content-reject")
	p.web.addVideo(true)
	p.anna.waitCall("the question for a picture", id, func(c callNote) bool { return c.VideoAsked })
	p.anna.turn("call.answerVideo", id, true)
	p.web.hears("content-accept")
	p.anna.sees(id, 20)
	p.anna.turn("call.video", id, true)
	p.talks(t, id, true)
	p.web.hangUp()
	p.ends(t, id)
}

// TestChromiumThroughRelay calls through the server's relay alone, so that Kith's addresses stay unknown.
func TestChromiumThroughRelay(t *testing.T) {
	p := startWebPair(t, coretest.Options{Relay: coretest.StartCoturn(t)})
	p.anna.Must("call.relayOnly", map[string]any{"on": true}, nil)
	id := p.annaCalls(t, true)
	p.talks(t, id, true)
	if f := p.anna.figures(id); !f.Relayed || f.LocalPath != "relay" {
		t.Errorf("the path is %s to %s", f.LocalPath, f.RemotePath)
	}
	p.web.hangUp()
	p.ends(t, id)
}

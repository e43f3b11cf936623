//go:build interop

package e2e

import (
	"fmt"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
)

// withDino is Anna, who has Kith, and Ben, who has Dino.
type withDino struct {
	t          *testing.T
	server     *coretest.Server
	anna       *Kith
	annaJ, ben model.JID
	dino       *dino
	camera     bool // Dino has one

	wanted string      // what was waited for last
	before callFigures // when that began
}

func newWithDino(t *testing.T, camera bool) *withDino {
	t.Helper()
	s := coretest.StartProsody(t, coretest.Options{})
	w := &withDino{t: t, server: s, annaJ: s.AddUser(t, "anna", annaSecret), ben: s.AddUser(t, "ben", benSecret), camera: camera}
	s.FillRoster(t, w.annaJ, []model.Contact{{JID: w.ben, Name: "Ben"}})
	s.FillRoster(t, w.ben, []model.Contact{{JID: w.annaJ, Name: "Anna"}})
	w.anna = Start(t, program(t, headless), t.TempDir(), s.CAFile, "-media", "synthetic:660")
	w.anna.SignIn(s, w.annaJ, annaSecret)
	w.anna.Online()
	w.dino = startDino(t, s, w.ben, w.annaJ, benSecret, camera)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("The call: %+v\nIts figures when this began: %s: %+v\nnow: %+v\nWhat they said ends:\n%s",
				w.anna.callState(""), w.wanted, w.before, w.counted(), tail(s.Stanzas()))
		}
	})
	return w
}

// blame says what is known of who is at fault when something of Dino does not come.
func (w *withDino) blame() (said string) {
	now := w.counted()
	for _, p := range now.Paths {
		said += fmt.Sprintf("The path of %s is %s, its keys %s. ", p.Content, p.ICE, p.DTLS)
	}
	said += fmt.Sprintf("Since then %d packets of Dino's sound and %d of its picture came. ", now.AudioPackets-w.before.AudioPackets, now.VideoPackets-w.before.VideoPackets)
	if names := w.dino.stopped(); len(names) > 0 {
		said += fmt.Sprintf("Dino's own %v stopped before it gave anything: Dino sends nothing of it. ", names)
	}
	return said
}

// begins are who calls, and what may be said of the keys then: in the first call Dino has no session of OMEMO yet that it could seal them with.
var begins = map[string]struct {
	call    func(*withDino, bool) string
	secrecy string
}{"Kith calls": {(*withDino).kithCalls, "checked"}, "Dino calls": {(*withDino).dinoCalls, "encrypted"}}

// TestDino leads calls with sound and picture both ways, in both directions: what each plays, shows and tells is looked at.
func TestDino(t *testing.T) {
	for name, begin := range begins {
		t.Run(name, func(t *testing.T) {
			w := newWithDino(t, true)
			id := begin.call(w, true)
			w.sound(id)
			w.seen(id)
			w.finds("Dino shows Kith's camera", w.dino.shows())
			w.finds("the call's keys are "+begin.secrecy, func() bool { return w.anna.callState(id).Secrecy == begin.secrecy })
			w.muted(id)
			w.dino.end()
			w.ended(id, "hung-up")
		})
	}
}

// muted has each mute its microphone for a while.
func (w *withDino) muted(id string) {
	w.t.Helper()
	w.anna.turn("call.mute", id, true)
	w.finds("Dino is silent while Kith is muted", func() bool { return !w.dino.plays() })
	w.anna.turn("call.mute", id, false)
	w.sound(id)
	w.dino.control(microphone)
	w.finds("Kith shows that Dino is muted", func() bool { return w.anna.callState(id).PeerMuted })
	w.dino.devices()
	w.dino.control(microphone)
	w.dino.sends("audio")
	w.finds("Kith shows that Dino is not muted any more", func() bool { return !w.anna.callState(id).PeerMuted })
	w.sound(id)
}

// TestDinoWithoutCamera: Dino sees Kith's picture, which comes with the call or is added to it, and has none.
func TestDinoWithoutCamera(t *testing.T) {
	w := newWithDino(t, false)
	for name, begin := range begins {
		t.Log(name)
		id := begin.call(w, true)
		w.sound(id)
		w.finds("Dino shows Kith's camera", w.dino.shows())
		if f := w.anna.figures(id); f.VideoFrames > 0 || w.anna.callState(id).PeerPicture {
			t.Errorf("Kith sees %d pictures of a camera that does not exist", f.VideoFrames)
		}
		w.anna.call("call.end", id)
		w.ended(id, "hung-up")

		id = begin.call(w, false)
		w.sound(id)
		w.anna.turn("call.hold", id, true) // nothing is sent before Dino is at rest
		w.anna.turn("call.video", id, true)
		w.finds("Dino accepts a picture", func() bool { return w.anna.callState(id).Video })
		w.anna.turn("call.video", id, false)
		w.anna.turn("call.hold", id, false)
		w.shows(id)
		w.finds("Dino shows a picture that Kith adds", w.dino.shows())
		w.sound(id)
		w.dino.end()
		w.ended(id, "hung-up")
	}
}

// TestDinoAddsPicture: a call with sound gets Dino's picture, when the person with Kith wants it, and Kith's after it. Dino's after Kith's does
// not come: Dino 0.4.2 lets go of its camera when it has just taken it for a picture that is there (input_device in stream.vala).
func TestDinoAddsPicture(t *testing.T) {
	for name, begin := range begins {
		t.Run(name, func(t *testing.T) {
			w := newWithDino(t, true)
			id := begin.call(w, false)
			w.sound(id)
			w.dino.devices()
			w.dino.control(camera)
			w.finds("Kith asks whether Dino's picture is wanted", func() bool { return w.anna.callState(id).VideoAsked })
			w.anna.turn("call.answerVideo", id, true)
			w.dino.sends("video")
			w.seen(id)
			w.sound(id)
			w.anna.turn("call.video", id, true)
			w.finds("Dino shows a picture that Kith adds to Dino's", w.dino.shows())
			w.anna.call("call.end", id)
			w.ended(id, "hung-up")
		})
	}
}

// TestDinoRings: calls between Kith and Dino that nobody takes.
func TestDinoRings(t *testing.T) {
	w := newWithDino(t, false)

	id := w.kithRings(false)
	w.dino.answer("reject-call", w.annaJ)
	w.ended(id, "declined")

	id = w.kithRings(true)
	w.anna.call("call.end", id)
	w.ended(id, "cancelled")
	w.finds("Dino notes a missed call", func() bool { return w.dino.query("SELECT state FROM call ORDER BY id DESC LIMIT 1") == "6" })

	id = w.dinoRings(false)
	w.anna.call("call.reject", id)
	w.ended(id, "declined")

	id = w.dinoRings(true)
	w.dino.end()
	w.ended(id, "cancelled")
}

// finds waits until something is so, and says that it is.
func (w *withDino) finds(what string, so func() bool) {
	w.t.Helper()
	w.wanted, w.before = what, w.counted()
	begin := time.Now()
	for end := begin.Add(patience); !so(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("not so: %s. %sDino plays %v", what, w.blame(), w.dino.share)
		}
	}
	w.t.Logf("%s (%.1f s)", what, time.Since(begin).Seconds())
}

// counted is the figures of the call as they are; empty without one.
func (w *withDino) counted() (f callFigures) {
	_ = w.anna.Call("call.stats", map[string]any{"call": w.anna.callState("").Call}, &f) // there may be none, or it has ended
	return f
}

// kithRings has Kith call until Dino rings.
func (w *withDino) kithRings(video bool) string {
	w.t.Helper()
	before := w.dino.query("SELECT count(*) FROM call")
	var started struct{ Call string }
	w.anna.Must("call.start", map[string]any{"account": 1, "to": w.ben, "video": video}, &started)
	w.finds(fmt.Sprintf("Dino rings when Kith calls (picture: %v)", video), func() bool { return w.dino.query("SELECT count(*) FROM call") != before })
	return started.Call
}

// kithCalls has Kith call and Dino take it.
func (w *withDino) kithCalls(video bool) string {
	w.t.Helper()
	w.dino.devices()
	id := w.kithRings(video)
	w.anna.turn("call.video", id, false)
	w.dino.answer("accept-call", w.annaJ)
	w.talk(id, video)
	return id
}

// dinoRings has Dino call until Kith rings.
func (w *withDino) dinoRings(video bool) (id string) {
	w.t.Helper()
	w.dino.call(video)
	w.finds(fmt.Sprintf("Kith rings when Dino calls (picture: %v)", video), func() bool {
		c := w.anna.callState("")
		id = c.Call
		return c.Incoming && c.Phase == "ringing" && c.Video == video
	})
	return id
}

// dinoCalls has Dino call and Kith take it.
func (w *withDino) dinoCalls(video bool) string {
	w.t.Helper()
	w.dino.devices()
	id := w.dinoRings(video)
	w.anna.Must("call.accept", map[string]any{"call": id, "video": false}, nil)
	w.talk(id, video)
	return id
}

// talk waits until they are connected, gives Dino's window a size of its own, and wakes Dino's devices.
func (w *withDino) talk(id string, video bool) {
	w.t.Helper()
	w.finds("they are connected", func() bool { return w.anna.callState(id).Phase == "talking" })
	w.dino.stretch()
	media := []string{"audio"}
	if video && w.camera {
		media = append(media, "video")
	}
	w.dino.sends(media...)
	if video {
		w.shows(id)
	}
}

// shows has Kith send its picture once Dino is at rest. The first packet has Dino build what shows the picture, which one of the next
// packets stops for good when Dino is late, as sound and pictures of its own do (see sends).
func (w *withDino) shows(id string) {
	w.t.Helper()
	w.dino.idle()
	w.anna.turn("call.video", id, true)
}

// seen checks that Kith sees Dino's camera.
func (w *withDino) seen(id string) {
	w.t.Helper()
	before := w.anna.figures(id).VideoFrames
	w.finds("Kith sees Dino's camera", func() bool {
		f := w.anna.figures(id)
		return f.VideoFrames >= before+20 && f.VideoPSNR > 20 && w.anna.callState(id).PeerPicture
	})
}

// sound checks that each hears the other from now on.
func (w *withDino) sound(id string) {
	w.t.Helper()
	w.dino.forget()
	w.finds("Kith hears Dino's microphone", func() bool {
		f := w.anna.figures(id)
		return f.AudioPacketsPerS > 5 && f.ToneHz[dinoHz] > 0.4
	})
	w.finds("Dino plays Kith's microphone", func() bool { return w.dino.hears(benHz) > 0.4 })
}

// ended waits until both have left a call.
func (w *withDino) ended(id, reason string) {
	w.t.Helper()
	w.finds("Kith's call ends: "+reason, func() bool { c := w.anna.callState(id); return c.Phase == "ended" && c.Reason == reason })
	w.finds("Dino's window of the call is closed", func() bool { return w.dino.callWindow() == "" })
}

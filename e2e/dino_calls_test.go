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
}

func newWithDino(t *testing.T) *withDino {
	t.Helper()
	s := coretest.StartProsody(t, coretest.Options{})
	w := &withDino{t: t, server: s, annaJ: s.AddUser(t, "anna", annaSecret), ben: s.AddUser(t, "ben", benSecret)}
	s.FillRoster(t, w.annaJ, []model.Contact{{JID: w.ben, Name: "Ben"}})
	s.FillRoster(t, w.ben, []model.Contact{{JID: w.annaJ, Name: "Anna"}})
	w.anna = Start(t, program(t, headless), t.TempDir(), s.CAFile, "-media", "synthetic:660")
	w.anna.SignIn(s, w.annaJ, annaSecret)
	w.anna.Online()
	w.dino = startDino(t, s, w.ben, w.annaJ, benSecret)
	return w
}

// TestDino leads calls between Kith and Dino in both directions: what each plays, shows and tells is looked at. Dino has no camera.
func TestDino(t *testing.T) {
	w := newWithDino(t)

	id := w.kithCalls(true)
	w.sound(id)
	w.finds("Dino without a camera shows Kith's", w.dino.shows())
	w.finds("the call's keys are checked over OMEMO", func() bool { return w.anna.callState(id).Secrecy == "checked" })
	if f := w.anna.figures(id); f.VideoFrames > 0 || w.anna.callState(id).PeerPicture {
		t.Errorf("Kith sees %d pictures of a camera that does not exist", f.VideoFrames)
	}
	w.anna.turn("call.mute", id, true)
	w.finds("Dino is silent while Kith is muted", func() bool { return !w.dino.plays() })
	w.anna.turn("call.mute", id, false)
	w.sound(id)
	w.dino.control(microphone)
	w.finds("Kith shows that Dino is muted", func() bool { return w.anna.callState(id).PeerMuted })
	w.dino.control(microphone)
	w.finds("Kith shows that Dino is not muted any more", func() bool { return !w.anna.callState(id).PeerMuted })
	w.dino.control(hangUp)
	w.ended(id, "hung-up")

	id = w.dinoCalls(true)
	w.sound(id)
	w.finds("Dino without a camera shows Kith's", w.dino.shows())
	w.anna.call("call.end", id)
	w.ended(id, "hung-up")

	id = w.dinoCalls(false)
	w.sound(id)
	w.dino.control(hangUp)
	w.ended(id, "hung-up")
}

// TestDinoAddsPicture: a call with sound gets Kith's picture.
func TestDinoAddsPicture(t *testing.T) {
	w := newWithDino(t)
	id := w.kithCalls(false)
	w.sound(id)
	w.anna.turn("call.video", id, true)
	w.finds("Dino shows a picture that Kith adds", w.dino.shows())
	w.anna.call("call.end", id)
	w.ended(id, "hung-up")
}

// TestDinoRings: calls between Kith and Dino that nobody takes.
func TestDinoRings(t *testing.T) {
	w := newWithDino(t)

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
	w.dino.control(hangUp)
	w.ended(id, "cancelled")
}

// finds waits until something is so, and says that it is.
func (w *withDino) finds(what string, so func() bool) {
	w.t.Helper()
	begin := time.Now()
	for end := begin.Add(patience); !so(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			call := w.anna.callState("")
			w.t.Fatalf("not so: %s. The call: %+v. Its figures: %+v. Dino plays %v. What they said ends:\n%s",
				what, call, w.anna.figures(call.Call), w.dino.share, tail(w.server.Stanzas()))
		}
	}
	w.t.Logf("%s (%.1f s)", what, time.Since(begin).Seconds())
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
	return w.talk(func() string {
		id := w.kithRings(video)
		w.dino.answer("accept-call", w.annaJ)
		return id
	})
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
	return w.talk(func() string {
		id := w.dinoRings(video)
		w.anna.call("call.accept", id)
		return id
	})
}

// talk waits until they are connected and Dino sends sound. Now and then Dino opens its microphone and reads nothing from it, as its
// sound server tells: then they hang up and try again.
func (w *withDino) talk(begin func() string) (id string) {
	w.t.Helper()
	for range 5 {
		id = begin()
		w.finds("they are connected", func() bool { return w.anna.callState(id).Phase == "talking" })
		for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
			if w.anna.figures(id).AudioPacketsPerS > 0 {
				return id
			}
		}
		w.t.Logf("DINO SENDS NO SOUND; once more. %s", w.dino.recording())
		w.anna.call("call.end", id)
		w.ended(id, "hung-up")
	}
	w.t.Fatal("Dino never sends sound")
	return ""
}

// sound checks that each hears the other from now on.
func (w *withDino) sound(id string) {
	w.t.Helper()
	w.dino.forget()
	w.finds("Kith hears Dino's microphone", func() bool { return w.anna.figures(id).ToneHz[dinoHz] > 0.4 })
	w.finds("Dino plays Kith's microphone", func() bool { return w.dino.hears(benHz) > 0.4 })
}

// ended waits until both have left a call.
func (w *withDino) ended(id, reason string) {
	w.t.Helper()
	w.finds("Kith's call ends: "+reason, func() bool { c := w.anna.callState(id); return c.Phase == "ended" && c.Reason == reason })
	w.finds("Dino's window of the call is closed", func() bool { return w.dino.callWindow() == "" })
}

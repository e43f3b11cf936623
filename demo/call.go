package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"kith/e2e"
)

// tones are what the microphones of the two hear: both are synthetic, as are their cameras, so that a call is made without anybody's
// voice or face.
var tones = map[string]int{anna: 440, ben: 660}

// talk has Anna call Ben with a picture, and looks at what comes on both sides.
func (c *cast) talk(a, b *e2e.Window) {
	a.Keys("Escape")
	a.On("chat")
	a.Keys("ctrl+shift+v")
	b.Heard("rings")
	b.Tool("windowactivate", "--sync", b.ID)
	b.Until("the question", func() bool { return b.Sees("Incoming video call") })
	c.found("a call rings", true)
	c.picture(b, "08-a-call-rings")
	b.Keys("ctrl+shift+v")
	for w, hz := range map[*e2e.Window]int{a: tones[ben], b: tones[anna]} {
		w.Hears(hz)
		w.Watches()
	}
	c.found("sound and picture come on both sides", true)
	c.inCall(a, "09-a-call")
	a.CallKey("ctrl+shift+h")
	for _, w := range []*e2e.Window{a, b} {
		w.CallClosed()
		w.Until("the call in the chat", func() bool { return strings.Contains(w.Ask("rows"), "Video call, ") })
	}
	c.found("the call is in the chat, with its length", true)
	a.Tool("windowactivate", "--sync", a.ID)
	c.picture(a, "10-the-call-in-the-chat")
}

// inCall photographs the window of a call. It never stands still.
func (c *cast) inCall(w *e2e.Window, name string) {
	id := w.CallWindow()
	w.Tool("mousemove", "--window", id, "20", "20") // whoever moves the pointer sees the buttons
	w.Called("Hang up", "")
	file := filepath.Join(c.out, name+".png")
	w.Photograph(id, file)
	c.Logf("picture: %s", file)
}

// media are the flags for a person's devices.
func media(person string) []string {
	return []string{"-media", fmt.Sprint("synthetic:", tones[person])}
}

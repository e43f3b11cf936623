package app

import (
	"context"
	"image"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"kith/app/view"
	"kith/core/model"
)

func TestCallNote(t *testing.T) {
	f := view.FaceOf(model.Call{ID: "x", Video: true}, "Ben", "ben@example.org", time.Time{})
	for previews, title := range map[bool]string{true: "Ben", false: "Kith"} {
		n := callNote(f, previews)
		if n.Title != title || n.Body != "Incoming video call" || n.Key != "call x" || !n.Silent || !n.Urgent {
			t.Errorf("%+v", n)
		}
		if len(n.Answers) != 3 || n.Answers[0].Key != answerAccept || n.Answers[1].Key != answerDecline || n.Answers[2].Key != answerWrite {
			t.Errorf("answers %+v", n.Answers)
		}
	}
	for video, label := range map[bool]string{true: "Voice only", false: "Accept"} {
		f := view.FaceOf(model.Call{ID: "x", Video: video}, "Ben", "ben@example.org", time.Time{})
		if got := callNote(f, true).Answers[0].Label; got != label {
			t.Errorf("video %v is taken with %q", video, got)
		}
	}
}

// TestFit gives a picture room in its proportions, never more than it has, in memory that is there.
func TestFit(t *testing.T) {
	into := image.NewRGBA(image.Rect(0, 0, 640, 360))
	for _, c := range []struct {
		size image.Point
		w, h int
		want image.Point
	}{
		{image.Pt(640, 360), 320, 640, image.Pt(320, 180)},
		{image.Pt(640, 360), 2000, 2000, image.Pt(640, 360)},
		{image.Pt(360, 640), 300, 300, image.Pt(169, 300)},
		{image.Pt(1, 4000), 10, 10, image.Pt(1, 10)},
	} {
		img := fit(into, c.size, c.w, c.h)
		if img.Rect.Size() != c.want || img.Stride != 4*c.want.X || len(img.Pix) != 4*c.want.X*c.want.Y {
			t.Errorf("%v in %d by %d is %v", c.size, c.w, c.h, img.Rect)
		}
		if &img.Pix[0] != &into.Pix[0] {
			t.Errorf("%v has other memory", c.size)
		}
	}
	if img := fit(nil, image.Pt(4, 4), 4, 4); img.Rect.Dx() != 4 {
		t.Error("no memory")
	}
}

// TestSeek looks for a device that went, once at a time, and only while there is a call that misses it.
func TestSeek(t *testing.T) {
	test.NewTempApp(t)
	gone := func() []view.Gear { return []view.Gear{{Kind: view.Camera, Name: "Webcam", Missing: true}} }
	for _, tt := range []struct {
		name   string
		phase  model.Phase
		astray func() []view.Gear
		want   int32
	}{
		{"a device went", model.Talking, gone, 1},
		{"it went before anybody answers", model.Ringing, gone, 1},
		{"nothing went", model.Talking, func() []view.Gear { return nil }, 0},
		{"nothing can be chosen", model.Talking, nil, 0},
		{"the call is over", model.Ended, gone, 0},
	} {
		c := newCrew(t.Context(), quiet(), func() {})
		var asked atomic.Int32
		soon := make(chan struct{})
		p := &phone{home: &home{deeds: deeds{app: &App{crew: c}}}, line: line{Astray: tt.astray, Return: func(context.Context) error {
			asked.Add(1)
			<-soon
			return nil
		}}}
		p.seek(model.Call{Phase: tt.phase})
		p.seek(model.Call{Phase: tt.phase}) // a second later
		close(soon)
		c.end()
		if n := asked.Load(); n != tt.want {
			t.Errorf("%s: looked for %d times, want %d", tt.name, n, tt.want)
		}
	}
}

// TestFace says of a call what the chat, the devices and the microphone know.
func TestFace(t *testing.T) {
	p := &phone{home: &home{chats: view.NewChats()}}
	p.home.chats.Set([]model.Chat{{ID: 7, Name: "Ben", JID: "ben@example.org"}})
	c := model.Call{ID: "x", Chat: 7, Phase: model.Talking, Since: time.Now()}
	says := func(want string) {
		t.Helper()
		f := p.face(c)
		if f.Name != "Ben" || f.Address != "ben@example.org" || !strings.Contains(f.Notice, want) || want == "" && f.Notice != "" {
			t.Errorf("%+v, want %q", f, want)
		}
	}
	says("")
	p.line.Astray = func() []view.Gear { return nil }
	says("")
	p.line.Astray = func() []view.Gear { return []view.Gear{{Kind: view.Camera, Name: "Webcam", Missing: true}} }
	says("Webcam is gone")
	c.Muted, p.stage = true, &callWindow{voices: view.Voices{Unheard: true}}
	says("You are speaking, but you are muted")
}

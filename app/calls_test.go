package app

import (
	"image"
	"testing"
	"time"

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

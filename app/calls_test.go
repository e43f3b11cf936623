package app

import (
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
		if len(n.Answers) != 2 || n.Answers[0].Key != answerAccept || n.Answers[1].Key != answerDecline {
			t.Errorf("answers %+v", n.Answers)
		}
	}
}

package screen

import (
	"testing"

	"kith/app/view"
	"kith/core/model"
)

// TestHangUpTwice: who hangs up with two presses does not call again with the second.
func TestHangUpTwice(t *testing.T) {
	begin(t)
	did := ""
	c := NewCall(CallActions{HangUp: func() { did += "hang up " }, Again: func() { did += "again " }, Close: func() { did += "close " }})
	c.SetMini(true)
	window(t, c.Object(), 288, 192)
	c.Set(view.FaceOf(talk(nil), "Anna", "a@example.org", noon))
	tap(t, c.Object(), "Hang up")
	c.Set(view.FaceOf(model.Call{ID: "1", Outgoing: true, Phase: model.Ended, End: model.NoAnswer}, "Anna", "a@example.org", noon))
	tap(t, c.Object(), "Call again")
	tap(t, c.Object(), "Close")
	if did != "hang up " {
		t.Errorf("did %q", did)
	}
	c.bar.twice = twice{} // some time later
	tap(t, c.Object(), "Call again")
	c.Set(view.FaceOf(model.Call{ID: "2", Outgoing: true}, "Anna", "a@example.org", noon))
	tap(t, c.Object(), "Hang up")
	if did != "hang up again " {
		t.Errorf("did %q", did)
	}
}

// TestDeclineTwice: who declines with two presses has not answered the call that rings after it.
func TestDeclineTwice(t *testing.T) {
	begin(t)
	n := 0
	press := func() { n++ }
	r := NewRinging(RingingActions{Accept: func(bool) { n++ }, Decline: press, Write: press})
	window(t, r.Object(), 340, 348)
	ring := func(id model.CallID) {
		r.Set(view.FaceOf(model.Call{ID: id, Video: true}, "Anna", "a@example.org", noon))
	}
	ring("1")
	tap(t, r.Object(), "Decline")
	ring("2")
	for _, name := range []string{"Decline", "Voice only", "With video", "Reply with a message"} {
		tap(t, r.Object(), name)
	}
	if n != 1 {
		t.Errorf("%d answers", n)
	}
	r.twice = twice{} // some time later
	if tap(t, r.Object(), "Decline"); n != 2 {
		t.Error("the second call cannot be declined")
	}
}

package view

import (
	"testing"
	"time"

	"kith/core/model"
)

// TestEar tells a voice from a noise, goes on through a breath, and tells of none that is sent.
func TestEar(t *testing.T) {
	var e Ear
	hear := func(dbfs float64, times int) (v Voices) {
		for range times {
			v = e.Hear(Levels{Heard: dbfs, Sent: -127, Peer: -127})
		}
		return v
	}
	if v := hear(-20, speechLong-1); v.Unheard || v.Own == 0 || v.Peer != 0 {
		t.Errorf("a bang is %+v", v)
	}
	if v := hear(-20, 1); !v.Unheard {
		t.Errorf("a voice is %+v", v)
	}
	if v := hear(-90, speechHold-1); !v.Unheard || v.Own != 0 {
		t.Errorf("a breath is %+v", v)
	}
	if v := hear(-90, 1); v.Unheard {
		t.Errorf("long silence is %+v", v)
	}
	if v := hear(-55, 100); v != (Voices{}) {
		t.Errorf("a quiet room is %+v", v)
	}
	hear(-20, 100)
	for range 100 {
		if v := e.Hear(Levels{Heard: -20, Sent: -20, Peer: -127}); v.Unheard || v.Own == 0 {
			t.Fatalf("a voice that is sent is %+v", v)
		}
	}
	if v := hear(-20, speechLong-1); v.Unheard {
		t.Error("what was said before counts")
	}
	before := Voices{}
	for dbfs := -60.0; dbfs <= 0; dbfs++ {
		v := e.Hear(Levels{Heard: -127, Sent: -127, Peer: dbfs})
		if v.Peer < before.Peer || v.Peer > before.Peer+1 || v.PeerLevel() > 1 {
			t.Errorf("%v dBFS is step %d after %d", dbfs, v.Peer, before.Peer)
		}
		before = v
	}
	if before.PeerLevel() != 1 {
		t.Errorf("the loudest is %v", before.PeerLevel())
	}
}

// TestHearing has whoever speaks although muted know it, unless there is worse.
func TestHearing(t *testing.T) {
	const words = "You are speaking, but you are muted. Hold the space bar to be heard."
	for _, c := range []struct {
		name   string
		call   model.Call
		speaks bool
		notice string
		urgent bool
	}{
		{"muted", model.Call{Muted: true}, true, words, true},
		{"silent", model.Call{Muted: true}, false, "You are muted. Hold the space bar to talk.", false},
		{"not muted", model.Call{}, true, "", false},
		{"held", model.Call{Muted: true, OnHold: true}, true, "Anna can't hear or see you", false},
		{"lost", model.Call{Muted: true, Quality: model.BrokenLine}, true, "The connection was lost. Looking for another way…", true},
	} {
		c.call.Phase = model.Talking
		f := FaceOf(c.call, "Anna", "anna@example.org", time.Time{}).Hearing(Voices{Unheard: c.speaks})
		if f.Notice != c.notice || f.Urgent != c.urgent {
			t.Errorf("%s: %q, %v", c.name, f.Notice, f.Urgent)
		}
	}
	over := FaceOf(model.Call{Phase: model.Ended, End: model.HungUp, Muted: true}, "Anna", "anna@example.org", time.Time{})
	if over.Hearing(Voices{Unheard: true}) != over {
		t.Error("a call that is over tells of being muted")
	}
}

package session

import (
	"testing"

	"kith/core/model"
	"kith/core/wire"
)

func TestMuteAndHold(t *testing.T) {
	b := talking(t, true)
	b.set(Muted, true)
	b.says("session-info to romeo@example.org/orchard mute")
	if !b.allowed[sid].Listens {
		t.Error("nobody would know that they speak although muted")
	}
	if b.allowed[sid].Audio {
		t.Error("muted, and may send sound")
	}
	b.set(Muted, false)
	b.says("session-info to romeo@example.org/orchard unmute")
	b.set(OnHold, true)
	b.says("session-info to romeo@example.org/orchard hold")
	if al := b.allowed[sid]; al.Audio || al.Video {
		t.Errorf("on hold, and may send %+v", al)
	}
	b.set(OnHold, false)
	b.says("session-info to romeo@example.org/orchard unhold")
	if al := b.allowed[sid]; !al.Audio || !al.Video {
		t.Errorf("back from hold, and may send %+v only", al)
	}
	b.set(Camera, false)
	if al := b.allowed[sid]; al.Video || !al.Audio {
		t.Errorf("camera off, and may send %+v", al)
	}
	b.set(Screen, true)
	if al := b.allowed[sid]; !al.Screen || al.Video {
		t.Errorf("screen on, and may send %+v", al)
	}
	for _, c := range []struct {
		info wire.Info
		want func(model.Call) bool
	}{
		{wire.Info{Kind: "mute", Name: "audio"}, func(c model.Call) bool { return c.PeerMuted }},
		{wire.Info{Kind: "mute", Name: "video"}, func(c model.Call) bool { return c.PeerMuted }},
		{wire.Info{Kind: "unmute", Name: "audio"}, func(c model.Call) bool { return !c.PeerMuted }},
		{wire.Info{Kind: "hold"}, func(c model.Call) bool { return c.PeerOnHold && !b.sends() }},
		{wire.Info{Kind: "unhold"}, func(c model.Call) bool { return !c.PeerOnHold && b.sends() }},
		{wire.Info{Kind: "mute"}, func(c model.Call) bool { return c.PeerMuted && b.sends() }},
		{wire.Info{Kind: "hold"}, func(c model.Call) bool { return c.PeerOnHold && !b.sends() }},
		{wire.Info{Kind: "active"}, func(c model.Call) bool { return !c.PeerOnHold && !c.PeerMuted && b.sends() }},
		{wire.Info{}, func(c model.Call) bool { return c.Phase == model.Talking }},
	} {
		if r := b.asked(romeo, wire.Jingle{Action: wire.SessionInfo, SID: string(sid), Info: c.info}); r.Condition != "" || !c.want(b.calls[sid]) {
			t.Errorf("%+v: %+v, %+v", c.info, r, b.calls[sid])
		}
	}
	if r := b.asked(romeo, wire.Jingle{Action: wire.SessionInfo, SID: string(sid), Info: wire.Info{Unknown: true}}); r.App != wire.UnsupportedInfo {
		t.Errorf("unknown info: %+v", r)
	}
}

// sends says whether anything may be sent.
func (e *end) sends() bool {
	al := e.allowed[sid]
	return al.Audio || al.Video || al.Screen
}

// TestHeldByBoth: a call goes on when neither holds it, and what was off stays off.
func TestHeldByBoth(t *testing.T) {
	b := talking(t, true)
	they := func(kind string) {
		b.asked(romeo, wire.Jingle{Action: wire.SessionInfo, SID: string(sid), Info: wire.Info{Kind: kind}})
	}
	b.set(Camera, false)
	b.set(OnHold, true)
	they("hold")
	they("unhold")
	if b.sends() {
		t.Errorf("they go on, and we do not; may send %+v", b.allowed[sid])
	}
	they("hold")
	b.set(OnHold, false)
	if b.sends() {
		t.Errorf("we go on, and they do not; may send %+v", b.allowed[sid])
	}
	b.set(Muted, true)
	they("active")
	if al := b.allowed[sid]; b.sends() || !al.Listens {
		t.Errorf("they turned something on: %+v", al)
	}
	b.set(Muted, false)
	if al := b.allowed[sid]; !al.Audio || al.Video {
		t.Errorf("may send %+v", al)
	}
}

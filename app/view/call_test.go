package view

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/calls"
	"kith/core"
	"kith/core/model"
)

// TestCalls goes through the lives of calls.
func TestCalls(t *testing.T) {
	in := model.Call{ID: "in", Chat: 1}
	out := model.Call{ID: "out", Chat: 2, Outgoing: true}
	with := func(c model.Call, p model.Phase, e model.CallEnd) model.Call { c.Phase, c.End = p, e; return c }
	for _, c := range []struct {
		name           string
		events         []model.Call
		ringing, shown model.CallID
		busy           bool
	}{
		{"none", nil, "", "", false},
		{"rings", []model.Call{in}, "in", "", true},
		{"missed", []model.Call{in, with(in, model.Ended, model.Cancelled)}, "", "", false},
		{"answered elsewhere", []model.Call{in, with(in, model.Ended, model.Elsewhere)}, "", "", false},
		{"taken", []model.Call{in, with(in, model.CallConnecting, 0)}, "", "in", true},
		{"talked", []model.Call{in, with(in, model.Talking, 0), with(in, model.Ended, model.HungUp)}, "", "in", false},
		{"placed", []model.Call{out}, "", "out", true},
		{"not taken", []model.Call{out, with(out, model.Ended, model.NoAnswer)}, "", "out", false},
		{"rings while another goes on", []model.Call{out, with(out, model.Talking, 0), in}, "in", "out", true},
		{"over, then another event of it", []model.Call{out, with(out, model.Ended, model.Busy), with(out, model.Talking, 0)}, "", "out", false},
		{"only its end is heard of", []model.Call{with(in, model.Ended, model.Cancelled)}, "", "", false},
		{"gave way to theirs", []model.Call{out, in, with(out, model.Ended, model.Crossed)}, "in", "", true},
		{"again after the end", []model.Call{with(out, model.Ended, model.Busy), {ID: "new", Outgoing: true}}, "", "new", true},
	} {
		var calls Calls
		for _, e := range c.events {
			calls.Apply(e)
		}
		ringing, _ := calls.Ringing()
		shown, _ := calls.Shown()
		if ringing.ID != c.ringing || shown.ID != c.shown || calls.Busy() != c.busy {
			t.Errorf("%s: %q rings, %q is shown, busy %v", c.name, ringing.ID, shown.ID, calls.Busy())
		}
	}
	var calls Calls
	calls.Apply(with(out, model.Ended, model.Busy))
	calls.Forget("out")
	if _, ok := calls.Shown(); ok {
		t.Error("a call that was forgotten is shown")
	}
}

func TestFace(t *testing.T) {
	now := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	talking := model.Call{ID: "1", Phase: model.Talking, Since: now.Add(-185 * time.Second), Secrecy: model.CallVerified, Outgoing: true}
	with := func(change func(*model.Call)) model.Call { c := talking; change(&c); return c }
	ended := func(e model.CallEnd) model.Call {
		return model.Call{ID: "1", Outgoing: true, Phase: model.Ended, End: e, Since: talking.Since}
	}
	for _, c := range []struct {
		name                         string
		call                         model.Call
		state, notice, ask, advice   string
		urgent, remote, again, stays bool
	}{
		{name: "placed", call: model.Call{Outgoing: true}, state: "Calling…"},
		{name: "rings there", call: model.Call{Outgoing: true, Reached: true}, state: "Ringing…"},
		{name: "rings here", call: model.Call{}, state: "Incoming call"},
		{name: "rings here with video", call: model.Call{Video: true}, state: "Incoming video call"},
		{name: "taken", call: model.Call{Phase: model.CallConnecting}, state: "Connecting…"},
		{name: "talking", call: talking, state: "3:05"},
		{name: "their picture", call: with(func(c *model.Call) { c.PeerPicture = true }), state: "3:05", remote: true},
		{name: "their picture on hold", call: with(func(c *model.Call) { c.PeerPicture, c.PeerOnHold = true, true }), state: "3:05", notice: "Anna put the call on hold"},
		{name: "muted", call: with(func(c *model.Call) { c.Muted = true }), state: "3:05", notice: "You are muted. Hold the space bar to talk."},
		{name: "they are muted", call: with(func(c *model.Call) { c.PeerMuted = true }), state: "3:05", notice: "Anna is muted"},
		{name: "held", call: with(func(c *model.Call) { c.OnHold = true }), state: "On hold", notice: "Anna can't hear or see you"},
		{name: "slow", call: with(func(c *model.Call) { c.Quality = model.SlowLine; c.Video = true }), state: "3:05", notice: "Your connection is slow; the picture is smaller", urgent: true},
		{name: "lossy", call: with(func(c *model.Call) { c.Quality = model.LossyLine; c.Video = true; c.Muted = true }), state: "3:05", notice: "Your connection loses packets; the picture is smaller", urgent: true},
		{name: "sound alone", call: with(func(c *model.Call) { c.Quality = model.SoundLine; c.Video = true }), state: "3:05", notice: "Your connection is too slow for your picture; Anna hears you", urgent: true},
		{name: "lossy voice", call: with(func(c *model.Call) { c.Quality = model.LossyLine }), state: "3:05", notice: "Your connection loses packets; words may be missing", urgent: true},
		{name: "lost", call: with(func(c *model.Call) { c.Quality = model.BrokenLine; c.OnHold = true }), state: "Reconnecting…", notice: "The connection was lost. Looking for another way…", urgent: true},
		{name: "no microphone", call: with(func(c *model.Call) { c.NoMicrophone = true; c.Quality = model.LossyLine }), state: "3:05", notice: "You are not heard: no microphone can be used. Plug one in: the call goes on with it.", urgent: true},
		{name: "no microphone, and muted", call: with(func(c *model.Call) { c.NoMicrophone, c.Muted = true, true }), state: "3:05", notice: "You are muted. Hold the space bar to talk."},
		{name: "no speaker", call: with(func(c *model.Call) { c.NoSpeaker = true }), state: "3:05", notice: "You hear nothing: no speaker can be used. Plug one in: the call goes on with it.", urgent: true},
		{name: "no headset", call: with(func(c *model.Call) { c.NoSpeaker, c.NoMicrophone = true, true }), state: "3:05", notice: "No microphone and no speaker can be used. Plug in a headset: the call goes on with it.", urgent: true},
		{name: "no screen", call: with(func(c *model.Call) { c.NoScreen = true }), state: "3:05", notice: "Your screen can't be shared. Look in your system's privacy settings whether Kith may see it; then try again."},
		{name: "video is asked for", call: with(func(c *model.Call) { c.Camera, c.Muted = true, true }), state: "3:05", notice: "Anna is asked to turn on video"},
		{name: "a screen", call: with(func(c *model.Call) { c.Screen, c.Video, c.Muted = true, true, true }), state: "3:05", notice: "Anna sees your screen"},
		{name: "no picture", call: with(func(c *model.Call) { c.NoPicture = true }), state: "3:05", notice: "The picture found no way to Anna. You can turn on video again."},
		{name: "no camera", call: with(func(c *model.Call) { c.NoCamera = true }), state: "3:05", notice: "Your camera can't be used. Plug one in, or close what else uses it; then turn it on again."},
		{name: "no camera is allowed", call: with(func(c *model.Call) { c.NoCamera, c.CameraDenied = true, true }), state: "3:05", notice: deniedWords(Camera, runtime.GOOS)},
		{name: "no microphone is allowed", call: with(func(c *model.Call) { c.NoMicrophone, c.NoSpeaker, c.MicrophoneDenied = true, true, true }), state: "3:05", notice: deniedWords(Microphone, runtime.GOOS), urgent: true},
		{name: "both called", call: ended(model.Crossed), state: "You both called at the same time", again: true},
		{name: "asked", call: with(func(c *model.Call) { c.VideoAsked = true }), state: "3:05", ask: "Anna would like to turn on video"},
		{name: "hung up", call: ended(model.HungUp), state: "Call ended", again: true},
		{name: "declined", call: ended(model.Declined), state: "Can't talk now", advice: "Write a message, or try again later.", again: true, stays: true},
		{name: "not safe", call: ended(model.Insecure), state: "Not safe", advice: "The call did not come with the keys of Anna, so Kith ended it. Compare keys with Anna before you call again.", stays: true},
		{name: "failed", call: ended(model.CallFailed), state: "The call did not work", advice: "Try again. If it stays so, restart Kith.", again: true, stays: true},
	} {
		f := FaceOf(c.call, "Anna", "anna@example.org", now)
		if f.State != c.state || f.Notice != c.notice || f.Ask != c.ask || f.Advice != c.advice {
			t.Errorf("%s: %q, notice %q, ask %q, advice %q", c.name, f.State, f.Notice, f.Ask, f.Advice)
		}
		if f.Urgent != c.urgent || f.Remote != c.remote || f.Again != c.again || f.Stays != c.stays {
			t.Errorf("%s: urgent %v, remote %v, again %v, stays %v", c.name, f.Urgent, f.Remote, f.Again, f.Stays)
		}
	}
}

// TestEndWords has words for every way in which a call ends, and says what to do wherever it failed.
func TestEndWords(t *testing.T) {
	for end := model.HungUp; end <= model.CallFailed; end++ {
		for _, video := range []bool{false, true} {
			why, advice, stays := endWords(model.Call{End: end, Video: video}, "Anna")
			if why == "" || stays != (advice != "") {
				t.Errorf("%v: %q, %q, stays %v", end, why, advice, stays)
			}
			if strings.Contains(why, "Anna") {
				t.Errorf("%v: %q stands below the name", end, why)
			}
			if !video && strings.Contains(advice, "video") {
				t.Errorf("%v: %q of a call without video", end, advice)
			}
		}
	}
}

// TestGearOf takes over what core tells of devices.
func TestGearOf(t *testing.T) {
	got := GearOf([]core.CallDevice{
		{Kind: calls.Microphones, Chosen: true}, {Kind: calls.Cameras, Name: "Webcam"}, {Kind: calls.Speakers, Name: "Headset", Chosen: true}, {Kind: 77}, {Kind: calls.Cameras, Name: "Phone", Missing: true},
	})
	if want := []Gear{{Kind: Microphone, Chosen: true}, {Kind: Camera, Name: "Webcam"}, {Kind: Speaker, Name: "Headset", Chosen: true}, {Kind: Camera, Name: "Phone", Missing: true}}; !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	for _, g := range got {
		if back := GearOf([]core.CallDevice{{Kind: g.Kind.Device()}}); back[0].Kind != g.Kind {
			t.Errorf("%v is another kind to core", g.Kind)
		}
	}
}

func TestSecrecyWords(t *testing.T) {
	for s, want := range map[model.Secrecy]Shield{
		model.NoSecrecy: ShieldUnknown, model.CallEncrypted: ShieldEncrypted, model.CallChecked: ShieldEncrypted, model.CallVerified: ShieldVerified,
	} {
		shield, word, explain := secrecyWords(s, "Anna")
		if shield != want || (word == "") != (s == model.NoSecrecy) || (explain == "") != (word == "") {
			t.Errorf("%v: %v, %q, %q", s, shield, word, explain)
		}
	}
	// Over or before it is agreed, nothing is claimed.
	if f := FaceOf(model.Call{Phase: model.Ended, Secrecy: model.CallVerified, Outgoing: true}, "Anna", "a@b", time.Time{}); f.Secrecy != "" {
		t.Errorf("an ended call claims %q", f.Secrecy)
	}
}

func TestCallClock(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0:00", 7 * time.Second: "0:07", 185 * time.Second: "3:05", time.Hour + 2*time.Minute + 9*time.Second: "1:02:09",
	} {
		if got := CallClock(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestGear(t *testing.T) {
	all := []Gear{{Kind: Microphone}, {Kind: Microphone, Name: "Headset\u202e", Chosen: true}, {Kind: Speaker, Chosen: true}}
	if in, of := ChosenGear(all, Microphone); in.Text() != "Headset" || len(of) != 2 {
		t.Errorf("%+v of %d", in, len(of))
	}
	if in, _ := ChosenGear(all, Speaker); in.Text() != "As the system has it" {
		t.Errorf("%q", in.Text())
	}
	if _, of := ChosenGear(all, Camera); of != nil {
		t.Errorf("cameras %v", of)
	}
}

// TestDenied says where a system lets Kith use a device: in words of its own for each, and for each device.
func TestDenied(t *testing.T) {
	seen := map[string]bool{}
	for system, place := range map[string]string{"darwin": "System Settings, under Privacy & Security, ", "windows": "Settings, under Privacy & security, ", "linux": "privacy settings"} {
		for kind, name := range map[GearKind]string{Microphone: "microphone", Camera: "camera"} {
			words := deniedWords(kind, system)
			if !strings.Contains(words, place) || !strings.HasPrefix(words, "Kith may not use the "+name) || seen[words] {
				t.Errorf("%s on %s: %q", name, system, words)
			}
			seen[words] = true
		}
	}
	found, _, over := FindingOf(core.CallFinding{Part: calls.PartCamera, Done: true, Fault: calls.Denied})
	if found.State != CheckBad || found.Fault != NotAllowed || !over {
		t.Errorf("the check finds %+v", found)
	}
}

// TestWithout says that a chosen device is gone, unless there is something else to say.
func TestWithout(t *testing.T) {
	gone := []Gear{{Kind: Microphone, Name: "Headset", Missing: true}, {Kind: Speaker, Name: "Headset", Missing: true}}
	for phase, want := range map[model.Phase]string{model.Talking: "Headset is gone: what your system prefers is used", model.CallConnecting: "", model.Ended: ""} {
		if f := (CallFace{Phase: phase}).Without(gone); f.Notice != want {
			t.Errorf("in phase %v: %q", phase, f.Notice)
		}
	}
	if f := (CallFace{Phase: model.Talking, Notice: "Anna is muted"}).Without(gone); f.Notice != "Anna is muted" {
		t.Errorf("it covers what is to be known: %q", f.Notice)
	}
	if f := (CallFace{Phase: model.Talking}).Without(nil); f.Notice != "" {
		t.Errorf("nothing is gone: %q", f.Notice)
	}
}

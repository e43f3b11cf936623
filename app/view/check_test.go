package view

import (
	"math"
	"testing"

	"kith/calls"
	"kith/calls/nat"
)

func TestCheck(t *testing.T) {
	type want struct {
		step  CheckStep
		state CheckState
		text  string
	}
	for _, c := range []struct {
		name string
		do   func(c *Check)
		want want
	}{
		{"at first", func(*Check) {}, want{CheckMicrophone, CheckWaiting, "Say something."}},
		{"heard", func(c *Check) { c.Level(0.4) }, want{CheckMicrophone, CheckGood, "You are heard."}},
		{"noise", func(c *Check) { c.Level(0.02) }, want{CheckMicrophone, CheckWaiting, "Say something."}},
		{"silent", func(c *Check) { c.Found(CheckFinding{Step: CheckMicrophone, State: CheckBad, Fault: NotHeard}) }, want{CheckMicrophone, CheckBad, "Nothing is heard. Is the microphone switched off, or turned down? Else choose another one below."}},
		{"heard late", func(c *Check) {
			c.Found(CheckFinding{Step: CheckMicrophone, State: CheckBad, Fault: NotHeard})
			c.Level(0.3)
		}, want{CheckMicrophone, CheckGood, "You are heard."}},
		{"no microphone", func(c *Check) {
			c.Found(CheckFinding{Step: CheckMicrophone, State: CheckBad, Fault: NotThere})
			c.Level(0.9)
		}, want{CheckMicrophone, CheckBad, "There is no microphone. Plug one in, or a headset."}},
		{"camera", func(c *Check) { c.Found(CheckFinding{Step: CheckCamera, State: CheckGood, Fault: NoFaultFound}) }, want{CheckCamera, CheckGood, "This is what others see."}},
		{"camera in use", func(c *Check) { c.Found(CheckFinding{Step: CheckCamera, State: CheckBad, Fault: InUse}) }, want{CheckCamera, CheckBad, "Another program uses the camera. Close it, then try again."}},
		{"tone", func(c *Check) { c.Played() }, want{CheckSpeaker, CheckWaiting, "Did you hear it?"}},
		{"tone played by itself", func(c *Check) { c.Found(CheckFinding{Step: CheckSpeaker, State: CheckGood, Fault: NoFaultFound}) }, want{CheckSpeaker, CheckWaiting, "Did you hear it?"}},
		{"tone heard", func(c *Check) { c.Played(); c.Heard(true) }, want{CheckSpeaker, CheckGood, "You hear others."}},
		{"tone not heard", func(c *Check) { c.Played(); c.Heard(false) }, want{CheckSpeaker, CheckBad, "Turn the sound of this computer up, or choose another speaker below, and try again."}},
		{"offline", func(c *Check) { c.Found(CheckFinding{Step: CheckNetwork, State: CheckBad, Fault: Offline}) }, want{CheckNetwork, CheckBad, "You are offline. Connect to the internet, and this goes on by itself."}},
		{"no way", func(c *Check) { c.Found(CheckFinding{Step: CheckNetwork, State: CheckBad, Fault: NoWay}) }, want{CheckNetwork, CheckBad, "This network lets no calls through. Try another one, such as that of your phone."}},
		{"good network", func(c *Check) { c.Found(CheckFinding{Step: CheckNetwork, State: CheckGood, Fault: NoFaultFound}) }, want{CheckNetwork, CheckGood, "Calls get through, also where networks are strict."}},
		{"no way without a relay", router(CheckBad, NoRelay, nat.Blocked), want{CheckNetwork, CheckBad, "This network lets no calls through directly, and your server has no relay to help. Try another network, such as that of your phone."}},
		{"a strict router", router(CheckGood, NoFaultFound, nat.Strict), want{CheckNetwork, CheckGood, "Calls get through. Your router seldom lets them go directly, so most go by your server's relay."}},
		{"a strict router without a relay", router(CheckGood, NoRelay, nat.Strict), want{CheckNetwork, CheckGood, "Your router makes it hard for calls to go directly, and your server has no relay to help: some calls will not find a way. Whoever runs the server can add one."}},
		{"no UDP", router(CheckGood, NoFaultFound, nat.Blocked), want{CheckNetwork, CheckGood, "Calls get through, but this network slows them down: they have to go by your server's relay over TCP. Another network may sound better."}},
		{"an easy router", router(CheckGood, NoFaultFound, nat.Steady), want{CheckNetwork, CheckGood, "Calls get through, also where networks are strict."}},
		{"a step that is none", func(c *Check) { c.Found(CheckFinding{Step: 99, State: CheckBad, Fault: NoWay}) }, want{CheckNetwork, CheckWaiting, "Looking for a way…"}},
	} {
		check := NewCheck(CheckMeans{true, true})
		c.do(check)
		if r := check.Rows()[c.want.step]; r.State != c.want.state || r.Text != c.want.text {
			t.Errorf("%s: %+v, want %+v", c.name, r, c.want)
		}
	}
}

// TestCheckOffers has a tone only where there may be a speaker, and asks once it was played.
func TestCheckOffers(t *testing.T) {
	c := NewCheck(CheckMeans{Tone: true})
	if r := c.Rows()[CheckSpeaker]; r.Play != "Play a tone" || r.Asks {
		t.Errorf("%+v", r)
	}
	c.Played()
	if r := c.Rows()[CheckSpeaker]; r.Play != "Play it again" || !r.Asks {
		t.Errorf("%+v", r)
	}
	c.Found(CheckFinding{Step: CheckSpeaker, State: CheckBad, Fault: NotThere})
	if r := c.Rows()[CheckSpeaker]; r.Play != "" || r.Asks {
		t.Errorf("%+v", r)
	}
	c.Level(7)
	if r := c.Rows()[CheckMicrophone]; r.Level != 1 {
		t.Errorf("level %v", r.Level)
	}
	c.Found(CheckFinding{Step: CheckMicrophone, State: CheckBad, Fault: NotAllowed})
	if r := c.Rows()[CheckMicrophone]; r.Level != 0 || r.Meter {
		t.Errorf("level %v of a microphone that may not be used", r.Level)
	}
}

// router finds out about the network.
func router(state CheckState, fault CheckFault, kind nat.Kind) func(*Check) {
	return func(c *Check) { c.Found(CheckFinding{CheckNetwork, state, fault, kind}) }
}

func TestFindingOf(t *testing.T) {
	for _, c := range []struct {
		f     calls.Finding
		want  CheckFinding
		level float32
		ok    bool
	}{
		{calls.Finding{Part: calls.PartMicrophone}, CheckFinding{Step: CheckMicrophone, State: CheckBad, Fault: NotHeard}, 0, false},
		{calls.Finding{Part: calls.PartMicrophone, Level: -30}, CheckFinding{Step: CheckMicrophone, State: CheckGood, Fault: NoFaultFound}, 0.5, false},
		{calls.Finding{Part: calls.PartMicrophone, Level: -30, Done: true}, CheckFinding{Step: CheckMicrophone, State: CheckGood, Fault: NoFaultFound}, 0.5, true},
		{calls.Finding{Part: calls.PartMicrophone, Level: -58, Done: true}, CheckFinding{Step: CheckMicrophone, State: CheckBad, Fault: NotHeard}, 0.033333335, true},
		{calls.Finding{Part: calls.PartMicrophone, Level: math.Inf(-1), Done: true, Fault: calls.NothingIn}, CheckFinding{Step: CheckMicrophone, State: CheckBad, Fault: NotHeard}, 0, true},
		{calls.Finding{Part: calls.PartCamera, Done: true, Fault: calls.NoDevice}, CheckFinding{Step: CheckCamera, State: CheckBad, Fault: NotThere}, 0, true},
		{calls.Finding{Part: calls.PartSpeaker, Done: true}, CheckFinding{Step: CheckSpeaker, State: CheckGood, Fault: NoFaultFound}, 0, true},
		{calls.Finding{Part: calls.PartServer, Done: true}, CheckFinding{Step: CheckNetwork, State: CheckGood, Fault: NoFaultFound}, 0, false},
		{calls.Finding{Part: calls.PartRelay, Done: true, Fault: calls.NoServices}, CheckFinding{Step: CheckNetwork, State: CheckGood, Fault: NoRelay}, 0, true},
		{calls.Finding{Part: calls.PartRelay, Done: true, Fault: calls.NoServices, NAT: nat.Blocked}, CheckFinding{CheckNetwork, CheckBad, NoRelay, nat.Blocked}, 0, true},
		{calls.Finding{Part: calls.PartRelay, Done: true, NAT: nat.Strict}, CheckFinding{Step: CheckNetwork, State: CheckGood, Router: nat.Strict}, 0, true},
		{calls.Finding{Part: calls.PartRelay, Done: true, Fault: calls.NoWay}, CheckFinding{Step: CheckNetwork, State: CheckBad, Fault: NoWay}, 0, true},
	} {
		if got, level, ok := FindingOf(c.f); got != c.want || level != c.level || ok != c.ok {
			t.Errorf("%+v is %+v at %v, over %v", c.f, got, level, ok)
		}
	}
}

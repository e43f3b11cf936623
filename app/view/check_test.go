package view

import (
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	begin := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
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
		{"silent for a while", func(c *Check) { c.Tick(begin.Add(5 * time.Second)) }, want{CheckMicrophone, CheckWaiting, "Say something."}},
		{"silent", func(c *Check) { c.Tick(begin.Add(9 * time.Second)) }, want{CheckMicrophone, CheckBad, "Nothing is heard. Is the microphone switched off, or turned down? Else choose another one below."}},
		{"heard late", func(c *Check) { c.Tick(begin.Add(9 * time.Second)); c.Level(0.3) }, want{CheckMicrophone, CheckGood, "You are heard."}},
		{"no microphone", func(c *Check) { c.Found(CheckFinding{CheckMicrophone, CheckBad, NotThere}); c.Level(0.9) }, want{CheckMicrophone, CheckBad, "There is no microphone. Plug one in, or a headset."}},
		{"camera", func(c *Check) { c.Found(CheckFinding{CheckCamera, CheckGood, NoFaultFound}) }, want{CheckCamera, CheckGood, "This is what others see."}},
		{"camera in use", func(c *Check) { c.Found(CheckFinding{CheckCamera, CheckBad, InUse}) }, want{CheckCamera, CheckBad, "Another program uses the camera. Close it, then try again."}},
		{"tone", func(c *Check) { c.Played() }, want{CheckSpeaker, CheckWaiting, "Did you hear it?"}},
		{"tone heard", func(c *Check) { c.Played(); c.Heard(true) }, want{CheckSpeaker, CheckGood, "You hear others."}},
		{"tone not heard", func(c *Check) { c.Played(); c.Heard(false) }, want{CheckSpeaker, CheckBad, "Turn the sound of this computer up, or choose another speaker below, and try again."}},
		{"offline", func(c *Check) { c.Found(CheckFinding{CheckNetwork, CheckBad, Offline}) }, want{CheckNetwork, CheckBad, "You are offline. Connect to the internet, and this goes on by itself."}},
		{"no way", func(c *Check) { c.Found(CheckFinding{CheckNetwork, CheckBad, NoWay}) }, want{CheckNetwork, CheckBad, "This network lets no calls through. Try another one, such as that of your phone."}},
		{"good network", func(c *Check) { c.Found(CheckFinding{CheckNetwork, CheckGood, NoFaultFound}) }, want{CheckNetwork, CheckGood, "Calls get through, also where networks are strict."}},
		{"a step that is none", func(c *Check) { c.Found(CheckFinding{99, CheckBad, NoWay}) }, want{CheckNetwork, CheckWaiting, "Looking for a way…"}},
	} {
		check := NewCheck(begin)
		c.do(check)
		if r := check.Rows()[c.want.step]; r.State != c.want.state || r.Text != c.want.text {
			t.Errorf("%s: %+v, want %+v", c.name, r, c.want)
		}
	}
}

// TestCheckOffers has a tone only where there may be a speaker, and asks once it was played.
func TestCheckOffers(t *testing.T) {
	c := NewCheck(time.Time{})
	if r := c.Rows()[CheckSpeaker]; r.Play != "Play a tone" || r.Asks {
		t.Errorf("%+v", r)
	}
	c.Played()
	if r := c.Rows()[CheckSpeaker]; r.Play != "Play it again" || !r.Asks {
		t.Errorf("%+v", r)
	}
	c.Found(CheckFinding{CheckSpeaker, CheckBad, NotThere})
	if r := c.Rows()[CheckSpeaker]; r.Play != "" || r.Asks {
		t.Errorf("%+v", r)
	}
	c.Level(7)
	if r := c.Rows()[CheckMicrophone]; r.Level != 1 {
		t.Errorf("level %v", r.Level)
	}
	c.Found(CheckFinding{CheckMicrophone, CheckBad, NotAllowed})
	if r := c.Rows()[CheckMicrophone]; r.Level != 0 || r.Meter {
		t.Errorf("level %v of a microphone that may not be used", r.Level)
	}
}

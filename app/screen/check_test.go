package screen

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"kith/app/golden"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
)

// checkSamples are the check of calls as it begins, when all is well, and when nothing is.
func checkSamples() map[string]func() *Check {
	finding := func(state view.CheckState, faults ...view.CheckFault) func(c *view.Check) {
		return func(c *view.Check) {
			for i, f := range faults {
				c.Found(view.CheckFinding{Step: view.CheckStep(i), State: state, Fault: f})
			}
		}
	}
	sample := func(found func(c *view.Check), level float32) func() *Check {
		return func() *Check {
			check := view.NewCheck(view.CheckMeans{Picture: true, Tone: true})
			found(check)
			check.Level(level)
			c := NewCheck(CheckActions{
				Frames: func() widget.Frames { return sampleFrames("", true) }, Play: func() {}, Heard: func(bool) {},
			})
			c.Set(check.Rows(), []view.Gear{{Kind: view.Microphone, Chosen: true}, {Kind: view.Microphone, Name: "Headset"}})
			return c
		}
	}
	return map[string]func() *Check{
		"begun": sample(func(c *view.Check) { c.Played() }, 0.03),
		"good": sample(func(c *view.Check) {
			finding(view.CheckGood, view.NoFaultFound, view.NoFaultFound, view.NoFaultFound, view.NoRelay)(c)
			c.Heard(true)
		}, 0.6),
		"bad": sample(finding(view.CheckBad, view.NotAllowed, view.InUse, view.NotThere, view.NoWay), 0),
	}
}

func TestCheckLook(t *testing.T) {
	for name, mode := range map[string]theme.Mode{"begun": theme.Light, "good": theme.Dark, "bad": theme.Light} {
		for suffix, width := range map[string]float32{"-320": 320, "": 680} {
			t.Run(name+suffix, func(t *testing.T) {
				test.NewTempApp(t).Settings().SetTheme(theme.New(mode))
				c := checkSamples()[name]()
				w := window(t, pane(theme.Background, c.Object()), width, 860)
				c.picture.SetFrames(nil)
				c.pictured()
				golden.Compare(t, "check-"+name+suffix, w.Canvas().Capture())
			})
		}
	}
}

// TestCheckAnswers has the person say what was heard; a level alone changes nothing but its bar.
func TestCheckAnswers(t *testing.T) {
	begin(t)
	did := ""
	check := view.NewCheck(view.CheckMeans{Picture: true, Tone: true})
	c := NewCheck(CheckActions{
		Play: func() { did = "play" }, Heard: func(yes bool) { did = map[bool]string{true: "yes", false: "no"}[yes] },
	})
	window(t, c.Object(), 400, 900)
	c.Set(check.Rows(), nil)
	before := c.body.Objects[1]
	check.Level(0.05)
	c.Set(check.Rows(), nil)
	if c.body.Objects[1] != before {
		t.Error("everything is made anew for a level")
	}
	tap(t, c.Object(), "Play a tone")
	check.Played()
	c.Set(check.Rows(), nil)
	wantSeen(t, c.Object(), "Did you hear it?")
	for name, want := range map[string]string{"Yes": "yes", "No": "no", "Play it again": "play"} {
		if tap(t, c.Object(), name); did != want {
			t.Errorf("%s does %q", name, did)
		}
	}
}

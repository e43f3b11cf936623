package screen

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"kith/app/view"
	"kith/assets"
	"kith/core/model"
)

// TestCallBarRests: whoever mutes finds every button where it was, also in a language in which the label gets much shorter.
func TestCallBarRests(t *testing.T) {
	begin(t)
	for _, tag := range assets.Languages() {
		speak(t, tag)
		for _, width := range []float32{320, 420, 520, 1000} {
			c := sampleCall("Anna Larsson", talk(nil))
			window(t, c.Object(), width, 560)
			places := func() (all []fyne.Position) {
				for _, b := range c.bar.visible() {
					all = append(all, b.Position())
				}
				return all
			}
			before := places()
			for name, change := range map[string]func(*model.Call){
				"muted": func(c *model.Call) { c.Muted = true }, "seen": func(c *model.Call) { c.Camera = true }, "shared": func(c *model.Call) { c.Screen = true },
			} {
				c.Set(view.FaceOf(talk(change), "Anna Larsson", "friend0@example.org", noon))
				if now := places(); !slices.Equal(now, before) {
					t.Errorf("%s, %v wide: once %s, the buttons stand at %v instead of %v", tag, width, name, now, before)
				}
			}
		}
	}
}

// TestCallLeast: however small the large window is made, every button stays in it, "Hang up" too.
func TestCallLeast(t *testing.T) {
	begin(t)
	for _, tag := range assets.Languages() {
		speak(t, tag)
		c := sampleCall("Anna Larsson", talk(video))
		least := c.Object().MinSize()
		if least.Width > leastWidth {
			t.Errorf("%s: a small phone has no room for %v", tag, least)
		}
		window(t, c.Object(), least.Width, least.Height)
		for _, b := range c.bar.visible() {
			at := b.Position().Add(c.bar.object.Position())
			if end := at.Add(b.Size()); at.X < 0 || end.X > least.Width || end.Y > least.Height {
				t.Errorf("%s: %s is at %v to %v of %v", tag, b.AccessibilityLabel(), at, end, least)
			}
		}
	}
}

// TestCallFaceGivesWay: what is explained or asked in a call without a picture covers neither the name nor what stands below it, in the windows
// that calls begin with and in narrow ones.
func TestCallFaceGivesWay(t *testing.T) {
	begin(t)
	for _, tag := range assets.Languages() {
		speak(t, tag)
		for _, size := range []fyne.Size{{Width: 520, Height: 560}, {Width: 960, Height: 540}, {Width: 320, Height: 600}} {
			for name, change := range map[string]func(*model.Call){
				"explained": nil,
				"asked":     func(c *model.Call) { c.VideoAsked = true },
				"no screen": func(c *model.Call) { c.NoScreen = true },
			} {
				c := sampleCall("Anna Larsson", talk(change))
				c.explained = name == "explained"
				c.draw()
				window(t, c.Object(), size.Width, size.Height)
				end := c.shield.object.Position().Y + c.shield.object.Size().Height
				for _, o := range []fyne.CanvasObject{c.notice.object, c.ask.object, c.explain.object} {
					if y := o.Position().Y; o.Visible() && y < end {
						t.Errorf("%s, %s in %v: the words end at %v, what lies over them begins at %v", tag, name, size, end, y)
					}
				}
				if y := c.avatar.Position().Y; y < 0 {
					t.Errorf("%s, %s in %v: the face is at %v", tag, name, size, y)
				}
			}
		}
	}
}

// TestCallHeadFits: over a picture, too, no word of ours about how the call goes is cut in the narrowest window.
func TestCallHeadFits(t *testing.T) {
	begin(t)
	for _, tag := range assets.Languages() {
		speak(t, tag)
		for name, change := range map[string]func(*model.Call){
			"lost": func(c *model.Call) { c.Quality = model.BrokenLine },
			"held": func(c *model.Call) { c.OnHold = true },
			"well": func(c *model.Call) { c.Secrecy = model.CallChecked },
		} {
			c := sampleCall("Anna", talk(func(c *model.Call) { video(c); change(c) }))
			window(t, c.Object(), leastWidth, 640)
			frame(c)
			if !c.live() {
				t.Fatal("no picture is seen")
			}
			wantUncut(t, tag+", "+name, c.Object())
		}
	}
}

// TestSmallCallFits shows every state in the small window, in every language: no word of ours is cut.
func TestSmallCallFits(t *testing.T) {
	begin(t)
	for _, tag := range assets.Languages() {
		speak(t, tag)
		all := []model.Call{{Outgoing: true}, {Outgoing: true, Reached: true}, {Phase: model.CallConnecting}}
		for _, q := range []model.Quality{model.GoodLine, model.BrokenLine} {
			all = append(all, talk(func(c *model.Call) { c.Quality = q }), talk(func(c *model.Call) { video(c); c.Quality = q }))
		}
		for end := model.HungUp; end <= model.CallFailed; end++ {
			all = append(all, model.Call{Outgoing: true, Phase: model.Ended, End: end})
		}
		for _, call := range all {
			call.ID = "1"
			c := sampleCall("Anna", call)
			c.SetMini(true)
			window(t, c.Object(), 288, 192)
			frame(c)
			wantUncut(t, tag, c.Object())
		}
	}
}

// TestSmallCallStandsStill: when the line of a call is lost, the small window says so over its picture, and nothing when it is back.
func TestSmallCallStandsStill(t *testing.T) {
	begin(t)
	c := sampleCall("Anna", talk(video))
	c.SetMini(true)
	window(t, c.Object(), 288, 192)
	frame(c)
	set := func(q model.Quality) {
		c.Set(view.FaceOf(talk(func(c *model.Call) { video(c); c.Quality = q }), "Anna", "friend0@example.org", noon))
	}
	wantUnseen(t, c.Object(), "3:05")
	set(model.BrokenLine)
	wantSeen(t, c.Object(), "Reconnecting…")
	c.Tick(noon.Add(2 * restTime))
	wantUnseen(t, c.Object(), "Hang up")
	wantSeen(t, c.Object(), "Reconnecting…")
	set(model.SlowLine)
	wantUnseen(t, c.Object(), "3:05", "Reconnecting…")
}

package screen

import (
	"image"
	"image/color"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"kith/app/golden"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// scene is a camera's picture of a proportion: somebody before a wall.
func scene(wide, high int, wall, coat color.RGBA) widget.Frames {
	return func(into *image.RGBA, w, h int) (*image.RGBA, uint64, bool) {
		if w == 0 || h == 0 {
			return nil, 1, true
		}
		if w*high > h*wide {
			w = h * wide / high
		} else {
			h = w * high / wide
		}
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				img.SetRGBA(x, y, sceneAt((float64(x)+0.5)/float64(h)-float64(w)/float64(h)/2, float64(y)/float64(h), wall, coat))
			}
		}
		return img, 1, true
	}
}

func sceneAt(x, y float64, wall, coat color.RGBA) color.RGBA {
	light := 1 - 0.35*y
	c := color.RGBA{uint8(float64(wall.R) * light), uint8(float64(wall.G) * light), uint8(float64(wall.B) * light), 255}
	if x*x/0.09+(y-1.05)*(y-1.05)/0.16 < 1 {
		c = coat
	}
	if x*x/0.02+(y-0.48)*(y-0.48)/0.034 < 1 {
		c = color.RGBA{222, 178, 148, 255}
	}
	return c
}

func sampleFrames(_ model.CallID, own bool) widget.Frames {
	if own {
		return scene(4, 3, color.RGBA{200, 190, 160, 255}, color.RGBA{120, 60, 90, 255})
	}
	return scene(16, 9, color.RGBA{236, 232, 224, 255}, color.RGBA{60, 90, 150, 255})
}

// talk is a call that goes on, changed.
func talk(change func(*model.Call)) model.Call {
	c := model.Call{ID: "1", Outgoing: true, Phase: model.Talking, Secrecy: model.CallVerified, Since: noon.Add(-185 * time.Second)}
	if change != nil {
		change(&c)
	}
	return c
}

// video makes it one with pictures of both.
func video(c *model.Call) { c.Video, c.Camera, c.PeerPicture = true, true, true }

// sampleCall is the screen of a call with somebody.
func sampleCall(name string, call model.Call) *Call {
	none := func(bool) {}
	c := NewCall(CallActions{
		Frames: sampleFrames, Mute: none, Camera: none, Screen: none, Hold: none, AnswerVideo: none,
		HangUp: func() {}, Again: func() {}, Write: func() {}, Close: func() {}, Mini: func() {}, Full: none,
		Gear: func(then func([]view.Gear)) {
			then([]view.Gear{{Kind: view.Microphone, Name: "Headset", Chosen: true}, {Kind: view.Speaker, Name: "Monitor"}, {Kind: view.Speaker, Chosen: true}})
		},
	})
	c.Tick(noon)
	c.Set(view.FaceOf(call, name, "friend0@example.org", noon))
	return c
}

// frame lets the pictures of a call come, as the display would: the software driver has no clock.
func frame(c *Call) {
	c.remote.SetFrames(nil)
	c.own.SetFrames(nil)
	c.draw()
}

const longName = "Lena Grünwald-Hernández von Lichtenstein"

// callSamples are the states of a call in which people see it.
func callSamples() map[string]func() *Call {
	return map[string]func() *Call{
		"outgoing": func() *Call {
			return sampleCall("Anna Larsson", model.Call{ID: "1", Outgoing: true, Reached: true})
		},
		"connecting": func() *Call {
			return sampleCall("محمد 🎉", model.Call{ID: "1", Outgoing: true, Phase: model.CallConnecting, Secrecy: model.CallChecked})
		},
		"voice": func() *Call { return sampleCall(longName, talk(func(c *model.Call) { c.Muted = true })) },
		"video": func() *Call { return sampleCall("Anna Larsson", talk(video)) },
		"poor": func() *Call {
			return sampleCall("Anna Larsson", talk(func(c *model.Call) { video(c); c.Quality = model.LossyLine; c.Screen = true }))
		},
		"speaking": func() *Call {
			c := sampleCall("王小明", talk(func(c *model.Call) { c.Muted = true }))
			loud := view.Voices{Own: 5, Peer: 4, Unheard: true}
			c.Set(c.face.Hearing(loud))
			c.Hear(loud)
			return c
		},
		"held":  func() *Call { return sampleCall("Anna Larsson", talk(func(c *model.Call) { c.OnHold = true })) },
		"waits": func() *Call { return sampleCall("Anna Larsson", talk(func(c *model.Call) { c.Camera = true })) },
		"shares": func() *Call {
			return sampleCall("Anna Larsson", talk(func(c *model.Call) { video(c); c.Screen = true }))
		},
		"lost": func() *Call {
			return sampleCall("Anna Larsson", talk(func(c *model.Call) { c.Quality = model.BrokenLine; c.Secrecy = model.CallEncrypted }))
		},
		"asked": func() *Call { return sampleCall(longName, talk(func(c *model.Call) { c.VideoAsked = true })) },
		"explained": func() *Call {
			c := sampleCall("Anna Larsson", talk(func(c *model.Call) { c.Secrecy = model.CallEncrypted }))
			c.explained = true
			c.draw()
			return c
		},
		"ended": func() *Call {
			return sampleCall("Anna Larsson", model.Call{ID: "1", Outgoing: true, Phase: model.Ended, End: model.Unreachable})
		},
	}
}

// sampleRinging is the question whether a call is to be taken.
func sampleRinging(name string, video bool) *Ringing {
	r := NewRinging(RingingActions{})
	r.Set(view.FaceOf(model.Call{ID: "1", Video: video}, name, "friend0@example.org", noon))
	return r
}

// TestCallLook holds calls against pictures that somebody looked at.
func TestCallLook(t *testing.T) {
	for name, build := range callSamples() {
		for suffix, width := range map[string]float32{"-320": 320, "": 1000} {
			t.Run(name+suffix, func(t *testing.T) {
				test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
				c := build()
				w := window(t, c.Object(), width, 640)
				frame(c)
				golden.Compare(t, "call-"+name+suffix, w.Canvas().Capture())
			})
		}
	}
}

// TestCallWindowLook holds the small window, and the menu, against pictures that somebody looked at.
func TestCallWindowLook(t *testing.T) {
	small := func(c *Call) *Call {
		c.SetMini(true)
		return c
	}
	for name, c := range map[string]struct {
		width, height float32
		build         func() *Call
		then          func(*Call)
		tag           string
	}{
		"mini":       {288, 192, func() *Call { return small(sampleCall("Anna Larsson", talk(nil))) }, func(c *Call) { c.Hear(view.Voices{Peer: 6, Own: 6}) }, "en"},
		"mini-video": {288, 192, func() *Call { return small(sampleCall("Anna Larsson", talk(video))) }, nil, "en"},
		"mini-lost": {288, 192, func() *Call {
			return small(sampleCall("Anna Larsson", talk(func(c *model.Call) { video(c); c.Quality = model.BrokenLine })))
		}, nil, "de"},
		"menu":     {520, 560, func() *Call { return sampleCall("Anna Larsson", talk(nil)) }, (*Call).More, "en"},
		"menu-320": {320, 560, func() *Call { return sampleCall("Anna Larsson", talk(nil)) }, chooseHeadset, "de"},
		"gone-320": {320, 560, func() *Call { return sampleCall("Anna Larsson", talk(nil)) }, loseHeadset, "de"},
	} {
		t.Run(name, func(t *testing.T) {
			speak(t, c.tag)
			test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light))
			call := c.build()
			w := window(t, call.Object(), c.width, c.height)
			call.Hear(view.Voices{Own: 4})
			frame(call)
			if c.then != nil {
				c.then(call)
			}
			golden.Compare(t, "call-window-"+name, w.Canvas().Capture())
		})
	}
}

// chooseHeadset opens the list of microphones, one of which has a name that no narrow window has room for.
func chooseHeadset(c *Call) {
	kind := view.Microphone
	c.menu.gear = []view.Gear{{Kind: kind}, {Kind: kind, Name: "A headset for two ears, with a microphone", Chosen: true}}
	c.menu.open(&kind)
}

// loseHeadset is the same list when the headset is gone, and the call without its menu says so as well.
func loseHeadset(c *Call) {
	kind := view.Microphone
	gone := view.Gear{Kind: kind, Name: "Headset", Missing: true}
	c.Set(c.face.Without([]view.Gear{gone}))
	c.menu.gear = []view.Gear{{Kind: kind, Chosen: true}, {Kind: kind, Name: "Webcam"}, gone}
	c.menu.open(&kind)
}

func TestRingingLook(t *testing.T) {
	for _, c := range []struct {
		name          string
		mode          theme.Mode
		width, height float32
		build         func() fyne.CanvasObject
	}{
		{"ringing", theme.Light, 920, 640, func() fyne.CanvasObject { return overChat(sampleRinging("Anna Larsson", true)) }},
		{"ringing-dark", theme.Dark, 920, 640, func() fyne.CanvasObject { return overChat(sampleRinging(longName, false)) }},
		{"ringing-320", theme.Light, 320, 640, func() fyne.CanvasObject { return sampleRinging("محمد 🎉", true).Object() }},
		{"ringing-window", theme.Dark, 340, 348, func() fyne.CanvasObject { return sampleRinging("Anna Larsson", true).Object() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			test.NewTempApp(t).Settings().SetTheme(theme.New(c.mode))
			golden.Compare(t, c.name, window(t, c.build(), c.width, c.height).Canvas().Capture())
		})
	}
}

// overChat is the question over an open chat, as in a wide window.
func overChat(r *Ringing) fyne.CanvasObject {
	chat := sampleChat(false)
	over := NewOver()
	over.Set(r)
	return container.NewStack(pane(theme.Background, shelled(sampleList(), chat.Object(), nil)), over.Object())
}

// TestCallRests lets everything but the picture leave while they see each other, and come back.
func TestCallRests(t *testing.T) {
	begin(t)
	c := sampleCall("Anna Larsson", talk(video))
	window(t, c.Object(), 1000, 640)
	frame(c)
	wantSeen(t, c.Object(), "Anna Larsson", "3:05", "Verified", "Hang up")
	c.Tick(noon.Add(restTime - time.Second))
	wantSeen(t, c.Object(), "Hang up")
	c.Tick(noon.Add(restTime + time.Second))
	wantUnseen(t, c.Object(), "Anna", "3:05", "Hang up")
	c.stage.MouseMoved(nil)
	wantSeen(t, c.Object(), "Anna Larsson", "Hang up")
	c.Tick(noon.Add(2*restTime + 2*time.Second))
	wantUnseen(t, c.Object(), "Hang up")
	c.Set(view.FaceOf(talk(func(c *model.Call) { video(c); c.VideoAsked = true }), "Anna Larsson", "friend0@example.org", noon))
	wantSeen(t, c.Object(), "Anna Larsson would like to turn on video", "Hang up")
	c.Tick(noon.Add(20 * restTime))
	wantSeen(t, c.Object(), "Turn on", "Hang up")
	c.Set(view.FaceOf(talk(nil), "Anna Larsson", "friend0@example.org", noon))
	c.Tick(noon.Add(40 * restTime))
	wantSeen(t, c.Object(), "Hang up") // without a picture there is nothing to be in the way of
}

// TestCallKeys does by keys what the buttons do, and never ends a call with Escape.
func TestCallKeys(t *testing.T) {
	begin(t)
	var did []string
	note := func(what string) func(bool) {
		return func(yes bool) { did = append(did, what+map[bool]string{true: "+", false: "-"}[yes]) }
	}
	c := NewCall(CallActions{
		Mute: note("mute"), Camera: note("camera"), Screen: note("screen"), Hold: note("hold"), AnswerVideo: note("video"),
		HangUp: func() { did = append(did, "hang up") }, Close: func() { did = append(did, "close") },
		Mini: func() { did = append(did, "mini") }, Full: note("full"),
	})
	window(t, c.Object(), 1000, 640)
	face := func(change func(*model.Call)) { c.Set(view.FaceOf(talk(change), "Anna", "a@example.org", noon)) }
	space := &fyne.KeyEvent{Name: fyne.KeySpace}
	want := func(why string, all ...string) {
		t.Helper()
		if strings.Join(did, " ") != strings.Join(all, " ") {
			t.Errorf("%s: %q, want %q", why, did, all)
		}
		did = nil
	}
	face(nil)
	for _, r := range "mVsw" {
		c.Rune(r)
	}
	want("letters", "mute+", "camera+", "screen+", "mini")
	for range 3 {
		c.Rune('v')
	}
	c.KeyUp(&fyne.KeyEvent{Name: fyne.KeyV})
	want("a letter that is held", "camera+")
	c.Rune('v')
	want("the same again", "camera+")
	c.KeyDown(space)
	c.KeyUp(space)
	want("space while heard")
	face(func(c *model.Call) { c.Muted, c.Camera = true, true })
	c.KeyDown(space)
	c.KeyDown(space) // repeated
	face(func(c *model.Call) { c.Camera = true })
	c.KeyUp(space)
	c.Release()
	want("space while muted", "mute-", "mute+")
	face(func(c *model.Call) { c.Muted = true })
	c.KeyDown(space)
	face(nil)
	c.Rune('m') // stays heard? no: the key says mute
	c.KeyUp(space)
	want("mute while talking by the space bar", "mute-", "mute+")
	c.Escape()
	want("escape")
	c.KeyUp(space)
	c.Rune('f')
	c.Escape()
	c.Escape()
	want("the whole screen, and back", "full+", "full-")
	c.stage.DoubleTapped(nil)
	c.Enlarge()
	want("double clicks", "full+", "full-")
	c.SetMini(true)
	c.stage.DoubleTapped(nil)
	want("a double click on the small window", "mini")
	c.Escape()
	want("escape in the small window", "mini")
	c.SetMini(false)
	c.Enlarge()
	did = nil
	c.Set(view.FaceOf(model.Call{ID: "1", Outgoing: true, Phase: model.Ended, End: model.Busy}, "Anna", "a@example.org", noon))
	want("the end", "full-")
	c.Rune('m')
	c.Rune('f')
	c.Escape()
	want("after the end", "close")
}

// TestCallHears shows who speaks: nobody else where nobody hears us.
func TestCallHears(t *testing.T) {
	begin(t)
	c := sampleCall("Anna Larsson", talk(nil))
	w := window(t, c.Object(), 520, 560)
	loud := view.Voices{Own: 6, Peer: 6}
	quiet := w.Canvas().Capture()
	for who, v := range map[string]view.Voices{"we": {Own: 6}, "they": {Peer: 6}} {
		c.Hear(v)
		if d, _ := golden.Difference(quiet, w.Canvas().Capture()); d == 0 {
			t.Errorf("it is not seen that %s speak", who)
		}
	}
	muted := func(loud view.Voices) image.Image {
		c.Set(view.FaceOf(talk(func(c *model.Call) { c.Muted = true }), "Anna Larsson", "friend0@example.org", noon))
		c.Hear(loud)
		return w.Canvas().Capture()
	}
	if d, at := golden.Difference(muted(loud), muted(view.Voices{Peer: 6})); d != 0 {
		t.Errorf("it looks at %v as if somebody heard who is muted", at)
	}
	c.Hear(view.Voices{})
	c.Set(view.FaceOf(talk(nil), "Anna Larsson", "friend0@example.org", noon))
	if d, at := golden.Difference(quiet, w.Canvas().Capture()); d != 0 {
		t.Errorf("in silence something stays at %v", at)
	}
}

// TestCallLabels has the buttons say in words what they do wherever there is room, and keeps them within the window.
func TestCallLabels(t *testing.T) {
	begin(t)
	for width, labelled := range map[float32]bool{320: false, 360: false, 420: true, 520: true, 1400: true} {
		c := sampleCall("Anna Larsson", talk(nil))
		window(t, c.Object(), width, 560)
		end := float32(0)
		for _, b := range c.bar.visible() {
			if b.Position().X < end {
				t.Errorf("at %v, buttons lie on each other", width)
			}
			end = b.Position().X + b.Size().Width
		}
		if got := (*barLayout)(c.bar).plan(width).labels; end > width || got != labelled {
			t.Errorf("at %v, they end at %v; labels: %v", width, end, got)
		}
	}
}

// TestCallCorner: our own picture stays where it was put, also in the next window.
func TestCallCorner(t *testing.T) {
	begin(t)
	c := sampleCall("Anna Larsson", talk(video))
	window(t, c.Object(), 1000, 640)
	frame(c)
	c.float.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(-900, -20)})
	c.float.DragEnd()
	if c.Corner() != widget.BottomLeft {
		t.Fatalf("dragged to the left it rests in corner %v", c.Corner())
	}
	next := sampleCall("Anna Larsson", talk(video))
	next.SetCorner(c.Corner())
	window(t, next.Object(), 700, 500)
	frame(next)
	if next.float.Position().X > 100 {
		t.Errorf("in the next window it stands at %v", next.float.Position())
	}
}

// TestCallButtons presses what is seen.
func TestCallButtons(t *testing.T) {
	begin(t)
	did := ""
	c := NewCall(CallActions{
		Mute: func(yes bool) { did = "mute" }, HangUp: func() { did = "hang up" }, AnswerVideo: func(yes bool) { did = map[bool]string{true: "video", false: "no video"}[yes] },
		Again: func() { did = "again" }, Write: func() { did = "write" },
	})
	window(t, c.Object(), 700, 640)
	c.Set(view.FaceOf(talk(func(c *model.Call) { c.VideoAsked = true; c.Secrecy = model.CallEncrypted }), "Anna", "a@example.org", noon))
	for name, want := range map[string]string{"Mute": "mute", "Hang up": "hang up", "Turn on": "video", "Not now": "no video"} {
		if tap(t, c.Object(), name); did != want {
			t.Errorf("%s does %q", name, did)
		}
	}
	wantUnseen(t, c.Object(), "Their app did not prove")
	tap(t, c.Object(), "What protects this call")
	wantSeen(t, c.Object(), "Their app did not prove")
	c.Escape()
	wantUnseen(t, c.Object(), "Their app did not prove")
	c.Set(view.FaceOf(model.Call{ID: "1", Outgoing: true, Phase: model.Ended, End: model.Declined}, "Anna", "a@example.org", noon))
	wantSeen(t, c.Object(), "Can't talk now", "Write a message, or try again later.")
	wantUnseen(t, c.Object(), "Hang up")
	c.bar.twice = twice{} // some time later
	for name, want := range map[string]string{"Call again": "again", "Write": "write"} {
		if tap(t, c.Object(), name); did != want {
			t.Errorf("%s does %q", name, did)
		}
	}
}

// TestRinging answers a call.
func TestRinging(t *testing.T) {
	begin(t)
	did := ""
	r := NewRinging(RingingActions{
		Accept:  func(video bool) { did = map[bool]string{true: "video", false: "voice"}[video] },
		Decline: func() { did = "decline" }, Write: func() { did = "write" },
	})
	window(t, r.Object(), 340, 348)
	r.Set(view.FaceOf(model.Call{ID: "1"}, "Anna", "a@example.org", noon))
	wantSeen(t, r.Object(), "Anna", "Incoming call", "Accept")
	wantUnseen(t, r.Object(), "With video")
	r.Set(view.FaceOf(model.Call{ID: "1", Video: true}, "Anna", "a@example.org", noon))
	wantSeen(t, r.Object(), "Incoming video call", "With video", "Voice only")
	for name, want := range map[string]string{"With video": "video", "Voice only": "voice", "Decline": "decline", "Reply with a message": "write"} {
		if tap(t, r.Object(), name); did != want {
			t.Errorf("%s does %q", name, did)
		}
	}
}

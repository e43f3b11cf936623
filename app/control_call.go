//go:build kithtest

package app

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"time"

	"kith/app/platform"
	"kith/app/view"
	"kith/core/model"
)

// pretence has calls of which core knows nothing.
type pretence struct{ *home }

// answer knows what tests ask of calls.
func (h pretence) answer(command, rest string) string {
	switch command {
	case "call":
		return h.pretend(rest)
	case "called":
		return h.called()
	case "callplace":
		if h.phone.stage == nil {
			return ""
		}
		return place(h.phone.stage.window, rest)
	case "heard":
		return h.heard()
	case "voices":
		if h.phone.stage == nil {
			return ""
		}
		v := h.phone.stage.voices
		return fmt.Sprintf("%d %d %v", v.Own, v.Peer, v.Unheard)
	case "filmed":
		shape, err := h.core.Calls.Trial.Picture(nil, 0)
		return fmt.Sprint(shape.Number, err)
	case "comes":
		return h.comes()
	}
	return "unknown command"
}

// pretend shows a call, given as JSON, as if core had told of it; who has none yet is called by the first chat. From then on, what
// the person does changes the call as core would, so that windows can be driven without a second person.
func (h pretence) pretend(text string) string {
	c := model.Call{ID: "pretended"}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err.Error()
	}
	if rows := h.chats.Rows(time.Now()); c.Chat == 0 && len(rows) > 0 {
		c.Chat = rows[0].ID
	}
	if c.Phase == model.Talking && c.Since.IsZero() {
		c.Since = time.Now()
	}
	h.phone.line = h.pretended()
	h.phone.apply(c)
	return "shown"
}

// pretended are the calls of a core that has none.
func (h pretence) pretended() line {
	change := func(id model.CallID, edit func(c *model.Call)) {
		h.app.crew.loop.do(func() {
			c, _ := h.phone.calls.Get(id)
			edit(&c)
			h.phone.apply(c)
		})
	}
	turn := func(edit func(c *model.Call, yes bool)) func(context.Context, model.CallID, bool) error {
		return func(_ context.Context, id model.CallID, yes bool) error {
			change(id, func(c *model.Call) { edit(c, yes) })
			return nil
		}
	}
	end := func(why model.CallEnd) func(context.Context, model.CallID) error {
		return func(_ context.Context, id model.CallID) error {
			change(id, func(c *model.Call) { c.Phase, c.End = model.Ended, why })
			return nil
		}
	}
	return line{
		Start: func(_ context.Context, chat model.ChatID, video bool) (model.CallID, error) {
			h.app.crew.loop.do(func() {
				h.phone.apply(model.Call{ID: "placed", Chat: chat, Outgoing: true, Video: video, Camera: video})
			})
			return "placed", nil
		},
		Accept: turn(func(c *model.Call, video bool) {
			c.Phase, c.Camera, c.Since, c.Secrecy = model.Talking, video, time.Now(), model.CallChecked
		}),
		Decline: end(model.Declined), HangUp: end(model.HungUp),
		Mute:   turn(func(c *model.Call, yes bool) { c.Muted = yes }),
		Camera: turn(func(c *model.Call, yes bool) { c.Camera = yes }),
		Hold:   turn(func(c *model.Call, yes bool) { c.OnHold = yes }),
		Screen: turn(func(c *model.Call, yes bool) { c.Screen = yes }),
		Video:  turn(func(c *model.Call, yes bool) { c.VideoAsked, c.PeerPicture = false, yes }),
		Picture: func(_ model.CallID, own bool, into *image.RGBA, w, h int) (*image.RGBA, uint64, bool) {
			return stripes(own, into, w, h)
		},
		Levels: pretendedLevels,
		Gear: func(context.Context) ([]view.Gear, error) {
			return []view.Gear{{Kind: view.Microphone, Chosen: true}, {Kind: view.Microphone, Name: "Headset"}, {Kind: view.Speaker, Name: "Monitor", Chosen: true}, {Kind: view.Camera, Name: "Webcam", Chosen: true}}, nil
		},
		Choose: func(context.Context, view.GearKind, string) error { return nil },
		Film: func(ctx context.Context) error {
			<-ctx.Done()
			return nil
		},
		Check: func(ctx context.Context, found func(view.CheckFinding), level func(float32)) error {
			found(view.CheckFinding{Step: view.CheckCamera, State: view.CheckGood})
			found(view.CheckFinding{Step: view.CheckNetwork, State: view.CheckGood, Fault: view.NoRelay})
			for n := 0; ctx.Err() == nil; n++ {
				time.Sleep(100 * time.Millisecond)
				level(float32(n%10) / 10)
			}
			return nil
		},
	}
}

// pretendedLevels are silence, but of the other side of the call "loud".
func pretendedLevels(id model.CallID) (view.Levels, error) {
	l := view.Levels{Heard: -90, Sent: -90, Peer: -90}
	if id == "loud" {
		l.Peer = -10
	}
	return l, nil
}

// stripes is a picture of 16:9 that moves, thirty times a second.
func stripes(own bool, into *image.RGBA, w, h int) (*image.RGBA, uint64, bool) {
	seq := uint64(time.Now().UnixMilli() / 33)
	if w == 0 || h == 0 {
		return nil, seq, true
	}
	w, h = min(w, h*16/9), min(h, w*9/16)
	if into == nil || cap(into.Pix) < w*h*4 {
		into = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	img := &image.RGBA{Pix: into.Pix[:w*h*4], Stride: w * 4, Rect: image.Rect(0, 0, w, h)}
	ground := color.RGBA{90, 120, 140, 255}
	if own {
		ground = color.RGBA{150, 110, 80, 255}
	}
	for x := range w {
		img.SetRGBA(x, 0, ground)
		if (x*8/w+int(seq/10))%8 == 0 {
			img.SetRGBA(x, 0, color.RGBA{230, 230, 220, 255})
		}
	}
	for y := 1; y < h; y++ {
		copy(img.Pix[y*img.Stride:(y+1)*img.Stride], img.Pix[:img.Stride])
	}
	return img, seq, true
}

// called is what is seen in the window of the call; empty when it is closed.
func (h pretence) called() string {
	if h.phone.stage == nil {
		return ""
	}
	return seen(h.phone.stage.window)
}

// heard is the sound of calls, for whoever asks: it is not played.
func (h pretence) heard() string {
	return [...]string{platform.Silence: "silence", platform.Rings: "rings", platform.Waits: "waits", platform.Ends: "ends", platform.Test: "test"}[h.phone.bell.Sound()]
}

// comes is what comes of a call that is shown: the tone that is heard most, in Hz, its share in percent, how many pictures were seen, and how
// like the last one is to what was filmed, in dB. It is empty without such a call, and tells something only where synthetic devices are.
func (h pretence) comes() string {
	c, ok := h.phone.calls.Shown()
	if !ok {
		return ""
	}
	s, err := h.core.Calls.Stats(c.ID)
	if err != nil {
		return ""
	}
	tone := 0
	for hz, share := range s.Tones {
		if share > s.Tones[tone] {
			tone = hz
		}
	}
	return fmt.Sprintf("%d %.0f %d %.0f", tone, 100*s.Tones[tone], s.VideoFrames, s.PSNR)
}

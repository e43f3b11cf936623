package app

import (
	"context"
	"image"

	"kith/app/view"
	"kith/core"
	"kith/core/model"
)

// lineOf is how the calls of core are placed and led. The first account is the one that is checked.
func lineOf(h *home) line {
	c := h.core.Calls
	return line{
		Check: func(ctx context.Context, found func(view.CheckFinding), level func(float32)) error {
			accounts, err := h.core.Accounts.List(ctx)
			if err != nil || len(accounts) == 0 {
				return err
			}
			return c.Check(ctx, accounts[0].ID, func(f core.CallFinding) {
				finding, loud, over := view.FindingOf(f)
				if finding.Step == view.CheckMicrophone && !over {
					level(loud)
				}
				if over {
					found(finding)
				}
			})
		},
		Levels: func(id model.CallID) (view.Levels, error) {
			s, err := c.Stats(id)
			return view.Levels{Heard: s.Voice, Sent: s.Level, Peer: s.PeerLevel}, err
		},
		Start: c.Start, Accept: c.Accept, Decline: c.Decline, HangUp: c.HangUp, Mute: c.Mute, Camera: c.Camera, Hold: c.Hold,
		Screen: c.Screen, Video: c.AnswerVideo,
		Gear: func(ctx context.Context) ([]view.Gear, error) {
			all, err := c.Devices(ctx)
			return view.GearOf(all), err
		},
		Choose: func(ctx context.Context, kind view.GearKind, name string) error {
			return c.Choose(ctx, kind.Device(), name)
		},
		Astray: func() []view.Gear { return view.GearOf(c.Strays.List()) }, Return: c.Strays.Return,
		Listen: func(ctx context.Context, level func(float32)) error {
			return c.Trial.Listen(ctx, func(dbfs float64) { level(view.Loudness(dbfs)) })
		}, Film: c.Trial.Film,
		Picture: func(id model.CallID, own bool, into *image.RGBA, w, h int) (*image.RGBA, uint64, bool) {
			draw := func(into *image.RGBA) (core.CallPicture, error) {
				if id != "" {
					shape, err := c.Picture(id, own, into, 0)
					if !own || err == nil && shape.Number > 0 {
						return shape, err
					}
				}
				return c.Trial.Picture(into, 0)
			}
			shape, err := draw(nil)
			if err != nil || shape.Number == 0 || shape.Width < 1 || shape.Height < 1 {
				return nil, 0, false
			}
			if w < 1 || h < 1 {
				return nil, shape.Number, true
			}
			img := fit(into, image.Pt(shape.Width, shape.Height), w, h)
			if shape, err = draw(img); err != nil {
				return nil, 0, false
			}
			return img, shape.Number, true
		},
	}
}

// fit is room for a picture of a size within w by h, in its proportions and never larger than it is, in the memory of into where
// that is enough.
func fit(into *image.RGBA, size image.Point, w, h int) *image.RGBA {
	by := min(float64(w)/float64(size.X), float64(h)/float64(size.Y), 1)
	w, h = max(int(float64(size.X)*by+0.5), 1), max(int(float64(size.Y)*by+0.5), 1)
	if into == nil || cap(into.Pix) < 4*w*h {
		return image.NewRGBA(image.Rect(0, 0, w, h))
	}
	return &image.RGBA{Pix: into.Pix[:4*w*h], Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
}

package calls

import (
	"slices"
	"testing"

	"kith/calls/media"
	"kith/calls/session"
	"kith/core/model"
)

// TestChanged: what the media tell of devices, pictures and the line reaches the Desk as what it is, also that the system does not allow a device.
func TestChanged(t *testing.T) {
	k := session.Key{Account: 1, ID: "call"}
	for name, c := range map[string]struct {
		told media.Change
		want session.Event // nil: nothing
	}{
		"a picture comes":         {media.Change{Kind: media.PictureOn}, session.Picture{Key: k, On: true}},
		"it ends":                 {media.Change{Kind: media.PictureOff}, session.Picture{Key: k}},
		"the line is slow":        {media.Change{Kind: media.QualityChanged, Quality: media.Slow}, session.Line{Key: k, Quality: model.SlowLine}},
		"the line loses":          {media.Change{Kind: media.QualityChanged, Quality: media.Lossy}, session.Line{Key: k, Quality: model.LossyLine}},
		"the line has sound":      {media.Change{Kind: media.QualityChanged, Quality: media.Narrow}, session.Line{Key: k, Quality: model.SoundLine}},
		"the line is broken":      {media.Change{Kind: media.QualityChanged, Quality: media.Broken}, session.Line{Key: k, Quality: model.BrokenLine}},
		"the line is good":        {media.Change{Kind: media.QualityChanged, Quality: media.Good}, session.Line{Key: k, Quality: model.GoodLine}},
		"no camera":               {media.Change{Kind: media.CameraLost}, session.Device{Key: k, What: session.Film, Missing: true}},
		"no camera allowed":       {media.Change{Kind: media.CameraLost, Denied: true}, session.Device{Key: k, What: session.Film, Missing: true, Denied: true}},
		"no screen":               {media.Change{Kind: media.ScreenLost}, session.Device{Key: k, What: session.Display, Missing: true}},
		"the screen was closed":   {media.Change{Kind: media.ScreenEnded}, session.Device{Key: k, What: session.Display}},
		"no microphone":           {media.Change{Kind: media.MicrophoneLost}, session.Device{Key: k, What: session.Microphone, Missing: true}},
		"no microphone allowed":   {media.Change{Kind: media.MicrophoneLost, Denied: true}, session.Device{Key: k, What: session.Microphone, Missing: true, Denied: true}},
		"the microphone is back":  {media.Change{Kind: media.MicrophoneBack}, session.Device{Key: k, What: session.Microphone}},
		"no speaker":              {media.Change{Kind: media.SpeakerLost}, session.Device{Key: k, What: session.Speaker, Missing: true}},
		"the speaker is back":     {media.Change{Kind: media.SpeakerBack}, session.Device{Key: k, What: session.Speaker}},
		"they are silent a while": {media.Change{Kind: media.PeerSilent}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := &Manager{wake: make(chan struct{}, 1)}
			(&line{m: m, key: k}).changed(c.told)
			var want []session.Event
			if c.want != nil {
				want = []session.Event{c.want}
			}
			if !slices.Equal(m.queue, want) {
				t.Errorf("told %+v, want %+v", m.queue, want)
			}
		})
	}
}

package media_test

import (
	"fmt"
	"image"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"kith/calls/media"
)

// TestCall: both sides hear and see each other, over one PeerConnection and over two.
func TestCall(t *testing.T) {
	for name, bundled := range map[string]bool{"bundled": true, "apart": false} {
		t.Run(name, func(t *testing.T) {
			a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
			begin(t, a, b, network{delay: 10 * time.Millisecond}, bundled)
			for _, s := range []*side{a, b} {
				s.session.Allow(true, true)
				s.session.Camera(true)
			}
			a.changed(media.FirstAudio)
			b.changed(media.PictureOn)
			a.hears(1000)
			b.hears(440)
			a.sees(10)
			b.sees(10)
			for _, s := range []*side{a, b} {
				eventually(t, "figures", func() bool {
					f := s.session.Stats()
					return f.RTT > 0 && f.PSNR > 25 && f.SkewKnown && f.VideoFPS > 0 && f.AudioPacketsPerSecond > 0 && f.Sent > 0
				})
				canvas := image.NewRGBA(image.Rect(0, 0, 160, 90))
				shape, err := s.session.Picture(media.Remote, canvas, 0)
				if err != nil || shape.Number == 0 || shape.Width == 0 || canvas.Pix[3] != 255 {
					t.Errorf("the picture is %+v, %v", shape, err)
				}
				if own, err := s.session.Picture(media.Own, canvas, 0); err != nil || own.Width != 320 || own.Height != 180 {
					t.Errorf("the own picture is %+v, %v", own, err)
				}
			}
		})
	}
}

// TestAllow: nothing leaves before the person agrees, and no device is opened; what was agreed to is not more than that.
func TestAllow(t *testing.T) {
	a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
	c := begin(t, a, b, network{}, true)
	a.session.Camera(true)
	b.session.Allow(true, true)
	b.session.Camera(true)
	a.hears(1000) // b's packets come: the line is open
	a.sees(5)
	if n := c.sent[0].Load(); n != 0 || a.opens.Load() != 0 || len(a.cameras) != 0 {
		t.Fatalf("%d packets were sent, the microphone was opened %d times, the camera %d times", n, a.opens.Load(), len(a.cameras))
	}
	a.session.Allow(true, false)
	b.hears(440)
	if f := a.session.Stats(); f.Sending.VideoPackets != 0 || len(a.cameras) != 0 {
		t.Fatalf("pictures were sent that were not agreed to: %+v", f.Sending)
	}
	a.session.Allow(true, true)
	b.sees(3)
	a.session.Allow(false, false)
	settled(t, a)
	before := c.sent[0].Load()
	a.sees(10)
	if after := c.sent[0].Load(); after != before {
		t.Errorf("%d packets left after it was forbidden", after-before)
	}
}

// settled waits until nothing is sent that was on its way when the person changed their mind.
func settled(t *testing.T, s *side) {
	t.Helper()
	last, since := media.Sending{}, time.Now()
	eventually(t, "silence", func() bool {
		if now := s.session.Stats().Sending; now != last {
			last, since = now, time.Now()
		}
		return time.Since(since) > 500*time.Millisecond
	})
}

// hushed waits until nothing is heard any more that was on its way.
func hushed(t *testing.T, l *levels) {
	t.Helper()
	last, since := -1, time.Now()
	eventually(t, "silence", func() bool {
		if now, _ := l.counts(); now != last {
			last, since = now, time.Now()
		}
		return time.Since(since) > time.Second // the tone pauses for less
	})
}

// TestMute: a muted microphone sends silence, of which little is left to send.
func TestMute(t *testing.T) {
	a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
	begin(t, a, b, network{}, true)
	a.session.Allow(true, false)
	b.hears(440)
	a.session.Mute(true)
	hushed(t, b.heard)
	loud, all := b.heard.counts()
	sent := a.session.Stats().Sending.AudioPackets
	eventually(t, "a second of sound", func() bool {
		_, now := b.heard.counts()
		return now > all+100
	})
	if after, _ := b.heard.counts(); after != loud {
		t.Errorf("%d blocks of a muted microphone were heard", after-loud)
	}
	if more := a.session.Stats().Sending.AudioPackets - sent; more > 20 {
		t.Errorf("%d packets left within a second of silence", more)
	}
	if s := a.session.Stats(); s.Voice < -40 || s.Level > -60 {
		t.Errorf("of the muted microphone, %v dBFS are heard and %v sent", s.Voice, s.Level)
	}
	a.session.Mute(false)
	eventually(t, "sound again", func() bool {
		after, _ := b.heard.counts()
		return after > loud+20
	})
}

// TestHold: nothing is sent and nothing is heard, and then it goes on.
func TestHold(t *testing.T) {
	a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
	begin(t, a, b, network{}, true)
	for _, s := range []*side{a, b} {
		s.session.Allow(true, true)
		s.session.Camera(true)
	}
	a.hears(1000)
	b.sees(5)
	a.session.Hold(true)
	b.changed(media.PictureOff)
	if shape, _ := b.session.Picture(media.Remote, nil, 0); shape.Number != 0 {
		t.Error("the picture of somebody who holds is still there")
	}
	hushed(t, a.heard)
	hushed(t, b.heard)
	loudA, allA := a.heard.counts()
	loudB, _ := b.heard.counts()
	eventually(t, "a second of sound", func() bool {
		_, now := a.heard.counts()
		return now > allA+100
	})
	if now, _ := a.heard.counts(); now != loudA {
		t.Errorf("%d blocks were heard on hold", now-loudA)
	}
	if now, _ := b.heard.counts(); now != loudB {
		t.Errorf("%d blocks of somebody who holds were heard", now-loudB)
	}
	a.session.Hold(false)
	b.changed(media.PictureOn)
	a.sees(5)
	eventually(t, "sound again", func() bool {
		now, _ := a.heard.counts()
		return now > loudA
	})
}

// TestCameraLost: the picture goes, the sound stays, and another camera can be turned on.
func TestCameraLost(t *testing.T) {
	a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
	begin(t, a, b, network{}, true)
	a.session.Allow(true, true)
	a.session.Camera(true)
	b.sees(5)
	close(a.cameras[0].vanish)
	a.changed(media.CameraLost)
	b.changed(media.PictureOff)
	b.hears(440)
	if own, _ := a.session.Picture(media.Own, nil, 0); own.Number != 0 {
		t.Error("the picture of a lost camera is still there")
	}
	a.session.Camera(true)
	b.sees(5)
}

// TestDevicesLost: a microphone and a speaker that go away are told of once, and replaced as soon as there are others.
func TestDevicesLost(t *testing.T) {
	var opened [2]atomic.Int64
	broken := func(n int64) bool { return n == 2 || n == 3 } // the second and third try
	o := defaults(440)
	o.config = func(c *media.Config) {
		microphone, speaker := c.Microphone, c.Speaker
		c.Microphone = func() (media.Microphone, error) {
			n := opened[0].Add(1)
			if broken(n) {
				return nil, errGone
			}
			m, err := microphone()
			if n == 1 {
				time.AfterFunc(time.Second, func() { _ = m.Close() })
			}
			return m, err
		}
		c.Speaker = func() (media.Speaker, error) {
			n := opened[1].Add(1)
			if broken(n) {
				return nil, errGone
			}
			s, err := speaker()
			if n == 1 {
				time.AfterFunc(time.Second, func() { _ = s.Close() })
			}
			return s, err
		}
	}
	a, b := newSide(t, o), newSide(t, defaults(1000))
	begin(t, a, b, network{}, true)
	a.session.Allow(true, false)
	b.session.Allow(true, false)
	eventually(t, "both are opened again", func() bool { return opened[0].Load() >= 4 && opened[1].Load() >= 4 })
	b.hears(440)
	a.hears(1000)
	lost := map[media.ChangeKind]int{}
	for {
		select {
		case c := <-a.session.Changes():
			lost[c.Kind]++
			continue
		default:
		}
		break
	}
	for _, k := range []media.ChangeKind{media.MicrophoneLost, media.MicrophoneBack, media.SpeakerLost, media.SpeakerBack} {
		if lost[k] != 1 {
			t.Errorf("change %d was told %d times", k, lost[k])
		}
	}
}

// TestDevicesDenied: devices that may not be used are told of as such, once each, and from then on as they are.
func TestDevicesDenied(t *testing.T) {
	var opened atomic.Int64
	o := defaults(440)
	o.config = func(c *media.Config) {
		microphone := c.Microphone
		c.Microphone = func() (media.Microphone, error) {
			switch opened.Add(1) {
			case 1, 2:
				return nil, fmt.Errorf("open: %w", media.ErrDenied)
			case 3:
				return nil, errGone
			}
			return microphone()
		}
		c.Camera = func() (media.Camera, error) { return nil, media.ErrDenied }
	}
	a, b := newSide(t, o), newSide(t, defaults(1000))
	begin(t, a, b, network{}, true)
	a.session.Allow(true, true)
	a.session.Camera(true)
	b.hears(440)
	var told []media.Change
	for {
		select {
		case c := <-a.session.Changes():
			if k := c.Kind; k == media.MicrophoneLost || k == media.MicrophoneBack || k == media.CameraLost {
				told = append(told, c)
			}
			continue
		default:
		}
		break
	}
	for _, want := range []media.Change{
		{Kind: media.CameraLost, Denied: true}, {Kind: media.MicrophoneLost, Denied: true}, {Kind: media.MicrophoneLost}, {Kind: media.MicrophoneBack},
	} {
		if n := len(slices.DeleteFunc(slices.Clone(told), func(c media.Change) bool { return c != want })); n != 1 {
			t.Errorf("%+v was told %d times", want, n)
		}
	}
}

// TestShare: a screen takes the camera's place, and gives it back.
func TestShare(t *testing.T) {
	a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
	begin(t, a, b, network{}, true)
	a.session.Allow(true, true)
	a.session.Camera(true)
	b.sees(3)
	wide := func() bool {
		shape, _ := b.session.Picture(media.Remote, nil, 0)
		return shape.Width == 2*shape.Height
	}
	a.session.Share(func() (media.Camera, error) {
		return a.camera(options{width: 320, height: 160, fps: 10}), nil
	})
	eventually(t, "the screen is seen", wide)
	a.session.Share(nil)
	eventually(t, "the camera is seen again", func() bool { return !wide() })
}

// TestSilence: a peer that vanishes is noticed after one and after three seconds, and when it is back.
func TestSilence(t *testing.T) {
	a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
	c := begin(t, a, b, network{}, true)
	a.session.Allow(true, true)
	a.session.Camera(true)
	b.sees(3)
	c.cut.Store(true)
	if got := b.changed(media.PeerSilent); got.For != time.Second {
		t.Errorf("first it was silent for %v", got.For)
	}
	if got := b.changed(media.PeerSilent); got.For != 3*time.Second {
		t.Errorf("then it was silent for %v", got.For)
	}
	if got := b.changed(media.QualityChanged); got.Quality != media.Broken {
		t.Errorf("the call is %d", got.Quality)
	}
	c.cut.Store(false)
	b.changed(media.PeerBack)
	b.sees(5)
}

// TestLoss: what is lost is sent again.
func TestLoss(t *testing.T) {
	a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
	begin(t, a, b, network{delay: 10 * time.Millisecond, loss: 0.05}, true)
	a.session.Allow(true, true)
	a.session.Camera(true)
	b.hears(440)
	eventually(t, "repairs", func() bool { return a.session.Stats().Sending.Repairs > 10 })
	b.sees(50)
	f := b.session.Stats()
	if f.Video.NACKs == 0 || f.Audio.Recovered == 0 {
		t.Errorf("nothing was repaired: %+v", f)
	}
	eventually(t, "the loss is known", func() bool { return a.session.Stats().Loss > 0.01 })
}

// TestRepeatedSound: while much is lost, sound is repeated, and hardly any has to be made up; afterwards it is not.
func TestRepeatedSound(t *testing.T) {
	a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
	c := begin(t, a, b, network{delay: 10 * time.Millisecond, loss: 0.15}, true)
	a.session.Allow(true, false)
	b.hears(440)
	eventually(t, "sound is repeated", func() bool { return c.repeated[0].Load() > 100 })
	eventually(t, "what was lost is heard", func() bool { return b.session.Stats().Audio.Recovered > 200*time.Millisecond })
	c.lossy.Store(false)
	last, since := int64(0), time.Now()
	eventually(t, "sound is repeated no more", func() bool {
		if now := c.repeated[0].Load(); now != last {
			last, since = now, time.Now()
		}
		return time.Since(since) > 2*time.Second // the tone pauses for less
	})
	b.hears(440)
}

// TestClose: every goroutine ends, also when nothing ever connected, and twice is as good as once.
func TestClose(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("call", func(t *testing.T) {
		a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
		begin(t, a, b, network{}, true)
		a.session.Allow(true, true)
		a.session.Camera(true)
		b.sees(3)
		a.close()
		b.close()
		if shape, _ := b.session.Picture(media.Remote, nil, 0); shape.Number != 0 {
			t.Error("the other side is still seen after the end")
		}
	})
	t.Run("alone", func(t *testing.T) {
		a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
		c := &call{t: t, a: a, b: b}
		c.cut.Store(true)
		c.connect(c.lay(), []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio})
		a.session.Allow(true, true)
		a.session.Start()
	})
	var left string
	eventually(t, "the goroutines of calls end", func() bool {
		stacks := make([]byte, 1<<20)
		left = string(stacks[:runtime.Stack(stacks, true)])
		return !strings.Contains(left, "kith/calls/media.(") && runtime.NumGoroutine() <= before+2
	})
}

package transport_test

import (
	"errors"
	"image"
	"slices"
	"testing"
	"time"

	pion "github.com/pion/transport/v4"

	"kith/calls/hardware"
	"kith/calls/media"
	"kith/calls/transport"
	"kith/core/coretest"
	"kith/core/wire"
)

const patience = 60 * time.Second

// side is one end of a call. The test's goroutine calls everything.
type side struct {
	t       testing.TB
	paths   *transport.Paths
	session *media.Session
	other   *side

	links, losses int
	failed        wire.Reason
	missed        []transport.Missed
	found         []wire.Content // everything that was told
	keep          bool           // what is found is not handed on
	net           *moving        // a's
	next          pion.Net       // where a may move to
}

// options are how a side is.
type options struct {
	hz        float64
	initiator bool
	relay     bool
	servers   []wire.ExternalService
	net       pion.Net
}

func newSide(t testing.TB, o options) *side {
	t.Helper()
	s := &side{t: t}
	devices := hardware.Synthetic{Hz: o.hz, Size: image.Pt(160, 96), FPS: 10}
	var err error
	s.session, err = media.New(media.Config{
		Microphone: func() (media.Microphone, error) { return devices.Microphone(), nil },
		Speaker:    func() (media.Speaker, error) { return devices.Speaker(), nil },
		Camera:     func() (media.Camera, error) { return devices.Camera(), nil },
		Measure:    devices.Size,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.paths = transport.New(transport.Config{Media: s.session, Servers: o.servers, Relay: o.relay, Initiator: o.initiator, Net: o.net})
	t.Cleanup(func() {
		if err := errors.Join(s.session.Close(), s.paths.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// call is two sides who are about to talk: a placed the call.
func newCall(t testing.TB, loss float64) (a, b *side, i *internet) {
	t.Helper()
	coretest.CheckGoroutines(t)
	i = newInternet(t, loss)
	na, nb := newMoving(i.home("27.1.1.1", "192.168.1.10")), i.home("28.1.1.1", "192.168.2.20")
	next := i.home("29.1.1.1", "192.168.3.30")
	a = newSide(t, options{hz: 440, initiator: true, servers: stun(), net: na})
	b = newSide(t, options{hz: 1000, servers: stun(), net: nb})
	a.other, b.other, a.net, a.next = b, a, na, next
	i.start()
	return a, b, i
}

// sent is what comes of contents on the way through Jingle.
func sent(t testing.TB, contents []wire.Content, bundle []string) ([]wire.Content, []string) {
	t.Helper()
	j := wire.Jingle{Action: wire.SessionInitiate, SID: "s", Contents: contents, Bundle: bundle}
	e, err := wire.Parse(j.Element().String())
	if err != nil {
		t.Fatal(err)
	}
	read, ok := wire.ParseJingle(e)
	if !ok || len(read.Contents) != len(contents) {
		t.Fatalf("refused: %s", j.Element())
	}
	return read.Contents, read.Bundle
}

// agree has a call and b answer.
func agree(t testing.TB, a, b *side, video, bundles bool) {
	t.Helper()
	contents, bundle := a.offer(video)
	if bundles {
		contents, bundle = b.answer(contents, bundle)
	} else {
		contents, bundle = b.answer(undeclared(contents), nil)
		contents = undeclared(contents)
	}
	a.must(a.paths.Apply(contents, bundle))
}

func (s *side) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *side) offer(video bool) ([]wire.Content, []string) {
	s.t.Helper()
	contents, bundle, err := s.paths.Offer(video)
	s.must(err)
	return sent(s.t, contents, bundle)
}

func (s *side) answer(contents []wire.Content, bundle []string) ([]wire.Content, []string) {
	s.t.Helper()
	contents, bundle, err := s.paths.Answer(contents, bundle)
	s.must(err)
	return sent(s.t, contents, bundle)
}

// step takes what has happened on one side, and hands on what the other side wants to know.
func (s *side) step() {
	for {
		select {
		case ev := <-s.paths.Events():
			s.happened(ev)
		default:
			return
		}
	}
}

func (s *side) happened(ev transport.Event) {
	switch ev := ev.(type) {
	case transport.Found:
		contents, _ := sent(s.t, ev.Contents, nil)
		s.found = append(s.found, contents...)
		if !s.keep {
			s.other.paths.Reach(contents)
		}
	case transport.Linked:
		s.links++
	case transport.Lost:
		s.losses++
	case transport.Failed:
		s.failed = ev.Reason
	case transport.Missed:
		s.missed = append(s.missed, ev)
	}
}

// eventually waits for something to become true, while both sides go on.
func eventually(t testing.TB, what string, a, b *side, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		a.step()
		b.step()
		if time.Now().After(deadline) {
			for _, s := range []*side{a, b} {
				f := s.session.Stats()
				t.Logf("%+v %q, heard %d, tones %v, pictures %d, %+v, target %.0f, loss %.2f, RTT %v, seen %+v",
					s.paths.Stats(), s.failed, f.Audio.Received, f.Tones, f.Pictures, f.Sending, f.Target, f.Loss, f.RTT, f.Video)
			}
			t.Fatalf("never: %s", what)
		}
	}
}

// talk lets everything be sent, and waits until each hears the other, and sees if there is something to see. Pictures are looked for when
// media begin: later a busy machine looks to calls/rate like a narrow path, which has no room for them.
func talk(t testing.TB, a, b *side, video bool) {
	t.Helper()
	for _, s := range []*side{a, b} {
		s.session.Start()
		s.session.Allow(true, video)
		s.session.Camera(video)
	}
	// What was once heard and seen counts: a machine that is busy may leave out the picture for a while.
	waits := []func() bool{tone(a, 1000), tone(b, 440)}
	if video {
		waits = append(waits, pictures(a), pictures(b))
	}
	eventually(t, "sound and pictures", a, b, func() bool {
		waits = slices.DeleteFunc(waits, func(is func() bool) bool { return is() })
		return len(waits) == 0
	})
}

// tone is heard.
func tone(s *side, hz int) func() bool {
	return func() bool { return s.session.Stats().Tones[hz] > 0.6 }
}

// pictures are seen, more than before.
func pictures(s *side) func() bool {
	before := s.session.Stats().Pictures
	return func() bool { return s.session.Stats().Pictures >= before+3 }
}

// linked waits until both sides are connected.
func linked(t testing.TB, a, b *side) {
	t.Helper()
	wa, wb := a.links, b.links
	eventually(t, "linked", a, b, func() bool { return a.links > wa && b.links > wb })
}

// reasonOf is that of an Error.
func reasonOf(err error) wire.Reason {
	if e, ok := errors.AsType[*transport.Error](err); ok {
		return e.Reason
	}
	return ""
}

// contentNames are those of contents, sorted.
func contentNames(contents []wire.Content) []string {
	var out []string
	for _, c := range contents {
		out = append(out, c.Name)
	}
	slices.Sort(out)
	return out
}

// undeclared takes out what is said of streams, and what names them in each packet: Dino has neither.
func undeclared(contents []wire.Content) []wire.Content {
	for _, c := range contents {
		c.Description.Sources, c.Description.SourceGroups, c.Description.Extensions = nil, nil, nil
	}
	return contents
}

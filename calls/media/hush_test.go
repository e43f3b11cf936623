package media

import (
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"kith/calls/audio"
	"kith/calls/rate"
	"kith/calls/video"
)

var errOver = errors.New("no more blocks")

// hearsTone is a microphone that hears a loud tone at once, for so many blocks.
type hearsTone struct {
	tone   audio.Tone
	blocks int
	each   func(n int) // before a block is heard
	read   int
	closed int
}

func newHearsTone(blocks int, each func(int)) *hearsTone {
	return &hearsTone{tone: audio.Tone{From: 440, To: 440, Loud: 8000}, blocks: blocks, each: each}
}

func (e *hearsTone) Read(block *audio.Block) error {
	if e.read == e.blocks {
		return errOver
	}
	e.each(e.read)
	e.read++
	e.tone.Next(block)
	return nil
}

func (e *hearsTone) Delay() time.Duration { return 0 }

func (e *hearsTone) Close() error {
	e.closed++
	return nil
}

// listening is what speaks in a session without goroutines.
func (b *bench) listening(t *testing.T) *speaking {
	t.Helper()
	a := newSpeaking(b.Session)
	var err error
	if a.encoder, err = audio.NewEncoder(); err != nil {
		t.Fatal(err)
	}
	return a
}

// loudest is the highest sample of what has left, which is all sound; packets is how much of it there is.
func (b *bench) loudest(t *testing.T) (sample int16, packets int) {
	t.Helper()
	d, err := audio.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]int16, 6*audio.Rate/50)
	for _, payload := range b.said {
		n, err := d.Decode(payload, out)
		if err != nil {
			t.Fatal(err)
		}
		sample = max(sample, slices.Max(out[:n]))
	}
	if len(b.said) != len(b.rtp) {
		t.Errorf("%d packets left, %d of them sound", len(b.rtp), len(b.said))
	}
	return sample, len(b.said)
}

// TestHushed: who is muted or holds sends silence, whatever the microphone hears, from the first block on.
func TestHushed(t *testing.T) {
	for name, hush := range map[string]func(*bench){
		"muted":      func(b *bench) { b.Mute(true) },
		"held":       func(b *bench) { b.Hold(true) },
		"both":       func(b *bench) { b.Mute(true); b.Hold(true) },
		"none of it": nil,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.Allow(true, false)
			if hush != nil {
				hush(b)
			}
			b.listening(t).listen(newHearsTone(100, func(int) {}))
			loudest, packets := b.loudest(t)
			b.now = time.Now().Add(time.Second)
			if late := b.leave(); len(late) > 0 {
				t.Error(len(late), "packets left later")
			}
			if loud := loudest > 100; packets == 0 || loud == (hush != nil) {
				t.Errorf("%d packets left, the loudest sample is %d", packets, loudest)
			}
		})
	}
}

// TestMicrophoneShuts: a microphone that may not be heard any more is closed at once, and so is one that is gone.
func TestMicrophoneShuts(t *testing.T) {
	b := newBench(t)
	e := newHearsTone(50, func(n int) {
		if n == 5 {
			b.Allow(false, true)
		}
	})
	if gone := b.listening(t).listen(e); gone || e.read != 6 || e.closed == 0 {
		t.Errorf("gone: %v, after %d blocks, closed %d times", gone, e.read, e.closed)
	}
	b.Allow(true, true)
	e = newHearsTone(50, func(int) {})
	if gone := b.listening(t).listen(e); !gone || e.closed == 0 {
		t.Errorf("a lost one: gone: %v, closed %d times", gone, e.closed)
	}
}

// seesNothing is a camera that gives no picture.
type seesNothing struct {
	frames chan *video.Frame
	closed chan struct{}
}

func (e *seesNothing) Frames() <-chan *video.Frame { return e.frames }

func (e *seesNothing) Set(int, int, int) error { return nil }

func (e *seesNothing) Close() error {
	close(e.closed)
	return nil
}

// TestCameraShuts: a camera that may not be seen any more, or that a screen takes the place of, is closed at once.
func TestCameraShuts(t *testing.T) {
	for name, shut := range map[string]func(*bench){
		"off":       func(b *bench) { b.Camera(false) },
		"forbidden": func(b *bench) { b.Allow(true, false) },
		"held":      func(b *bench) { b.Hold(true) },
		"a screen":  func(b *bench) { b.Share(func() (Camera, error) { return nil, errOver }) },
		"the end":   func(b *bench) { _ = b.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			w, changed := b.wanted()
			e := &seesNothing{make(chan *video.Frame), make(chan struct{})}
			f := newFilming(b.Session)
			gone := make(chan bool)
			go func() { gone <- f.watch(e, w, changed) }()
			shut(b)
			select {
			case yes := <-gone:
				if yes {
					t.Error("it is told to be gone")
				}
			case <-time.After(time.Minute):
				t.Fatal("it is looked at still")
			}
			select {
			case <-e.closed:
			default:
				t.Error("it is open")
			}
		})
	}
}

// TestForbiddenAgain: what was sent is not sent again when the person has changed their mind, neither as a repair nor to fill a probe.
func TestForbiddenAgain(t *testing.T) {
	b := newBench(t)
	b.line.films(rate.Size{Width: 640, Height: 360, FPS: 30})
	b.shoot(1000, 3)
	sent := b.pass(time.Second)
	if len(sent) < 3 {
		t.Fatalf("%+v left", sent)
	}
	nack, err := (&rtcp.TransportLayerNack{MediaSSRC: 2, Nacks: []rtcp.NackPair{{PacketID: sent[0].SequenceNumber, LostPackets: 3}}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b.Camera(false)
	b.path.heard(nack, b.now)
	b.line.mu.Lock()
	b.line.pacer.Probe(rate.Probe{ID: 1, Rate: 300e3, Packets: 6, Padding: 1000})
	b.line.mu.Unlock()
	if left := b.pass(time.Second); len(left) != 0 {
		t.Errorf("%+v left", left)
	}
}

// breaks is a speaker that breaks at once.
type breaks struct{ closed int }

func (b *breaks) Write(*audio.Block) error { return errOver }

func (b *breaks) Delay() time.Duration { return 0 }

func (b *breaks) Close() error {
	b.closed++
	return nil
}

// TestSpeakerShuts: a speaker that is gone is closed.
func TestSpeakerShuts(t *testing.T) {
	b, s := newBench(t), &breaks{}
	if played := b.hearing.play(s); played || s.closed == 0 {
		t.Errorf("played: %v, closed %d times", played, s.closed)
	}
}

// TestCloseWaits: when Close returns, nothing of the session runs, and nothing begins any more: what is opened then is closed.
func TestCloseWaits(t *testing.T) {
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	var over atomic.Bool
	s.run(func() {
		<-s.stop
		for range 1000 {
			runtime.Gosched()
		}
		over.Store(true)
	})
	if err := s.Close(); err != nil || !over.Load() {
		t.Errorf("%v; what ran has ended: %v", err, over.Load())
	}
	if s.run(func() {}) {
		t.Error("something begins after the end")
	}
	closed := false
	s.atClose(func() { closed = true })
	if !closed {
		t.Error("what is opened after the end stays open")
	}
}

package hardware

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/calls/audio"
)

const patience = time.Minute

// startPulse starts a sound server of its own, with two loudspeakers that nobody hears; what they play can be heard by their monitors.
func startPulse(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a sound server")
	}
	folder := t.TempDir()
	socket := filepath.Join(folder, "socket")
	for _, name := range []string{"HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"} {
		t.Setenv(name, folder)
	}
	t.Setenv("PULSE_SERVER", "unix:"+socket)
	cmd := exec.Command("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes",
		"-L", "module-native-protocol-unix auth-anonymous=1 socket="+socket,
		"-L", "module-null-sink sink_name=one rate=48000 sink_properties=device.description=One",
		"-L", "module-null-sink sink_name=two rate=48000 sink_properties=device.description=Two")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	until(t, "the sound server answers", func() bool { return exec.Command("pactl", "info").Run() == nil })
	pactl(t, "set-default-sink", "one")
	pactl(t, "set-default-source", "one.monitor")
}

func pactl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("pactl", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("pactl %s: %v: %s", args, err, out)
	}
	return string(out)
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain: %s", what)
		}
	}
}

// named is the device whose name holds a word.
func named(t *testing.T, list func() ([]string, error), word string) string {
	t.Helper()
	all, err := list()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(name string) bool { return strings.Contains(name, word) })
	if i < 0 {
		t.Fatalf("no %s among %q", word, all)
	}
	return all[i]
}

// play writes a tone until the end of the test, or until the speaker's end.
func play(t *testing.T, s *Speaker, hz float64) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tone := audio.Tone{From: hz, To: hz, Loud: 8000}
		for {
			var block audio.Block
			tone.Next(&block)
			if s.Write(&block) != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-ended
	})
}

// hears reads until a tenth of a second of what is heard is that tone.
func hears(t *testing.T, m *Microphone, hz float64) {
	t.Helper()
	for end := time.Now().Add(patience); ; {
		var heard []int16
		for range 10 {
			var block audio.Block
			if err := m.Read(&block); err != nil {
				t.Fatal(err)
			}
			heard = append(heard, block[:]...)
		}
		if share(heard, hz) > 0.9 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("a tone of %g Hz is not heard", hz)
		}
	}
}

// share is how much of a sound is one tone.
func share(x []int16, hz float64) float64 {
	var re, im, all float64
	for i, v := range x {
		sin, cos := math.Sincos(2 * math.Pi * hz * float64(i) / audio.Rate)
		re += float64(v) * cos
		im += float64(v) * sin
		all += float64(v) * float64(v)
	}
	return 2 * (re*re + im*im) / float64(len(x)) / (all + 1)
}

// TestSound plays and hears through a sound server; each speaker by its name, and the one that the system prefers.
func TestSound(t *testing.T) {
	startPulse(t)
	for name, hz := range map[string]float64{"": 500, named(t, Speakers, "Two"): 700} {
		until(t, "nothing is played", func() bool { return !strings.Contains(pactl(t, "list", "short", "sinks"), "RUNNING") })
		source := ""
		if name != "" {
			source = named(t, Microphones, "Two")
		}
		s, err := OpenSpeaker(name)
		if err != nil {
			t.Fatal(err)
		}
		play(t, s, hz)
		m, err := OpenMicrophone(source)
		if err != nil {
			t.Fatal(err)
		}
		hears(t, m, hz)
		for line := range strings.Lines(pactl(t, "list", "short", "sinks")) {
			if chosen := strings.Contains(line, "\ttwo\t") == (name != ""); strings.Contains(line, "RUNNING") != chosen {
				t.Errorf("with %q open: %s", name, line)
			}
		}
		if d := m.Delay() + s.Delay(); d <= 0 || d > 300*time.Millisecond {
			t.Errorf("delays of %v and %v", m.Delay(), s.Delay())
		}
		_ = m.Close()
		_ = s.Close()
	}
	until(t, "the devices are let go", func() bool {
		return !strings.Contains(pactl(t, "list", "short", "sink-inputs")+pactl(t, "list", "short", "source-outputs"), "\t")
	})
}

// TestUnplugged takes the chosen devices away in the middle: the system's own take their place, and that is told.
func TestUnplugged(t *testing.T) {
	startPulse(t)
	s, err := OpenSpeaker(named(t, Speakers, "Two"))
	if err != nil {
		t.Fatal(err)
	}
	play(t, s, 600)
	m, err := OpenMicrophone(named(t, Microphones, "Two"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	hears(t, m, 600)
	for line := range strings.Lines(pactl(t, "list", "short", "modules")) {
		if strings.Contains(line, "sink_name=two") {
			pactl(t, "unload-module", strings.Fields(line)[0])
		}
	}
	hears(t, m, 600)
	for what, fallen := range map[string]<-chan struct{}{"microphone": m.Fallen(), "speaker": s.Fallen()} {
		select {
		case <-fallen:
		case <-time.After(patience):
			t.Errorf("the %s does not tell that it is another", what)
		}
	}
	if all, err := Speakers(); err != nil || len(all) != 1 {
		t.Errorf("%q are left: %v", all, err)
	}
}

// TestPlayer plays a sound once, and another again and again.
func TestPlayer(t *testing.T) {
	startPulse(t)
	sound := make([]int16, 4800)
	for i := range sound {
		sound[i] = int16(8000 * math.Sin(2*math.Pi*800*float64(i)/audio.Rate))
	}
	once, err := Play("", sound, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = once.Close() }()
	select {
	case <-once.Played():
	case <-time.After(patience):
		t.Fatal("the sound does not end")
	}
	m, err := OpenMicrophone("")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	again, err := Play("", sound, true)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	for range 5 {
		hears(t, m, 800)
	}
	select {
	case <-again.Played():
		t.Error("a sound that is to be played again ended")
	default:
	}
}

// TestClose ends a Read and a Write that wait.
func TestClose(t *testing.T) {
	startPulse(t)
	m, err := OpenMicrophone("")
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenSpeaker("")
	if err != nil {
		t.Fatal(err)
	}
	ends := make(chan error, 2)
	go func() {
		var block audio.Block
		var err error
		for err == nil {
			err = m.Read(&block)
		}
		ends <- err
	}()
	go func() {
		var block audio.Block
		var err error
		for err == nil {
			err = s.Write(&block)
		}
		ends <- err
	}()
	for range 2 {
		_ = m.Close()
		_ = s.Close()
	}
	for range 2 {
		select {
		case err := <-ends:
			if !errors.Is(err, ErrClosed) {
				t.Errorf("the end is %v", err)
			}
		case <-time.After(patience):
			t.Fatal("a closed device still waits")
		}
	}
}

// TestNoSound: without a sound server there is no device of any name, and, on a machine without a card, none at all.
func TestNoSound(t *testing.T) {
	t.Setenv("PULSE_SERVER", "unix:"+filepath.Join(t.TempDir(), "none"))
	if _, err := OpenSpeaker("x"); !errors.Is(err, ErrNoDevice) {
		t.Errorf("opening a speaker that is not there: %v", err)
	}
	if _, err := OpenMicrophone("x"); !errors.Is(err, ErrNoDevice) {
		t.Errorf("opening a microphone that is not there: %v", err)
	}
	if cards, err := filepath.Glob("/dev/snd/pcm*"); err == nil && len(cards) == 0 {
		noSoundAtAll(t)
	}
	if os.Getenv("PULSE_SERVER") == "" {
		t.Fatal("the test asked the machine's own sound server")
	}
}

// noSoundAtAll is what a machine without any device answers.
func noSoundAtAll(t *testing.T) {
	t.Helper()
	if _, err := OpenMicrophone(""); !errors.Is(err, ErrNoDevice) {
		t.Errorf("opening a microphone: %v", err)
	}
	if _, err := Play("", nil, true); !errors.Is(err, ErrNoDevice) {
		t.Errorf("playing: %v", err)
	}
	if all, err := Speakers(); len(all) > 0 {
		t.Errorf("speakers %q: %v", all, err)
	}
}

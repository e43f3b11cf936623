//go:build interop

package e2e

import (
	"encoding/binary"
	"io"
	"math"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// desktop is what somebody else's program has around it: a screen, a message bus, a microphone that hears a tone which comes and goes,
// a camera where one is wanted, and loudspeakers that are listened to. It ends with the test.
type desktop struct {
	Display

	home   string
	env    []string
	asleep atomic.Bool // the microphone and the camera give nothing

	mu    sync.Mutex
	share map[int]float64 // of the energy that is heard of the loudspeakers, by Hz
	loud  float64         // what is heard of them, smoothed: mean square
}

// dinoHz is the tone that Dino's microphone hears.
const dinoHz = 880

// rate is that of all sound here, in samples a second.
const rate = 48000

// startDesktop starts all of it.
func startDesktop(t *testing.T) *desktop {
	t.Helper()
	d := &desktop{Display: Invisible(t), home: t.TempDir(), share: map[int]float64{}}
	bus, env := startBus(t, d.home)
	t.Cleanup(func() { _, _ = bus.Process.Kill(), bus.Wait() })
	d.env = append(d.Env(), env...)
	d.startSound(t)
	d.listen(t)
	d.speak(t)
	d.sleep(t)
	return d
}

// sleep has the microphone and the camera give nothing from now on, however somebody listens and looks.
func (d *desktop) sleep(t *testing.T) {
	t.Helper()
	d.asleep.Store(true)
	d.sound(t, "suspend-source", "microphone", "1")
}

// wake ends that.
func (d *desktop) wake(t *testing.T) {
	t.Helper()
	d.sound(t, "suspend-source", "microphone", "0")
	d.asleep.Store(false)
}

// startSound starts a sound server with the loudspeakers "ears" and, as a microphone, what is played to "mouth".
func (d *desktop) startSound(t *testing.T) {
	t.Helper()
	socket := filepath.Join(d.home, "sound")
	d.env = append(d.env, "PULSE_SERVER=unix:"+socket, "XDG_CONFIG_HOME="+filepath.Join(d.home, "config"))
	background(t, d.command("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes",
		"-L", "module-native-protocol-unix auth-anonymous=1 socket="+socket,
		"-L", "module-null-sink sink_name=ears rate=48000 sink_properties=device.description=Ears",
		"-L", "module-null-sink sink_name=mouth rate=48000 sink_properties=device.description=Mouth",
		"-L", "module-remap-source source_name=microphone master=mouth.monitor source_properties=device.description=Microphone"))
	d.await(t, "the sound server", func() bool { return d.command("pactl", "info").Run() == nil })
	d.sound(t, "set-default-sink", "ears")
	d.sound(t, "set-default-source", "microphone")
}

// sound tells the sound server something.
func (d *desktop) sound(t *testing.T, what ...string) {
	t.Helper()
	if out, err := d.command("pactl", what...).CombinedOutput(); err != nil {
		t.Fatalf("pactl %s: %v: %s", what[0], err, out)
	}
}

// await waits until something is so.
func (d *desktop) await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain: %s", what)
		}
	}
}

// command is a program on this desktop.
func (d *desktop) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = d.env
	return cmd
}

// rawSound is how pacat and parec are told what goes through their pipes.
var rawSound = []string{"--raw", "--format=s16le", "--rate=48000", "--channels=1", "--latency-msec=50"}

// speak plays a tone of 300 ms every 600 ms to the microphone: one that stays would be taken out as noise.
func (d *desktop) speak(t *testing.T) {
	t.Helper()
	play := d.command("pacat", append(rawSound, "--device=mouth")...)
	in, err := play.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	background(t, play)
	go func() {
		block := make([]byte, 2*rate/100)
		for n := 0; ; {
			for i := 0; i < len(block); i += 2 {
				sample := 0.0
				if n/(3*rate/10)%2 == 0 {
					sample = 8000 * math.Sin(2*math.Pi*dinoHz*float64(n)/rate)
				}
				binary.LittleEndian.PutUint16(block[i:], uint16(int16(sample)))
				n++
			}
			if _, err := in.Write(block); err != nil {
				return // it has ended
			}
		}
	}()
}

// listen tells the tones in what the loudspeakers play, over tenths of a second.
func (d *desktop) listen(t *testing.T) {
	t.Helper()
	record := d.command("parec", append(rawSound, "--device=ears.monitor")...)
	out, err := record.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	background(t, record)
	go func() {
		raw := make([]byte, 2*rate/10)
		for {
			if _, err := io.ReadFull(out, raw); err != nil {
				return // it has ended
			}
			d.hear(raw)
		}
	}()
}

// hear keeps, of each tone, the smoothed share of what is not silence.
func (d *desktop) hear(raw []byte) {
	samples, energy := make([]float64, len(raw)/2), 0.0
	for i := range samples {
		samples[i] = float64(int16(binary.LittleEndian.Uint16(raw[2*i:]))) / 32768
		energy += samples[i] * samples[i]
	}
	energy /= float64(len(samples))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.loud += (energy - d.loud) / 8
	if energy < faint {
		return
	}
	for _, hz := range []int{annaHz, benHz, dinoHz} {
		d.share[hz] += (tone(samples, hz)/float64(len(samples))/energy - d.share[hz]) / 8
	}
}

// tone is the energy of one frequency (Goertzel's algorithm).
func tone(samples []float64, hz int) float64 {
	c := 2 * math.Cos(2*math.Pi*float64(hz)/rate)
	var s1, s2 float64
	for _, x := range samples {
		s1, s2 = x+c*s1-s2, s1
	}
	return 2 * (s1*s1 + s2*s2 - c*s1*s2) / float64(len(samples))
}

// faint is what counts as silence: -50 dBFS.
const faint = 1e-5

// plays says whether the loudspeakers play anything.
func (d *desktop) plays() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.loud > faint
}

// forget begins anew to listen.
func (d *desktop) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.share)
}

// hears is the share of a tone in what the loudspeakers play.
func (d *desktop) hears(hz int) float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.share[hz]
}

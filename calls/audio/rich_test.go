package audio

import (
	"testing"

	"github.com/thesyncim/gopus"
)

// TestRich goes over to the coder for all sounds and back again, each half second, in the middle of words: what is heard stays as loud as it was
// said, and nothing clicks.
func TestRich(t *testing.T) {
	t.Parallel()
	const half, window, late = Rate / 2, Rate / 50, 312 // samples; Opus takes 6.5 ms
	e, d, speech := newEncoder(t), newDecoder(t), NewSpeech(5)
	var said, heard []int16
	out, modes := make([]int16, maxSamples), map[gopus.Mode]int{}
	for i := range 40 {
		if err := e.SetBitrate([]int{defaultBitrate, richAbove}[i%2]); err != nil {
			t.Fatal(err)
		}
		packets, pcm := encode(t, e, speech, 50)
		said, heard = append(said, pcm...), append(heard, make([]int16, len(pcm))...)
		for _, p := range packets {
			n, err := d.Decode(p.Payload, out)
			if err != nil {
				t.Fatal(err)
			}
			modes[gopus.ParseTOC(p.Payload[0]).Mode]++
			copy(heard[p.Timestamp:], out[:n])
		}
	}
	if modes[gopus.ModeCELT] < 300 || modes[gopus.ModeHybrid] < 300 {
		t.Errorf("packets by coder: %v", modes)
	}
	changes, sharpest, allowed := 0, 0., 0.
	for at := half; at+late+window < len(said); at += half {
		in, back := decibels(power(said[at:at+window])), decibels(power(heard[at+late:at+late+window]))
		if in < -35 {
			continue // nobody speaks
		}
		changes++
		if in-back > 2 || back-in > 2 {
			t.Errorf("after %d samples %.1f dBFS became %.1f", at, in, back)
		}
		sharpest = max(sharpest, corner(heard[at-window/2:at+2*window]))
		allowed = max(allowed, corner(said[at-window:at+2*window]))
	}
	t.Logf("%d changes in words, sharpest %.0f, %.0f in what was said", changes, sharpest, allowed)
	if changes < 20 || sharpest > allowed {
		t.Errorf("%d changes in words, sharpest %.0f, %.0f in what was said", changes, sharpest, allowed)
	}
}

// TestRoom: silence is what is no louder than the quietest of the last seconds, for a while; a room that became louder is one again when those
// are over, and no room is loud.
func TestRoom(t *testing.T) {
	t.Parallel()
	const quiet, word, fan = 1e-6, 1e-3, 8e-6
	var r room
	after := func(power float64) int { // packets, until it is silent
		for n := 1; n < 10*second; n++ {
			if r.silent(power) {
				return n
			}
		}
		return -1
	}
	for _, step := range []struct {
		name        string
		power       float64
		least, most int
	}{
		{"a word", word, -1, -1},
		{"a room after it", quiet, silentAfter + 1, silentAfter + 1},
		{"a fan", fan, roomSeconds*second - second, roomSeconds*second + silentAfter + 1},
		{"a room without it", quiet, 1, silentAfter + 1},
		{"music", 2 * roomMost, -1, -1},
		{"no sound", 0, 1, silentAfter + 1},
		{"hardly any", roomLeast, 1, silentAfter + 1},
	} {
		if n := after(step.power); n < step.least || n > step.most {
			t.Errorf("%s: silent after %d packets, want %d to %d", step.name, n, step.least, step.most)
		}
	}
	if r.silent(word) || r.silent(quiet) {
		t.Error("a breath after a word is silence")
	}
}

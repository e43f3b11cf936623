package platform

import (
	"math"
	"testing"
)

// TestSamples holds the sounds to what ears want: no silence, nothing cut off, no click where they begin, end and repeat.
func TestSamples(t *testing.T) {
	for s := Rings; s <= Test; s++ {
		all := Samples(s)
		if len(all) < SampleRate/2 || len(all) > 5*SampleRate {
			t.Errorf("sound %d has %d samples", s, len(all))
		}
		loudest, jump, first := 0, 0, 0
		for i, v := range all {
			loudest = max(loudest, int(math.Abs(float64(v))))
			if i < SampleRate/500 { // the first two milliseconds
				first = loudest
			}
			jump = max(jump, int(math.Abs(float64(v)-float64(all[(i+1)%len(all)]))))
		}
		if loudest < 4000 || loudest > 30000 || jump > 6000 || first > loudest*4/10 {
			t.Errorf("sound %d: loudest %d, jumps by %d, begins with %d", s, loudest, jump, first)
		}
		if all[0] != 0 || math.Abs(float64(all[len(all)-1])) > 200 {
			t.Errorf("sound %d begins at %d and ends at %d", s, all[0], all[len(all)-1])
		}
	}
	if len(Samples(Silence)) != 0 {
		t.Error("silence is heard")
	}
}

// TestBell plays one sound at a time, and each as often as it is asked for.
func TestBell(t *testing.T) {
	playing, begun := 0, []bool{}
	b := Bell{Play: func(_ Sound, again bool) func() {
		playing++
		begun = append(begun, again)
		return func() { playing-- }
	}}
	for _, c := range []struct {
		do             func()
		playing, begun int
	}{
		{func() { b.Ring(true) }, 1, 1},
		{func() { b.Ring(true) }, 1, 1},
		{func() { b.Set(Waits) }, 1, 2},
		{func() { b.Ring(false) }, 1, 2}, // which is not the one that is heard
		{func() { b.Set(Ends) }, 1, 3},
		{func() { b.Set(Ends) }, 1, 4},
		{func() { b.Ring(true) }, 1, 5},
		{func() { b.Ring(false) }, 0, 5},
		{func() { b.Set(Silence) }, 0, 5},
	} {
		if c.do(); playing != c.playing || len(begun) != c.begun {
			t.Errorf("%d play, %d begun, want %d and %d", playing, len(begun), c.playing, c.begun)
		}
	}
	if !begun[0] || begun[2] {
		t.Errorf("repeated: %v", begun)
	}
	mute := Bell{}
	mute.Ring(true)
	mute.Set(Ends)
}

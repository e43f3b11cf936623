package rate

import (
	"testing"
	"time"
)

func TestShare(t *testing.T) {
	for _, tt := range []struct {
		target float64
		camera Size
		want   Size
	}{
		{40e3, Size{1280, 720, 30}, Size{}},
		{110e3, Size{1280, 720, 30}, Size{320, 180, 15}},
		{450e3, Size{1280, 720, 30}, Size{640, 360, 30}},
		{4e6, Size{1280, 720, 30}, Size{1280, 720, 30}},
		{4e6, Size{640, 480, 25}, Size{640, 480, 25}},
		{450e3, Size{720, 1280, 30}, Size{360, 640, 30}}, // a phone held upright
		{450e3, Size{640, 480, 30}, Size{480, 360, 30}},
		{4e6, Size{}, Size{}},
	} {
		got := NewSharer(tt.camera).Share(time.Unix(1e9, 0), tt.target, 0)
		if got.Size != tt.want {
			t.Errorf("%.0f kb/s of %v: %v, want %v", tt.target/1e3, tt.camera, got.Size, tt.want)
		}
		if sum := got.Audio + got.Video + got.Repair; sum > tt.target || got.Audio == 0 || (got.Size == Size{}) != (got.Video == 0) {
			t.Errorf("%.0f kb/s become %+v", tt.target/1e3, got)
		}
	}
	if got := NewSharer(Size{1280, 720, 30}).Share(time.Unix(1e9, 0), 1e6, 0.1); got.Repair < 0.08e6 || got.Repair+got.Video > 1e6 {
		t.Errorf("with loss %+v", got)
	}
}

// TestShareHolds: the size falls at once, and rises only when the rate has stayed.
func TestShareHolds(t *testing.T) {
	s := NewSharer(Size{1280, 720, 30})
	start := time.Unix(1e9, 0)
	for _, step := range []struct {
		at     time.Duration
		target float64
		want   int
	}{
		{0, 500e3, 360},
		{1 * time.Second, 1.1e6, 360},
		{2 * time.Second, 700e3, 360}, // not for long
		{3 * time.Second, 1.1e6, 360},
		{4900 * time.Millisecond, 1.1e6, 360},
		{5100 * time.Millisecond, 1.1e6, 540},
		{5200 * time.Millisecond, 400e3, 360},
		{5300 * time.Millisecond, 20e3, 0},
		{5400 * time.Millisecond, 400e3, 360}, // no picture is worse than one that changes
	} {
		if got := s.Share(start.Add(step.at), step.target, 0).Size.Height; got != step.want {
			t.Errorf("at %v: %d lines, want %d", step.at, got, step.want)
		}
	}
}

// TestShareSound: sound is rich once next to nothing was lost for a while and there is plenty of room, and not while packets are missed: then each must
// be able to repeat the one before.
func TestShareSound(t *testing.T) {
	start := time.Unix(1e9, 0)
	for _, camera := range []Size{{}, {1280, 720, 30}} {
		s, room := NewSharer(camera), richAlone
		if camera != (Size{}) {
			room = richBeside
		}
		for _, step := range []struct {
			at           time.Duration
			target, lost float64
			want         bool
		}{
			{0, 2 * room, 0, false},
			{richAfter - time.Millisecond, 2 * room, 0, false},
			{richAfter, 0.99 * room, 0, false},
			{richAfter, 1.01 * room, 0, true},
			{richAfter, 0.85 * room, 0.006, true},
			{9 * time.Second, 0.75 * room, 0.006, false},
			{10 * time.Second, 2 * room, 0.006, false}, // something is lost, up to here
			{10*time.Second + richAfter/2, 2 * room, 0, false},
			{10*time.Second + richAfter, 2 * room, 0.004, true},
			{20 * time.Second, 2 * room, 0.02, false},
			{21 * time.Second, 2 * room, 0, false},
			{20*time.Second + richAfter, 2 * room, 0, true},
		} {
			if got := s.Share(start.Add(step.at), step.target, step.lost).Audio; got == rich != step.want {
				t.Errorf("%v at %v: %.0f b/s", camera, step.at, got)
			}
		}
	}
}

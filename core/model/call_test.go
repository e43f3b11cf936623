package model

import (
	"testing"
	"time"
)

func TestCallRecord(t *testing.T) {
	for end := NotEnded; end <= CallFailed; end++ {
		for _, video := range []bool{false, true} {
			r := CallRecord{Video: video, End: end, Duration: 185 * time.Second}
			if got, ok := ParseCallRecord(r.String()); !ok || got != r {
				t.Errorf("%q came back as %+v, %v", r, got, ok)
			}
		}
	}
	for _, s := range []string{"", "audio", "audio hung-up", "audio  0", "film hung-up 1", "audio hung-up -1", "audio hung-up 99999999999", "audio hung-up 1 2", "audio never 1"} {
		if r, ok := ParseCallRecord(s); ok {
			t.Errorf("%q was taken for %+v", s, r)
		}
	}
}

func TestMissedCall(t *testing.T) {
	for end, missed := range map[CallEnd]bool{Cancelled: true, NoAnswer: true, Busy: true, Declined: false, Elsewhere: false, HungUp: false, NotEnded: false, Unreachable: false} {
		if r := (CallRecord{End: end}); (r.Kind(false) == MissedCall) != missed || r.Kind(true) != Called {
			t.Errorf("%v: kind %v when it came in, %v when it went out", end, r.Kind(false), r.Kind(true))
		}
	}
}

package model

import (
	"testing"
	"time"
)

func TestMessageID(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 123e6, time.UTC)
	id := MessageIDAt(77, at)
	if id.Chat() != 77 || !id.Time().Equal(at) || id.Next().Chat() != 77 || !id.Next().Time().Equal(at) {
		t.Errorf("chat %d, time %v", id.Chat(), id.Time())
	}
	if later := MessageIDAt(77, at.Add(time.Millisecond)); later <= id.Next().Next().Next() {
		t.Error("a millisecond later does not sort behind four in the same millisecond")
	}
	for _, odd := range []time.Time{{}, time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if got := MessageIDAt(77, odd); got.Chat() != 77 || got < 0 {
			t.Errorf("%v gives chat %d", odd, got.Chat())
		}
	}
	if MessageIDAt(1<<20-1, at).Chat() != 1<<20-1 {
		t.Error("the largest chat does not fit")
	}
}

func TestNames(t *testing.T) {
	for _, want := range []Trust{Undecided, Blind, Verified, Distrusted} {
		if got, err := ParseTrust(want.String()); got != want || err != nil {
			t.Errorf("%v reads back as %v, %v", want, got, err)
		}
	}
	if _, err := ParseTrust("friendly"); err == nil {
		t.Error("an unknown trust is accepted")
	}
	for _, s := range []string{Failed.String(), Unknown.String(), AuthFailed.String(), SubBoth.String(), Available.String(), Clear.String()} {
		if s == "" {
			t.Error("a name is missing")
		}
	}
	if (State(99)).String() == "" || (Fault(99)).String() == "" || Presence(99).String() != "online" {
		t.Error("a value of another version has no name")
	}
}

func TestFingerprintBlocks(t *testing.T) {
	f := Fingerprint("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
	if b := f.Blocks(); len(b) != 8 || b[0] != "01234567" || b[7] != "89abcdef" {
		t.Errorf("blocks %v", b)
	}
	if Fingerprint("short").Blocks() != nil {
		t.Error("a short fingerprint has blocks")
	}
}

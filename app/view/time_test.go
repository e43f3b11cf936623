package view

import (
	"testing"
	"time"
)

// at is a time in the zone of the tests, an hour east of Greenwich with daylight saving.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	v, err := time.ParseInLocation("2006-01-02 15:04:05", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTimes(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00") // a Friday
	tests := []struct{ when, list, day string }{
		{"2026-05-08 14:05:09", "14:05", "Today"},
		{"2026-05-08 00:00:00", "00:00", "Today"},
		{"2026-05-07 23:59:59", "Yesterday", "Yesterday"},
		{"2026-05-06 12:00:00", "Wed", "Wednesday"},
		{"2026-05-02 00:00:00", "Sat", "Saturday"},
		{"2026-05-01 23:59:59", "1 May", "Friday 1 May"},
		{"2026-01-01 00:00:00", "1 Jan", "Thursday 1 January"},
		{"2025-12-31 23:59:59", "31 Dec 2025", "31 December 2025"},
		{"2026-05-09 00:01:00", "9 May", "Saturday 9 May"}, // a clock ahead of ours
	}
	for _, tt := range tests {
		when := at(t, tt.when).UTC() // stored times are UTC: the location of now decides
		if got := ListTime(when, now); got != tt.list {
			t.Errorf("ListTime(%s) = %q, want %q", tt.when, got, tt.list)
		}
		if got := DayName(when, now); got != tt.day {
			t.Errorf("DayName(%s) = %q, want %q", tt.when, got, tt.day)
		}
	}
	if got := ListTime(time.Time{}, now); got != "" {
		t.Errorf("ListTime of no time = %q", got)
	}
}

func TestDayOf23Hours(t *testing.T) {
	now := at(t, "2026-03-30 00:30:00") // the night before, the clock went forward
	if got := ListTime(at(t, "2026-03-29 00:10:00"), now); got != "Yesterday" {
		t.Errorf("ListTime across the change of the clock = %q, want Yesterday", got)
	}
}

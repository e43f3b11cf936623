package core

import (
	"testing"
	"time"
)

// Pages that are read backwards stand in the order of the archive, also where a second is cut by the end of a page.
func TestOrderInOneSecond(t *testing.T) {
	second := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	o := order{taken: make(map[int64]int)}
	page := func(n int) []time.Time {
		stamps := make([]time.Time, n)
		for i := range stamps {
			stamps[i] = second
		}
		return o.place(stamps)
	}
	newest, older, oldest, beyond := page(50), page(250), page(600), page(250)
	all := append(append(append([]time.Time(nil), oldest...), older...), newest...)
	for i := 1; i < len(all); i++ {
		if !all[i].After(all[i-1]) {
			t.Fatalf("place %d is not behind place %d", i, i-1)
		}
	}
	for i := 1; i < len(beyond); i++ {
		if beyond[i].Before(beyond[i-1]) || !beyond[i].Before(oldest[0]) {
			t.Fatal("what has no place of its own is out of order")
		}
	}
	if last := newest[len(newest)-1]; last.Truncate(time.Second) != second {
		t.Errorf("left its second: %v", last)
	}
	exact := second.Add(time.Second + 250*time.Millisecond)
	if got := o.place([]time.Time{exact})[0]; got != exact {
		t.Errorf("an exact stamp moved to %v", got)
	}
}

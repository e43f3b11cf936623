package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
)

// BenchmarkHostile measures the longest time for which the window answers nobody while it shows what somebody sent to harm
// it: in the list, and as an open chat.
func BenchmarkHostile(b *testing.B) {
	s := coretest.StartProsody(b, coretest.Options{})
	anna := ready(b, s, "anna", func(*Kith) {})
	bodies := []struct{ name, body string }{
		{"line", strings.Repeat("abcdefghij", 10_000)},
		{"megabyte", strings.Repeat("one megabyte of words ", 50_000)[:1_000_000]},
		{"emoji", strings.Repeat("👨‍👩‍👧‍👦", 2000)},
	}
	var sent []coretest.ArchiveMessage
	for i, x := range bodies {
		sent = append(sent, coretest.ArchiveMessage{
			From: friend(s, i), To: anna.jid, ID: fmt.Sprint("hostile-", i), XML: "<body>" + x.body + "</body>",
			Time: time.Now().Add(time.Duration(i-10) * time.Second),
		})
	}
	s.FillArchive(b, anna.jid, sent)
	worst := map[string]float64{} // milliseconds
	for b.Loop() {
		w := anna.window(b, Place{X: 20, Y: 40, W: 1000, H: 740})
		w.Ask("watch")
		w.Until("all three", func() bool { return strings.Count(w.Ask("list"), "\t") == len(bodies)-1 })
		worst["list-ms"] = max(worst["list-ms"], longest(b, w))
		for i, x := range bodies {
			w.Ask("open " + string(friend(s, i)))
			w.Until("the chat", func() bool { return w.Ask("selected") == string(friend(s, i)) })
			w.Shows(x.body[:50])
			w.Settle()
			worst[x.name+"-ms"] = max(worst[x.name+"-ms"], longest(b, w))
		}
		if code := w.Close(); code != 0 {
			b.Fatalf("it ended with %d", code)
		}
	}
	for unit, ms := range worst {
		b.ReportMetric(ms, unit)
	}
	b.ReportMetric(0, "ns/op")
}

// longest is the longest wait since it was asked last, in milliseconds.
func longest(b *testing.B, w *Window) float64 {
	b.Helper()
	d, err := time.ParseDuration(w.Ask("longest"))
	if err != nil {
		b.Fatal(err)
	}
	return d.Seconds() * 1000
}

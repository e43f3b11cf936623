package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
)

// The sizes of the profiles that the window is measured with.
const (
	longHistory = 100_000
	missed      = 10_000
)

// BenchmarkFirstFrame starts the window on a profile without a message and on one with 100,000 in 20 chats, in turn, and
// compares how long it takes until the chats are shown. Unlocking with a passphrase, which is slow by design, is in both.
func BenchmarkFirstFrame(b *testing.B) {
	s := coretest.StartProsody(b, coretest.Options{})
	full := resident{server: s, jid: s.AddUser(b, "anna", annaSecret), dir: b.TempDir()}
	s.FillArchive(b, full.jid, history(full.jid, 0, longHistory)) // before a device has seen that the archive is empty
	k := Start(b, program(b, plain), full.dir, s.CAFile)
	k.SignIn(s, full.jid, annaSecret)
	k.Wait("the whole history", func() bool { return caughtUp(k) })
	if n := stored(k, s); n != longHistory {
		b.Fatalf("%d messages are stored", n)
	}
	k.Stop()
	empty := ready(b, s, "ben", func(*Kith) {})
	display := Invisible(b)
	frame := func(p resident) time.Duration {
		begin := time.Now()
		w := display.Open(string(p.jid), program(b, windowed), p.dir, Place{20, 40, 1000, 740}, "-ca-file", s.CAFile)
		for w.Ask("screen") != "chats" {
			time.Sleep(2 * time.Millisecond)
		}
		took := time.Since(begin)
		if code := w.Close(); code != 0 {
			b.Fatalf("it ended with %d", code)
		}
		return took
	}
	frame(empty) // looks through the system's fonts, once
	var with, without time.Duration
	for b.Loop() {
		without += frame(empty)
		with += frame(full)
	}
	b.ReportMetric(without.Seconds()*1000/float64(b.N), "empty-ms")
	b.ReportMetric(with.Seconds()*1000/float64(b.N), "full-ms")
	b.ReportMetric(with.Seconds()/without.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkHeld measures the longest time for which the window answers nobody while 10,000 encrypted messages are caught up:
// until the newest is in the list, and then with their chat open. What the graphics driver takes for a frame is apart: here it is
// a software renderer that shares two cores with the server.
func BenchmarkHeld(b *testing.B) {
	s := coretest.StartProsody(b, coretest.Options{})
	anna := ready(b, s, "anna", func(*Kith) { s.WaitStanza(b, "<list xmlns='eu.siacs.conversations.axolotl'") }) // her devices
	ben := ready(b, s, "ben", func(k *Kith) {
		for i := range missed {
			k.Send(anna.jid, fmt.Sprintf("message %d of those that came while the window was closed", i))
		}
		k.Wait("the last one at the server", func() bool {
			var now struct{ Outbox int }
			k.Must("stats", nil, &now)
			return now.Outbox == 0
		})
	})
	newest := fmt.Sprintf("message %d of", missed-1)
	longest := map[string]float64{}
	for b.Loop() {
		dir := b.TempDir()
		if err := os.CopyFS(dir, os.DirFS(anna.dir)); err != nil {
			b.Fatal(err)
		}
		w := Invisible(b).Open("anna", program(b, windowed), dir, Place{20, 40, 1000, 740}, "-ca-file", s.CAFile)
		w.On("chats")
		w.Ask("watch")
		w.Until("the newest message", func() bool { return strings.Contains(w.Ask("list"), newest) })
		list := w.Ask("longest")
		w.Ask("open " + string(ben.jid))
		w.Shows(newest)
		w.Until("the end of the catch-up", func() bool { return w.Ask("settled") == "true" })
		for what, text := range map[string]string{"list": list, "chat": w.Ask("longest")} {
			var own, drawing float64
			if _, err := fmt.Sscan(text, &own, &drawing); err != nil {
				b.Fatal(err)
			}
			b.Logf("%s: own %.1f ms, drawing %.1f ms", what, own, drawing)
			longest[what+"-own-ms"] = max(longest[what+"-own-ms"], own)
			longest[what+"-drawing-ms"] = max(longest[what+"-drawing-ms"], drawing)
		}
		if code := w.Close(); code != 0 {
			b.Fatalf("it ended with %d", code)
		}
	}
	for unit, worst := range longest {
		b.ReportMetric(worst, unit)
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkWake measures how long a window that sleeps takes to answer somebody who wakes it.
func BenchmarkWake(b *testing.B) {
	s := coretest.StartProsody(b, coretest.Options{})
	w := ready(b, s, "anna", withChats(s)).window(b, Place{20, 40, 1000, 740})
	var total, worst time.Duration
	for b.Loop() {
		time.Sleep(4 * time.Second) // long enough for it to fall asleep
		begin := time.Now()
		w.Ask("screen")
		took := time.Since(begin)
		total, worst = total+took, max(worst, took)
	}
	b.ReportMetric(total.Seconds()*1000/float64(b.N), "mean-ms")
	b.ReportMetric(worst.Seconds()*1000, "worst-ms")
	b.ReportMetric(0, "ns/op")
}

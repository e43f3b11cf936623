package video

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

// TestLeaks opens and closes codecs of 720p. Each has several megabytes.
func TestLeaks(t *testing.T) {
	pool := &Pool{}
	camera := NewSynthetic(1280, 720)
	cycle := func() {
		f := get(t, pool, 1280, 720)
		defer f.Release()
		camera.Paint(f, 1)
		e, err := NewEncoder(large)
		if err != nil {
			t.Fatal(err)
		}
		d, err := NewDecoder(pool)
		if err != nil {
			t.Fatal(err)
		}
		data, err := e.Encode(f, false)
		if err != nil {
			t.Fatal(err)
		}
		g, err := d.Decode(data.Data)
		if err != nil {
			t.Fatal(err)
		}
		g.Release()
		if err := e.Configure(Settings{Width: 1300, Height: 740, BitsPerSecond: 1_000_000}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			e.Close()
			d.Close()
		}
	}
	for range 3 {
		cycle()
	}
	before := resident(t)
	for range 20 {
		cycle()
	}
	if grown := resident(t) - before; grown > 30<<20 {
		t.Errorf("20 closed encoders and decoders left %d MiB", grown>>20)
	}
}

// resident is the process's memory in bytes, without what Go could do without.
func resident(t *testing.T) int {
	t.Helper()
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmRSS:" {
			kilobytes, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	t.Fatal("no VmRSS in /proc/self/status")
	return 0
}

package coretest

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// probe is a testing.TB that remembers what it was told, to see the checks fail.
type probe struct {
	testing.TB
	failures []string
	cleanups []func()
}

func (p *probe) Helper()          {}
func (p *probe) Cleanup(f func()) { p.cleanups = append(p.cleanups, f) }
func (p *probe) Error(args ...any) {
	p.failures = append(p.failures, fmt.Sprint(args...))
}

func (p *probe) Errorf(format string, args ...any) {
	p.failures = append(p.failures, fmt.Sprintf(format, args...))
}

func (p *probe) end() {
	for _, f := range slices.Backward(p.cleanups) {
		f()
	}
}

func TestCanary(t *testing.T) {
	type inner struct{ Key []byte }
	type outer struct {
		Name  string
		Inner *inner
	}
	const secret = "open sesame"
	tests := []struct {
		name string
		log  func(*slog.Logger)
		sung bool
	}{
		{"nothing", func(l *slog.Logger) { l.Debug("connected", "port", 5222) }, false},
		{"near miss", func(l *slog.Logger) { l.Debug("open sesam", "e", "x") }, false},
		{"message", func(l *slog.Logger) { l.Debug("said open sesame twice") }, true},
		{"attribute", func(l *slog.Logger) { l.Info("x", "text", secret) }, true},
		{"error", func(l *slog.Logger) { l.Error("x", "err", fmt.Errorf("bad: %w", fmt.Errorf("%s", secret))) }, true},
		{"bytes", func(l *slog.Logger) { l.Info("x", "key", []byte(secret)) }, true},
		{"in a list of bytes", func(l *slog.Logger) { l.Info("x", "keys", [][]byte{[]byte("-" + secret + "-")}) }, true},
		{"behind a pointer", func(l *slog.Logger) { l.Info("x", "o", &outer{Inner: &inner{[]byte(secret)}}) }, true},
		{"with", func(l *slog.Logger) { l.With("text", secret).Info("x") }, true},
		{"with, never used", func(l *slog.Logger) { l.With("text", secret) }, false},
		{"group", func(l *slog.Logger) { l.WithGroup("g").Info("x", slog.Group("h", "text", secret)) }, true},
		{"name of a group", func(l *slog.Logger) { l.WithGroup(secret).Info("x") }, true},
		{"key", func(l *slog.Logger) { l.Info("x", secret, 1) }, true}, //nolint:sloglint // a key that a careless hand made
		{"base64 inside", func(l *slog.Logger) {
			l.Info("x", "blob", base64.StdEncoding.EncodeToString([]byte("\x00anna\x00"+secret)))
		}, true},
		{"quotes", func(l *slog.Logger) { l.Info("x", "text", `"open sesame"`) }, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := &probe{TB: t}
			test.log(NewCanary(p, "something else", secret))
			p.end()
			if (len(p.failures) > 0) != test.sung {
				t.Errorf("the canary said %q", p.failures)
			}
		})
	}
}

func TestCheckGoroutines(t *testing.T) {
	CheckGoroutines(t) // the real one: this test itself leaves none
	stop, stopped := make(chan struct{}), make(chan struct{})
	p := &probe{TB: t}
	checkGoroutines(p, 50*time.Millisecond, nil)
	go func() {
		defer close(stopped)
		<-stop
	}()
	if left := leftOver(map[string]string{}, nil); len(left) < 2 {
		t.Errorf("of the goroutines of this test only these are seen: %q", left)
	}
	p.end()
	if len(p.failures) != 1 || !strings.Contains(p.failures[0], "TestCheckGoroutines") {
		t.Errorf("a goroutine was left and the check said %q", p.failures)
	}
	close(stop)
	<-stopped
	p.failures = nil
	p.end()
	if len(p.failures) != 0 {
		t.Errorf("no goroutine was left and the check said %q", p.failures)
	}
}

func TestScanPlaintext(t *testing.T) {
	const word = "grüße an Bert"
	var little, big []byte
	for _, u := range utf16.Encode([]rune(word)) {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	encode := func(prefix string) string {
		return base64.StdEncoding.EncodeToString([]byte(prefix + word + "behind"))
	}
	tests := []struct {
		name, content string
		hit           bool
	}{
		{"empty", "", false},
		{"other", strings.Repeat("grüße an Ber", 1000), false},
		{"utf-8", "\x00\x01" + word, true},
		{"utf-16le", "\xff\xfe" + string(little) + "\x00", true},
		{"utf-16be", string(big), true},
		{"hex", fmt.Sprintf("--%x--", word), true},
		{"hex capitals", fmt.Sprintf("--%X--", word), true},
		{"base64 shift 0", encode("abc"), true},
		{"base64 shift 1", encode("abcd"), true},
		{"base64 shift 2", encode("abcde"), true},
		{"base64 for addresses", base64.URLEncoding.EncodeToString([]byte("x" + word)), true},
		{"across pieces", strings.Repeat("x", 1<<20-5) + word, true},
		{"across later pieces", strings.Repeat("x", 3<<20-3) + word, true},
		{"in the name " + word, "", true},
	}
	dir := t.TempDir()
	sub := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		if err := os.WriteFile(filepath.Join(sub, test.name), []byte(test.content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hits, err := ScanPlaintext(dir, "not there at all", word)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		if hit := slices.Contains(hits, filepath.Join(sub, test.name)); hit != test.hit {
			t.Errorf("%s: found %t, want %t", test.name, hit, test.hit)
		}
	}
	if _, err := ScanPlaintext(filepath.Join(dir, "missing"), word); err == nil {
		t.Error("a folder that is not there was scanned")
	}
	if _, err := ScanPlaintext(dir, ""); err == nil {
		t.Error("an empty word was looked for")
	}
}

package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"kith/core/model"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestCrew(t *testing.T) {
	test.NewTempApp(t)
	c := newCrew(t.Context(), quiet(), func() {})
	results := make(chan int, 200)
	for i := range 100 {
		do(c, func(context.Context) (int, error) { return i, nil }, func(n int, err error) { results <- n })
	}
	for i := range 100 {
		if n := <-results; n != i {
			t.Fatalf("action %d came as number %d", n, i)
		}
	}
	// What waits for the network holds nobody up, and can be given up.
	failed := make(chan error, 1)
	cancel := ask(c, nothing(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }), func(_ struct{}, err error) { failed <- err })
	do(c, func(context.Context) (int, error) { return 7, nil }, func(n int, _ error) { results <- n })
	if n := <-results; n != 7 {
		t.Fatalf("got %d", n)
	}
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Fatalf("given up: %v", err)
	}
	c.end()
}

func TestCrewEnds(t *testing.T) {
	test.NewTempApp(t)
	c := newCrew(t.Context(), quiet(), func() {})
	var began, ended atomic.Bool
	start := make(chan struct{})
	ask(c, nothing(func(ctx context.Context) error {
		began.Store(true)
		close(start)
		<-ctx.Done()
		ended.Store(true)
		return nil
	}), func(struct{}, error) { t.Error("told a window that is gone") })
	<-start
	c.end()
	if !began.Load() || !ended.Load() {
		t.Error("end does not wait for what runs")
	}
	do(c, func(context.Context) (int, error) { t.Error("worked after the end"); return 0, nil }, func(int, error) {})
}

func TestFrame(t *testing.T) {
	dir := t.TempDir()
	if got := readFrame(dir); got != firstFrame() {
		t.Errorf("first window %+v", got)
	}
	want := frame{Width: 900, Height: 650, Scale: 130}
	if err := writeFrame(dir, want); err != nil {
		t.Fatal(err)
	}
	if got := readFrame(dir); got != want {
		t.Errorf("remembered %+v", got)
	}
	for _, bad := range []string{"", "{", `{"width":-1,"height":1e9}`, `{"width":1e30,"height":500}`, "[]"} {
		if err := os.WriteFile(filepath.Join(dir, frameName), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := readFrame(dir); got != firstFrame() {
			t.Errorf("%q gives %+v", bad, got)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, frameName), []byte(`{"width":900,"height":650,"scale":9000}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := readFrame(dir); got.Scale != 100 {
		t.Errorf("scale %d", got.Scale)
	}
	if err := writeFrame(filepath.Join(dir, "gone"), want); err != nil {
		t.Errorf("a folder that is gone: %v", err)
	}
	// A folder stands where the file should: the error names no path.
	if err := os.MkdirAll(filepath.Join(dir, "x", frameName), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeFrame(filepath.Join(dir, "x"), want); err == nil || strings.Contains(err.Error(), dir) {
		t.Errorf("write over a folder: %v", err)
	}
}

func TestParseSize(t *testing.T) {
	if s, err := ParseSize("1000x740"); err != nil || s != fyne.NewSize(1000, 740) {
		t.Errorf("%v, %v", s, err)
	}
	for _, bad := range []string{"", "1000", "x", "100x100", "-5x740", "999999x999999", "axb"} {
		if _, err := ParseSize(bad); err == nil {
			t.Errorf("%q is a size", bad)
		}
	}
}

func TestNote(t *testing.T) {
	chat := model.Chat{
		ID: 3, JID: "ben@example.org", Name: "Ben", Unread: 1,
		Last: model.Message{ID: 1, Body: "see you\nat six", Time: time.Now()},
	}
	secret := chat
	secret.Unread = 2
	request := chat
	request.Request = true
	own := chat
	own.Last.Outgoing = true
	file := chat
	file.Last.Body = "aesgcm://upload.example.org/f/pic.png#0123456789abcdef"
	unreadable := chat
	unreadable.Last.Kind = model.Unreadable
	missed := chat
	missed.Last.Kind, missed.Last.Body = model.MissedCall, model.CallRecord{Video: true, End: model.Cancelled}.String()
	missedOfTwo := missed
	missedOfTwo.Unread = 2
	tests := []struct {
		name        string
		chat        model.Chat
		previews    bool
		title, body string
	}{
		{"shown", chat, true, "Ben", "see you at six"},
		{"a file", file, true, "Ben", "A file, which Kith can't open yet."},
		{"hidden", chat, false, "Kith", "New message"},
		{"hidden, two", secret, false, "Kith", "2 new messages"},
		{"stranger", request, true, "Ben", "Wants to write to you"},
		{"ours came last", own, true, "Ben", "New message"},
		{"missed call", missed, true, "Ben", "Missed video call"},
		{"missed call, hidden", missed, false, "Kith", "Missed call"},
		{"missed call among others, hidden", missedOfTwo, false, "Kith", "2 new messages"},
		{"not readable", unreadable, true, "Ben", "New message"},
	}
	for _, tt := range tests {
		n := noteFor(tt.chat, tt.previews)
		if n.Title != tt.title || n.Body != tt.body || n.Key != "chat 3" {
			t.Errorf("%s: %+v", tt.name, n)
		}
	}
}

//go:build linux && !android

package platform

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// bus starts a session bus of its own, to which this process connects from now on.
func bus(t *testing.T) {
	t.Helper()
	startBus(t, "--session")
}

func startBus(t *testing.T, config string) {
	t.Helper()
	if testing.Short() {
		t.Skip("needs dbus-daemon")
	}
	cmd := exec.Command("dbus-daemon", config, "--nofork", "--print-address", "--address=unix:dir="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start dbus-daemon: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // the only way to end it; Wait reports that it was killed
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(line))
}

// Without a bus the libraries would run dbus-launch; here it is a program that leaves a trace.
func TestStartNoBus(t *testing.T) {
	dir := t.TempDir()
	launch, trace := filepath.Join(dir, "dbus-launch"), filepath.Join(dir, "launched")
	if err := os.WriteFile(launch, []byte("#!/bin/sh\ntouch '"+trace+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "") // a developer's own desktop has one all the same
	if err := StartNoBus(); err != nil {
		t.Fatal(err)
	}
	if conn, err := dbus.SessionBusPrivate(); err == nil {
		_ = conn.Close() // the developer's
	}
	if _, err := os.Stat(trace); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a bus was started: %v", err)
	}
	bus(t)
	if err := StartNoBus(); err != nil {
		t.Fatal(err)
	}
	conn, err := dbus.SessionBusPrivate()
	if err != nil {
		t.Fatalf("the bus that runs is not found any more: %v", err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}

// service is a notification service on the bus.
type service struct {
	conn  *dbus.Conn
	shown chan shown
	gone  chan uint32
	last  uint32
}

type shown struct {
	Replaces    uint32
	Title, Body string
	Actions     []string
	Hints       map[string]dbus.Variant
	Stays       int32
}

func (s *service) GetCapabilities() ([]string, *dbus.Error) {
	return []string{"body", "actions", "body-markup"}, nil
}

func (s *service) Notify(_ string, replaces uint32, _, title, body string, actions []string, hints map[string]dbus.Variant, stays int32) (uint32, *dbus.Error) {
	if title == "refuse" {
		return 0, dbus.NewError("org.example.Refused", []any{"the text was: " + body})
	}
	s.shown <- shown{replaces, title, body, actions, hints, stays}
	if replaces != 0 {
		return replaces, nil
	}
	s.last++
	return s.last, nil
}

func (s *service) CloseNotification(id uint32) *dbus.Error {
	s.gone <- id
	return nil
}

func (s *service) emit(t *testing.T, name string, args ...any) {
	t.Helper()
	if err := s.conn.Emit(notifyPath, notifyName+"."+name, args...); err != nil {
		t.Fatal(err)
	}
}

func startService(t *testing.T) *service {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	s := &service{conn: conn, shown: make(chan shown, 8), gone: make(chan uint32, 8)}
	if err := conn.Export(s, notifyPath, notifyName); err != nil {
		t.Fatal(err)
	}
	if r, err := conn.RequestName(notifyName, dbus.NameFlagDoNotQueue); err != nil || r != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("request name: %v %v", r, err)
	}
	return s
}

func TestNotify(t *testing.T) {
	bus(t)
	s := startService(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	d := Open(ctx)
	if !d.Available() {
		t.Fatal("the service is not found")
	}
	notify := func(n Note) shown {
		t.Helper()
		if err := d.Notify(ctx, n); err != nil {
			t.Fatal(err)
		}
		return <-s.shown
	}
	first := notify(Note{Key: "chat 1", Title: "Ben", Body: "<b>1 & 2</b>"})
	if first.Body != "&lt;b&gt;1 &amp; 2&lt;/b&gt;" || first.Replaces != 0 || strings.Join(first.Actions, ",") != "default,Open" {
		t.Fatalf("shown %+v", first)
	}
	if again := notify(Note{Key: "chat 1", Title: "Ben", Body: "more"}); again.Replaces != 1 {
		t.Fatalf("the second note of a chat replaces %d, want 1", again.Replaces)
	}
	notify(Note{Key: "chat 2", Title: "Eva", Body: "hi"})

	// Signals about foreign or malformed notifications are passed over.
	s.emit(t, "ActionInvoked", uint32(99), "default")
	s.emit(t, "ActionInvoked", "no number", "default")
	s.emit(t, "ActionInvoked")
	s.emit(t, "ActionInvoked", uint32(2), "default")
	if r, err := d.Next(ctx); err != nil || r != (Reply{Note: "chat 2"}) {
		t.Fatalf("opened %+v, %v", r, err)
	}
	// A notification that the person closed is not replaced but shown anew.
	s.emit(t, "NotificationClosed", uint32(1), uint32(2))
	s.emit(t, "ActionInvoked", uint32(2), "default")
	if _, err := d.Next(ctx); err != nil {
		t.Fatal(err)
	}
	if n := notify(Note{Key: "chat 1", Title: "Ben", Body: "new"}); n.Replaces != 0 {
		t.Errorf("a closed notification is replaced: %d", n.Replaces)
	}
	if err := d.Withdraw(ctx, "chat 2"); err != nil || <-s.gone != 2 {
		t.Fatalf("withdraw: %v", err)
	}
	if err := d.Withdraw(ctx, "never shown"); err != nil {
		t.Fatal(err)
	}
	if err := d.Notify(ctx, Note{Key: "x", Title: "refuse", Body: "very private"}); err == nil || strings.Contains(err.Error(), "private") {
		t.Errorf("an error of the service: %v", err)
	}
	if err := d.Close(ctx); err != nil || <-s.gone != 3 {
		t.Fatalf("close: %v", err)
	}
	if _, err := d.Next(ctx); err == nil {
		t.Error("Next goes on after Close")
	}
	if err := d.Close(ctx); err != nil {
		t.Errorf("second close: %v", err)
	}
}

// TestAnswers has a notification with buttons, as a call that rings.
func TestAnswers(t *testing.T) {
	bus(t)
	s := startService(t)
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	d := Open(ctx)
	err := d.Notify(ctx, Note{Key: "call 1", Title: "Ben", Silent: true, Urgent: true, Answers: []Answer{{"take", "Accept"}, {"refuse", "Decline"}}})
	if err != nil {
		t.Fatal(err)
	}
	n := <-s.shown
	if got := strings.Join(n.Actions, ","); got != "default,Open,take,Accept,refuse,Decline" {
		t.Errorf("buttons %q", got)
	}
	if n.Stays != 0 || n.Hints["urgency"].Value() != byte(2) || n.Hints["suppress-sound"].Value() != true {
		t.Errorf("stays %d, hints %v", n.Stays, n.Hints)
	}
	s.emit(t, "ActionInvoked", uint32(1), uint32(7))
	s.emit(t, "ActionInvoked", uint32(1), "refuse")
	if r, err := d.Next(ctx); err != nil || r != (Reply{"call 1", "refuse"}) {
		t.Errorf("answered %+v, %v", r, err)
	}
	if err := d.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestNoService(t *testing.T) {
	for name, setup := range map[string]func(*testing.T){
		"no bus":        func(t *testing.T) { t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none") },
		"nobody there":  bus,
		"not a session": func(t *testing.T) { t.Setenv("DBUS_SESSION_BUS_ADDRESS", "nonsense") },
	} {
		t.Run(name, func(t *testing.T) {
			setup(t)
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			d := Open(ctx)
			if d.Available() {
				t.Fatal("available")
			}
			if err := d.Notify(ctx, Note{Key: "a", Title: "b"}); err != nil {
				t.Error(err)
			}
			if err := d.Withdraw(ctx, "a"); err != nil {
				t.Error(err)
			}
			if err := d.Close(ctx); err != nil {
				t.Error(err)
			}
			ended, end := context.WithCancelCause(ctx)
			end(context.DeadlineExceeded)
			if _, err := d.Next(ended); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Next: %v", err)
			}
		})
	}
}

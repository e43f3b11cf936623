//go:build linux && !android

package platform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"kith/app/lang"
)

// The names of the Desktop Notifications Specification 1.2.
const (
	notifyName = "org.freedesktop.Notifications"
	notifyPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// AppID is the name of Kith's desktop file, by which the desktop finds its icon.
const AppID = "im.kith.Kith"

// Desktop is the connection to the person's desktop. Any goroutine may use it.
type Desktop struct {
	conn    *dbus.Conn // nil: there is no session bus
	signals chan *dbus.Signal
	markup  bool // the service reads the body as markup

	mu    sync.Mutex
	ids   map[string]uint32
	keys  map[uint32]string
	ended bool
}

// StartNoBus keeps libraries (the toolkit, the keychain's) from starting a session bus where there is none: it would outlive
// Kith and serve nobody. Call it before they are used.
func StartNoBus() error {
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err == nil {
		return conn.Close()
	}
	return os.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
}

// greetTime is how long a bus, or a notification service that it starts, may hold the window back.
const greetTime = 5 * time.Second

// Open connects to the desktop. It never fails: without a session bus or a notification service, Available is false.
func Open(ctx context.Context) *Desktop {
	d := &Desktop{ids: map[string]uint32{}, keys: map[uint32]string{}, signals: make(chan *dbus.Signal, 16)}
	// Only a bus that runs: starting one would leave a process behind.
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return d
	}
	ctx, cancel := context.WithTimeout(ctx, greetTime)
	defer cancel()
	late := context.AfterFunc(ctx, func() { _ = conn.Close() }) // which ends what waits for an answer
	caps, err := greet(ctx, conn)
	if !late() || err != nil {
		// Nobody can show notifications; what closing this connection says changes nothing about that.
		_ = conn.Close()
		return d
	}
	d.markup = slices.Contains(caps, "body-markup")
	conn.Signal(d.signals)
	d.conn = conn
	return d
}

// greet signs in to the bus, asks what the notification service can do and subscribes to its signals.
func greet(ctx context.Context, conn *dbus.Conn) (caps []string, err error) {
	if err := conn.Auth(nil); err != nil {
		return nil, err
	}
	if err := conn.Hello(); err != nil {
		return nil, err
	}
	if err := conn.Object(notifyName, notifyPath).CallWithContext(ctx, notifyName+".GetCapabilities", 0).Store(&caps); err != nil {
		return nil, err
	}
	return caps, conn.AddMatchSignal(dbus.WithMatchInterface(notifyName), dbus.WithMatchObjectPath(notifyPath))
}

// Available says whether notifications can be shown.
func (d *Desktop) Available() bool { return d.conn != nil }

// Notify shows a notification, in the place of an earlier one with the same key. Without a service it does nothing.
func (d *Desktop) Notify(ctx context.Context, n Note) error {
	if d.conn == nil {
		return nil
	}
	body := n.Body
	if d.markup {
		body = escape.Replace(body)
	}
	hints := map[string]dbus.Variant{
		"category":      dbus.MakeVariant("im.received"),
		"desktop-entry": dbus.MakeVariant(AppID),
	}
	if n.Silent {
		hints["suppress-sound"] = dbus.MakeVariant(true)
	}
	stays := int32(-1) // as long as the service likes
	if n.Urgent {
		hints["urgency"], stays = dbus.MakeVariant(byte(2)), 0
	}
	d.mu.Lock()
	old := d.ids[n.Key]
	d.mu.Unlock()
	var id uint32
	err := d.conn.Object(notifyName, notifyPath).CallWithContext(ctx, notifyName+".Notify", 0,
		"Kith", old, AppID, n.Title, body, actions(n.Answers), hints, stays).Store(&id)
	if err != nil {
		return fmt.Errorf("show notification: %w", notice(err))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.keys, old)
	d.ids[n.Key], d.keys[id] = id, n.Key
	return nil
}

// openAction is what the specification calls opening the notification itself.
const openAction = "default"

// actions are the buttons as the service wants them: each key before its label.
func actions(answers []Answer) []string {
	out := []string{openAction, lang.T("Open")}
	for _, a := range answers {
		out = append(out, a.Key, a.Label)
	}
	return out
}

// Withdraw takes a notification back, as when the chat was read elsewhere.
func (d *Desktop) Withdraw(ctx context.Context, key string) error {
	d.mu.Lock()
	id, shown := d.ids[key]
	d.forget(id)
	d.mu.Unlock()
	if d.conn == nil || !shown {
		return nil
	}
	if err := d.conn.Object(notifyName, notifyPath).CallWithContext(ctx, notifyName+".CloseNotification", 0, id).Err; err != nil {
		return fmt.Errorf("withdraw notification: %w", notice(err))
	}
	return nil
}

// Next waits until the person opens or answers a notification. One goroutine may call it. Without a service it waits until ctx
// ends, and returns its cause then; after Close it returns context.Canceled.
func (d *Desktop) Next(ctx context.Context) (Reply, error) {
	for {
		select {
		case s, ok := <-d.signals:
			if !ok {
				return Reply{}, context.Canceled
			}
			if r, opened := d.signal(s); opened {
				return r, nil
			}
		case <-ctx.Done():
			return Reply{}, context.Cause(ctx)
		}
	}
}

// signal takes a signal of the service, which any program on the bus may have sent in its name.
func (d *Desktop) signal(s *dbus.Signal) (r Reply, opened bool) {
	if len(s.Body) < 2 {
		return Reply{}, false
	}
	id, ok := s.Body[0].(uint32)
	if !ok {
		return Reply{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	key, known := d.keys[id]
	switch s.Name {
	case notifyName + ".ActionInvoked":
		answer, ok := s.Body[1].(string)
		if answer == openAction {
			answer = ""
		}
		return Reply{key, answer}, known && ok
	case notifyName + ".NotificationClosed":
		d.forget(id)
	}
	return Reply{}, false
}

// forget is called with the lock held.
func (d *Desktop) forget(id uint32) {
	if key, ok := d.keys[id]; ok {
		delete(d.keys, id)
		delete(d.ids, key)
	}
}

// Close takes back what is shown and ends the connection.
func (d *Desktop) Close(ctx context.Context) error {
	d.mu.Lock()
	var keys []string
	for k := range d.ids {
		keys = append(keys, k)
	}
	ended := d.ended
	d.ended = true
	d.mu.Unlock()
	if d.conn == nil || ended {
		return nil
	}
	var errs []error
	for _, k := range keys {
		errs = append(errs, d.Withdraw(ctx, k))
	}
	if err := d.conn.Close(); err != nil {
		errs = append(errs, fmt.Errorf("close session bus: %w", err))
	}
	return errors.Join(errs...)
}

// escape protects a body from being read as markup.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// notice keeps the kind of a D-Bus error and drops its text, which may quote what was to be shown.
func notice(err error) error {
	var e dbus.Error
	if errors.As(err, &e) {
		return errors.New(e.Name)
	}
	return err
}

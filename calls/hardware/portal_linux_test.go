package hardware

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// desk is a portal. Who uses it need not choose: it shows the caster. Its answers can be others.
type desk struct {
	conn    *dbus.Conn
	node    uint32
	mu      sync.Mutex
	answers map[string]map[string]dbus.Variant // in place of the usual ones; nil: none comes
	codes   map[string]uint32
	version uint32
	asked   chan string // what was asked for, with what is to be known of it
	session dbus.ObjectPath
}

const sessionPath = portalPath + "/session/one"

func startPortal(t *testing.T, node uint32) *desk {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	d := &desk{
		conn: conn, node: node, answers: map[string]map[string]dbus.Variant{}, codes: map[string]uint32{}, version: 4,
		asked: make(chan string, 100), session: sessionPath,
	}
	for path, kind := range map[dbus.ObjectPath]string{portalPath: portalCast, d.session: "org.freedesktop.portal.Session"} {
		var methods any = d
		if path == d.session {
			methods = closing{d, "session closed"}
		}
		if err := conn.Export(methods, path, kind); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Export(about{d}, portalPath, "org.freedesktop.DBus.Properties"); err != nil {
		t.Fatal(err)
	}
	if r, err := conn.RequestName(portalName, dbus.NameFlagDoNotQueue); err != nil || r != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("there is another portal: %v %v", r, err)
	}
	return d
}

// about tells the properties.
type about struct{ d *desk }

// Get gives one.
func (a about) Get(_, name string) (dbus.Variant, *dbus.Error) {
	switch name {
	case "version":
		return dbus.MakeVariant(a.d.version), nil
	case "AvailableSourceTypes":
		return dbus.MakeVariant(uint32(7)), nil
	case "AvailableCursorModes":
		return dbus.MakeVariant(uint32(7)), nil
	}
	return dbus.Variant{}, dbus.MakeFailedError(errors.New("no such property"))
}

// closing is something that can be closed.
type closing struct {
	d    *desk
	what string
}

// Close does that.
func (c closing) Close() *dbus.Error {
	c.d.asked <- c.what
	return nil
}

// answer answers a request, after it is begun.
func (d *desk) answer(sender dbus.Sender, options map[string]dbus.Variant, method string, usual map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	token, _ := options["handle_token"].Value().(string)
	path := dbus.ObjectPath(portalPath + "/request/" + strings.ReplaceAll(strings.TrimPrefix(string(sender), ":"), ".", "_") + "/" + token)
	if err := d.conn.Export(closing{d, method + " given up"}, path, "org.freedesktop.portal.Request"); err != nil {
		return "", dbus.MakeFailedError(err)
	}
	d.mu.Lock()
	other, ok := d.answers[method]
	code := d.codes[method]
	d.mu.Unlock()
	if ok {
		usual = other
	}
	if usual != nil {
		_ = d.conn.Emit(path, "org.freedesktop.portal.Request.Response", code, usual)
	}
	return path, nil
}

// CreateSession is the portal's.
func (d *desk) CreateSession(sender dbus.Sender, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	return d.answer(sender, options, "CreateSession", map[string]dbus.Variant{"session_handle": dbus.MakeVariant(string(d.session))})
}

// SelectSources is the portal's.
func (d *desk) SelectSources(_ dbus.ObjectPath, options map[string]dbus.Variant, sender dbus.Sender) (dbus.ObjectPath, *dbus.Error) {
	d.asked <- fmt.Sprintf("types %v pointer %v keep %v token %v", options["types"].Value(), options["cursor_mode"].Value(), options["persist_mode"].Value(),
		options["restore_token"].Value())
	return d.answer(sender, options, "SelectSources", map[string]dbus.Variant{})
}

// Start is the portal's.
func (d *desk) Start(_ dbus.ObjectPath, _ string, options map[string]dbus.Variant, sender dbus.Sender) (dbus.ObjectPath, *dbus.Error) {
	d.asked <- "Start"
	streams := []struct {
		Node  uint32
		About map[string]dbus.Variant
	}{{d.node, map[string]dbus.Variant{"source_type": dbus.MakeVariant(uint32(1))}}}
	return d.answer(sender, options, "Start", map[string]dbus.Variant{
		"streams": dbus.MakeVariant(streams), "restore_token": dbus.MakeVariant("chosen once"),
	})
}

// OpenPipeWireRemote is the portal's.
func (d *desk) OpenPipeWireRemote(dbus.ObjectPath, map[string]dbus.Variant) (dbus.UnixFD, *dbus.Error) {
	d.asked <- "remote"
	conn, err := dialPipeWire()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	defer func() { _ = conn.Close() }()
	file, err := conn.File() // stays open until the test's end: the answer is sent after this
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	return dbus.UnixFD(file.Fd()), nil
}

// says has a method answered otherwise, and no other one.
func (d *desk) says(method string, results map[string]dbus.Variant, code uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers, d.codes = map[string]map[string]dbus.Variant{method: results}, map[string]uint32{method: code}
}

// calls are the methods that were asked for since the last time, but for the first, which always is, and the end of the session, which may come later.
func (d *desk) calls() (all string) {
	for {
		select {
		case what := <-d.asked:
			switch {
			case strings.HasPrefix(what, "types"):
				all += "sources "
			case what == "Start":
				all += "start "
			case what == "remote":
				all += "remote "
			}
		default:
			return all
		}
	}
}

// was waits until the portal was asked for something.
func (d *desk) was(t *testing.T, what string) {
	t.Helper()
	var seen []string
	for end := time.After(patience); ; {
		select {
		case got := <-d.asked:
			if got == what {
				return
			}
			seen = append(seen, got)
		case <-end:
			t.Fatalf("not asked for %q, but %q", what, seen)
		}
	}
}

// TestPortal: what the portal may answer that is no screen, and what the person may do.
func TestPortal(t *testing.T) {
	startDesktop(t)
	if _, err := new(Sharing).Open(); !errors.Is(err, ErrUnsupported) {
		t.Errorf("without a portal: %v", err)
	}
	d := startPortal(t, 1)
	variant := dbus.MakeVariant
	order := map[string]string{ // what is asked for until such an answer
		"CreateSession": "", "SelectSources": "sources ", "Start": "sources start ", "": "sources start remote ",
	}
	for name, c := range map[string]struct {
		method string
		answer map[string]dbus.Variant
		code   uint32
	}{
		"the person does not want to": {"Start", map[string]dbus.Variant{}, 1},
		"something else is wrong":     {"SelectSources", map[string]dbus.Variant{}, 2},
		"a session without a name":    {"CreateSession", map[string]dbus.Variant{}, 0},
		"a session of another kind":   {"CreateSession", map[string]dbus.Variant{"session_handle": variant(7)}, 0},
		"a session somewhere else":    {"CreateSession", map[string]dbus.Variant{"session_handle": variant("/org/other")}, 0},
		"a session that is no path":   {"CreateSession", map[string]dbus.Variant{"session_handle": variant(portalPath + "/session/a b")}, 0},
		"no streams":                  {"Start", map[string]dbus.Variant{}, 0},
		"an empty list of streams":    {"Start", map[string]dbus.Variant{"streams": variant([][]any{})}, 0},
		"streams of another kind":     {"Start", map[string]dbus.Variant{"streams": variant([]string{"one"})}, 0},
		"a stream that is no number":  {"Start", map[string]dbus.Variant{"streams": variant([]struct{ A, B string }{{"one", "two"}})}, 0},
		"no PipeWire behind it":       {"", nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d.says(c.method, c.answer, c.code)
			s, err := new(Sharing).Open()
			if err != nil {
				t.Fatal(err)
			}
			ends(t, s)
			if got := d.calls(); got != order[c.method] {
				t.Errorf("the portal was asked for %s", got)
			}
		})
	}
}

// TestPortalSlow: the call ends while the person thinks about what to share; the question goes away.
func TestPortalSlow(t *testing.T) {
	startDesktop(t)
	d := startPortal(t, 1)
	d.says("Start", nil, 0)
	s, err := new(Sharing).Open()
	if err != nil {
		t.Fatal(err)
	}
	d.was(t, "Start")
	_ = s.Close()
	d.was(t, "Start given up")
}

// TestPortalStranger: what others say in the portal's place does not count.
func TestPortalStranger(t *testing.T) {
	p := &portal{owner: ":1.5", session: sessionPath}
	closed := func(sender string, path dbus.ObjectPath) *dbus.Signal {
		return &dbus.Signal{Sender: sender, Path: path, Name: "org.freedesktop.portal.Session.Closed"}
	}
	if p.ends(closed(":1.6", sessionPath)) || p.ends(closed(":1.5", portalPath+"/session/two")) || p.over {
		t.Error("somebody else ended the session")
	}
	if !p.ends(closed(":1.5", sessionPath)) || !p.over {
		t.Error("the portal did not end the session")
	}
}

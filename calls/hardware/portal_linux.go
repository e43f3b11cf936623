package hardware

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// The desktop's portal for what is seen on the screen (org.freedesktop.portal.ScreenCast, versions 1 to 5).
const (
	portalName = "org.freedesktop.portal.Desktop"
	portalPath = "/org/freedesktop/portal/desktop"
	portalCast = "org.freedesktop.portal.ScreenCast"

	portalTime   = 10 * time.Second // for an answer that no person has to give
	mostToken    = 4096
	tokenVersion = 4

	aMonitor, aWindow  = 1, 2
	pointerInPicture   = 2
	whileThisIsRunning = 1 // how long the person's choice counts
)

var (
	errDeclined = errors.New("the person does not want to")
	errPortal   = errors.New("a strange answer of the portal")
)

// portal is a connection to the desktop's portal, for one session.
type portal struct {
	conn    *dbus.Conn
	desk    dbus.BusObject
	owner   string // the program behind the name: only what it says counts
	version uint32
	said    chan *dbus.Signal
	session dbus.ObjectPath
	over    bool // the session is: the portal said so
}

// chosen is what the person let us see.
type chosen struct {
	remote int // a connection to PipeWire
	node   uint32
	token  string
}

// openPortal finds the portal. Where there is none, or it knows no screens, it fails with ErrUnsupported.
func openPortal() (*portal, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, fmt.Errorf("%w: no session bus", ErrUnsupported)
	}
	p := &portal{conn: conn, desk: conn.Object(portalName, portalPath), said: make(chan *dbus.Signal, 16)}
	tooLong := time.AfterFunc(portalTime, func() { _ = conn.Close() }) // the bus, or what is behind the name, may not answer
	defer tooLong.Stop()
	if err := p.find(context.Background()); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("%w: no portal for screens", ErrUnsupported)
	}
	return p, nil
}

func (p *portal) find(ctx context.Context) error {
	if err := p.conn.Auth(nil); err != nil {
		return err
	}
	if err := p.conn.Hello(); err != nil {
		return err
	}
	p.conn.Signal(p.said)
	if err := p.conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(portalName)); err != nil {
		return err
	}
	version, err := p.number(ctx, "version") // this also starts it
	if err != nil || version == 0 {
		return errors.Join(err, errPortal)
	}
	p.version = version
	return p.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetNameOwner", 0, portalName).Store(&p.owner)
}

// number is one of the portal's properties.
func (p *portal) number(ctx context.Context, name string) (uint32, error) {
	var v dbus.Variant
	if err := p.desk.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, portalCast, name).Store(&v); err != nil {
		return 0, err
	}
	n, ok := v.Value().(uint32)
	if !ok {
		return 0, errPortal
	}
	return n, nil
}

// choose has the person choose, unless a token says what they chose before. It waits for them as long as ctx lets it.
func (p *portal) choose(ctx context.Context, token string) (chosen, error) {
	session, err := p.begin(ctx)
	if err != nil {
		return chosen{}, err
	}
	p.session = session
	if err := p.offer(ctx, token); err != nil {
		return chosen{}, err
	}
	results, err := p.ask(ctx, "Start", map[string]dbus.Variant{}, session, "")
	if err != nil {
		return chosen{}, err
	}
	out := chosen{}
	if out.node, err = firstStream(results["streams"]); err != nil {
		return chosen{}, err
	}
	if given, ok := results["restore_token"].Value().(string); ok && len(given) <= mostToken {
		out.token = given
	}
	ctx, cancel := context.WithTimeout(ctx, portalTime)
	defer cancel()
	var remote dbus.UnixFD
	if err := p.desk.CallWithContext(ctx, portalCast+".OpenPipeWireRemote", 0, session, map[string]dbus.Variant{}).Store(&remote); err != nil {
		return chosen{}, err
	}
	out.remote = int(remote)
	return out, nil
}

// begin makes a session. Its name comes as a string, though it is a path.
func (p *portal) begin(ctx context.Context) (dbus.ObjectPath, error) {
	ctx, cancel := context.WithTimeout(ctx, portalTime)
	defer cancel()
	results, err := p.ask(ctx, "CreateSession", map[string]dbus.Variant{"session_handle_token": dbus.MakeVariant(newToken())})
	if err != nil {
		return "", err
	}
	name, _ := results["session_handle"].Value().(string)
	if path, ok := results["session_handle"].Value().(dbus.ObjectPath); ok {
		name = string(path)
	}
	if path := dbus.ObjectPath(name); path.IsValid() && strings.HasPrefix(name, portalPath+"/session/") {
		return path, nil
	}
	return "", errPortal
}

// offer says what we would like to see: one monitor or window, with the pointer.
func (p *portal) offer(ctx context.Context, token string) error {
	ctx, cancel := context.WithTimeout(ctx, portalTime)
	defer cancel()
	options := map[string]dbus.Variant{"multiple": dbus.MakeVariant(false)}
	if types, err := p.number(ctx, "AvailableSourceTypes"); err == nil && types&(aMonitor|aWindow) != 0 {
		options["types"] = dbus.MakeVariant(types & (aMonitor | aWindow))
	}
	if modes, err := p.number(ctx, "AvailableCursorModes"); err == nil && modes&pointerInPicture != 0 {
		options["cursor_mode"] = dbus.MakeVariant(uint32(pointerInPicture))
	}
	if p.version >= tokenVersion {
		options["persist_mode"] = dbus.MakeVariant(uint32(whileThisIsRunning))
		if token != "" {
			options["restore_token"] = dbus.MakeVariant(token)
		}
	}
	_, err := p.ask(ctx, "SelectSources", options, p.session)
	return err
}

// ask calls a method that answers later, by a signal of the request that it makes.
func (p *portal) ask(ctx context.Context, method string, options map[string]dbus.Variant, arguments ...any) (map[string]dbus.Variant, error) {
	options["handle_token"] = dbus.MakeVariant(newToken())
	quick, cancel := context.WithTimeout(context.WithoutCancel(ctx), portalTime) // what was begun has a name by which it can be ended
	defer cancel()
	var request dbus.ObjectPath
	call := p.desk.CallWithContext(quick, portalCast+"."+method, 0, append(arguments, options)...)
	if err := call.Store(&request); err != nil {
		return nil, err
	}
	for {
		select {
		case s, ok := <-p.said:
			switch {
			case !ok || p.ends(s):
				return nil, ErrGone
			case s.Sender == p.owner && s.Path == request && s.Name == "org.freedesktop.portal.Request.Response":
				return response(s.Body)
			}
		case <-ctx.Done():
			p.conn.Object(portalName, request).Go("org.freedesktop.portal.Request.Close", dbus.FlagNoReplyExpected, nil)
			return nil, ctx.Err()
		}
	}
}

// response is what a request answered.
func response(body []any) (map[string]dbus.Variant, error) {
	if len(body) != 2 {
		return nil, errPortal
	}
	code, isCode := body[0].(uint32)
	results, isResults := body[1].(map[string]dbus.Variant)
	switch {
	case !isCode || !isResults:
		return nil, errPortal
	case code != 0:
		return nil, errDeclined
	}
	return results, nil
}

// firstStream is the node of the first stream of an array of nodes with what is known about them.
func firstStream(v dbus.Variant) (uint32, error) {
	streams, ok := v.Value().([][]any)
	if !ok || len(streams) == 0 || len(streams[0]) == 0 {
		return 0, errPortal
	}
	node, ok := streams[0][0].(uint32)
	if !ok {
		return 0, errPortal
	}
	return node, nil
}

// newToken names a request or a session.
func newToken() string { return "kith" + rand.Text() }

// ends says whether a signal is the end of the session: the person stopped it, or the desktop did.
func (p *portal) ends(s *dbus.Signal) bool {
	over := p.session != "" && s.Sender == p.owner && s.Path == p.session && s.Name == "org.freedesktop.portal.Session.Closed"
	p.over = p.over || over
	return over
}

// close ends the session, so that the desktop no longer says that something is shared.
func (p *portal) close() {
	if p.session != "" && !p.over {
		p.conn.Object(portalName, p.session).Go("org.freedesktop.portal.Session.Close", dbus.FlagNoReplyExpected, nil)
	}
	_ = p.conn.Close()
}

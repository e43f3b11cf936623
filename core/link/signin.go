package link

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"strconv"

	"kith/core/wire"
)

// connect makes a connection and signs in. Where the server may have meant another channel binding it tries once more
// without any, on a new connection.
func (l *Link) connect(ctx context.Context) (*stream, error) {
	pins := l.course.pins
	s, err := l.signIn(ctx)
	if again, ok := unbound(pins, err); ok {
		l.course.pins = again
		if s, err = l.signIn(ctx); err != nil {
			l.course.pins = pins
		}
	}
	return s, err
}

// signIn is one attempt.
func (l *Link) signIn(ctx context.Context) (*stream, error) {
	d, err := newDialer(l.cfg, l.shared.timing, l.start, l.hint)
	if err != nil {
		return nil, err
	}
	select {
	case <-l.hint: // this attempt is the one that it wants
	default:
	}
	conn, err := d.dial(ctx, l.course.first)
	if err != nil {
		l.course.first = nil
		return nil, err
	}
	l.young.Store(conn.raw)
	defer l.young.Store(nil)
	s := &stream{conn: conn, in: wire.NewReader(conn)}
	end := s.within(ctx, l.shared.timing.signIn)
	defer end()
	if err := l.negotiate(s); err != nil {
		_ = conn.raw.Close()
		return nil, err
	}
	return s, nil
}

// negotiate signs in and takes up the old session or begins a new one.
func (l *Link) negotiate(s *stream) error {
	if err := s.open(l.cfg.JID); err != nil {
		return err
	}
	way, err := newLogin(l.cfg, l.course.pins, s.conn.ConnectionState(), s.features)
	if err != nil {
		return err
	}
	pins, err := s.authenticate(way)
	if err != nil {
		return err
	}
	l.course.pins = pins
	s.in.Roster(l.cfg.JID)
	if err := s.open(l.cfg.JID); err != nil {
		return err
	}
	if err := l.takeUp(s); s.resumed || err != nil {
		return err
	}
	if err := s.bind(l.course.resource); err != nil {
		return err
	}
	s.managed, err = s.enable()
	return err
}

// takeUp tries to resume the session. When the server does not know it any more the session is over, and what the server
// says it received of it is acknowledged.
func (l *Link) takeUp(s *stream) error {
	id, handled := l.shared.resume(s)
	if id == "" {
		return nil
	}
	err := error(&wire.SMFailed{Condition: wire.FeatureNotImplemented})
	var h uint32
	if s.features.SM {
		h, err = s.resume(id, handled)
	}
	if err == nil {
		s.resumed = true
		err = l.receiver.acknowledge(h)
	}
	var failed *wire.SMFailed
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failed):
		if failed.HasH {
			_ = l.receiver.acknowledge(failed.H) // a wrong count acknowledges nothing, and the session is over anyway
		}
		err = nil
	case !errors.Is(err, ErrProtocol):
		return err // the network's fault: the session may live on
	}
	l.receiver.forget()
	return err
}

// online makes the stream the Link's, and tells.
func (l *Link) online(s *stream) error {
	l.shared.connected(s)
	l.course.hops, l.course.doubts, l.course.worked = 0, 0, true
	l.receiver.inbox.put(Online{Resumed: s.resumed, JID: s.jid, Features: s.features, Pins: l.course.pins}, 0)
	for _, e := range s.early {
		if err := l.receiver.dispatch(e, 0); err != nil {
			return err
		}
	}
	s.early = nil
	if s.managed != nil {
		l.shared.enable(s.managed.ID)
		if at := parseTarget(s.managed.Location, s.conn.direct); at != nil {
			l.course.first = at
		}
	}
	return s.conn.raw.watch(vigil{ask: l.shared.probe, expire: l.receiver.expire})
}

// maxHops bounds how often a server may send us elsewhere before we start over.
const maxHops = 3

// maxDoubts bounds how often a password that has worked on this Link is tried again after a refusal: servers refuse also when
// their own storage is in trouble, and nobody should have to type it in again for that.
const maxDoubts = 2

// patience says when to try again.
type patience uint8

const (
	usual patience = iota
	atOnce
	seldom
	never // a person has to act first
)

// turn draws the consequences of a connection's end for the next one.
func (c *course) turn(err error) patience {
	var s *wire.StreamError
	switch {
	case errors.Is(err, ErrPassword) && c.worked && c.doubts < maxDoubts:
		c.doubts++
		return usual
	case errors.Is(err, ErrPassword), errors.Is(err, ErrRefused), errors.Is(err, ErrDowngrade):
		return never
	case errors.Is(err, ErrConflict) && c.other:
		return seldom // somebody else insists: two programs must not throw each other out without end
	case errors.Is(err, ErrConflict):
		c.other = true
		c.resource += "-" + rand.Text()[:5]
		return atOnce
	case errors.As(err, &s) && s.Condition == "see-other-host" && c.hops < maxHops:
		if c.first = parseTarget(s.OtherHost, false); c.first == nil {
			return usual
		}
		c.hops++
		return atOnce
	}
	return usual
}

// parseTarget reads where a server sends us: host or host:port, IPv6 in brackets (RFC 6120 §4.9.3.19). It is nil for
// anything else. Where it leads does not matter: the certificate must be for the account's domain there, too.
func parseTarget(text string, direct bool) *target {
	if text == "" {
		return nil
	}
	host, digits, err := net.SplitHostPort(text)
	if err != nil {
		host, digits, err = net.SplitHostPort(text + ":" + strconv.Itoa(usualPort))
	}
	port, notNumber := strconv.ParseUint(digits, 10, 16)
	if err != nil || notNumber != nil || port == 0 || host == "" {
		return nil
	}
	return &target{host: host, port: uint16(port), direct: direct}
}

package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// stream is one connection from TLS to its end: what is said before the first stanza (RFC 6120 §4, §6, §7; XEP-0198 §3, §5).
// Only one goroutine uses it until it is online.
type stream struct {
	conn     *secured
	in       *wire.Reader
	features wire.Features
	jid      model.JID       // ours, once bound
	resumed  bool            // it goes on with an earlier session
	managed  *wire.SMEnabled // nil: no stream management, or resumed
	early    []*wire.Element // stanzas that came before the sign-in ended
}

// startTLS asks for encryption on a raw connection (RFC 6120 §5). The caller goes on with the handshake. What the server says
// before TLS is believed in nothing but that it will encrypt, and nothing of it is taken over.
func startTLS(raw io.ReadWriter, domain model.JID) error {
	in := wire.NewReader(raw)
	if _, err := raw.Write(wire.OpenStream(domain, "", "")); err != nil {
		return unreachable("open stream", err)
	}
	if _, err := in.Header(); err != nil {
		return readError(err)
	}
	e, err := in.Next()
	if err != nil {
		return readError(err)
	}
	if s := wire.ParseStreamError(e); s != nil {
		return fmt.Errorf("%w: %s", streamErrorKind(s), s.Condition) // not wrapped: nobody is sent elsewhere in clear text
	}
	if f, ok := wire.ParseFeatures(e); !ok || !f.StartTLS {
		return ErrNoTLS
	}
	if _, err := raw.Write(wire.StartTLS().Append(nil, wire.NSClient)); err != nil {
		return unreachable("ask for TLS", err)
	}
	if e, err = in.Next(); err != nil {
		return readError(err)
	}
	if !wire.IsProceed(e) {
		return ErrNoTLS
	}
	if in.Buffered() != 0 {
		return protocol("text put in front of TLS")
	}
	return nil
}

// open starts a stream, or starts it again, and reads what the server offers.
func (s *stream) open(own model.JID) error {
	if err := s.write(wire.OpenStream(model.JID(own.Domain()), own.Bare(), "")); err != nil {
		return err
	}
	header, err := s.in.Header()
	if err != nil {
		return readError(err)
	}
	if header.Version == "" || header.Version[0] == '0' {
		return protocol("stream of an old version")
	}
	e, err := s.next()
	if err != nil {
		return err
	}
	features, ok := wire.ParseFeatures(e)
	if !ok {
		return protocol("stream without features")
	}
	s.features = features
	return nil
}

// authenticate signs in (RFC 6120 §6) and returns what to remember.
func (s *stream) authenticate(l *login) (model.Pins, error) {
	if err := s.send(wire.Auth(l.chosen.name, l.initial())); err != nil {
		return model.Pins{}, err
	}
	answered, proved := false, l.scram == nil
	for {
		e, err := s.next()
		if err != nil {
			return model.Pins{}, err
		}
		if f := wire.ParseSASLFailure(e); f != nil {
			return model.Pins{}, l.refused(f)
		}
		if data, ok := wire.ParseSuccess(e); ok {
			if !proved {
				err = l.scram.verify(data)
			}
			return l.learned(), err
		}
		data, ok := wire.ParseChallenge(e)
		if !ok || proved {
			return model.Pins{}, protocol("not a challenge")
		}
		var response []byte
		if answered {
			err, proved = l.scram.verify(data), true
		} else {
			response, err = l.scram.final(data)
			answered = true
		}
		if err != nil {
			_ = s.send(wire.Abort()) // a courtesy; the connection ends anyway
			return model.Pins{}, err
		}
		if err := s.send(wire.Response(response)); err != nil {
			return model.Pins{}, err
		}
	}
}

// resume tries to go on with a session (XEP-0198 §5). The error is a *wire.SMFailed when the server knows it no more.
func (s *stream) resume(id string, handled uint32) (h uint32, err error) {
	if err := s.send(wire.SMResume(id, handled)); err != nil {
		return 0, err
	}
	e, err := s.next()
	if err != nil {
		return 0, err
	}
	if failed := wire.ParseSMFailed(e); failed != nil {
		return 0, failed
	}
	previd, h, ok := wire.ParseSMResumed(e)
	if !ok || previd != "" && previd != id {
		return 0, protocol("not the end of a resumption")
	}
	return h, nil
}

// bind takes an address (RFC 6120 §7), with that resource if the server agrees.
func (s *stream) bind(resource string) error {
	if !s.features.Bind {
		return protocol("no resource binding")
	}
	e, err := s.ask("bind", wire.BindRequest(resource))
	if err != nil {
		return err
	}
	jid, ok := wire.ParseBind(e.First())
	if !ok {
		return protocol("no address bound")
	}
	s.jid = jid
	if s.features.Session {
		_, err = s.ask("session", wire.SessionRequest())
	}
	return err
}

// ask sends a request to the own server and waits for the answer.
func (s *stream) ask(id string, payload *wire.Element) (*wire.Element, error) {
	if err := s.send(wire.IQ{ID: id, Type: wire.TypeSet, Payload: payload}.Element()); err != nil {
		return nil, err
	}
	e, err := s.await(func(e *wire.Element) bool { return e.Is(wire.NSClient, "iq") && wire.ID(e) == id })
	if err != nil {
		return nil, err
	}
	if failure := wire.ParseError(e); failure != nil {
		return nil, bindError(failure)
	}
	return e, nil
}

// bindError sorts what RFC 6120 §7.6.2 lets a server answer.
func bindError(e *wire.StanzaError) error {
	switch e.Condition {
	case wire.Conflict:
		return ErrConflict
	case wire.ResourceConstraint:
		return fmt.Errorf("%w: too many connections", ErrUnreachable)
	default:
		return fmt.Errorf("%w: bind: %s", ErrProtocol, e.Condition)
	}
}

// enable turns stream management on, if the server has it (XEP-0198 §3). Nil: it has not, or refuses.
func (s *stream) enable() (*wire.SMEnabled, error) {
	if !s.features.SM {
		return nil, nil
	}
	if err := s.send(wire.SMEnable(true)); err != nil {
		return nil, err
	}
	e, err := s.await(func(e *wire.Element) bool { return e.Space == wire.NSSM && !wire.IsSMRequest(e) })
	if err != nil {
		return nil, err
	}
	if on, ok := wire.ParseSMEnabled(e); ok {
		return &on, nil
	}
	return nil, nil
}

// maxEarly bounds the stanzas that may come before the answers of sign-in.
const maxEarly = 64

// await reads up to an element. Stanzas before it are kept for the reader; they are not counted.
func (s *stream) await(wanted func(*wire.Element) bool) (*wire.Element, error) {
	for {
		e, err := s.next()
		switch {
		case err != nil:
			return nil, err
		case wanted(e):
			return e, nil
		case len(s.early) == maxEarly:
			return nil, protocol("too many stanzas before the sign-in ended")
		case wire.IsStanza(e):
			s.early = append(s.early, e)
		}
	}
}

// next reads one element that is no stream error.
func (s *stream) next() (*wire.Element, error) {
	e, err := s.in.Next()
	if err != nil {
		return nil, readError(err)
	}
	if err := streamError(e); err != nil {
		return nil, err
	}
	return e, nil
}

func (s *stream) send(e *wire.Element) error { return s.write(e.Append(nil, wire.NSClient)) }

func (s *stream) write(b []byte) error {
	if _, err := s.conn.Write(b); err != nil {
		return unreachable("write", err)
	}
	return nil
}

// within bounds the time of what follows, also by ctx. The bounds end with the function it returns.
func (s *stream) within(ctx context.Context, d time.Duration) (end func()) {
	_ = s.conn.raw.SetDeadline(time.Now().Add(d)) // fails on a closed connection only
	stop := context.AfterFunc(ctx, func() { _ = s.conn.raw.Close() })
	return func() { stop() }
}

// readError makes an error of the package of what the reader says.
func readError(err error) error {
	switch {
	case errors.Is(err, wire.ErrSyntax), errors.Is(err, wire.ErrTooLarge), errors.Is(err, wire.ErrTooDeep):
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: it closed the connection", ErrUnreachable)
	case errors.Is(err, errStalled):
		return fmt.Errorf("%w: %w", ErrUnreachable, errStalled)
	default:
		return unreachable("read", err)
	}
}

// streamError is nil when e is no stream error (RFC 6120 §4.9); it wraps the *wire.StreamError.
func streamError(e *wire.Element) error {
	s := wire.ParseStreamError(e)
	if s == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", streamErrorKind(s), s)
}

// streamErrorKind is what a condition of RFC 6120 §4.9.3 means for us: either we did something that the server does not
// understand, or it cannot serve us now.
func streamErrorKind(s *wire.StreamError) error {
	switch s.Condition {
	case "conflict":
		return ErrConflict
	case "host-unknown", "host-gone":
		return ErrNoServer
	case "bad-format", "bad-namespace-prefix", "improper-addressing", "invalid-from", "invalid-namespace", "invalid-xml",
		"not-well-formed", "restricted-xml", "unsupported-encoding", "unsupported-feature", "unsupported-stanza-type",
		"unsupported-version":
		return ErrProtocol
	default: // not-authorized, too: that an account is gone is for the next sign-in to say
		return ErrUnreachable
	}
}

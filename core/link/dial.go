package link

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"kith/core/model"
)

const (
	lookupTimeout = 10 * time.Second // for both SRV records
	stagger       = 250 * time.Millisecond
	maxAttempts   = 16 // at once, of a dial
)

// dialer finds the account's server and makes a verified TLS connection to it. It knows nothing of accounts and passwords.
type dialer struct {
	domain   string
	given    *target // by the person; nil: DNS is asked
	resolver *net.Resolver
	tls      *tls.Config
	timing   timing
	start    func(func())    // runs a function beside, and is waited for when the Link closes
	hint     <-chan struct{} // the network is another one: what was begun in the one before may hang until its time is over
}

func newDialer(cfg Config, t timing, start func(func()), hint <-chan struct{}) (*dialer, error) {
	config, err := tlsConfig(cfg.JID.Domain(), cfg.RootCAs)
	if err != nil {
		return nil, err
	}
	d := &dialer{domain: config.ServerName, resolver: prompt(cfg.Resolver), tls: config, timing: t, start: start, hint: hint}
	if cfg.Host != "" {
		d.given = &target{host: cfg.Host, port: cfg.Port, direct: cfg.DirectTLS}
		if cfg.Port == 0 {
			d.given.port = usualPort
		}
	}
	return d, nil
}

// prompt is the resolver r, or the system's if nil, that gives up when its context ends: Go's own waits on for an answer.
func prompt(r *net.Resolver) *net.Resolver {
	if r == nil {
		r = net.DefaultResolver
	}
	dial := r.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	return &net.Resolver{
		PreferGo: r.PreferGo, StrictErrors: r.StrictErrors,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err == nil {
				context.AfterFunc(ctx, func() { _ = conn.Close() }) // ctx ends with the exchange at the latest
			}
			return conn, err
		},
	}
}

// secured is a verified TLS connection, with the raw one that TLS runs on.
type secured struct {
	*tls.Conn
	raw    *pulse
	direct bool // TLS from the first byte
}

// dial makes a connection to the first place that answers properly. first, if not nil, is tried before what DNS says: the
// server itself sent us there. All places get their chance, one every 250 ms or as soon as one has failed (RFC 8305 §5).
func (d *dialer) dial(ctx context.Context, first *target) (*secured, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timing.dial)
	defer cancel()
	var targets []target
	var err error
	if d.given != nil {
		targets = []target{*d.given}
	} else {
		targets, err = d.find(ctx)
	}
	if first != nil {
		targets = append([]target{*first}, targets...)
	}
	if len(targets) == 0 {
		return nil, err
	}
	return d.race(ctx, targets)
}

// find asks DNS, and asks again when the network is another one.
func (d *dialer) find(ctx context.Context) (targets []target, err error) {
	for {
		asking, stop := context.WithTimeout(ctx, lookupTimeout)
		found := make(chan struct{})
		d.start(func() {
			defer close(found)
			targets, err = d.lookup(asking)
		})
		select {
		case <-found:
			stop()
			return targets, err
		case <-d.hint:
			stop()
			<-found
		}
	}
}

type outcome struct {
	conn *secured
	err  error
}

// race runs the attempts. The first connection wins; the others are closed. When the network is another one all get another chance, beside the
// attempts that go on.
func (d *dialer) race(ctx context.Context, targets []target) (*secured, error) {
	ctx, cancel := context.WithCancel(ctx)
	outcomes := make(chan outcome)
	running := 0
	defer func() {
		cancel()
		for ; running > 0; running-- {
			if o := <-outcomes; o.conn != nil {
				_ = o.conn.raw.Close() // a loser; nobody has spoken on it
			}
		}
	}()
	var worst error
	all := targets
	next := time.NewTimer(0)
	defer next.Stop()
	for len(targets) > 0 || running > 0 {
		select {
		case <-next.C:
			if len(targets) == 0 {
				continue
			}
			t := targets[0]
			targets = targets[1:]
			running++
			d.start(func() {
				conn, err := d.attempt(ctx, t)
				outcomes <- outcome{conn, err}
			})
			next.Reset(stagger)
		case <-d.hint:
			if running < maxAttempts {
				targets = all
				next.Reset(0)
			}
		case o := <-outcomes:
			running--
			if o.err == nil {
				return o.conn, nil
			}
			worst = telling(worst, o.err)
			next.Reset(0)
		}
	}
	return nil, worst
}

// telling is the one of two failures that says more to a person.
func telling(a, b error) error {
	for _, kind := range []error{ErrCertificate, ErrNoTLS, ErrProtocol, ErrUnreachable} {
		switch {
		case errors.Is(a, kind):
			return a
		case errors.Is(b, kind):
			return b
		}
	}
	return b
}

// attempt makes a verified TLS connection to one place.
func (d *dialer) attempt(ctx context.Context, t target) (*secured, error) {
	tcp, err := (&net.Dialer{Resolver: d.resolver}).DialContext(ctx, "tcp", t.addr())
	if err != nil {
		var dns *net.DNSError
		if errors.As(err, &dns) && dns.IsNotFound {
			return nil, ErrNoServer
		}
		return nil, unreachable("connect", err)
	}
	raw := &pulse{Conn: tcp, timing: d.timing}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stop()
	config := d.tls
	if t.direct {
		config = config.Clone()
		config.NextProtos = []string{"xmpp-client"}
	} else if err := startTLS(raw, model.JID(d.domain)); err != nil {
		_ = raw.Close()
		return nil, err
	}
	conn := tls.Client(raw, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, handshakeError(err)
	}
	if !stop() {
		_ = raw.Close()
		return nil, unreachable("connect", ctx.Err())
	}
	return &secured{conn, raw, t.direct}, nil
}

package core

import (
	"context"
	"sync"
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// services are the STUN and TURN servers that an account's server names (XEP-0215). Calls ask for them on their own goroutines.
type services struct {
	mu    sync.Mutex
	known []wire.ExternalService
	until time.Time
}

const (
	servicesLife = time.Hour       // of what names no end
	servicesSpan = 2 * time.Minute // that credentials have to hold on to be used
)

// get asks for them, unless those that are known still hold. A server that knows of none has none.
func (s *services) get(ctx context.Context, a *account) []wire.ExternalService {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.until) {
		return s.known
	}
	el, err := a.link.Query(ctx, wire.IQ{Type: wire.TypeGet, To: model.JID(a.own.Domain()), Payload: wire.ServicesRequest("")})
	if err != nil {
		a.log.Debug("find services", "err", err)
		return s.known
	}
	found, _ := wire.ParseServices(el.First())
	until := time.Now().Add(servicesLife)
	for i, f := range found {
		if f.Restricted && f.Username == "" {
			found[i] = credentials(ctx, a, f)
		}
		if e := found[i].Expires; !e.IsZero() && e.Add(-servicesSpan).Before(until) {
			until = e.Add(-servicesSpan)
		}
	}
	s.known, s.until = found, until
	return found
}

// credentials asks for what a restricted service needs; without an answer it stays as it is.
func credentials(ctx context.Context, a *account, f wire.ExternalService) wire.ExternalService {
	el, err := a.link.Query(ctx, wire.IQ{Type: wire.TypeGet, To: model.JID(a.own.Domain()), Payload: wire.CredentialsRequest(f)})
	if err != nil {
		return f
	}
	got, _ := wire.ParseServices(el.First())
	return credited(f, got)
}

// credited puts into a service what was given for it. An answer may name others of the same host, with other ports and transports
// (XEP-0215 §3.3): the service stays where it is.
func credited(f wire.ExternalService, got []wire.ExternalService) wire.ExternalService {
	for _, g := range got {
		if g.Username != "" && g.Host == f.Host && g.Type == f.Type {
			f.Username, f.Password, f.Expires = g.Username, g.Password, g.Expires
			if g.Port == f.Port && g.Transport == f.Transport {
				break // the very one
			}
		}
	}
	return f
}

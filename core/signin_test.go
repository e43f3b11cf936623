package core

import (
	"context"
	"errors"
	"testing"

	"kith/core/coretest"
	"kith/core/model"
)

// Every way in which signing in goes wrong has its own kind, and leaves nothing behind.
func TestSignInFailures(t *testing.T) {
	good := coretest.StartProsody(t, coretest.Options{})
	expired := coretest.StartProsody(t, coretest.Options{Certificate: coretest.CertExpired})
	early := coretest.StartProsody(t, coretest.Options{Certificate: coretest.CertEarly})
	foreign := coretest.StartProsody(t, coretest.Options{Certificate: coretest.CertForeign})
	plain := coretest.StartProsody(t, coretest.Options{TLS: coretest.TLSNone})
	for _, s := range []*coretest.Server{good, expired, early, foreign, plain} {
		s.AddUser(t, "anna", "right-canary")
	}
	login := func(s *coretest.Server, password model.Secret) Login {
		return Login{Address: "anna@" + s.Domain, Password: password, Host: s.Host, Port: uint16(s.Port)}
	}
	tests := []struct {
		name  string
		login Login
		kind  FailKind
		fault string
	}{
		{"wrong password", login(good, "wrong-canary"), FailPassword, ""},
		{"expired certificate", login(expired, "right-canary"), FailCertificate, "expired"},
		{"certificate of tomorrow", login(early, "right-canary"), FailCertificate, "not-yet"},
		{"certificate of nobody we know", login(foreign, "right-canary"), FailCertificate, "foreign"},
		{"no TLS", login(plain, "right-canary"), FailNoTLS, ""},
		{"nobody listens", Login{Address: "anna@example.test", Password: "x", Host: "127.0.0.1", Port: 1}, FailUnreachable, ""},
		{"unknown domain", Login{Address: "anna@nowhere.test", Password: "x"}, FailUnreachable, ""},
		{"an address with a space", Login{Address: "an na@example.test", Password: "x"}, FailAddress, ""},
		{"no address at all", Login{Address: "anna", Password: "x"}, FailAddress, ""},
		{"a full address", Login{Address: "anna@example.test/phone", Password: "x"}, FailAddress, ""},
	}
	p := &person{t: t, dir: t.TempDir(), options: Options{
		Log: coretest.NewCanary(t, "canary", "anna@"), RootCAs: good.CA, Resolver: coretest.StartDNS(t),
	}}
	p.open()
	t.Cleanup(p.close)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			_, err := p.client.Accounts.Add(ctx, tt.login)
			if KindOf(err) != tt.kind || CertificateFault(err) != tt.fault {
				t.Errorf("%v is %v %q, want %v %q", err, KindOf(err), CertificateFault(err), tt.kind, tt.fault)
			}
			if all, err := p.client.Accounts.List(ctx); err != nil || len(all) != 0 {
				t.Errorf("%d accounts left behind, %v", len(all), err)
			}
		})
	}
	id, err := p.client.Accounts.Add(t.Context(), login(good, "right-canary"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.client.Accounts.Add(t.Context(), login(good, "right-canary")); !errors.Is(err, ErrExists) {
		t.Errorf("the same account twice: %v", err)
	}
	if err := p.client.Accounts.Remove(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if all, err := p.store.Accounts(); err != nil || len(all) != 0 {
		t.Errorf("%d accounts after removal, %v", len(all), err)
	}
}

// What is told of an account says that the person wants it, from the first try on, and no longer once they signed out of it.
func TestEnabledIsTold(t *testing.T) {
	s := startTiny(t, rosterOnly)
	p := &person{t: t, dir: t.TempDir(), options: Options{Log: coretest.NewCanary(t, "anna@"), RootCAs: s.ca}}
	p.open()
	t.Cleanup(p.close)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	wanted, last := true, model.Connecting
	follow := func(st model.LinkState) {
		for last != st {
			ev, err := p.events.Next(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if ev, ok := ev.(AccountChanged); ok {
				last = ev.Account.State
				if ev.Account.Enabled != wanted {
					t.Errorf("%v is told with enabled %v", last, ev.Account.Enabled)
				}
			}
		}
	}
	proxy := coretest.StartProxy(t, s.listener.Addr().String())
	proxy.Stall(true)
	var id model.AccountID
	added := make(chan error)
	go func() {
		var err error
		id, err = p.client.Accounts.Add(ctx, Login{Address: string(annaJID), Password: "x", Host: "127.0.0.1", Port: uint16(proxy.Port()), DirectTLS: true})
		added <- err
	}()
	last = model.Offline
	follow(model.Connecting)
	proxy.Stall(false)
	follow(model.Online)
	if err := <-added; err != nil {
		t.Fatal(err)
	}
	wanted = false // what was not read of before is folded into it
	if err := p.client.Accounts.Disconnect(ctx, id); err != nil {
		t.Fatal(err)
	}
	follow(model.Offline)
	wanted = true
	if err := p.client.Accounts.Connect(ctx, id); err != nil {
		t.Fatal(err)
	}
	follow(model.Online)
	if all, err := p.client.Accounts.List(ctx); err != nil || len(all) != 1 || !all[0].Enabled {
		t.Errorf("%d accounts, %v", len(all), err)
	}
}

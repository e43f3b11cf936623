package main

import (
	"context"
	"time"

	"kith/core"
	"kith/core/model"
)

// signInTimeout bounds account.add: a server that takes the connection and says nothing is as good as unreachable.
const signInTimeout = time.Minute

// accountRef is the parameter of everything that is done with one of our accounts.
type accountRef struct {
	Account model.AccountID `json:"account"`
}

type passwordParams struct {
	accountRef
	Password string `json:"password"`
}

// accountInfo is an account as the caller sees it.
type accountInfo struct {
	Account     model.AccountID   `json:"account"`
	JID         model.JID         `json:"jid"`
	State       string            `json:"state"`
	Error       string            `json:"error,omitempty"` // as error.data.kind of account.add
	Device      model.DeviceID    `json:"device"`
	Fingerprint model.Fingerprint `json:"fingerprint"`
}

func accountOf(s core.AccountStatus) accountInfo {
	return accountInfo{
		Account: s.ID, JID: s.JID, State: s.State.String(), Error: core.KindOf(s.Err).String(),
		Device: s.Device, Fingerprint: s.Fingerprint,
	}
}

type loginParams struct {
	JID       string `json:"jid"`
	Password  string `json:"password"`
	Host      string `json:"host,omitempty"`
	Port      uint16 `json:"port,omitempty"`
	DirectTLS bool   `json:"directTLS,omitempty"`
}

// login checks what belongs together.
func (p loginParams) login() (core.Login, error) {
	if p.Host == "" && (p.Port != 0 || p.DirectTLS) {
		return core.Login{}, badParams("port and directTLS need host")
	}
	return core.Login{
		Address: p.JID, Password: model.Secret(p.Password), Host: p.Host, Port: p.Port, DirectTLS: p.DirectTLS,
	}, nil
}

func accountMethods(a *core.Accounts) []method {
	return []method{
		slow("account.add", func(ctx context.Context, p loginParams) (accountRef, error) {
			login, err := p.login()
			if err != nil {
				return accountRef{}, err
			}
			ctx, cancel := context.WithTimeoutCause(ctx, signInTimeout, core.ErrOffline)
			defer cancel()
			id, err := a.Add(ctx, login)
			return accountRef{id}, err
		}),
		quick("account.list", func(ctx context.Context, _ none) ([]accountInfo, error) {
			all, err := a.List(ctx)
			list := make([]accountInfo, 0, len(all))
			for _, s := range all {
				list = append(list, accountOf(s))
			}
			return list, err
		}),
		quick("account.connect", func(ctx context.Context, p accountRef) (done, error) {
			return done{}, a.Connect(ctx, p.Account)
		}),
		slow("account.password", func(ctx context.Context, p passwordParams) (done, error) {
			return done{}, a.SetPassword(ctx, p.Account, model.Secret(p.Password))
		}),
		slow("account.disconnect", func(ctx context.Context, p accountRef) (done, error) {
			return done{}, a.Disconnect(ctx, p.Account)
		}),
		slow("account.remove", func(ctx context.Context, p accountRef) (done, error) {
			return done{}, a.Remove(ctx, p.Account)
		}),
	}
}

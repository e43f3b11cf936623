package main

import (
	"context"
	"slices"

	"kith/core"
	"kith/core/model"
)

// deviceInfo is an OMEMO device as the caller sees it.
type deviceInfo struct {
	Device      model.DeviceID    `json:"device"`
	Fingerprint model.Fingerprint `json:"fingerprint"`
	Trust       string            `json:"trust"`
	Active      bool              `json:"active"`
	Own         bool              `json:"own"`    // this very profile
	Silent      bool              `json:"silent"` // does not answer: nothing is encrypted for it until it does
	Protocols   []string          `json:"protocols"`
}

// omemoLegacy is the only protocol that Kith speaks so far.
const omemoLegacy = "eu.siacs.conversations.axolotl"

func deviceOf(d model.Device) deviceInfo {
	return deviceInfo{d.ID, d.Fingerprint, d.Trust.String(), d.Active, d.Own, d.Silent, []string{omemoLegacy}}
}

type trustParams struct {
	contactRef
	Fingerprint model.Fingerprint `json:"fingerprint"`
	Trust       string            `json:"trust"`
}

// devices adds what callers may not do: to ask about an account that is not here, or decide about a key that nobody has.
type devices struct {
	*core.Devices
	accounts *core.Accounts
}

func (d devices) list(ctx context.Context, p contactRef) ([]model.Device, model.JID, error) {
	jid, err := p.address()
	if err != nil {
		return nil, "", err
	}
	if err := d.accounts.Known(ctx, p.Account); err != nil {
		return nil, "", err
	}
	all, err := d.List(ctx, p.Account, jid)
	return all, jid, err
}

func (d devices) trust(ctx context.Context, p trustParams) (done, error) {
	trust, err := model.ParseTrust(p.Trust)
	if err != nil {
		return done{}, badParams("trust must be undecided, blind, verified or distrusted")
	}
	all, jid, err := d.list(ctx, p.contactRef)
	if err != nil {
		return done{}, err
	}
	if p.Fingerprint == "" || !slices.ContainsFunc(all, func(x model.Device) bool { return x.Fingerprint == p.Fingerprint }) {
		return done{}, failed("not-found", "there is no device with that fingerprint")
	}
	return done{}, d.Trust(ctx, p.Account, jid, p.Fingerprint, trust)
}

func deviceMethods(client *core.Client) []method {
	d := devices{client.Devices, client.Accounts}
	return []method{
		quick("device.list", func(ctx context.Context, p contactRef) ([]deviceInfo, error) {
			all, _, err := d.list(ctx, p)
			list := make([]deviceInfo, 0, len(all))
			for _, x := range all {
				list = append(list, deviceOf(x))
			}
			return list, err
		}),
		quick("device.trust", d.trust),
		contactAction("device.reset", d.Reset),
		contactAction("device.refresh", d.Refresh),
		slow("device.uri", func(ctx context.Context, p accountRef) (map[string]string, error) {
			uri, err := d.URI(ctx, p.Account)
			return map[string]string{"uri": uri}, err
		}),
	}
}

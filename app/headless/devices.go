package main

import (
	"context"

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

func deviceMethods(d *core.Devices) []method {
	return []method{
		quick("device.list", func(ctx context.Context, p contactRef) ([]deviceInfo, error) {
			jid, err := p.address()
			if err != nil {
				return nil, err
			}
			all, err := d.List(ctx, p.Account, jid)
			list := make([]deviceInfo, 0, len(all))
			for _, x := range all {
				list = append(list, deviceOf(x))
			}
			return list, err
		}),
		quick("device.trust", func(ctx context.Context, p trustParams) (done, error) {
			jid, err := p.address()
			if err != nil {
				return done{}, err
			}
			trust, err := model.ParseTrust(p.Trust)
			if err != nil {
				return done{}, badParams("trust must be undecided, blind, verified or distrusted")
			}
			return done{}, d.Trust(ctx, p.Account, jid, p.Fingerprint, trust)
		}),
		contactAction("device.reset", d.Reset),
		contactAction("device.refresh", d.Refresh),
		slow("device.uri", func(ctx context.Context, p accountRef) (map[string]string, error) {
			uri, err := d.URI(ctx, p.Account)
			return map[string]string{"uri": uri}, err
		}),
	}
}

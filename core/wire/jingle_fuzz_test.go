package wire_test

import (
	"strings"
	"testing"

	"kith/core/wire"
)

func FuzzXEP0166(f *testing.F) {
	fuzz(f, "xep0166", func(t *testing.T, e *wire.Element) {
		survive(t, e, wire.ParseJingle, wire.Jingle.Element)
		j, ok := wire.ParseJingle(e)
		if !ok {
			return
		}
		if j.SID == "" || j.Action == "" || len(j.Contents) > 8 || len(j.Bundle) > 8 {
			t.Errorf("out of bounds: %+v", j)
		}
		room := 100
		for _, c := range j.Contents {
			harmless(t, c.Name)
			if c.Transport != nil {
				room -= len(c.Transport.Candidates)
				harmlessTransport(t, *c.Transport)
			}
			if c.Description != nil {
				harmlessDescription(t, *c.Description)
			}
		}
		if room < 0 {
			t.Error("too many candidates")
		}
	})
}

// harmless checks that no value could begin a line or an attribute of SDP.
func harmless(t *testing.T, values ...string) {
	t.Helper()
	for _, s := range values {
		if strings.ContainsAny(s, " \r\n\t\x00") || len(s) > 256 {
			t.Errorf("harmful: %q", s)
		}
	}
}

func harmlessTransport(t *testing.T, tr wire.Transport) {
	harmless(t, tr.Ufrag, tr.Pwd)
	if d := tr.Fingerprint; d != nil {
		harmless(t, d.Hash, d.Setup, d.Value)
		if (d.Value == "") == (d.Sealed == nil) {
			t.Errorf("neither or both: %+v", d)
		}
	}
	for _, c := range tr.Candidates {
		harmless(t, c.ID, c.Foundation, c.Type)
		if c.Addr.Port() == 0 || c.Addr.Addr().Zone() != "" || c.Component < 1 || c.Component > 2 {
			t.Errorf("out of bounds: %+v", c)
		}
	}
}

func harmlessDescription(t *testing.T, d wire.Description) {
	params := func(all []wire.Parameter) {
		if len(all) > 32 {
			t.Errorf("%d parameters", len(all))
		}
		for _, p := range all {
			harmless(t, p.Name, strings.ReplaceAll(p.Value, " ", ""))
		}
	}
	feedback := func(all []wire.Feedback) {
		for _, f := range all {
			harmless(t, f.Type, f.Subtype)
		}
	}
	feedback(d.Feedback)
	for _, p := range d.Payloads {
		harmless(t, p.Name)
		params(p.Params)
		feedback(p.Feedback)
		if p.ID > 127 || p.Channels == 0 {
			t.Errorf("out of bounds: %+v", p)
		}
	}
	for _, x := range d.Extensions {
		harmless(t, x.URI)
	}
	for _, s := range d.Sources {
		params(s.Params)
	}
	for _, g := range d.SourceGroups {
		harmless(t, g.Semantics)
	}
	if len(d.Payloads) > 64 || len(d.Sources) > 32 {
		t.Error("too much")
	}
}

func FuzzXEP0353(f *testing.F) {
	fuzz(f, "xep0353", func(t *testing.T, e *wire.Element) {
		survive(t, e, wire.ParseCallMessage, func(m wire.CallMessage) *wire.Element { return wire.New("u", "a").Add(m.Element()) })
		if m, ok := wire.ParseCallMessage(e); ok {
			harmless(t, m.SID, m.Migrated, string(m.Reason))
		}
	})
}

func FuzzXEP0215(f *testing.F) {
	fuzz(f, "xep0215", func(t *testing.T, e *wire.Element) {
		services, _ := wire.ParseServices(e)
		for _, s := range services {
			if harmless(t, s.Host); s.Host == "" || strings.ContainsAny(s.Host, "?/@&#%") || s.Port == 0 || len(services) > 32 {
				t.Errorf("out of bounds: %+v", s)
			}
		}
	})
}

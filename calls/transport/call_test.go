package transport_test

import (
	"testing"

	"kith/core/wire"
)

// TestBundled: everything goes over one path, through two routers and with losses.
func TestBundled(t *testing.T) {
	a, b, _ := newCall(t, 0.05)
	agree(t, a, b, true, true)
	linked(t, a, b)
	talk(t, a, b, true)
	for _, s := range []*side{a, b} {
		if got := s.paths.Stats(); got.Paths != 1 || got.Relayed || got.Local == "" || got.Remote == "" || got.RTT <= 0 {
			t.Errorf("the path is %+v", got)
		}
	}
}

// TestApart: somebody who does not bundle, and does not say what will be sent, has a path for each content.
func TestApart(t *testing.T) {
	a, b, _ := newCall(t, 0.02)
	contents, _ := a.offer(true)
	contents, bundle := b.answer(undeclared(contents), nil)
	if len(bundle) != 0 {
		t.Fatalf("it bundles %q", bundle)
	}
	a.must(a.paths.Apply(undeclared(contents), nil))
	linked(t, a, b)
	talk(t, a, b, true)
	for _, s := range []*side{a, b} {
		if got := s.paths.Stats(); got.Paths != 2 {
			t.Errorf("the paths are %+v", got)
		}
	}
}

// undeclared takes out what is said of streams, and what names them in each packet: Dino has neither.
func undeclared(contents []wire.Content) []wire.Content {
	for _, c := range contents {
		c.Description.Sources, c.Description.SourceGroups, c.Description.Extensions = nil, nil, nil
	}
	return contents
}

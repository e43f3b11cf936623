package coretest

import (
	"strings"
	"testing"
)

// TestCoturn starts a relay and gives away the right to use it.
func TestCoturn(t *testing.T) {
	CheckGoroutines(t)
	r := StartCoturn(t)
	name, password := r.Credentials("anna")
	if !strings.HasSuffix(name, ":anna") || password == "" || r.Last <= r.First || !r.Relayed.IsValid() {
		t.Errorf("credentials %q for %+v", name, r)
	}
	if err := r.probe(); err != nil {
		t.Error(err)
	}
	r.process.kill()
	if err := r.probe(); err == nil {
		t.Error("somebody answers for a relay that was ended")
	}
}

package main

import "testing"

// TestDemo plays the whole demo on an invisible screen: real windows, real keys, a real server. What it looks for afterwards, both
// stories on both sides, nothing readable anywhere, is what it asserts.
func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("opens windows: not in -short")
	}
	t.Chdir("..")
	if !run(t.Context(), true, t.TempDir()) {
		t.Fatal("not everything was as it should be: see the list above")
	}
}

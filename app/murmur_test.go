package app

import (
	"bytes"
	"errors"
	"log" //nolint:depguard // as the toolkit does
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

// TestMurmur has the toolkit complain: only about the colours of the desktop nothing is heard.
func TestMurmur(t *testing.T) {
	var heard bytes.Buffer
	before := log.Writer()
	t.Cleanup(func() { log.SetOutput(before) })
	log.SetOutput(&heard)
	hush()
	fyne.LogError("first", errors.New("one"))
	fyne.LogError("failed to watch theme settings", errors.New("no bus"))
	if got := heard.String(); strings.Count(got, "\n") != 3 || !strings.Contains(got, "first") || !strings.Contains(got, "one") {
		t.Errorf("heard %q", got)
	}
	heard.Reset()
	log.Println("Fyne error:  failed to watch theme settings")
	log.Println("Fyne error:  another, in between")
	log.Println("  Cause: no bus")
	log.Println("  At: app_xdg.go:152")
	fyne.LogError("failed to watch theme settings", errors.New("no bus"))
	fyne.LogError("last", nil)
	if got := heard.String(); strings.Count(got, "\n") != 3 || !strings.Contains(got, "in between") || !strings.Contains(got, "last") {
		t.Errorf("heard %q", got)
	}
}

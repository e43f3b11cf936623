package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kith/core/coretest"
)

// TestRefused opens profiles that something has happened to, in real windows: each says in one sentence what to do, and Enter
// or Escape closes it.
func TestRefused(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	good := ready(t, s, "anna", func(*Kith) {})
	display := Invisible(t)
	const damaged = "What Kith stored is damaged. Put the profile folder back from a backup, or start with a new one."
	for _, c := range []struct {
		name, sentence, leave string
		harm                  func(dir string) error
	}{
		{"cut off", damaged, "Return", func(dir string) error { return os.Truncate(filepath.Join(dir, "kith.db"), 50_000) }},
		{"a damaged page", damaged, "Escape", func(dir string) error { return overwrite(filepath.Join(dir, "kith.db"), 2*4096+100) }},
		{"a damaged beginning", damaged, "Return", func(dir string) error { return overwrite(filepath.Join(dir, "kith.db"), 10) }},
		{
			"no key", "The messages are here, but the key to them is not. Put the whole profile folder back from a backup.", "Escape",
			func(dir string) error { return os.Remove(filepath.Join(dir, "keys.json")) },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(good.dir)); err != nil {
				t.Fatal(err)
			}
			if err := c.harm(dir); err != nil {
				t.Fatal(err)
			}
			w := display.Open("anna", program(t, windowed), dir, Place{X: 20, Y: 40, W: 600, H: 640}, "-ca-file", s.CAFile)
			w.On("refused")
			if !w.Sees(c.sentence) {
				t.Errorf("says %q", w.Ask("seen"))
			}
			w.Keys(c.leave)
			if status := w.Status(); status != 0 {
				t.Errorf("ends with %d", status)
			}
		})
	}
}

// TestNoScreen starts the window where there is none: a sentence, and no trace of a program that broke.
func TestNoScreen(t *testing.T) {
	for _, display := range []string{"", "DISPLAY=:4242"} {
		cmd := exec.Command(program(t, windowed), "-profile", t.TempDir())
		cmd.Env = []string{"HOME=" + t.TempDir(), "LANG=C.UTF-8", display}
		out, err := cmd.CombinedOutput()
		var ended *exec.ExitError
		// What libraries say before it is theirs.
		if !errors.As(err, &ended) || ended.ExitCode() != 1 || !strings.Contains(string(out), "kith: Kith finds no screen") || strings.Contains(string(out), "goroutine") {
			t.Errorf("with %q: %v\n%s", display, err, out)
		}
	}
}

// overwrite changes some bytes of a file.
func overwrite(file string, at int64) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte("damaged!"), at); err != nil {
		return err
	}
	return f.Close()
}

// TestSecondWindow starts Kith on a profile that is open: the second says so, and that it ends for this reason. The first
// stays as it is.
func TestSecondWindow(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	good := ready(t, s, "anna", func(*Kith) {})
	w := good.window(t, Place{X: 20, Y: 40, W: 1000, H: 700})
	second := w.Display.Open("anna", program(t, windowed), good.dir, Place{X: 300, Y: 100, W: 480, H: 420})
	second.Settle()
	second.Keys("Return")
	if status := second.Status(); status != 3 {
		t.Errorf("the second ends with %d", status)
	}
	w.On("chats")
}

package e2e

import (
	"testing"

	"kith/core/coretest"
)

// TestGerman opens the real window where the system is set to German, and where it is set to a language that Kith does not
// speak. What is English whatever the machine's language is, all other tests of windows show.
func TestGerman(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	p := ready(t, s, "anna", func(*Kith) {})
	for _, c := range []struct {
		locale, search, empty, appearance string
	}{
		{"de_AT.UTF-8", "Nachrichten und Leute suchen", "Noch keine Chats", "Aussehen"},
		{"tlh_DE.UTF-8", "Search messages and people", "No chats yet", "Appearance"},
	} {
		d := Invisible(t)
		d.Locale = c.locale
		w := d.Open("anna", program(t, windowed), p.dir, Place{20, 40, 1000, 740}, "-ca-file", s.CAFile, "-theme", "light")
		w.On("chats")
		for _, label := range []string{c.search, c.empty} {
			w.Until(label, func() bool { return w.Sees(label) })
		}
		w.Keys("ctrl+comma")
		w.Until(c.appearance, func() bool { return w.Sees(c.appearance) })
		if status := w.Close(); status != 0 {
			t.Errorf("%s: Kith ends with %d", c.locale, status)
		}
	}
}

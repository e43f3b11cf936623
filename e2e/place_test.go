package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kith/core/coretest"
)

// TestPlace leaves a chat in the middle of its history and in the middle of a sentence: both are there on coming back from
// another chat, in a window that became narrow and wide again, and the sentence also after Kith was closed.
func TestPlace(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	near, far := friend(s, 0), friend(s, 1)
	p := ready(t, s, "anna", func(k *Kith) {
		k.Send(far, "elsewhere")
		for n := range 60 {
			k.Send(near, fmt.Sprintf("message %d of many", n))
		}
	})
	w := p.window(t, Place{20, 40, 1000, 740})
	open := func() {
		w.Ask("open " + string(near))
		w.Until("the chat", func() bool { return w.Ask("selected") == string(near) })
		w.Shows("message 59 of many")
	}
	open()
	w.Keys("Prior", "Prior", "Prior")
	w.Until("older messages", func() bool { return len(w.messages()) > 0 && !slices.Contains(w.messages(), "message 59 of many") })
	w.Settle()
	before := w.messages()
	w.Write("half a sen")
	w.Until("the draft", func() bool { return w.Ask("text") == `"half a sen"` })

	w.Ask("open " + string(far))
	w.Shows("elsewhere")
	open()
	w.Until("the messages that were in sight", func() bool { return slices.Equal(w.messages(), before) })
	for _, size := range []string{"400x700", "1000x740"} {
		w.Ask("size " + size)
		w.Settle()
		if got := w.Ask("text"); got != `"half a sen"` || w.Ask("focus") != "Message|*widget.entry" {
			t.Errorf("at %s: the draft is %s, the keyboard is on %s", size, got, w.Ask("focus"))
		}
	}
	w.Until("the messages that were in sight", func() bool { return slices.Equal(w.messages(), before) })
	w.Write("tence")
	w.Until("the whole draft", func() bool { return w.Ask("text") == `"half a sentence"` })
	if status := w.Close(); status != 0 {
		t.Errorf("ends with %d", status)
	}
	w = p.window(t, Place{20, 40, 1000, 740})
	open()
	if got := w.Ask("text"); got != `"half a sentence"` {
		t.Errorf("after a restart the draft is %s", got)
	}
	w.Keys("ctrl+a", "BackSpace")
	w.Until("an empty composer", func() bool { return w.Ask("text") == `""` })
	w.Keys("ctrl+z")
	w.Until("the draft back", func() bool { return w.Ask("text") == `"half a sentence"` })
}

// messages are those of ours in sight.
func (w *Window) messages() (all []string) {
	for _, s := range strings.Split(w.Ask("seen"), "\t") {
		if words, ok := strings.CutPrefix(s, "You: "); ok {
			words, _, _ = strings.Cut(words, ",")
			all = append(all, words)
		}
	}
	slices.Sort(all) // objects are used again, so their order says nothing
	return all
}

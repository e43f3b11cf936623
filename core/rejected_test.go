package core

import (
	"strings"
	"testing"

	"kith/core/coretest"
	"kith/core/model"
)

// A message that is larger than the server takes ends the stream each time it is sent. It fails, and what stands behind it leaves.
func TestLargerThanTheServerTakes(t *testing.T) {
	t.Run("prosody", func(t *testing.T) { largerThanTaken(t, coretest.StartProsody) })
	t.Run("ejabberd", func(t *testing.T) { largerThanTaken(t, coretest.StartEjabberd) })
}

func largerThanTaken(t *testing.T, start func(coretest.TB, coretest.Options) *coretest.Server) {
	s := start(t, coretest.Options{MaxStanza: 20_000})
	anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
	befriend(anna, ben)
	anna.reaches(anna.send(ben.jid, "before"), model.Sent)
	large := anna.send(ben.jid, strings.Repeat("large ", 5000))
	behind := anna.send(ben.jid, "behind")
	anna.until("the large one is given up", func() bool {
		m, err := anna.store.Message(large)
		if err != nil {
			t.Fatal(err)
		}
		return m.State == model.Failed
	})
	anna.reaches(behind, model.Sent)
	ben.gets(anna.jid, "behind")
}

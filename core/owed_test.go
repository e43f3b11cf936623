package core

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/storage"
)

// A ratchet that asks for an answer soon after one was sent gets it later, not never.
func TestAnswerSoonAfterAnswer(t *testing.T) {
	p := unconnected(t)
	ben := newSealer(t, benJID)
	n := 0
	feed := func(sealed ...string) {
		for _, x := range sealed {
			n++
			p.feed(strings.Replace(fromBen, "x1", fmt.Sprint("m", n), 1) + x + "</message>")
		}
	}
	answers := func() (count int) {
		all, err := p.store.Outbox(p.account, storage.OutboxPage{})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range all {
			if q.Kind == storage.QueuedEmpty {
				count++
			}
		}
		return count
	}
	feed(ben.seal(p, []byte("first")).Element().String())
	feed(ben.more(p, slices.Repeat([]string{"and on"}, 60)...)...)
	if got := answers(); got != 1 {
		t.Fatalf("%d answers wait, want 1", got)
	}
	p.inside(func(a *account) {
		for key := range a.in.answered {
			a.in.answered[key] = time.Now().Add(-answerEvery)
		}
	})
	feed(ben.more(p, "later")...)
	if got := answers(); got != 2 {
		t.Errorf("%d answers wait, want 2", got)
	}
}

package transport_test

import (
	"fmt"
	"testing"
)

// TestQuiet: who is silent and shows nothing lets each path be seen to be open all the same, also for those who do not say what they will send.
// Dino shows a call as connected with the first packet that comes.
func TestQuiet(t *testing.T) {
	for _, bundles := range []bool{true, false} {
		t.Run(fmt.Sprint(bundles), func(t *testing.T) {
			a, b, i := newCall(t, 0)
			contents, bundle := a.offer(true)
			if !bundles {
				bundle = nil
			}
			contents, bundle = b.answer(undeclared(contents), bundle)
			a.must(a.paths.Apply(undeclared(contents), bundle))
			linked(t, a, b)
			a.session.Start()
			b.session.Start()
			paths := map[bool]int{true: 1, false: 2}[bundles]
			eventually(t, "a report on each path, both ways", a, b, func() bool {
				i.mu.Lock()
				defer i.mu.Unlock()
				return len(i.ports) == 2*paths
			})
		})
	}
}

package coretest

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// CheckGoroutines fails the test when, at its end, goroutines run that did not run at this call. Call it first in a test,
// so that it looks last, and not in parallel tests. Goroutines whose stack holds one of the ignored texts may stay.
func CheckGoroutines(tb testing.TB, ignored ...string) {
	tb.Helper()
	checkGoroutines(tb, 5*time.Second, ignored)
}

// checkGoroutines gives those that were told to end some time for their last steps.
func checkGoroutines(tb testing.TB, patience time.Duration, ignored []string) {
	before := goroutines()
	tb.Cleanup(func() {
		deadline := time.Now().Add(patience)
		left := leftOver(before, ignored)
		for len(left) > 0 && time.Now().Before(deadline) {
			time.Sleep(5 * time.Millisecond)
			left = leftOver(before, ignored)
		}
		if len(left) > 0 {
			tb.Errorf("%d goroutines are left over, the first:\n%s", len(left), left[0])
		}
	})
}

// leftOver is the stacks of goroutines that are not in before, but for those of the test framework.
func leftOver(before map[string]string, ignored []string) []string {
	ignored = append(ignored, "created by testing.", "created by runtime", "os/signal.signal_recv")
	var left []string
	for id, stack := range goroutines() {
		if _, ok := before[id]; !ok && !holdsAny(stack, ignored) {
			left = append(left, stack)
		}
	}
	return left
}

func holdsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// goroutines are the stacks of all goroutines by their number.
func goroutines() map[string]string {
	buf := make([]byte, 1<<20)
	for n := runtime.Stack(buf, true); ; n = runtime.Stack(buf, true) {
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	stacks := make(map[string]string)
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		id, _, _ := strings.Cut(strings.TrimPrefix(stack, "goroutine "), " ")
		stacks[id] = stack
	}
	return stacks
}

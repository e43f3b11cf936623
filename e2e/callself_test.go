package e2e

import (
	"fmt"
	"testing"
)

// filmed is how many pictures of ourselves were taken without a call, or before it was taken; 0 while none are.
func (w *Window) filmed() (n int) {
	if _, err := fmt.Sscan(w.Ask("filmed"), &n); err != nil {
		return 0
	}
	return n
}

// TestOurselves places a call with a picture: who places it sees themselves while it rings, and nothing is filmed at the other end before it is
// taken. Then the call has the camera; and a call that is declined lets go of it.
func TestOurselves(t *testing.T) {
	anna, ben := twoWindows(t)
	anna.Keys("ctrl+shift+v")
	anna.Called("Ringing…", "")
	anna.Until("ourselves", func() bool { return anna.filmed() > 0 })
	ben.Until("the question", func() bool { return ben.Sees("Incoming video call") })
	if n := ben.filmed(); n > 0 {
		t.Errorf("%d pictures of Ben before he takes the call", n)
	}
	ben.Press("With video")
	for _, w := range []*Window{anna, ben} {
		w.Called("Encrypted", "Connecting…")
		w.Watches()
		w.Until("the camera with the call alone", func() bool { return w.filmed() == 0 })
	}
	anna.CallKey("ctrl+shift+h")
	for _, w := range []*Window{anna, ben} {
		w.CallClosed()
	}

	anna.Keys("ctrl+shift+v")
	anna.Until("ourselves again", func() bool { return anna.filmed() > 0 })
	anna.CallKey("v") // no longer
	anna.Until("the end of the picture", func() bool { return anna.filmed() == 0 })
	anna.CallKey("v")
	anna.Until("ourselves once more", func() bool { return anna.filmed() > 0 })
	ben.Until("the question", func() bool { return ben.Sees("Incoming video call") })
	ben.Keys("ctrl+shift+d")
	anna.Called("Can't talk now", "")
	anna.Until("the end of the picture", func() bool { return anna.filmed() == 0 })
	for _, w := range []*Window{anna, ben} {
		if status := w.Close(); status != 0 {
			t.Errorf("%s's Kith ends with %d", w.person, status)
		}
	}
}

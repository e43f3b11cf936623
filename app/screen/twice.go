package screen

import "time"

// twiceTime is within what somebody presses twice who means one press.
const twiceTime = 500 * time.Millisecond

// twice keeps a press that was meant for what stood there before from doing something else: where "Hang up" was may be "Call again" now.
type twice struct{ until time.Time }

// changed says that something else stands there from now on.
func (t *twice) changed() { t.until = time.Now().Add(twiceTime) }

// meant is what is pressed, unless it has only just come.
func (t *twice) meant(pressed func()) func() {
	return func() {
		if !time.Now().Before(t.until) {
			pressed()
		}
	}
}

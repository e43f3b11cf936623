package e2e

import (
	"testing"

	"kith/core/coretest"
)

// TestServerRestartInCall: a server that goes down takes no call with it, and once it is back what the two do reaches the other side: a
// picture is added, and the call ends.
func TestServerRestartInCall(t *testing.T) {
	onEach(t, func(t *testing.T, s *coretest.Server) {
		p := callers(t, s)
		id := p.talk(t, false)
		p.anna.hears(id, benHz)
		s.Kill()
		packets := p.ben.figures(id).SentPackets
		p.ben.Wait("that the call goes on without a server", func() bool { return p.ben.figures(id).SentPackets > packets+50 })
		p.ben.hears(id, annaHz)
		s.Restart(t)
		p.anna.Online()
		p.ben.Online()
		p.anna.turn("call.video", id, true)
		p.ben.waitCall("being asked for pictures", id, func(c callNote) bool { return c.VideoAsked })
		p.ben.turn("call.answerVideo", id, true)
		p.ben.sees(id, 20)
		p.anna.call("call.end", id)
		p.ben.waitCall("the end", id, func(c callNote) bool { return c.Reason == "hung-up" })
	})
}

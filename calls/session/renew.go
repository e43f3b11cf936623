package session

import (
	"slices"
	"time"

	"kith/core/wire"
)

// New credentials that come without addresses offer a search for new paths. Conversations answers such an offer with its first
// addresses, which have its new credentials, and takes credentials without addresses for another offer. So the answer is recognised by
// credentials that were not seen before, and ours waits for our first address, though not for ever: who finds none answers, too.
//
// Nothing in an answer says which offer it is for. So each side says one thing at a time, and in its order: an offer that is only being made
// gives way to theirs, or to a newer one; before ours leaves the answer leaves that we owe; and of the searches that follow each other only
// what belongs to the newest is told.

// renewal is a call as far as new paths are looked for while it lasts.
type renewal struct{ *call }

// renew offers new paths because our network is another one: at once, or behind the answer that we owe. That does not wait long for an address,
// as it would be one of a network that we have left.
func (c renewal) renew() {
	if !c.owed {
		c.restart()
		return
	}
	c.again, c.thereAsk, c.seekAt = true, 0, c.desk.now.Add(seekAgain)
	if soon := c.desk.now.Add(againTime); soon.Before(c.answerAt) {
		c.answerAt = soon
	}
}

// restart offers new paths, and again every few seconds while the line stays lost.
func (c renewal) restart() {
	c.thereAsk, c.seekAt = 0, c.desk.now.Add(seekAgain)
	c.owed, c.again, c.paths = false, false, making
	c.search++
	c.desk.do(Restart{Key: c.key, Search: c.search})
}

// follow takes a restart of theirs. Where our line is lost, too, they have found that out first.
func (c renewal) follow(contents []wire.Content) {
	c.paths, c.owed, c.again = idle, true, false
	c.queued, c.answerAt = nil, time.Time{} // what waits belongs to older paths
	c.met(contents)
	c.search++
	c.desk.do(Restart{Key: c.key, Search: c.search, Contents: contents})
	c.patient()
}

// restarted takes the answer to a restart of ours.
func (c renewal) restarted(contents []wire.Content) {
	c.paths = idle
	c.met(contents)
	c.desk.do(Apply{Key: c.key, For: ForRestart, Contents: contents})
	c.patient()
}

// patient gives the paths that were agreed time to be found, before others are looked for.
func (c renewal) patient() {
	if !c.seekAt.IsZero() {
		c.thereAsk, c.seekAt = 0, c.desk.now.Add(seekAgain)
	}
}

// described takes what a Restart has made, unless another one has begun since.
func (c renewal) described(ev Described) {
	if ev.Search != c.search || c.sought == c.search {
		return
	}
	c.sought = c.search
	switch {
	case len(ev.Contents) == 0: // the old paths may come back, or the next try succeeds
		c.paths = idle
		c.answeredPaths()
	case ev.For == ForRestart:
		c.paths, c.queued, c.answerAt = offered, nil, time.Time{} // what waits belongs to older paths
		c.pathsAsk = c.ask(wire.Jingle{Action: wire.TransportInfo, Contents: bare(ev.Contents)})
	default:
		c.queued, c.answerAt = bare(ev.Contents), c.desk.now.Add(answerTime)
		if c.again {
			c.answerAt = c.desk.now.Add(againTime)
		}
		if c.deadline.IsZero() { // who offered new paths may be gone before there are any
			c.in(lostTime)
			c.seekAt = c.desk.now.Add(seekAgain)
		}
	}
}

// crossed gives way to theirs, which is on its way. The addresses of ours are told only to who has accepted it: Conversations, which placed the call,
// would take them for the answer to its own.
func (c renewal) crossed() {
	if c.paths == offered {
		c.paths, c.queued = idle, nil
		c.search++ // what is found from now on is of no use
	}
}

// answeredPaths is called when our answer to a restart of theirs has left, or when none could be made.
func (c renewal) answeredPaths() {
	again := c.owed && c.again
	c.owed, c.again = false, false
	if again {
		c.restart()
	}
}

// mostMet bounds the credentials that are remembered: a few restarts with two contents each.
const mostMet = 16

// met remembers the credentials of contents of theirs.
func (c *call) met(contents []wire.Content) {
	for _, co := range contents {
		if co.Transport != nil && co.Transport.Ufrag != "" && !slices.Contains(c.ufrags, co.Transport.Ufrag) {
			c.ufrags = append(c.ufrags, co.Transport.Ufrag)
		}
	}
	c.ufrags = c.ufrags[max(0, len(c.ufrags)-mostMet):]
}

// strange says whether contents have credentials that were not seen before.
func (c *call) strange(contents []wire.Content) bool {
	return slices.ContainsFunc(contents, func(co wire.Content) bool {
		t := co.Transport
		return t != nil && t.Ufrag != "" && t.Pwd != "" && !slices.Contains(c.ufrags, t.Ufrag)
	})
}

// open says whether a request of ours is not answered yet.
func (c *call) open(ask int) bool {
	_, waits := c.waiting[ask]
	return waits
}

// awaits says whether a request of a kind is not answered yet.
func (c *call) awaits(a wire.Action) bool {
	for _, asked := range c.waiting {
		if asked == a {
			return true
		}
	}
	return false
}

// reachable says whether contents have an address.
func reachable(contents []wire.Content) bool {
	return slices.ContainsFunc(contents, func(co wire.Content) bool { return len(co.Transport.Candidates) > 0 })
}

// ofNow leaves of contents those that have the credentials of now.
func ofNow(now, contents []wire.Content) []wire.Content {
	return slices.DeleteFunc(slices.Clone(contents), func(co wire.Content) bool {
		return co.Transport == nil || !slices.ContainsFunc(now, func(n wire.Content) bool { return n.Transport.Ufrag == co.Transport.Ufrag })
	})
}

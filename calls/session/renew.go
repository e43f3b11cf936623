package session

import (
	"slices"

	"kith/core/wire"
)

// New credentials that come without addresses offer a search for new paths. Conversations answers such an offer with its first
// addresses, which have its new credentials, and takes credentials without addresses for another offer. So the answer is recognised by
// credentials that were not seen before, and ours waits for our first address, though not for ever: who finds none answers, too.

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

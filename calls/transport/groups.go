package transport

import (
	"fmt"
	"slices"
	"time"

	"kith/core/wire"
)

// groups are those of a call, in the order in which they were made.
type groups []*group

// carrying is the group in which a content is agreed to be; nil when there is none.
func (all groups) carrying(name string) *group {
	for _, g := range all {
		if slices.Contains(names(g.theirs), name) {
			return g
		}
	}
	return nil
}

// reached is the group that the candidates of a content are for: the one that carries it, or where that content was left out of what was
// bundled, the one with its credentials; nil when there is none.
func (all groups) reached(c wire.Content) *group {
	if g := all.carrying(c.Name); g != nil {
		return g
	}
	for _, g := range all {
		if g.ufrag != "" && g.ufrag == c.Transport.Ufrag {
			return g
		}
	}
	return nil
}

// agreed are those that both sides have described.
func (all groups) agreed() groups {
	return slices.DeleteFunc(slices.Clone(all), func(g *group) bool { return len(g.theirs.Contents) == 0 })
}

// freeName is the name of a content for a picture that no description had before. The two sides, and other programs, which all say "video",
// choose different ones: both may offer a picture at once, and Pion does not send what was taken back and then comes under the same name.
func (all groups) freeName(initiator bool) string {
	base := "picture"
	if initiator {
		base = "camera"
	}
	name := base
	for n := 2; slices.ContainsFunc(all, func(g *group) bool { return slices.Contains(names(g.known), name) }); n++ {
		name = fmt.Sprintf("%s%d", base, n)
	}
	return name
}

// wait gives them a moment to find addresses.
func wait(all ...*group) {
	timer := time.NewTimer(firstWait)
	defer timer.Stop()
	for _, g := range all {
		select {
		case <-g.gathered:
		case <-timer.C:
			return
		}
	}
}

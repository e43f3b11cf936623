package echo

const (
	checkPace  = 0.08 // of the way per block: 120 ms
	checkLong  = 15   // blocks for which a model must be wrong
	checkRest  = 50   // blocks after which it may be found wrong again
	fits       = 0.7  // share of a right model that is found in what is heard
	checkLeast = 0.05 // share of what is heard that a model must have, to be worth it
	explains   = 0.5  // share of what is heard that is enough to have found the echo

	searchFirst = 400 // blocks of sound from the loudspeaker after which there is no echo to be found
	searchAgain = 200
	searchSure  = 40   // blocks
	anywhere    = 0.3  // of what is played: the loudest echo that is expected where none was found yet
	fading      = 0.97 // per block: how much less one is, the later it comes
	playing     = 1e-6 // mean square from which something is played
)

// check finds out when the model has nothing to do with the room any more, because the device or its delay was moved: then
// what it takes away is no longer in what is heard. Speech of this end looks different: there, the model is still in it.
type check struct {
	common, model, heard float32 // smoothed powers
	since                int
	found                int
	search               int // blocks in which an echo is expected, wherever it is
}

// wrong takes what was heard and what the model makes of it.
func (c *check) wrong(heard, model *spectrum) bool {
	common, power, all := float32(0), float32(0), float32(0)
	for k := firstTone; k < firstTone+tones; k++ {
		h, m := heard[k], model[k]
		common += h.re*m.re + h.im*m.im
		power += m.power()
		all += h.power()
	}
	c.common += checkPace * (common - c.common)
	c.model += checkPace * (power - c.model)
	c.heard += checkPace * (all - c.heard)
	if c.common < explains*c.heard {
		c.found = 0
	} else if c.found++; c.sure() {
		c.search = 0
	}
	if c.model < checkLeast*c.heard || c.common > fits*c.model {
		c.since = min(c.since, 0)
		return false
	}
	c.since++
	if c.since < checkLong {
		return false
	}
	*c = check{since: -checkRest, search: searchAgain}
	return true
}

// sure says whether the model works.
func (c *check) sure() bool { return c.found > searchSure }

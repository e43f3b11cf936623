package echo

const (
	heardFrom = 1e-3 // power of a bin from which it counts: about -60 dBFS
	unheard   = 1e-8 // mean square, -80 dBFS: what is played more quietly, 60 dB below speech, is taken for silence
	memory    = lags + partitions

	aboveWidth = 16 // bins that are one above those that are modelled
	aboveCount = (bins-low)/aboveWidth + 1
)

// farBlock is what was played in one block's time, taken apart together with the block before.
type farBlock struct {
	bins   [low]point
	power  [low]float32
	phases phases
	above  [aboveCount]float32 // mean power of what is above them
}

// history is what was played in the last while.
type history struct {
	ring      [memory]farBlock
	at        int
	still     int // blocks of silence, up to the last
	recent    [span]float32
	transform *transform
	work      spectrum
	least     [low]float32
}

func newHistory(t *transform) *history {
	h := &history{transform: t}
	for k := range h.least {
		h.least[k] = heardFrom
	}
	return h
}

// add takes the next block.
func (h *history) add(block *sound) {
	if h.still++; block.power() > unheard {
		h.still = 0
	} else {
		*block = sound{}
	}
	copy(h.recent[:], h.recent[samples:])
	copy(h.recent[span-samples:], block[:])
	h.transform.forward(&h.work, &h.recent)
	h.at = (h.at + 1) % memory
	now := &h.ring[h.at]
	copy(now.bins[:], h.work[:low])
	for k := range now.power {
		now.power[k] = now.bins[k].power()
	}
	now.phases.of(now.bins[:], h.least[:], 1)
	now.above = [aboveCount]float32{}
	for k, p := range h.work[low:] {
		now.above[k/aboveWidth] += p.power() / aboveWidth
	}
}

// back is the block so many blocks ago.
func (h *history) back(blocks int) *farBlock { return &h.ring[(h.at-blocks+memory)%memory] }

// silent says whether the last so many blocks are silence, and what each was taken apart with: a little more than a block before it.
func (h *history) silent(blocks int) bool { return h.still >= blocks+span/samples }

// playing says whether there is sound in the last block.
func (h *history) playing() bool {
	return (*sound)(h.recent[span-samples:]).power() > playing
}

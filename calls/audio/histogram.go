package audio

const (
	bucketSamples = Rate / 100 // 10 ms
	buckets       = 50         // up to an outage
	outage        = Rate / 2
	forget        = 0.983 // per packet: half of what is known is less than a second old; slower, one hiccup is paid for long
	quantile      = 0.97  // of the packets should be in time
	startBucket   = 3     // what is assumed of a network before it has shown itself: 40 ms
)

// histogram knows by how much packets were later than those around them, with the recent ones counting most.
type histogram struct {
	share [buckets]float64 // sums up to 1
	seen  int
}

func newHistogram() histogram {
	var h histogram
	h.share[startBucket] = 1
	return h
}

// add counts a packet that was late by so many samples. What is later than an outage is nothing that one could wait for.
func (h *histogram) add(late int64) {
	if late > outage {
		return
	}
	h.seen++
	keep := min(forget, 1-1/float64(h.seen+1)) // the first packets count more: what was assumed goes away within a second
	for i := range h.share {
		h.share[i] *= keep
	}
	h.share[min(max(late/bucketSamples, 0), buckets-1)] += 1 - keep
}

// wait is how long packets must wait so that the quantile of them is in time.
func (h *histogram) wait() int64 {
	rest := 1 - quantile
	for i := buckets - 1; i > 0; i-- {
		rest -= h.share[i]
		if rest < 0 {
			return int64(i+1) * bucketSamples
		}
	}
	return bucketSamples
}

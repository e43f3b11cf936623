package audio

const (
	bucketSamples = Rate / 100 // 10 ms
	buckets       = 100        // up to a second
	forget        = 0.983      // per packet: half of what is known is less than a second old; slower, one hiccup is paid for long
	quantile      = 0.97       // of the packets should be in time
	startBucket   = 3          // what is assumed of a network before it has shown itself: 40 ms
)

// histogram knows by how much packets were later than the fastest, with the recent ones counting most.
type histogram struct {
	share [buckets]float64 // sums up to 1
	seen  int
}

func newHistogram() histogram {
	var h histogram
	h.share[startBucket] = 1
	return h
}

// add counts a packet that was late by so many samples.
func (h *histogram) add(late int64) {
	h.seen++
	keep := min(forget, 1-1/float64(h.seen+1)) // the first packets count more: what was assumed goes away within a second
	for i := range h.share {
		h.share[i] *= keep
	}
	h.share[min(max(late/bucketSamples, 0), buckets-1)] += 1 - keep
}

// shift takes back a part of what packets were late by: the fastest way that they were compared with is gone.
func (h *histogram) shift(late int64) {
	n := int(min(late/bucketSamples, buckets-1))
	for i := 1; i <= n; i++ {
		h.share[0] += h.share[i]
	}
	copy(h.share[1:], h.share[n+1:])
	clear(h.share[buckets-n:])
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

package hardware

import "sync"

const ringSize = 9600 // samples, 200 ms

// ring carries samples between a device's thread and a goroutine. The lock is held only for a copy.
type ring struct {
	mu      sync.Mutex
	samples [ringSize]int16
	from    int
	count   int
	moved   chan struct{} // holds something after each put and get of the device
}

func newRing() *ring { return &ring{moved: make(chan struct{}, 1)} }

// put adds samples; what is oldest goes when there is no room.
func (r *ring) put(in []int16) {
	in = in[max(len(in)-ringSize, 0):]
	r.mu.Lock()
	defer r.mu.Unlock()
	if over := r.count + len(in) - ringSize; over > 0 {
		r.from, r.count = (r.from+over)%ringSize, r.count-over
	}
	to := (r.from + r.count) % ringSize
	copy(r.samples[:], in[copy(r.samples[to:], in):])
	r.count += len(in)
}

// get takes samples, oldest first, and says how many there were.
func (r *ring) get(out []int16) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	out = out[:min(len(out), r.count)]
	copy(out[copy(out, r.samples[r.from:]):], r.samples[:])
	r.from, r.count = (r.from+len(out))%ringSize, r.count-len(out)
	return len(out)
}

// len is how many samples wait.
func (r *ring) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// signal wakes who waits for the device.
func (r *ring) signal() {
	select {
	case r.moved <- struct{}{}:
	default:
	}
}

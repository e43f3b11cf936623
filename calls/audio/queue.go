package audio

import "slices"

// maxQueued bounds the packets that wait; with 20 ms each these are five seconds.
const maxQueued = 256

// packet is one that waits for its time.
type packet struct {
	sequence  uint16
	timestamp int64 // without the wrap-around
	payload   []byte
	older     bool // it came with a later one
}

// queue holds what has arrived and was not played, in the order of the timestamps: the order of the sound itself. Payloads are copied,
// into memory that is used again.
type queue struct {
	packets []packet
	spare   [][]byte
}

// put takes a packet; false when one of the same time is there. When the queue is full, its oldest packet goes.
func (q *queue) put(p packet) bool {
	i, found := slices.BinarySearchFunc(q.packets, p.timestamp, func(e packet, at int64) int {
		return int(min(max(e.timestamp-at, -1), 1))
	})
	if found {
		return false
	}
	if len(q.packets) == maxQueued {
		q.drop()
		i = max(i-1, 0)
	}
	var space []byte
	if n := len(q.spare); n > 0 {
		space, q.spare = q.spare[n-1], q.spare[:n-1]
	}
	p.payload = append(space[:0], p.payload...)
	q.packets = slices.Insert(q.packets, i, p)
	return true
}

// first is the oldest packet; nil when there is none. It is valid until the queue changes.
func (q *queue) first() *packet {
	if len(q.packets) == 0 {
		return nil
	}
	return &q.packets[0]
}

// drop takes the oldest packet out.
func (q *queue) drop() {
	q.spare = append(q.spare, q.packets[0].payload)
	q.packets = slices.Delete(q.packets, 0, 1)
}

// clear drops all.
func (q *queue) clear() {
	for len(q.packets) > 0 {
		q.drop()
	}
}

package media_test

import (
	"container/heap"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/vnet"
)

// network is what packets meet, each way.
type network struct {
	delay, jitter time.Duration
	loss          float64 // of 1
	// rate is how many bits per second it carries, by the time since the call was connected; a queue stands before it. nil: all; negative: nothing
	rate func(since time.Duration) float64
}

const (
	underPayload = 28          // bytes of IP and UDP
	longestQueue = time.Second // before the bottleneck
)

// slowNet is a network of which one side's packets are slow. Pion's own jitter stops its whole network, senders too, for each.
type slowNet struct {
	*vnet.Net
	call *call
	stop chan struct{}
	wait sync.WaitGroup

	mu   sync.Mutex
	free time.Time // when all that waits before the bottleneck is through
	late arrivals
	wake chan struct{}
}

// arrivals are packets by the time at which they come out.
type arrivals []arrival

type arrival struct {
	at   time.Time
	send func()
}

func (a arrivals) Len() int           { return len(a) }
func (a arrivals) Less(i, j int) bool { return a[i].at.Before(a[j].at) }
func (a arrivals) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *arrivals) Push(x any)        { *a = append(*a, x.(arrival)) }
func (a *arrivals) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// slow makes one side's way to the network.
func (c *call) slow(net *vnet.Net) *slowNet {
	n := &slowNet{Net: net, call: c, stop: make(chan struct{}), wake: make(chan struct{}, 1)}
	n.wait.Add(1)
	go n.run()
	c.t.Cleanup(func() {
		close(n.stop)
		n.wait.Wait()
	})
	return n
}

func (n *slowNet) run() {
	defer n.wait.Done()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(n.deliver())
		select {
		case <-timer.C:
		case <-n.wake:
		case <-n.stop:
			return
		}
	}
}

// deliver lets out what is due, and says how long nothing is.
func (n *slowNet) deliver() time.Duration {
	for {
		n.mu.Lock()
		if len(n.late) == 0 {
			n.mu.Unlock()
			return time.Hour
		}
		if d := time.Until(n.late[0].at); d > 0 {
			n.mu.Unlock()
			return d
		}
		next := heap.Pop(&n.late).(arrival)
		n.mu.Unlock()
		next.send()
	}
}

// pass sends something later, or never when the queue is too long.
func (n *slowNet) pass(bytes int, send func()) {
	now := time.Now()
	at := now
	n.mu.Lock()
	defer n.mu.Unlock()
	carries := n.call.carries()
	if carries < 0 {
		return
	}
	if carries > 0 {
		if n.free.Before(now) {
			n.free = now
		}
		if n.free.Sub(now) > longestQueue {
			return
		}
		n.free = n.free.Add(time.Duration(float64(8*(bytes+underPayload)) / carries * float64(time.Second)))
		at = n.free
	}
	if jitter := n.call.network.jitter; jitter > 0 {
		at = at.Add(time.Duration(rand.Int64N(int64(jitter))))
	}
	heap.Push(&n.late, arrival{at, send})
	if n.late[0].at.Equal(at) {
		select {
		case n.wake <- struct{}{}:
		default:
		}
	}
}

// carries is how much the line takes now; 0: all.
func (c *call) carries() float64 {
	begun := c.begun.Load()
	if c.network.rate == nil || begun == nil {
		return 0
	}
	return c.network.rate(time.Since(*begun))
}

func (n *slowNet) ListenUDP(network string, address *net.UDPAddr) (transport.UDPConn, error) {
	c, err := n.Net.ListenUDP(network, address)
	return &slowConn{c, n}, err
}

type slowConn struct {
	transport.UDPConn
	net *slowNet
}

func (c *slowConn) WriteTo(b []byte, to net.Addr) (int, error) {
	if n := c.net.call.network; n.jitter == 0 && n.rate == nil {
		return c.UDPConn.WriteTo(b, to)
	}
	later := append([]byte(nil), b...)
	c.net.pass(len(b), func() { _, _ = c.UDPConn.WriteTo(later, to) })
	return len(b), nil
}

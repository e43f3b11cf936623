package link

import (
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// Event is one of Online, Offline, Stanza, Answer and Acked.
type Event interface{ event() }

// Online says that the account is signed in; what Send takes from now on goes out. It is the first event of a connection,
// behind the Acked that the server made up for, and behind the failed Answers when the connection was not resumed.
type Online struct {
	Resumed  bool // nothing was lost: open queries stay open, presence and subscriptions stand
	JID      model.JID
	Features wire.Features
	Pins     model.Pins // to be saved, and given in the Config next time
}

// Offline says that the connection ended or could not be made, and what happens next.
type Offline struct {
	Err     error
	RetryIn time.Duration
	Final   bool // a person has to act; the Link waits for Reconnect or Close
}

// Stanza is a message, a presence or an IQ request from outside. It is counted: see Link.Handled. Cut says why a message or
// presence is not there as a whole (wire.ErrTooLarge, ErrTooDeep, ErrNames or ErrChars): then Element is the beginning of it, which
// tells whose it was and nothing else; see wire.Skipped.
type Stanza struct {
	Element *wire.Element
	Cut     error
}

// Answer is the answer to a Request, in order with the stanzas before it. It is counted: see Link.Handled. Element is the
// whole <iq/>; it is nil, and Err is ErrOffline or ErrTimeout, when none came, and wraps one of wire's errors when it was too
// much to be read. Err is a *wire.StanzaError for an error.
type Answer struct {
	ID      string
	Element *wire.Element
	Err     error
}

// Acked holds the ids of stanzas given to Send that the server has taken responsibility for, in the order they were sent.
type Acked struct{ IDs []string }

func (Online) event()  {}
func (Offline) event() {}
func (Stanza) event()  {}
func (Answer) event()  {}
func (Acked) event()   {}

const (
	maxEvents     = 256
	maxEventBytes = 1 << 20
	roomPoll      = 2 * time.Millisecond
)

// inbox is the bounded way from the reader to core. Only the Link's own goroutine puts into it.
type inbox struct {
	ch    chan Event
	done  <-chan struct{}
	sizes [maxEvents + 1]int // of the events put last, a ring
	head  int                // where the next size goes
	count int                // how many of the sizes are in bytes
	bytes int                // of the events that wait, when last looked at
}

func newInbox(done <-chan struct{}) *inbox {
	return &inbox{ch: make(chan Event, maxEvents), done: done}
}

// put waits until there is room for an event of size bytes. It returns false, having dropped the event, once the Link is
// closed: nobody drains the channel then.
func (q *inbox) put(e Event, size int) bool {
	for q.waiting()+size > maxEventBytes && q.count > 0 {
		// A channel does not tell when something is taken out of it. This state is rare: 256 events of more than 4 KiB.
		select {
		case <-q.done:
			return false
		case <-time.After(roomPoll):
		}
	}
	select {
	case <-q.done:
		return false
	default:
	}
	select {
	case q.ch <- e:
	case <-q.done:
		return false
	}
	q.sizes[q.head] = size
	q.head = (q.head + 1) % len(q.sizes)
	q.count++
	q.bytes += size
	return true
}

// waiting is the number of bytes of the events in the channel.
func (q *inbox) waiting() int {
	for n := len(q.ch); q.count > n; q.count-- {
		oldest := (q.head - q.count + 2*len(q.sizes)) % len(q.sizes)
		q.bytes -= q.sizes[oldest]
	}
	return q.bytes
}

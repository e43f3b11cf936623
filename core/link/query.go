package link

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// question is an IQ request of ours that is not answered yet.
type question struct {
	id     string
	to     model.JID
	answer chan<- Answer // of a Query, with room for one; nil for a Request
	until  time.Time     // of a Request
}

// errInUse is core's mistake: two requests of one id cannot be told apart.
var errInUse = errors.New("send request: id is in use")

// questions are the open requests by id. The Link's lock guards them. Their number is bounded by what core asks at once.
type questions map[string]question

// take returns the question that an answer belongs to: id and sender must fit (RFC 6120 §8.1.2.1, §8.2.3).
func (q questions) take(iq wire.IQ, own model.JID) (question, bool) {
	asked, ok := q[iq.ID]
	if !ok || !asked.mayAnswer(iq.From, own) {
		return question{}, false
	}
	delete(q, iq.ID)
	return asked, true
}

// mayAnswer says whether an answer from there is credible. The own server speaks for the account, and leaves its address out
// or not as it likes.
func (q question) mayAnswer(from, own model.JID) bool {
	server := model.JID(own.Domain())
	switch q.to {
	case "", own, own.Bare(), server:
		return from == q.to || from == "" || from == own || from == own.Bare() || from == server
	default:
		return from == q.to
	}
}

// expired removes the requests that are too old, oldest first, and tells when the next one will be.
func (q questions) expired(now time.Time) (old []question, next time.Time) {
	for id, asked := range q {
		switch {
		case asked.answer != nil:
		case !now.Before(asked.until):
			old = append(old, asked)
			delete(q, id)
		case next.IsZero() || asked.until.Before(next):
			next = asked.until
		}
	}
	sortByAge(old)
	return old, next
}

// all removes every question, Requests oldest first.
func (q questions) all() []question {
	out := make([]question, 0, len(q))
	for _, asked := range q {
		out = append(out, asked)
	}
	clear(q)
	sortByAge(out)
	return out
}

func sortByAge(q []question) {
	slices.SortFunc(q, func(a, b question) int { return a.until.Compare(b.until) })
}

// Query sends an IQ request and waits for its answer, 30 seconds at most. It returns the whole <iq/>, or a *wire.StanzaError
// when the other side answered with an error. A resumed connection keeps it open; it fails with ErrOffline when the
// connection is not resumed, and ErrTimeout. An empty ID is filled in.
//
// Never call it from the goroutine that drains Events: the answer stands behind what that goroutine must take first.
func (l *Link) Query(ctx context.Context, iq wire.IQ) (*wire.Element, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, l.shared.timing.query, ErrTimeout)
	defer cancel()
	answer := make(chan Answer, 1)
	id, err := l.ask(ctx, iq, answer)
	if err != nil {
		return nil, err
	}
	select {
	case a := <-answer:
		return a.Element, a.Err
	case <-ctx.Done():
		l.shared.withdraw(id)
		return nil, context.Cause(ctx)
	case <-l.shared.done:
		return nil, ErrClosed
	}
}

// Request sends an IQ request whose answer comes as an Answer event, in order with the stanzas before it. Exactly one Answer
// comes unless the Link is closed; it may come before Request has returned, so give the IQ an ID where that matters.
func (l *Link) Request(ctx context.Context, iq wire.IQ) (id string, err error) {
	return l.ask(ctx, iq, nil)
}

// ask sends a request. answer is nil for one whose answer becomes an event.
func (l *Link) ask(ctx context.Context, iq wire.IQ, answer chan<- Answer) (id string, err error) {
	if iq.ID == "" {
		iq.ID = rand.Text()
	}
	stanza := iq.Element().Append(nil, wire.NSClient)
	return iq.ID, l.shared.ask(ctx, question{id: iq.ID, to: iq.To, answer: answer}, stanza)
}

// answered ends a question with an answer or an error. Called by the Link's goroutine without the lock; a Request's event has
// its place in the session already.
func (r *receiver) answered(q question, e *wire.Element, size int, err error) {
	if failure := wire.ParseError(e); e != nil && failure != nil {
		err = failure
	}
	a := Answer{ID: q.id, Element: e, Err: err}
	if q.answer == nil {
		r.inbox.put(a, size)
		return
	}
	if err != nil {
		a.Element = nil
	}
	q.answer <- a
}

// unanswered ends questions that will have no answer.
func (r *receiver) unanswered(open []question, err error) {
	for _, q := range open {
		if q.answer == nil {
			r.shared.mu.Lock()
			r.shared.session.event()
			r.shared.mu.Unlock()
		}
		r.answered(q, nil, 0, err)
	}
}

// expire ends Requests that had no answer in time, and tells when to look again.
func (r *receiver) expire(now time.Time) (next time.Time) {
	r.shared.mu.Lock()
	old, next := r.shared.asked.expired(now)
	r.shared.mu.Unlock()
	r.unanswered(old, ErrTimeout)
	return next
}

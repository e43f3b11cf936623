package session

import (
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// maxCalls bounds the calls that are known at once: one is talked in, the others ring or wait for their end.
const maxCalls = 16

// Desk is all calls of this installation.
type Desk struct {
	calls map[Key]*call
	over  past
	tied  map[peerKey]tie // whom we called while they called us, and whose proposal is still to come
	now   time.Time
	todo  []Effect
}

type peerKey struct {
	account model.AccountID
	jid     model.JID // bare
}

// tie is a proposal of ours that gave way to theirs: when theirs comes, it is taken, because both wanted the call.
type tie struct {
	video bool
	until time.Time
}

// NewDesk is a desk without calls.
func NewDesk() *Desk {
	return &Desk{calls: make(map[Key]*call), tied: make(map[peerKey]tie)}
}

// Handle takes in what happened at now and returns what is to be done.
func (d *Desk) Handle(now time.Time, ev Event) []Effect {
	d.now, d.todo = now, nil
	d.route(ev)
	for _, c := range d.calls {
		c.expire()
		c.show()
	}
	for k, c := range d.calls {
		if c.stage == ended {
			delete(d.calls, k)
			d.over.add(k)
		}
	}
	return d.todo
}

// Deadline is when a Tick is due; ok is false when nothing waits.
func (d *Desk) Deadline() (at time.Time, ok bool) {
	for _, c := range d.calls {
		if t := c.due(); !t.IsZero() && (!ok || t.Before(at)) {
			at, ok = t, true
		}
	}
	return at, ok
}

// Calls are the calls that have not ended.
func (d *Desk) Calls() []model.Call {
	out := make([]model.Call, 0, len(d.calls))
	for _, c := range d.calls {
		out = append(out, c.Call)
	}
	return out
}

func (d *Desk) do(e Effect) { d.todo = append(d.todo, e) }

func (d *Desk) route(ev Event) {
	switch ev := ev.(type) {
	case Place:
		d.place(ev)
	case Heard:
		d.heard(ev)
	case Asked:
		d.asked(ev)
	case Moved:
		for _, c := range d.calls {
			talk{c}.moved()
		}
	case Tick:
	default:
		d.toCall(ev)
	}
}

// toCall hands an event to the call that it names, if that is going on.
func (d *Desk) toCall(ev Event) {
	if named, ok := ev.(interface{ about() Key }); ok {
		if c := d.calls[named.about()]; c != nil && c.stage != ended {
			c.handle(ev)
		}
	}
}

// about is the call that an event is about, for all that name one.
func (k Key) about() Key { return k }

func (c *call) handle(ev Event) {
	switch ev := ev.(type) {
	case Take:
		invitation{c}.take(ev.Video)
	case Decline:
		invitation{c}.decline()
	case HangUp:
		c.hangUp()
	case Undelivered:
		invitation{c}.undelivered(ev)
	case Set:
		talk{c}.set(ev.What, ev.On)
	case AnswerVideo:
		picture{c}.judge(ev.Yes)
	case Answered:
		c.answered(ev)
	case Described:
		agreement{c}.described(ev)
	case Found:
		c.found(ev.Contents)
	case Linked:
		agreement{c}.linked()
	case Lost:
		talk{c}.lost()
	case Failed:
		c.end(endOf(ev.Reason, c.stage), ev.Reason)
	case Missed:
		picture{c}.missed(ev)
	case Line:
		if c.stage == active {
			c.Quality = ev.Quality
		}
	case Device:
		talk{c}.gear(ev)
	case Picture:
		c.PeerPicture = ev.On
	default: // the Desk has dealt with the others
	}
}

// with finds a live call with the same person, of the given kind.
func (d *Desk) with(account model.AccountID, peer model.JID, fits func(*call) bool) *call {
	for _, c := range d.calls {
		if c.key.Account == account && c.peer.JID == peer && c.stage != ended && fits(c) {
			return c
		}
	}
	return nil
}

// add begins a call.
func (d *Desk) add(k Key, own model.JID, p Peer, outgoing, video bool) *call {
	c := &call{desk: d, key: k, own: own, peer: p, waiting: make(map[int]wire.Action)}
	c.Call = model.Call{ID: k.ID, Account: k.Account, Chat: p.Chat, Outgoing: outgoing, Video: video}
	d.calls[k] = c
	return c
}

// past remembers the last calls that ended, so that what comes late about them begins nothing.
type past struct {
	keys []Key
	at   int
}

const pastCalls = 256

func (p *past) add(k Key) {
	if len(p.keys) < pastCalls {
		p.keys = append(p.keys, k)
		return
	}
	p.keys[p.at] = k
	p.at = (p.at + 1) % pastCalls
}

func (p *past) has(k Key) bool {
	for _, o := range p.keys {
		if o == k {
			return true
		}
	}
	return false
}

package session

import (
	"slices"
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// How long each step may take (XEP-0353 leaves it to us).
const (
	ringTime    = 60 * time.Second // until we give up calling
	ringLimit   = 75 * time.Second // until we stop ringing though nobody told us to: their giving up may come late
	proceedTime = 20 * time.Second // from taking a call until its session has to begin
	connectTime = 30 * time.Second // from agreeing until the devices have to reach each other
	lostTime    = 30 * time.Second // until a call whose line is lost ends
	seekAfter   = time.Second      // of lost line, until new paths are looked for
	seekAgain   = 6 * time.Second  // after new paths were offered, or the other side was asked whether it is there
	againTime   = time.Second      // the same where we have an offer to make behind it
	answerTime  = 5 * time.Second  // for a first address, until a restart of theirs is answered without one
	tieTime     = 10 * time.Second
)

// stage is how far a call's agreement has come.
type stage uint8

const (
	proposing     stage = iota // outgoing: proposed, nobody took it yet
	initiating                 // outgoing: taken; our session-initiate leaves as soon as it is made
	initiated                  // outgoing: session-initiate has left
	ringing                    // incoming: proposed
	ringingDirect              // incoming: a session-initiate came without a proposal (XEP-0166 §6.2)
	awaiting                   // incoming: we took it, their session-initiate has to come
	answering                  // incoming: our answer is being made
	connecting                 // agreed; looking for a way
	active
	ended
)

// call is one call. Jingle's initiator is whoever placed it.
type call struct {
	model.Call
	desk    *Desk
	key     Key
	own     model.JID // our full address
	peer    Peer
	device  model.JID // the other side's full address, once it is known
	stage   stage
	invited bool // by a call message: the end is told by one too
	rival   bool // another device of ours took it, too, or refused it: whom they have heard first is not known yet
	shown   model.Call

	deadline time.Time // of the present stage
	seekAt   time.Time // when new paths are to be looked for
	answerAt time.Time // when our answer to a restart, which queued begins with, leaves also without an address
	owed     bool      // a restart of theirs is taken, and our answer has not left
	stale    bool      // our network has changed before the session was agreed
	again    bool      // and then we have to offer new paths, too: our network has changed meanwhile
	told     bool      // an ending was sent

	offer   *description // ours, once it is made
	sent    bool         // our session-initiate or session-accept has left: addresses may follow
	queued  []wire.Content
	theirs  *wire.Jingle // the session-initiate that waits for an answer
	early   []wire.Content
	ufrags  []string // of their credentials, the newest last
	applied bool     // their side of the session is known to the transports

	seal    model.DeviceID // the device of theirs for which fingerprints are sealed
	proof   Proof          // what the first sealed fingerprint proved; all that follow have to prove the same
	wanted  bool           // a picture is to be added as soon as that is possible
	adding  step           // our content-add
	backAsk int            // our content-remove of that, which was not answered then; 0 for none
	added   *wire.Jingle   // theirs, which waits for the person or for our answer
	paths   step           // our restart
	search  int            // the newest Restart
	sought  int            // the newest that has ended
	both    bool           // the session has a picture content
	parts   []wire.Content // what the session consists of: names, creators, media

	asks     int                 // how many requests we have sent
	waiting  map[int]wire.Action // those that are not answered
	pathsAsk int                 // the one that offered new paths
	thereAsk int                 // the one that asked whether the other side is there
}

// step is how far a change that we offer has come.
type step uint8

const (
	idle step = iota
	making
	offered
)

type description struct {
	contents []wire.Content
	bundle   []string
}

// tell sends a call message.
func (c *call) tell(to model.JID, m wire.CallMessage) {
	m.SID = string(c.key.ID)
	c.desk.do(Tell{Key: c.key, To: to, Message: m})
}

// ask sends a Jingle request, and returns its number.
func (c *call) ask(j wire.Jingle) int {
	j.SID = string(c.key.ID)
	if j.Action == wire.SessionInitiate {
		j.Initiator = c.own
	}
	if j.Action == wire.SessionAccept {
		j.Responder = c.own
	}
	c.asks++
	if len(c.waiting) < maxWaiting {
		c.waiting[c.asks] = j.Action
	}
	a := Ask{Key: c.key, Ref: c.asks, To: c.device, Jingle: j}
	if fingerprinted(j.Contents) {
		a.Seal = c.seal
	}
	c.desk.do(a)
	return c.asks
}

// maxWaiting bounds the requests whose answers are waited for.
const maxWaiting = 200

func fingerprinted(contents []wire.Content) bool {
	for _, co := range contents {
		if co.Transport != nil && co.Transport.Fingerprint != nil {
			return true
		}
	}
	return false
}

// due is when the call wants a Tick; the zero time when it wants none.
func (c *call) due() (at time.Time) {
	for _, t := range []time.Time{c.deadline, c.seekAt, c.answerAt} {
		if !t.IsZero() && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	return at
}

// carries notes contents of the session.
func (c *call) carries(contents []wire.Content) {
	for _, co := range named(contents) {
		c.parts = slices.DeleteFunc(c.parts, func(p wire.Content) bool { return p.Name == co.Name })
		c.parts = append(c.parts, co)
	}
}

// part is the content of a medium, under whatever name; empty when there is none.
func (c *call) part(media string) wire.Content {
	for _, p := range c.parts {
		if c.kind(p.Name) == media {
			return p
		}
	}
	return wire.Content{}
}

// kind is the medium of a content; empty when there is no such content.
func (c *call) kind(name string) string {
	for _, p := range c.parts {
		if p.Name == name && p.Description != nil {
			return p.Description.Media
		}
	}
	return ""
}

// in gives the present stage that much time.
func (c *call) in(t time.Duration) { c.deadline = c.desk.now.Add(t) }

// expire does what the time that has passed asks for.
func (c *call) expire() {
	if !c.seekAt.IsZero() && !c.desk.now.Before(c.seekAt) {
		talk{c}.seek()
	}
	if !c.answerAt.IsZero() && !c.desk.now.Before(c.answerAt) {
		c.flush()
	}
	if c.deadline.IsZero() || c.desk.now.Before(c.deadline) {
		return
	}
	c.deadline = time.Time{}
	switch c.stage {
	case proposing:
		c.end(model.NoAnswer, wire.ReasonCancel)
	case ringing, ringingDirect:
		c.end(model.NoAnswer, wire.ReasonTimeout)
	case initiating, initiated, awaiting, answering:
		c.end(model.Unreachable, wire.ReasonTimeout)
	case connecting, active:
		c.end(model.Unreachable, wire.ReasonConnectivity)
	default:
	}
}

// show tells how the call stands when that has changed.
func (c *call) show() {
	switch c.stage {
	case proposing, ringing, ringingDirect:
		c.Phase = model.Ringing
	case initiating, initiated, awaiting, answering, connecting:
		c.Phase = model.CallConnecting
	case active:
		c.Phase = model.Talking
	case ended:
		c.Phase = model.Ended
	}
	if c.Call == c.shown && c.shown.ID != "" {
		return
	}
	c.shown = c.Call
	c.desk.do(Changed{c.Call})
}

// allow says what may be sent now: what the person started, only once both sides took the call, and while neither holds it: whoever does is
// not listening (XEP-0167 §8.2).
func (c *call) allow() {
	sends := !c.OnHold && !c.PeerOnHold && talk{c}.agreed()
	c.desk.do(Allow{
		Key: c.key, Audio: sends && talk{c}.wantsOurs("audio") && !c.Muted, Listens: sends,
		Video: sends && c.shows() && c.Camera && !c.Screen, Screen: sends && c.shows() && c.Screen,
		Shares: c.Screen,
	})
}

// shows says whether there is a picture in which we may send.
func (c *call) shows() bool { return c.both && talk{c}.wantsOurs("video") }

// keep appends what came before its time, within bounds.
func keep(have, more []wire.Content) []wire.Content {
	n := 0
	for _, co := range have {
		n += len(co.Transport.Candidates)
	}
	for _, co := range more {
		if co.Transport == nil || n+len(co.Transport.Candidates) > maxEarly || len(have) >= maxEarly {
			continue
		}
		n += len(co.Transport.Candidates)
		have = append(have, co)
	}
	return have
}

const maxEarly = 200

// flush sends our addresses that were found before they could be sent.
func (c *call) flush() {
	if len(c.queued) == 0 || !c.sent || c.desk.now.Before(c.answerAt) && !reachable(c.queued) {
		return
	}
	c.ask(wire.Jingle{Action: wire.TransportInfo, Contents: joined(c.queued)})
	c.queued, c.answerAt = nil, time.Time{}
	renewal{c}.answeredPaths()
}

// joined makes one content of those that have the same name.
func joined(contents []wire.Content) []wire.Content {
	at := make(map[string]int)
	var out []wire.Content
	for _, co := range contents {
		i, ok := at[co.Name]
		if ok && out[i].Transport.Ufrag == co.Transport.Ufrag {
			t := *out[i].Transport
			t.Candidates = append(append([]wire.Candidate(nil), t.Candidates...), co.Transport.Candidates...)
			out[i].Transport = &t
			continue
		}
		at[co.Name] = len(out)
		out = append(out, co)
	}
	return out
}

// found takes addresses of ours.
func (c *call) found(contents []wire.Content) {
	if c.stage == ended || c.search != c.sought {
		return // or they are those of paths that have been given up
	}
	if !c.answerAt.IsZero() {
		contents = ofNow(c.queued, contents)
	}
	c.queued = keep(c.queued, contents)
	if c.paths == offered && !c.Outgoing && c.open(c.pathsAsk) {
		return // until they have accepted the offer: see renewal.crossed
	}
	c.flush()
}

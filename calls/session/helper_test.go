package session

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
)

const (
	romeo  = model.JID("romeo@example.org/orchard")
	juliet = model.JID("juliet@example.org/phone")
	tablet = model.JID("juliet@example.org/tablet")
	sid    = model.CallID("m-1")
)

var start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// end is one installation with its desk, and what its transports would do.
type end struct {
	t    *testing.T
	name string
	own  model.JID
	desk *Desk
	now  *time.Time
	out  []Effect // since the last look

	calls   map[model.CallID]model.Call // as last shown
	allowed map[model.CallID]Allow
	closed  map[model.CallID]bool
	mute    bool                  // the transports make nothing
	pressed map[model.CallID]bool // the person took, or placed, the call here
}

func newEnd(t *testing.T, own model.JID, now *time.Time) *end {
	return &end{
		t: t, name: string(own), own: own, desk: NewDesk(), now: now, calls: make(map[model.CallID]model.Call),
		allowed: make(map[model.CallID]Allow), closed: make(map[model.CallID]bool), pressed: make(map[model.CallID]bool),
	}
}

func (e *end) key(id model.CallID) Key { return Key{1, id} }

// does hands an event to the desk, checks what must always hold, and answers for the transports.
func (e *end) does(ev Event) []Effect {
	e.t.Helper()
	if d, ok := ev.(Described); ok && d.Search == 0 && e.desk.calls[d.Key] != nil {
		d.Search = e.desk.calls[d.Key].search // the newest
		ev = d
	}
	out := e.desk.Handle(*e.now, ev)
	e.check(ev, out)
	e.out = append(e.out, out...)
	for _, ef := range out {
		if e.mute {
			continue
		}
		switch ef := ef.(type) {
		case Open:
			out = append(out, e.does(Described{Key: ef.Key, For: ForInitiate, Contents: media(ef.Video, "i"), Bundle: bundle(ef.Video)})...)
		case Answer:
			out = append(out, e.does(Described{Key: ef.Key, For: ForAccept, Contents: media(len(ef.Contents) > 1, "r"), Bundle: ef.Bundle})...)
		default:
		}
	}
	return out
}

// check holds the effects of one event against what must always hold.
func (e *end) check(ev Event, out []Effect) {
	e.t.Helper()
	replies := 0
	for _, ef := range out {
		switch ef := ef.(type) {
		case Reply:
			replies++
		case Changed:
			id := ef.Call.ID
			if e.calls[id].Phase == model.Ended && e.calls[id].ID != "" {
				e.t.Fatalf("%s: call %s was shown after its end", e.name, id)
			}
			e.calls[id] = ef.Call
			if (ef.Call.Phase == model.Ended) != (ef.Call.End != model.NotEnded) {
				e.t.Fatalf("%s: phase %v with end %v", e.name, ef.Call.Phase, ef.Call.End)
			}
			if c := ef.Call; c.Phase == model.Ended && (c.Camera || c.Screen || c.VideoAsked || c.PeerPicture) {
				e.t.Fatalf("%s: a picture after the end: %+v", e.name, c)
			}
		case Allow:
			if (ef.Audio || ef.Video || ef.Screen) && !e.pressed[ef.ID] {
				e.t.Fatalf("%s: may send in a call that the person did not take", e.name)
			}
			if e.closed[ef.ID] {
				e.t.Fatalf("%s: allowed after the close", e.name)
			}
			e.allowed[ef.ID] = ef
			for id, other := range e.allowed {
				if ef.Audio && other.Audio && id != ef.ID && !e.closed[id] {
					e.t.Fatalf("%s: is heard in two calls", e.name)
				}
			}
		case Close:
			if e.closed[ef.ID] {
				e.t.Fatalf("%s: closed twice", e.name)
			}
			e.closed[ef.ID] = true
		default:
		}
	}
	if _, asked := ev.(Asked); asked && replies != 1 || !asked && replies != 0 {
		e.t.Fatalf("%s: %d replies to %T", e.name, replies, ev)
	}
	if len(e.desk.calls) > maxCalls {
		e.t.Fatalf("%s: %d calls", e.name, len(e.desk.calls))
	}
}

func (e *end) peer(jid model.JID) Peer {
	return Peer{JID: jid.Bare(), Chat: 7, Rings: true, Alone: true, Device: 11}
}

// hears takes a call message from somebody.
func (e *end) hears(from model.JID, m wire.CallMessage) []Effect {
	e.t.Helper()
	return e.does(Heard{Account: 1, Own: e.own, From: from, Peer: e.peer(from), Message: m})
}

// asked takes a request from somebody.
func (e *end) asked(from model.JID, j wire.Jingle) Reply {
	e.t.Helper()
	for _, ef := range e.does(Asked{Account: 1, Own: e.own, From: from, Peer: e.peer(from), Jingle: j}) {
		if r, ok := ef.(Reply); ok {
			return r
		}
	}
	return Reply{}
}

// answered has the other side answer the last request of a kind.
func (e *end) answered(a wire.Action, err *wire.StanzaError) {
	e.t.Helper()
	last := 0
	for ref, action := range e.desk.calls[e.key(sid)].waiting {
		if action == a {
			last = max(last, ref)
		}
	}
	if last == 0 {
		e.t.Fatalf("%s: no %s waits for an answer", e.name, a)
	}
	e.does(Answered{e.key(sid), last, err})
}

func (e *end) phase(id model.CallID, want model.Phase) {
	e.t.Helper()
	if got := e.calls[id].Phase; got != want || e.calls[id].ID == "" {
		e.t.Fatalf("%s: the call is %v (%v), want %v", e.name, got, e.calls[id].End, want)
	}
}

func (e *end) over(id model.CallID, want model.CallEnd) {
	e.t.Helper()
	e.phase(id, model.Ended)
	if got := e.calls[id].End; got != want {
		e.t.Fatalf("%s: the call ended %v, want %v", e.name, got, want)
	}
	if !e.closed[id] {
		e.t.Fatalf("%s: the call ended and its transports did not", e.name)
	}
}

// pass lets time go by.
func (e *end) pass(d time.Duration) {
	e.t.Helper()
	*e.now = e.now.Add(d)
	e.does(Tick{})
}

// said empties what went out, as short texts.
func (e *end) said() []string {
	var all []string
	for _, ef := range e.out {
		switch ef := ef.(type) {
		case Tell:
			s := fmt.Sprintf("%s to %s", ef.Message.Verb, ef.To)
			if ef.Message.Reason != "" {
				s += " " + string(ef.Message.Reason)
			}
			if ef.Message.TieBreak {
				s += " tie"
			}
			if ef.Message.Migrated != "" {
				s += " -> " + ef.Message.Migrated
			}
			all = append(all, s)
		case Ask:
			s := fmt.Sprintf("%s to %s", ef.Jingle.Action, ef.To)
			if ef.Jingle.Reason != "" {
				s += " " + string(ef.Jingle.Reason)
			}
			if ef.Jingle.Info.Kind != "" {
				s += " " + ef.Jingle.Info.Kind
			}
			if ef.Seal != 0 {
				s += fmt.Sprintf(" sealed for %d", ef.Seal)
			}
			all = append(all, s)
		case Reply:
			if ef.Condition != "" {
				all = append(all, "error "+ef.Condition+" "+ef.App)
			}
		default:
		}
	}
	e.out = nil
	return all
}

func (e *end) says(want ...string) {
	e.t.Helper()
	got := e.said()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		e.t.Fatalf("%s said\n%q\nwant\n%q", e.name, got, want)
	}
}

// lastAsked is the newest request of a kind since the last look.
func (e *end) lastAsked(a wire.Action) (last wire.Jingle) {
	e.t.Helper()
	for _, ef := range e.out {
		if ask, ok := ef.(Ask); ok && ask.Jingle.Action == a {
			last = ask.Jingle
		}
	}
	if last.Action == "" {
		e.t.Fatalf("%s: asked no %s", e.name, a)
	}
	return last
}

// media is what a transport describes.
func media(video bool, who string) []wire.Content {
	out := []wire.Content{content("audio", who)}
	if video {
		out = append(out, content("video", who))
	}
	return out
}

func bundle(video bool) []string {
	if video {
		return []string{"audio", "video"}
	}
	return nil
}

func content(media, who string) wire.Content {
	return wire.Content{
		Name: media, Creator: wire.Initiator, Senders: wire.BothParties,
		Description: &wire.Description{Media: media},
		Transport:   &wire.Transport{Ufrag: who, Pwd: who + who, Fingerprint: &wire.DTLS{Hash: "sha-256", Setup: "actpass", Value: who}},
	}
}

func address(name string, n byte) wire.Content {
	return wire.Content{Name: name, Creator: wire.Initiator, Transport: &wire.Transport{Ufrag: "u", Pwd: "p", Candidates: []wire.Candidate{
		{ID: "c", Foundation: "1", Component: 1, Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, n}), 4000), Type: "host"},
	}}}
}

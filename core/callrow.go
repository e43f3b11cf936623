package core

import (
	"slices"
	"time"

	"kith/core/model"
	"kith/core/wire"
)

// A word is what a call message says, as far as the row of its call is concerned.
type word struct {
	m    wire.CallMessage
	peer model.JID
	ours bool // said by a device of ours
	at   time.Time
}

// word keeps what a message says about a call: a proposal makes its row, what follows changes it.
func (r callers) word(w word, env *envelope) error {
	id := model.CallID(w.m.SID)
	if w.m.Verb == wire.CallPropose {
		return r.proposed(w, env)
	}
	if w.m.Verb == wire.CallProceed && len(r.a.in.heard.taken) < maxHeard {
		if _, known := r.a.in.heard.taken[id]; !known {
			r.a.in.heard.taken[id] = w.at
		}
	}
	row, ok, err := r.row(w.peer, id)
	switch {
	case err != nil:
		return err
	case ok:
		return r.said(row, w)
	case !env.live && len(r.a.in.heard.words) < maxHeard:
		r.a.in.heard.words = append(r.a.in.heard.words, w)
	}
	return nil
}

// row finds the row of a call.
func (r callers) row(peer model.JID, id model.CallID) (model.Message, bool, error) {
	chat, ok, err := r.chat(peer)
	if err != nil || !ok {
		return model.Message{}, false, err
	}
	for _, outgoing := range []bool{false, true} {
		row, ok, err := r.tx.MessageByOrigin(chat.id, outgoing, string(id))
		if err != nil || ok && row.Kind.IsCall() {
			return row, ok, err
		}
	}
	return model.Message{}, false, nil
}

// proposed adds the row of a call, with what is known already of how it went on.
func (r callers) proposed(w word, env *envelope) error {
	rec := model.CallRecord{Video: w.m.Video}
	chat, err := r.chatWith(env)
	if err != nil {
		return err
	}
	if !w.ours && r.peers[w.peer].request {
		rec.End = model.NoAnswer // strangers do not ring
	}
	m := model.Message{
		Chat: chat, From: env.from.Bare(), Outgoing: w.ours, Time: env.at, ServerID: env.serverID, OriginID: w.m.SID,
		Kind: rec.Kind(w.ours), Body: rec.String(),
	}
	if w.ours {
		m.State = model.Read
	}
	if err := r.add(env, &m); err != nil {
		return err
	}
	h := &r.a.in.heard
	for _, later := range h.words {
		if later.m.SID != w.m.SID || later.peer != w.peer {
			continue
		}
		row, err := r.tx.Message(m.ID)
		if err != nil {
			return err
		}
		if err := r.said(row, later); err != nil {
			return err
		}
	}
	h.words = slices.DeleteFunc(slices.Clone(h.words), func(o word) bool { return o.m.SID == w.m.SID && o.peer == w.peer })
	return nil
}

// placed adds the row of a call that this device places.
func (r callers) placed(chat model.ChatID, id model.CallID, video bool) error {
	rec := model.CallRecord{Video: video}
	m := model.Message{
		Chat: chat, Outgoing: true, Time: r.now, OriginID: string(id), Kind: model.Called, Body: rec.String(), State: model.Read,
	}
	if _, err := r.tx.AddMessage(&m); err != nil {
		return err
	}
	d := r.delta(chat)
	d.messages = append(d.messages, m)
	if _, err := r.tx.MarkRead(chat, m.ID); err != nil {
		return err
	}
	return r.tx.SetRequest(chat, false) // who calls somebody accepts them
}

// said changes a row as a word about its call asks for. A call that goes on here is left to the Manager, which knows more.
func (r callers) said(row model.Message, w word) error {
	id := model.CallID(w.m.SID)
	if _, live := r.a.c.Calls.get(id); live {
		return nil
	}
	rec, _ := model.ParseCallRecord(row.Body)
	next := rec
	switch {
	case rec.End == model.NotEnded || rec.End == model.NoAnswer:
		next.End = r.endBy(w, row.Outgoing)
	case rec.End != model.Elsewhere || w.m.Verb != wire.CallFinish || rec.Duration != 0:
		return nil // how it ended is known
	}
	if at, taken := r.a.in.heard.taken[id]; taken && w.m.Verb == wire.CallFinish && w.at.After(at) {
		next.Duration = w.at.Sub(at)
	}
	if next == rec || next.End == model.NotEnded {
		return nil
	}
	return r.record(row.Chat, row.Outgoing, id, next)
}

// endBy is how a call ended to which that was said last.
func (r callers) endBy(w word, outgoing bool) model.CallEnd {
	_, taken := r.a.in.heard.taken[model.CallID(w.m.SID)]
	switch w.m.Verb {
	case wire.CallProceed, wire.CallAccept:
		if w.ours && !outgoing {
			return model.Elsewhere
		}
	case wire.CallReject:
		switch {
		case w.m.TieBreak:
			return model.Crossed
		case w.m.Reason == wire.ReasonBusy:
			return model.Busy
		}
		return model.Declined
	case wire.CallRetract:
		if w.m.TieBreak {
			return model.Crossed
		}
		return model.Cancelled
	case wire.CallFinish:
		switch {
		case taken && !outgoing:
			return model.Elsewhere
		case taken || w.m.Reason == wire.ReasonSuccess:
			return model.HungUp
		case w.m.Reason == wire.ReasonConnectivity:
			return model.Unreachable
		}
		return model.CallFailed
	case wire.CallPropose, wire.CallRinging:
	}
	return model.NotEnded
}

// record writes how a call went into its row.
func (r callers) record(chat model.ChatID, outgoing bool, id model.CallID, rec model.CallRecord) error {
	row, ok, err := r.tx.MessageByOrigin(chat, outgoing, string(id))
	if err != nil || !ok || !row.Kind.IsCall() {
		return err
	}
	row.Body, row.Kind = rec.String(), rec.Kind(outgoing)
	if err := r.tx.Replace(row); err != nil {
		return err
	}
	if row.Kind == model.MissedCall && r.a.out.isCaughtUp() {
		r.delta(chat).notify = true
	}
	return r.changed(row.ID)
}

// sweepAfter is how old a call is of which nobody will hear any more.
const sweepAfter = 2 * time.Minute

// sweep ends calls of which nobody has heard how they ended: those that this program rang for when it stopped, and those whose
// caller disappeared.
func (r callers) sweep() error {
	open, err := r.tx.OpenCalls(r.a.id)
	if err != nil {
		return err
	}
	for _, m := range open {
		id := model.CallID(m.OriginID)
		if _, live := r.a.c.Calls.get(id); live || r.now.Sub(m.Time) < sweepAfter {
			continue
		}
		rec, _ := model.ParseCallRecord(m.Body)
		rec.End = model.NoAnswer
		if err := r.record(m.Chat, m.Outgoing, id, rec); err != nil {
			return err
		}
	}
	return nil
}

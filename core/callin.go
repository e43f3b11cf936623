package core

import (
	"errors"
	"strings"
	"time"

	"kith/calls/session"
	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
)

// callers is the part of a receiver that takes in what calls say: call messages (XEP-0353) and Jingle (XEP-0166).
type callers struct{ *receiver }

// ringTime is how old a call message may be to be more than history.
const ringTime = time.Minute

// heard is what the archive told of calls while it was read; inbox goroutine.
type heard struct {
	words []word                     // of calls whose proposal was not read yet: the archive's newest page comes first
	taken map[model.CallID]time.Time // when calls were taken
	young []session.Heard            // what may still be going on
}

// maxHeard bounds each of them.
const maxHeard = 200

// message takes a call message.
func (r callers) message(env *envelope, m wire.CallMessage) error {
	peer := env.peer()
	if peer != r.a.own {
		if err := r.word(word{m: m, peer: peer, ours: env.outgoing, at: env.at}, env); err != nil {
			return err
		}
	}
	if r.a.c.Calls.manager == nil || r.now.Sub(env.at) > ringTime {
		return nil
	}
	who, err := r.peer(peer)
	if err != nil {
		return err
	}
	ev := session.Heard{Account: r.a.id, Own: r.a.fullJID(), From: env.from, To: env.to, Peer: who, Message: m}
	if env.live {
		r.after = append(r.after, func() { r.a.c.Calls.manager.Put(ev) })
		return nil
	}
	if h := &r.a.in.heard; len(h.young) < maxHeard {
		h.young = append(h.young, ev)
	}
	return nil
}

// read ends the reading of the archive: what is still going on may ring now, and what nobody will tell more of has an end.
func (r callers) read() error {
	h := &r.a.in.heard
	over := make(map[string]bool)
	for _, ev := range h.young {
		switch ev.Message.Verb {
		case wire.CallReject, wire.CallRetract, wire.CallFinish, wire.CallAccept:
			over[ev.Message.SID] = true
		case wire.CallProceed:
			over[ev.Message.SID] = over[ev.Message.SID] || ev.From.Bare() == r.a.own
		case wire.CallPropose, wire.CallRinging:
		}
	}
	young := h.young
	r.after = append(r.after, func() {
		for _, ev := range young {
			if ev.Message.Verb != wire.CallPropose || !over[ev.Message.SID] {
				r.a.c.Calls.manager.Put(ev)
			}
		}
		h.young, h.words = nil, nil
	})
	return r.sweep()
}

// peer is what is known of somebody with whom a call may be.
func (r callers) peer(jid model.JID) (session.Peer, error) {
	p := session.Peer{JID: jid, Relay: !r.isContact(jid), Alone: r.alone()}
	chat, known, err := r.chat(jid)
	if err != nil {
		return p, err
	}
	p.Chat, p.Rings = chat.id, r.isContact(jid) || known && !chat.request
	if v, err := r.tx.Setting(SettingRelay); err != nil {
		return p, err
	} else if v == "yes" {
		p.Relay = true
	}
	p.Device, _ = r.omemo.Device()
	devices, err := r.tx.Devices(r.a.id, jid)
	for _, d := range devices {
		p.MustVerify = p.MustVerify || d.Active && d.Trust == model.Verified
	}
	return p, err
}

// alone says whether no other device of ours is there.
func (r callers) alone() bool {
	r.a.mu.Lock()
	defer r.a.mu.Unlock()
	for resource := range r.a.presence[r.a.own] {
		if resource != r.a.full.Resource() {
			return false
		}
	}
	return true
}

// request takes a Jingle request. The Manager answers it.
func (r callers) request(el *wire.Element, iq wire.IQ) error {
	j, ok := wire.ParseJingle(iq.Payload)
	from := iq.From
	switch {
	case r.a.c.Calls.manager == nil:
		r.reply(wire.ErrorReply(el, wire.ServiceUnavailable))
		return nil
	case !ok || from.Resource() == "" || iq.Type != wire.TypeSet:
		r.reply(wire.ErrorReply(el, wire.BadRequest))
		return nil
	}
	who, err := r.peer(from.Bare())
	if err == nil && who.Rings && j.Action == wire.SessionInitiate {
		who, err = r.unproposed(from, j, who)
	}
	if err != nil {
		return err
	}
	proof, err := r.unseal(from, j.Contents)
	if err != nil {
		return err
	}
	ev := session.Asked{Account: r.a.id, Own: r.a.fullJID(), From: from, Peer: who, Stanza: el, Jingle: j, Proof: proof}
	r.after = append(r.after, func() {
		if !r.a.c.Calls.manager.Put(ev) {
			r.a.out.transient(wire.ErrorReply(el, wire.ResourceConstraint))
		}
	})
	return nil
}

// unproposed makes the row of a call that begins without a proposal (XEP-0166 §6.2). It returns who calls, whose first row this may be.
func (r callers) unproposed(from model.JID, j wire.Jingle, who session.Peer) (session.Peer, error) {
	m := wire.CallMessage{Verb: wire.CallPropose, SID: j.SID}
	for _, c := range j.Contents {
		m.Audio = m.Audio || c.Description != nil && c.Description.Media == "audio"
		m.Video = m.Video || c.Description != nil && c.Description.Media == "video"
	}
	_, known, err := r.row(who.JID, model.CallID(j.SID))
	if err != nil || known || !m.Audio {
		return who, err
	}
	env := &envelope{from: from, to: r.a.own, live: true, at: r.now}
	if err := r.proposed(word{m: m, peer: who.JID, at: r.now}, env); err != nil {
		return who, err
	}
	return r.peer(who.JID)
}

// bounced takes a proposal of ours that its addressee's server gives back, as nobody is there to take it; or a proceed of ours that
// the device gives back to which it went.
func (r callers) bounced(env *envelope) error {
	ev := session.Undelivered{Key: session.Key{Account: r.a.id}}
	id, ok := strings.CutPrefix(wire.ID(env.el), proposalID)
	if !ok {
		id, ok = strings.CutPrefix(wire.ID(env.el), proceedID)
		ev.From = env.from
	}
	if ev.ID = model.CallID(id); !ok || !env.live || (ev.From != "") != (env.from.Resource() != "") {
		return nil
	}
	call, ok := r.a.c.Calls.get(ev.ID)
	chat, known, err := r.chat(env.from.Bare())
	if err != nil || !ok || !known || call.Account != r.a.id || call.Chat != chat.id {
		return err
	}
	r.after = append(r.after, func() { r.a.c.Calls.manager.Put(ev) })
	return nil
}

// callAnswer hands the answer to a request of a call on.
func (r callers) answer(ans link.Answer) {
	ev, ok := r.a.out.expected(ans.ID)
	if !ok {
		return
	}
	if ans.Err != nil {
		ev.Err = noAnswer
		errors.As(ans.Err, &ev.Err)
	}
	r.after = append(r.after, func() { r.a.c.Calls.manager.Put(ev) })
}

// unseal opens the fingerprints that came over OMEMO and says what they prove: all of them, and by one device, or nothing.
func (r callers) unseal(from model.JID, contents []wire.Content) (session.Proof, error) {
	var proof session.Proof
	opened := make(map[string]string) // what was opened, by its bytes: some send one for several contents
	plain := false
	for _, co := range contents {
		if co.Transport == nil || co.Transport.Fingerprint == nil {
			continue
		}
		f := co.Transport.Fingerprint
		if f.Sealed == nil {
			plain = true
			continue
		}
		bytes := string(f.Sealed.Append(nil, wire.NSClient))
		if value, again := opened[bytes]; again {
			f.Open(value)
			continue
		}
		o, err := r.unsealOne(from.Bare(), f)
		switch {
		case errors.Is(err, errUnsealed):
			proof.Broken = true
			continue
		case err != nil:
			return proof, err
		}
		opened[bytes] = f.Value
		proof.Broken = proof.Broken || proof.Device != 0 && (proof.Device != o.From.ID || proof.Identity != o.From.Fingerprint)
		proof.Device, proof.Identity, proof.Trust = o.From.ID, o.From.Fingerprint, o.From.Trust
	}
	proof.Broken = proof.Broken || plain && proof.Device != 0
	return proof, nil
}

var errUnsealed = errors.New("no sealed fingerprint")

// unsealOne opens one.
func (r callers) unsealOne(from model.JID, f *wire.DTLS) (crypto.Opened, error) {
	x, ok := wire.ParseEncrypted(f.Sealed)
	if !ok {
		return crypto.Opened{}, errUnsealed
	}
	o, err := r.omemo.Decrypt(from, x, r.now)
	if err != nil {
		if _, known := faultOf(err); known || errors.Is(err, crypto.ErrDuplicate) || errors.Is(err, crypto.ErrReflection) {
			return crypto.Opened{}, errUnsealed
		}
		return crypto.Opened{}, err
	}
	opener{r.receiver}.steps(from, o)
	if !f.Open(string(o.Plain)) {
		return crypto.Opened{}, errUnsealed
	}
	return o, nil
}

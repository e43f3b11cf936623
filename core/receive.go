package core

import (
	"context"
	"errors"
	"time"

	"kith/core/link"
	"kith/core/model"
	"kith/core/wire"
	"kith/crypto"
	"kith/storage"
)

// receiver is the one transaction that takes a batch of stanzas in: everything they change is stored together, and what the
// rest of the program learns of it waits in after until the commit.
type receiver struct {
	a     *account
	tx    *storage.Tx
	omemo *crypto.Batch
	now   time.Time
	chats map[model.ChatID]*chatDelta
	peers map[model.JID]peerChat // chats met in this batch
	after []func()               // run once the transaction is committed

	owed   map[storage.Peer]bool // devices that are to get an empty message
	paying bool                  // the catch-up ends in this batch
	undone bool                  // a stanza was taken back: the notes of what changed may say too much
}

// chatDelta is what the batch changed in one chat.
type chatDelta struct {
	messages []model.Message
	notify   bool
}

// receive stores a batch and only then acknowledges it to the server (XEP-0198 §4). A batch that cannot be stored is not
// acknowledged: the server keeps it.
func (a *account) receive(ctx context.Context, batch []link.Event) {
	a.in.archive.ahead(ctx, a, batch)
	r := newReceiver(a)
	events, err := r.store(ctx, batch)
	for err != nil {
		if !a.storeAgain(ctx, err) {
			return
		}
		r = newReceiver(a)
		events, err = r.store(ctx, batch)
	}
	r.omemo.Committed()
	a.in.archive.ended = ""
	a.c.stanzasIn.Add(int64(len(batch)))
	a.link.Handled(len(batch))
	a.c.feed.put(events...)
	for _, do := range r.after {
		do()
	}
	a.nudge()
}

func newReceiver(a *account) *receiver {
	return &receiver{
		a: a, now: time.Now().UTC(), owed: make(map[storage.Peer]bool),
		chats: make(map[model.ChatID]*chatDelta), peers: make(map[model.JID]peerChat),
	}
}

// store runs the transaction and returns one event per changed chat.
func (r *receiver) store(ctx context.Context, batch []link.Event) (events []Event, err error) {
	err = r.a.c.store.Update(ctx, func(tx *storage.Tx) error {
		r.tx = tx
		if r.omemo, err = r.a.c.omemo.Begin(tx, r.a.id, r.a.own); err != nil {
			return err
		}
		for _, ev := range batch {
			if err := r.one(ev); err != nil {
				return err
			}
		}
		if err := r.payOwed(); err != nil {
			return err
		}
		if err := r.omemo.Flush(); err != nil {
			return err
		}
		events, err = r.events()
		return err
	})
	return events, err
}

// one takes a single stanza inside a savepoint, so that a bad one spoils nothing. This is the one place in Kith that
// recovers from a panic: a stanza that hits a bug must not come back with every archive catch-up and stop the account for
// ever. It returns an error only when the store itself is broken.
func (r *receiver) one(ev link.Event) (broken error) {
	mark, after := r.omemo.Mark(), len(r.after)
	undo := func() {
		r.omemo.Rewind(mark)
		r.after, r.undone = r.after[:after], true
		clear(r.peers)
	}
	defer func() {
		if p := recover(); p != nil {
			undo()
			r.a.log.Error("stanza skipped after a panic", "panic_type", p)
		}
	}()
	err := r.tx.Savepoint(func() error { return r.event(ev) })
	switch {
	case err == nil:
		return nil
	case isBroken(err):
		return err
	default:
		undo()
		r.a.log.Error("stanza skipped", "err", err)
		return nil
	}
}

func (r *receiver) event(ev link.Event) error {
	switch ev := ev.(type) {
	case link.Answer:
		return r.answer(ev)
	case link.Stanza:
		switch ev.Element.Local {
		case "message":
			return r.message(ev.Element)
		case "presence":
			return r.presence(ev.Element)
		case "iq":
			return r.request(ev.Element)
		}
	}
	return nil
}

// answer gives the answer of a Request to whoever asked.
func (r *receiver) answer(ans link.Answer) error {
	do := r.a.in.answers[ans.ID]
	if do == nil {
		return nil
	}
	delete(r.a.in.answers, ans.ID)
	return do(r, ans.Element.First(), ans.Err)
}

// answer handles the answer to a Request inside the transaction it arrived in. payload may be nil; err is a
// *wire.StanzaError, ErrOffline or link.ErrTimeout.
type answer func(r *receiver, payload *wire.Element, err error) error

// ask sends a request whose answer arrives in order with the stanzas. Inbox goroutine only.
func (a *account) ask(ctx context.Context, iq wire.IQ, do answer) (id string) {
	id, err := a.link.Request(ctx, iq)
	if err != nil {
		a.log.Debug("request not sent", "err", err)
		return ""
	}
	a.in.answers[id] = do
	return id
}

// envelope is a message with what is known of how it came: the message itself, stripped of its carbon or archive wrapping.
type envelope struct {
	el       *wire.Element
	from, to model.JID
	outgoing bool
	live     bool      // not from the archive
	carbon   bool      // a copy of what another device of ours sent or got
	query    string    // of the archive query that brought it
	serverID string    // its identity in our archive
	at       time.Time // when it was sent, as far as we are told by somebody we may believe
}

// peer is the other side of the chat the message belongs to.
func (e *envelope) peer() model.JID {
	if e.outgoing {
		return e.to.Bare()
	}
	return e.from.Bare()
}

// message takes in one message stanza: its origin is checked before anything in it is believed.
func (r *receiver) message(el *wire.Element) error {
	from, ok := wire.From(el)
	if !ok {
		return nil
	}
	if ev, ok := wire.ParsePubSubEvent(el); ok {
		return r.pep(from, ev)
	}
	env, ok := r.unwrap(el, from)
	if !ok {
		return nil
	}
	if wire.MessageType(env.el) == wire.TypeError {
		return r.bounced(env)
	}
	if t := wire.MessageType(env.el); t == wire.TypeGroupchat || t == wire.TypeHeadline {
		return nil
	}
	return r.content(env)
}

// unwrap finds the message proper and checks who may have sent it: a carbon only comes from our own bare address
// (XEP-0280 §11), an archive result only from our own archive and while its query is open (XEP-0313 §8).
func (r *receiver) unwrap(el *wire.Element, from model.JID) (*envelope, bool) {
	mine := from == "" || from == r.a.own
	if c, ok := wire.ParseCarbon(el); ok {
		if !mine {
			return nil, false
		}
		return r.open(c.Forwarded, &envelope{live: true, carbon: true, outgoing: c.Sent})
	}
	if res, ok := wire.ParseArchiveResult(el); ok {
		if !mine || !r.a.in.archive.expects(res.QueryID) {
			return nil, false
		}
		return r.open(res.Forwarded, &envelope{serverID: res.ID, query: res.QueryID})
	}
	env := &envelope{el: el, from: from, live: true, at: r.now}
	if from == "" {
		env.from = r.a.own
	}
	if to, ok := wire.To(el); !ok || (to != "" && to.Bare() != r.a.own) {
		return nil, false
	} else if env.to = to; to == "" {
		env.to = r.a.own
	}
	if stamp, ok := r.delayed(el); ok {
		env.at = stamp
	}
	if r.a.in.sids {
		env.serverID = wire.StanzaID(el, r.a.own)
	}
	return env, true
}

// delayed is when our own server took the message, if it kept it for us (XEP-0203). Anybody else's stamp is not believed.
func (r *receiver) delayed(el *wire.Element) (time.Time, bool) {
	for _, d := range wire.Delays(el) {
		if d.From == r.a.own || string(d.From) == r.a.own.Domain() {
			return d.Stamp, true
		}
	}
	return time.Time{}, false
}

// open completes an envelope from a forwarded message (XEP-0297).
func (r *receiver) open(fwd wire.Forwarded, env *envelope) (*envelope, bool) {
	if fwd.Message == nil {
		return nil, false
	}
	var okFrom, okTo bool
	env.el = fwd.Message
	env.from, okFrom = wire.From(fwd.Message)
	env.to, okTo = wire.To(fwd.Message)
	if !okFrom || !okTo {
		return nil, false
	}
	if env.to == "" {
		env.to = r.a.own
	}
	if env.from == "" {
		env.from = r.a.own
	}
	fromUs, toUs := env.from.Bare() == r.a.own, env.to.Bare() == r.a.own
	switch {
	case env.carbon && env.outgoing != fromUs && !(fromUs && toUs):
		return nil, false
	case !fromUs && !toUs:
		return nil, false
	}
	env.outgoing = fromUs
	if env.at = fwd.Stamp; env.at.IsZero() {
		env.at = r.now
	}
	if env.carbon && r.a.in.sids {
		env.serverID = wire.StanzaID(fwd.Message, r.a.own)
	}
	return env, true
}

// content classifies what a message carries and stores it.
func (r *receiver) content(env *envelope) error {
	if err := r.signals(env); err != nil {
		return err
	}
	if env.live && env.serverID != "" {
		if err := r.a.in.archive.live(r, env.serverID, env.at); err != nil {
			return err
		}
	}
	m := model.Message{
		From: env.from.Bare(), Outgoing: env.outgoing, Time: env.at, ServerID: env.serverID,
		OriginID: wire.OriginID(env.el),
	}
	if m.OriginID == "" {
		m.OriginID = wire.ID(env.el)
	}
	if env.outgoing {
		m.State = model.Sent
	} else {
		m.WantsReceipt = wire.WantsReceipt(env.el)
		m.Markable = wire.IsMarkable(env.el)
	}
	if x := env.el.Child(wire.NSOMEMO, "encrypted"); x != nil {
		return r.encrypted(env, &m, x)
	}
	if _, _, ok := wire.ParseEncryption(env.el); ok {
		m.Kind, m.Fault, m.Encrypted = model.Unreadable, model.Unknown, true
		return r.add(env, &m)
	}
	if m.Body, _ = wire.Body(env.el); m.Body == "" {
		return nil
	}
	return r.add(env, &m)
}

// encrypted opens an OMEMO message (XEP-0384) and stores it; what cannot be read is stored as a row that says so.
func (r *receiver) encrypted(env *envelope, m *model.Message, el *wire.Element) error {
	m.Encrypted = true
	if known, err := r.known(env, m); known || err != nil {
		return err
	}
	x, ok := wire.ParseEncrypted(el)
	if !ok {
		m.Kind, m.Fault = model.Unreadable, model.BadMessage
		return r.add(env, m)
	}
	m.Device = x.SID
	if r.a.in.archive.behindGap(env) {
		return r.beforeItsTurn(env, m, x)
	}
	opened, err := r.omemo.Decrypt(env.from.Bare(), x, r.now)
	switch {
	case err == nil:
		return r.opened(env, m, opened)
	case errors.Is(err, crypto.ErrDuplicate), errors.Is(err, crypto.ErrReflection):
		return nil
	}
	fault, known := faultOf(err)
	if !known {
		return err
	}
	if len(x.Payload) == 0 && fault != model.NoSession {
		return nil // a lost key transport carries nothing for a person
	}
	return r.unreadable(env, m, x, fault)
}

// opened stores what a message said, and queues what its ratchet asks for.
func (r *receiver) opened(env *envelope, m *model.Message, o crypto.Opened) error {
	m.Fingerprint, m.Trust, m.Device = o.From.Fingerprint, o.From.Trust, o.From.ID
	r.steps(env.from.Bare(), o)
	if m.Body = string(o.Plain); m.Body == "" {
		return nil
	}
	return r.add(env, m)
}

// steps does what a message asks for beyond being shown: a device that is not known is looked up, a used one-time key is
// replaced, an empty message answers.
func (r *receiver) steps(from model.JID, o crypto.Opened) {
	if o.NewDevice || !o.From.Active {
		r.a.out.refreshDevices(from)
	}
	if o.NewDevice {
		r.after = append(r.after, func() {
			r.a.c.feed.put(DevicesChanged{Account: r.a.id, JID: from, New: []model.Device{o.From}})
		})
	}
	if o.PreKey {
		r.a.out.publishKeys(republishDelay)
	}
	if o.Reply && r.mayAnswer(from) {
		r.owe(o.From)
	}
}

// faultOf sorts an error of Decrypt; known is false when it is not about the message but about the store.
func faultOf(err error) (fault model.Fault, known bool) {
	switch {
	case errors.Is(err, crypto.ErrNoSession):
		return model.NoSession, true
	case errors.Is(err, crypto.ErrNotForUs):
		return model.NotForUs, true
	case errors.Is(err, crypto.ErrOldFormat):
		return model.OldFormat, true
	case errors.Is(err, crypto.ErrBad), errors.Is(err, crypto.ErrIdentityChanged):
		return model.BadMessage, true
	}
	return model.NoFault, false
}

// known says whether the message is stored already: by its archive id, then by the sender's own id. It is asked before
// decryption, because a ratchet opens a message only once.
func (r *receiver) known(env *envelope, m *model.Message) (bool, error) {
	chat, ok, err := r.chat(env.peer())
	if err != nil || !ok {
		return false, err
	}
	if m.ServerID != "" {
		_, ok, err := r.tx.MessageByServerID(chat.id, m.ServerID)
		if err != nil || ok {
			return ok, err
		}
	}
	if m.OriginID == "" {
		return false, nil
	}
	row, ok, err := r.tx.MessageByOrigin(chat.id, m.Outgoing, m.OriginID)
	if err != nil || !ok {
		return false, err
	}
	if row.ServerID == "" && m.ServerID != "" {
		row.ServerID = m.ServerID
		_, err = r.tx.AddMessage(&row)
	}
	return true, err
}

// add stores a row and notes what of it the interface has to know.
func (r *receiver) add(env *envelope, m *model.Message) error {
	chat, err := r.chatWith(env)
	if err != nil {
		return err
	}
	m.Chat = chat
	isNew, err := r.tx.AddMessage(m)
	if err != nil || !isNew {
		return err
	}
	d := r.delta(chat)
	d.messages = append(d.messages, *m)
	if m.Outgoing {
		_, err := r.tx.MarkRead(chat, m.ID) // who answers has read
		return err
	}
	if r.a.in.archive.firstEver() && !env.live {
		_, err := r.tx.MarkRead(chat, m.ID) // history from before this device is not news
		return err
	}
	d.notify = d.notify || env.live
	return r.acknowledge(env, m)
}

// peerChat is what a batch remembers of a chat.
type peerChat struct {
	id      model.ChatID
	request bool
}

// chat is the chat with somebody, if there is one.
func (r *receiver) chat(peer model.JID) (peerChat, bool, error) {
	if c, ok := r.peers[peer]; ok {
		return c, true, nil
	}
	chat, ok, err := r.tx.ChatWith(r.a.id, peer)
	if err != nil || !ok {
		return peerChat{}, false, err
	}
	c := peerChat{chat.ID, chat.Request}
	r.peers[peer] = c
	return c, true, nil
}

// chatWith is the chat the message belongs to; the first message makes it.
func (r *receiver) chatWith(env *envelope) (model.ChatID, error) {
	peer := env.peer()
	c, ok, err := r.chat(peer)
	if err != nil {
		return 0, err
	}
	request := c.request && !env.outgoing
	if !ok {
		chat, _, err := r.tx.EnsureChat(r.a.id, peer)
		if err != nil {
			return 0, err
		}
		c, request = peerChat{chat.ID, chat.Request}, !env.outgoing && !r.isContact(peer)
	}
	if request != c.request {
		if err := r.tx.SetRequest(c.id, request); err != nil {
			return 0, err
		}
		c.request = request
	}
	r.peers[peer] = c
	return c.id, nil
}

func (r *receiver) isContact(j model.JID) bool {
	c, ok := r.a.in.contact[j]
	return j == r.a.own || (ok && c.InRoster)
}

func (r *receiver) delta(chat model.ChatID) *chatDelta {
	d := r.chats[chat]
	if d == nil {
		d = &chatDelta{}
		r.chats[chat] = d
	}
	return d
}

// changed notes that a stored row of a chat is different now.
func (r *receiver) changed(id model.MessageID) error {
	m, err := r.tx.Message(id)
	if err != nil {
		return err
	}
	d := r.delta(m.Chat)
	d.messages = append(d.messages, m)
	return nil
}

// events makes one event per changed chat, with the chat as this transaction leaves it.
func (r *receiver) events() ([]Event, error) {
	out := make([]Event, 0, len(r.chats))
	for id, d := range r.chats {
		chat, err := r.tx.Chat(id)
		if errors.Is(err, ErrNotFound) && r.undone {
			continue
		}
		if err != nil {
			return nil, err
		}
		ev := ChatChanged{Chat: chat, Messages: d.messages, Notify: d.notify && chat.Unread > 0 && r.now.After(chat.Muted)}
		if len(ev.Messages) > mergeLimit || r.undone {
			ev.Messages, ev.Reload = nil, true
		}
		out = append(out, ev)
	}
	return out, nil
}

// storeRetry is how long a batch that could not be stored waits for the next try.
const storeRetry = 5 * time.Second

// storeAgain shows why nothing can be stored, most often a full disk, and waits. The batch is kept and the server is not
// told of it, so nothing is lost: as soon as there is room the account goes on. It returns false when the account ends.
func (a *account) storeAgain(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	a.log.Error("store a batch", "err", err)
	a.setStatus(func(s *AccountStatus) { s.Err = err })
	select {
	case <-time.After(storeRetry):
		a.setStatus(func(s *AccountStatus) { s.Err = nil })
		return true
	case <-ctx.Done():
		return false
	}
}

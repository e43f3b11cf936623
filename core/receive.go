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
	a      *account
	tx     *storage.Tx
	omemo  *crypto.Batch
	now    time.Time
	chats  map[model.ChatID]*chatDelta
	peers  map[model.JID]peerChat // chats met in this batch
	met    met
	people []contactDelta // what changed of contacts, in order
	after  []func()       // run once the transaction is committed

	events []Event // of the committed transaction
	tries  int     // how often this batch could not be stored

	owed   map[storage.Peer]bool // devices that are to get an empty message
	paying bool                  // the catch-up ends in this batch
	undone bool                  // a stanza was taken back: the notes of what changed may say too much
}

// The parts of what a receiver does, each with its own file: receipts.go, contacts.go and presence.go, open.go and heal.go.
type (
	receipts struct{ *receiver } // what rides beside the text
	roster   struct{ *receiver } // contacts and their presence
	opener   struct{ *receiver } // what is encrypted
)

// chatDelta is what the batch changed in one chat.
type chatDelta struct {
	messages []model.Message
	notify   bool
}

// receive stores a batch and only then acknowledges it to the server (XEP-0198 §4). A batch that cannot be stored is not
// acknowledged: the server keeps it.
func (a intake) receive(ctx context.Context, batch []link.Event) {
	a.in.archive.ahead(ctx, a, batch)
	r := newReceiver(a.account)
	err := r.store(ctx, func() error { return r.batch(batch) })
	for tries := 1; err != nil; tries++ {
		if !a.storeAgain(ctx, err) {
			return
		}
		r = newReceiver(a.account)
		r.tries = tries
		if err = r.store(ctx, func() error { return r.batch(batch) }); err == nil {
			a.setStatus(func(s *AccountStatus) { s.Err = nil })
		}
	}
	a.in.archive.ended = ""
	a.c.stanzasIn.Add(int64(len(batch)))
	a.link.Handled(len(batch))
	r.finish()
}

// change runs work of a person's in a transaction on the inbox goroutine, where all that it keeps in memory may be changed.
func (a *account) change(ctx context.Context, work func(*receiver) error) error {
	var failed error
	err := a.command(ctx, func() {
		r := newReceiver(a)
		if failed = r.store(ctx, func() error { return errors.Join(r.reload(), work(r)) }); failed == nil {
			r.finish()
		}
	})
	return errors.Join(err, failed)
}

// finish tells of a committed transaction.
func (r *receiver) finish() {
	r.omemo.Committed()
	r.a.c.feed.put(r.events...)
	r.a.c.feed.put(roster{r}.changes()...)
	for _, do := range r.after {
		do()
	}
	r.a.nudge()
}

func newReceiver(a *account) *receiver {
	return &receiver{
		a: a, now: time.Now().UTC(), owed: make(map[storage.Peer]bool),
		chats: make(map[model.ChatID]*chatDelta), peers: make(map[model.JID]peerChat), met: make(met),
	}
}

// store runs the transaction. What it left in memory is read anew if it failed.
func (r *receiver) store(ctx context.Context, work func() error) error {
	err := r.a.c.store.Update(ctx, func(tx *storage.Tx) (err error) {
		r.tx = tx
		if r.omemo, err = r.a.c.omemo.Begin(tx, r.a.id, r.a.own); err != nil {
			return err
		}
		if err := work(); err != nil {
			return err
		}
		if err := (opener{r}).payOwed(); err != nil {
			return err
		}
		silent, err := r.a.tellSilent(tx, r.omemo)
		if err != nil {
			return err
		}
		if err := r.omemo.Flush(); err != nil {
			return err
		}
		r.events, err = r.chatEvents()
		r.events = append(r.events, silent...)
		return err
	})
	r.a.in.stale = r.a.in.stale || err != nil
	return err
}

func (r *receiver) batch(batch []link.Event) error {
	for _, ev := range batch {
		if err := r.one(ev); err != nil {
			return err
		}
	}
	return nil
}

// reload reads the roster anew when the copy in memory may tell of something that was not stored after all.
func (r *receiver) reload() error {
	if !r.a.in.stale {
		return nil
	}
	if err := (roster{r}).loadRoster(); err != nil {
		return err
	}
	r.a.in.stale = false
	return nil
}

// one takes a single stanza inside a savepoint, so that a bad one spoils nothing. This is the one place in Kith that
// recovers from a panic: a stanza that hits a bug must not come back with every archive catch-up and stop the account for
// ever. It returns an error only when the store itself is broken.
func (r *receiver) one(ev link.Event) (broken error) {
	mark, after, people := r.omemo.Mark(), len(r.after), len(r.people)
	undo := func() {
		r.omemo.Rewind(mark)
		r.after, r.people, r.undone, r.a.in.stale = r.after[:after], r.people[:people], true, true
		clear(r.peers)
		if ans, ok := ev.(link.Answer); ok {
			r.after = append(r.after, func() { delete(r.a.in.answers, ans.ID) })
		}
	}
	defer func() {
		if p := recover(); p != nil {
			undo()
			r.a.log.Error("stanza skipped after a panic", "panic_type", p)
		}
	}()
	if err := r.reload(); err != nil {
		return err
	}
	err := r.tx.Savepoint(func() error { return r.event(ev) })
	switch {
	case err == nil:
		return nil
	case isBroken(err), !isRefusal(err) && r.tries < maxTries:
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
		switch {
		case ev.Element.Local == "message":
			return r.message(ev)
		case ev.Cut != nil:
			return nil //nolint:nilerr // a presence; link answers such a request by itself
		case ev.Element.Local == "presence":
			return roster{r}.presence(ev.Element)
		case ev.Element.Local == "iq":
			return r.request(ev.Element)
		}
	}
	return nil
}

// answer gives the answer of a Request to whoever asked.
func (r *receiver) answer(ans link.Answer) error {
	do := r.a.in.answers[ans.ID]
	if do == nil {
		callers{r}.answer(ans)
		return nil
	}
	r.after = append(r.after, func() { delete(r.a.in.answers, ans.ID) }) // it is needed again if this cannot be stored now
	return do(r, ans.Element.First(), ans.Err)
}

// answer handles the answer to a Request inside the transaction it arrived in. payload may be nil; err is a
// *wire.StanzaError, ErrOffline or link.ErrTimeout.
type answer func(r *receiver, payload *wire.Element, err error) error

// ask sends a request whose answer arrives in order with the stanzas. Inbox goroutine only.
func (a intake) ask(ctx context.Context, iq wire.IQ, do answer) (id string) {
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
	cut      bool      // only its beginning was read
	first    bool      // no copy of it is stored
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
func (r *receiver) message(st link.Stanza) error {
	el := st.Element
	from, ok := wire.From(el)
	if !ok {
		return nil
	}
	if to, ok := wire.To(el); !ok || (to != "" && to.Bare() != r.a.own) {
		return nil
	}
	if ev, ok := wire.ParsePubSubEvent(el); ok && st.Cut == nil {
		return opener{r}.pep(from, ev)
	}
	env, ok := r.unwrap(el, from)
	if !ok {
		return nil
	}
	env.cut = st.Cut != nil
	if wire.MessageType(env.el) == wire.TypeError {
		if err := (callers{r}).bounced(env); err != nil {
			return err
		}
		return receipts{r}.bounced(env)
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
	if env.to, _ = wire.To(el); env.to == "" {
		env.to = r.a.own
	}
	env.outgoing = env.from.Bare() == r.a.own && wire.MessageType(el) != wire.TypeError // a note to ourselves
	if stamp, ok := r.delayed(el); ok {
		env.at = stamp
	}
	if r.a.in.sids {
		env.serverID = wire.StanzaID(el, r.a.own)
	}
	return env, true
}

// delayed is when our own server took the message, if it kept it for us (XEP-0203). Anybody else's stamp is not believed, nor
// one from the future or from before what the archive held already: not every server removes what a sender made up.
func (r *receiver) delayed(el *wire.Element) (time.Time, bool) {
	for _, d := range wire.Delays(el) {
		if d.From == r.a.own || string(d.From) == r.a.own.Domain() {
			return d.Stamp, d.Stamp.Before(r.now) && !r.a.in.archive.covers(d.Stamp)
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
	if env.at = fwd.Stamp; env.at.IsZero() || env.at.After(r.now) {
		env.at = r.now
	}
	if s, ok := r.a.in.archive.order.seats[env.serverID]; ok && !env.carbon && s.at.Before(r.now.Add(time.Second)) {
		env.at = s.at // at most at the end of the present second
	}
	if env.carbon && r.a.in.sids {
		env.serverID = wire.StanzaID(fwd.Message, r.a.own)
	}
	return env, true
}

// content classifies what a message carries and stores it.
func (r *receiver) content(env *envelope) error {
	if !env.cut {
		if err := (receipts{r}).signals(env); err != nil {
			return err
		}
	}
	if env.live && !r.a.in.archive.topped && !r.a.out.isCaughtUp() && env.at.Nanosecond() != 0 { // those of whole seconds have no place yet
		r.a.in.archive.order.keep(env.at)
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
	x := env.el.Child(wire.NSOMEMO, "encrypted")
	if call, ok := wire.ParseCallMessage(env.el); ok && !env.cut {
		return callers{r}.message(env, call)
	}
	if env.cut {
		if env.el.Child(wire.NSPubSubEvent, "event") != nil {
			return nil
		}
		m.Kind, m.Fault, m.Encrypted = model.Unreadable, model.TooMuch, x != nil
		return r.add(env, &m)
	}
	if x != nil {
		return opener{r}.encrypted(env, &m, x)
	}
	if _, _, ok := wire.ParseEncryption(env.el); ok {
		m.Kind, m.Fault, m.Encrypted = model.Unreadable, model.Unknown, true
		return r.add(env, &m)
	}
	body, _ := wire.Body(env.el)
	if m.Body = cleanText(body); m.Body == "" {
		return nil
	}
	return r.add(env, &m)
}

// storeRetry is how long a batch that could not be stored waits for the next try, and maxTries how often a stanza may keep it
// from being stored for a reason that nobody has thought of, before that stanza is skipped.
const (
	storeRetry = 5 * time.Second
	maxTries   = 3
)

// storeUntilDone runs a transaction of the inbox goroutine again until it is stored, or the account ends.
func (a *account) storeUntilDone(ctx context.Context, work func(*storage.Tx) error) bool {
	for tries := 0; ; tries++ {
		err := a.c.store.Update(ctx, work)
		switch {
		case err == nil && tries > 0:
			a.setStatus(func(s *AccountStatus) { s.Err = nil })
			return true
		case err == nil:
			return true
		case !isBroken(err) && tries >= maxTries, !intake{a}.storeAgain(ctx, err):
			return false
		}
	}
}

// storeAgain shows why nothing can be stored, most often a full disk, and waits. The batch is kept and the server is not
// told of it, so nothing is lost: as soon as there is room the account goes on. It returns false when the account ends.
func (a intake) storeAgain(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	a.log.Error("store what arrived", "err", err)
	a.setStatus(func(s *AccountStatus) { s.Err = err })
	select {
	case <-time.After(storeRetry):
		return true
	case <-ctx.Done():
		return false
	}
}

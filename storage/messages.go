package storage

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"kith/core/model"
)

type messageReads struct{ r *runner }

type messageWrites struct{ w *work }

// Flags of a row.
const (
	flagEncrypted = 1 << iota
	flagReceipt
	flagMarkable
)

const (
	columnsBeforeBody = "m.outgoing, m.origin_id, m.server_id, m.time_ms"
	columnsAfterBody  = "m.state, m.fault, m.flags, m.device, m.fingerprint, m.trust"

	messageColumns = "m.id, m.kind, coalesce(m.sender, CASE m.outgoing WHEN 1 THEN a.jid ELSE c.jid END), " +
		columnsBeforeBody + ", m.body, " + columnsAfterBody
)

const selectMessages = "SELECT pack(" + messageColumns + `) AS row
	FROM message m CROSS JOIN chat c ON c.id = m.chat_id CROSS JOIN account a ON a.id = c.account_id `

const whereOrigin = "WHERE m.chat_id = ? AND m.origin_id = ? AND m.outgoing = ? ORDER BY m.id DESC LIMIT 1"

// whereCopies finds rows by both names of a message in its chat (?1): that of the archive (?2), and its sender's (?3, ?4).
const whereCopies = `WHERE m.id IN (SELECT id FROM message WHERE chat_id = ?1 AND server_id = ?2
	UNION ALL SELECT id FROM (SELECT id FROM message WHERE chat_id = ?1 AND origin_id = ?3 AND outgoing = ?4 ORDER BY id DESC LIMIT 100))
	ORDER BY m.id DESC LIMIT 101`

// takeMessage takes messageColumns.
func takeMessage(c *cells, m *model.Message) {
	m.ID = model.MessageID(c.int())
	m.Chat = m.ID.Chat()
	m.Kind = model.Kind(c.int())
	m.From = model.JID(c.text())
	m.Outgoing = c.bool()
	m.OriginID, m.ServerID = c.text(), c.text()
	m.Time = fromMS(c.int())
	m.Body = c.text()
	m.State, m.Fault = model.State(c.int()), model.Fault(c.int())
	flags := c.int()
	m.Encrypted, m.WantsReceipt, m.Markable = flags&flagEncrypted != 0, flags&flagReceipt != 0, flags&flagMarkable != 0
	m.Device = model.DeviceID(c.int())
	m.Fingerprint = c.fingerprint()
	m.Trust = model.Trust(c.int())
}

// fingerprint is the inverse of packFingerprint.
func (c *cells) fingerprint() model.Fingerprint {
	kind, _, s := c.next()
	if kind != cellBlob || len(s) != 32 {
		return model.Fingerprint(s)
	}
	var b [32]byte
	var text [64]byte
	copy(b[:], s)
	hex.Encode(text[:], b[:])
	return model.Fingerprint(text[:])
}

func scanMessageID(row scanner, id *model.MessageID) error { return row.Scan(id) }

// packFingerprint is half the size of the text. What is not a fingerprint stays as it is.
func packFingerprint(f model.Fingerprint) any {
	b, err := hex.DecodeString(string(f))
	if err != nil || len(b) != 32 || hex.EncodeToString(b) != string(f) {
		return orNull(string(f))
	}
	return b
}

func packFlags(m *model.Message) int {
	flags := 0
	for i, set := range [...]bool{m.Encrypted, m.WantsReceipt, m.Markable} {
		if set {
			flags |= 1 << i
		}
	}
	return flags
}

// Message is one message; ErrNotFound.
func (t messageReads) Message(id model.MessageID) (model.Message, error) {
	m, ok, err := t.one("WHERE m.id = ?", id)
	if err == nil && !ok {
		err = fmt.Errorf("read message: %w", ErrNotFound)
	}
	return m, err
}

// MessageByOrigin is the newest message of a chat, of theirs or of ours, whose sender named it so.
func (t messageReads) MessageByOrigin(chat model.ChatID, outgoing bool, originID string) (model.Message, bool, error) {
	if originID == "" {
		return model.Message{}, false, nil
	}
	return t.one(whereOrigin, chat, originID, outgoing)
}

// MessageByServerID is the message of a chat that our account's archive named so.
func (t messageReads) MessageByServerID(chat model.ChatID, serverID string) (model.Message, bool, error) {
	if serverID == "" {
		return model.Message{}, false, nil
	}
	return t.one("WHERE m.chat_id = ? AND m.server_id = ?", chat, serverID)
}

// Copies are the rows of a chat that may be the same message as one that comes with these names: the one that our account's archive
// named so before all others, then those whose sender named them so, of theirs or of ours, the newest first.
func (t messageReads) Copies(chat model.ChatID, outgoing bool, serverID, originID string) ([]model.Message, error) {
	if serverID == "" && originID == "" {
		return nil, nil
	}
	rows, err := listPacked(context.Background(), t.r, takeMessage, selectMessages+whereCopies, chat, orNull(serverID), orNull(originID), outgoing)
	if err != nil {
		return nil, fmt.Errorf("find message: %w", err)
	}
	for i := range rows {
		if serverID != "" && rows[i].ServerID == serverID {
			rows[0], rows[i] = rows[i], rows[0]
			slices.SortFunc(rows[1:], func(x, y model.Message) int { return cmp.Compare(y.ID, x.ID) })
			break
		}
	}
	return rows, nil
}

func (t messageReads) one(where string, args ...any) (model.Message, bool, error) {
	m, err := getPacked(t.r, takeMessage, selectMessages+where, args...)
	ok, err := found(err)
	if err != nil {
		return model.Message{}, false, fmt.Errorf("read message: %w", err)
	}
	return m, ok, nil
}

// maxPage bounds one page of messages, whatever is asked for.
const maxPage = 1000

// Messages are a page of a chat, the oldest first: the ones nearest to p.Around, without it, on the side asked for.
func (t messageReads) Messages(chat model.ChatID, p model.Page) ([]model.Message, error) {
	first, last := model.MessageID(int64(chat)<<43), model.MessageID((int64(chat)+1)<<43-1)
	limit := min(max(p.Limit, 0), maxPage)
	var out []model.Message
	var err error
	if p.Newer {
		out, err = listPacked(context.Background(), t.r, takeMessage, selectMessages+"WHERE m.id BETWEEN ? AND ? ORDER BY m.id LIMIT ?", max(first, p.Around+1), last, limit)
	} else {
		if p.Around != 0 {
			last = min(last, p.Around-1)
		}
		out, err = listPacked(context.Background(), t.r, takeMessage, selectMessages+"WHERE m.id BETWEEN ? AND ? ORDER BY m.id DESC LIMIT ?", first, last, limit)
		slices.Reverse(out)
	}
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return out, nil
}

// maxAhead is how far a clock elsewhere may go wrong before a message is filed as if it came now: a stamp from the year 9999
// would stay the newest for ever.
const maxAhead = 5 * time.Minute

// AddMessage stores a message and sets its ID, which follows from m.Chat and m.Time. It keeps the chat's last message, unread
// count and the search index.
//
// The same message comes more than once: live, as a carbon, from the archive. It is recognised by its ServerID, else by sender and
// OriginID. Then isNew is false and m becomes the stored row, which has learned the ServerID and a state further on.
// Two texts that differ are two messages even under one OriginID: some clients count from 1 at every start.
//
// ErrNotFound: there is no such chat.
func (t messageWrites) AddMessage(m *model.Message) (isNew bool, err error) {
	known, ok, err := t.known(m)
	if err != nil {
		return false, err
	}
	if ok {
		err = t.merge(&known, m)
		*m = known
		return false, err
	}
	return true, t.AddNew(m)
}

// AddNew is AddMessage for a message of which Copies has found none.
func (t messageWrites) AddNew(m *model.Message) error {
	if m.Time.IsZero() || m.Time.After(t.w.now.Add(maxAhead)) {
		m.Time = t.w.now
	}
	m.Time = m.Time.Truncate(time.Millisecond).UTC()
	if err := t.insert(m); err != nil {
		return fmt.Errorf("add message: %w", err)
	}
	if m.From == "" {
		stored, err := t.w.reads.Message(m.ID)
		if err != nil {
			return err
		}
		m.From = stored.From
	}
	t.w.index.add(m)
	if _, err := t.w.exec(addToChat, m.ID, !m.Outgoing && m.Kind.News(), m.Chat); err != nil {
		return fmt.Errorf("add message: %w", err)
	}
	return nil
}

// known finds the row that m is another copy of.
func (t messageWrites) known(m *model.Message) (model.Message, bool, error) {
	rows, err := t.w.reads.Copies(m.Chat, m.Outgoing, m.ServerID, m.OriginID)
	if err != nil {
		return model.Message{}, false, err
	}
	for _, row := range rows {
		if m.ServerID != "" && row.ServerID == m.ServerID {
			return row, true, nil
		}
		differ := row.Kind == model.Text && m.Kind == model.Text && row.Body != m.Body
		if !differ && (m.From == "" || row.From == m.From) {
			return row, true, nil
		}
	}
	return model.Message{}, false, nil
}

// merge adds to a stored row what another copy of it tells.
func (t messageWrites) merge(row, m *model.Message) error {
	if row.ServerID == "" && m.ServerID != "" {
		if _, err := t.w.exec("UPDATE message SET server_id = ? WHERE id = ?", m.ServerID, row.ID); err != nil {
			return fmt.Errorf("name message: %w", err)
		}
		if err := (chatWrites{t.w}).keepLast(row.ID); err != nil {
			return err
		}
		row.ServerID = m.ServerID
	}
	if m.State == model.Pending || m.State == model.Failed || !grows(row.State, m.State) {
		return nil
	}
	changed, err := stateWrites{t.w}.SetState(row.ID, m.State, model.NoFault)
	if changed {
		row.State, row.Fault = m.State, model.NoFault
	}
	return err
}

// insertMessage stores nothing where the number is taken or the chat is not there. The sender (?5) is NULL where it follows from the chat.
const insertMessage = `INSERT INTO message (id, chat_id, kind, outgoing, sender, origin_id, server_id, time_ms, body, state, fault, flags, device, fingerprint, trust)
	SELECT ?1, c.id, ?3, ?4, nullif(?5, CASE WHEN ?4 THEN a.jid ELSE c.jid END), ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15
	FROM chat c JOIN account a ON a.id = c.account_id WHERE c.id = ?2 ON CONFLICT (id) DO NOTHING`

// insert stores the row under the first free number of its time.
func (t messageWrites) insert(m *model.Message) error {
	id := t.w.index.likely(model.MessageIDAt(m.Chat, m.Time))
	for {
		n, err := t.w.exec(insertMessage, id, m.Chat, m.Kind, m.Outgoing, orNull(string(m.From)), orNull(m.OriginID), orNull(m.ServerID), toMS(m.Time), m.Body,
			m.State, m.Fault, packFlags(m), m.Device, packFingerprint(m.Fingerprint), m.Trust)
		if err != nil {
			return err
		}
		if n == 1 {
			m.ID = id
			return nil
		}
		switch used, err := t.used(id); {
		case err != nil:
			return err
		case !used:
			return ErrNotFound
		}
		if id, err = t.free(id); err != nil {
			return err
		}
	}
}

// free is a free number behind a taken one: the next, when the taken ones have no holes. Servers stamp with whole seconds, so
// hundreds of messages can want the same number; this takes a few lookups, not hundreds.
func (t messageWrites) free(taken model.MessageID) (model.MessageID, error) {
	step := model.MessageID(1)
	for {
		used, err := t.used(taken + step)
		if err != nil {
			return 0, err
		}
		if !used {
			break
		}
		step *= 2
	}
	low, high := taken+step/2, taken+step
	for high-low > 1 {
		mid := low + (high-low)/2
		used, err := t.used(mid)
		if err != nil {
			return 0, err
		}
		if used {
			low = mid
		} else {
			high = mid
		}
	}
	return high, nil
}

func (t messageWrites) used(id model.MessageID) (used bool, err error) {
	err = t.w.value([]any{&used}, "SELECT EXISTS (SELECT 1 FROM message WHERE id = ?)", id)
	return used, err
}

// Replace stores what a message turned out to be, once it could be read: kind, body, fault and what is known of its encryption.
// Its place in the chat, its names and its state stay. ErrNotFound.
func (t messageWrites) Replace(m model.Message) error {
	var was model.Kind
	err := t.w.value([]any{&was}, "SELECT kind FROM message WHERE id = ?", m.ID)
	if err == nil {
		_, err = t.w.exec("UPDATE message SET kind = ?, body = ?, fault = ?, flags = ?, device = ?, fingerprint = ?, trust = ? WHERE id = ?",
			m.Kind, m.Body, m.Fault, packFlags(&m), m.Device, packFingerprint(m.Fingerprint), m.Trust, m.ID)
	}
	if err == nil {
		err = t.w.index.replace(&m)
	}
	if err != nil {
		return fmt.Errorf("replace message: %w", err)
	}
	chats := chatWrites{t.w}
	if err := chats.keepLast(m.ID); err != nil || was.News() == m.Kind.News() {
		return err // it counts as it did; to count thousands again for each of thousands that heal would take minutes
	}
	return chats.recount(m.ID.Chat())
}

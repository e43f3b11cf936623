package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"kith/core/model"
)

type chatReads struct{ r *runner }

type chatWrites struct{ w *work }

// maxChat is the highest number of a chat: it has 20 bits of a message's.
const maxChat = 1<<20 - 1

const selectChats = `SELECT pack(c.id, c.account_id, c.jid, k.name, c.unread, c.read_id, c.draft, c.encryption, c.pinned,
	c.muted_until_ms, c.request, c.complete, c.made_ms, c.last) AS row
	FROM chat c LEFT JOIN contact k ON k.account_id = c.account_id AND k.jid = c.jid `

// rank is where a chat stands in the list.
type rank struct {
	pinned bool
	ms     int64
	id     model.ChatID
	at     int // in the list as it was read
}

// takeChat takes the columns of selectChats. ms is the time that puts the chat in its place. Who wrote an outgoing last message is
// left to sign.
func takeChat(c *cells, chat *model.Chat) (ms int64) {
	chat.ID, chat.Account, chat.JID = model.ChatID(c.int()), model.AccountID(c.int()), model.JID(c.text())
	chat.Name = cmp.Or(c.text(), chat.JID.Local(), chat.JID.Domain())
	chat.Unread, chat.ReadUpTo = int(c.int()), model.MessageID(c.int())
	chat.Draft, chat.Encryption = c.text(), model.Encryption(c.int())
	chat.Pinned, chat.Muted = c.bool(), fromMS(c.int())
	chat.Request, chat.Complete = c.bool(), c.bool()
	ms = c.int()
	if takeLast(c, &chat.Last); chat.Last.ID == 0 {
		return ms
	}
	if chat.Last.From == "" && !chat.Last.Outgoing {
		chat.Last.From = chat.JID
	}
	return chat.Last.ID.Time().UnixMilli()
}

// sign fills in the senders of outgoing last messages: few accounts have many chats, and to join them costs a lookup for each chat.
func (t chatReads) sign(chats []model.Chat) error {
	own := map[model.AccountID]model.JID{}
	for i := range chats {
		c := &chats[i]
		if c.Last.ID == 0 || c.Last.From != "" {
			continue
		}
		jid, known := own[c.Account]
		if !known {
			var err error
			if jid, err = t.own(c.Account); err != nil {
				return err
			}
			own[c.Account] = jid
		}
		c.Last.From = jid
	}
	return nil
}

// own is an account's address; empty when it went after its chats were read.
func (t chatReads) own(account model.AccountID) (jid model.JID, err error) {
	_, err = found(t.r.value([]any{&jid}, "SELECT jid FROM account WHERE id = ?", account))
	return jid, err
}

// byRank puts the pinned first, then by the newest message; a chat without one by when it was made. (Sorting 500 rows takes
// SQLite longer: it carries the texts along.)
func byRank(a, b rank) int {
	if a.pinned != b.pinned {
		if a.pinned {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.ms, a.ms), cmp.Compare(b.id, a.id))
}

func scanChatID(row scanner, id *model.ChatID) error { return row.Scan(id) }

// Chats are the chats of an account, or of all accounts for 0, each with its last message: pinned first, then newest first.
// Gaps are left empty, they follow from the archive's ranges.
func (t chatReads) Chats(account model.AccountID) ([]model.Chat, error) {
	query, args := selectChats, []any(nil)
	if account != 0 {
		query, args = selectChats+"WHERE c.account_id = ?", []any{account}
	}
	var ranks []rank
	take := func(c *cells, chat *model.Chat) {
		ms := takeChat(c, chat)
		ranks = append(ranks, rank{chat.Pinned, ms, chat.ID, len(ranks)})
	}
	chats, err := listPacked(context.Background(), t.r, take, query, args...)
	if err == nil {
		err = t.sign(chats)
	}
	if err != nil {
		return nil, fmt.Errorf("read chats: %w", err)
	}
	slices.SortFunc(ranks, byRank)
	arrange(chats, ranks)
	return chats, nil
}

// arrange moves every chat to its rank's place, within the list: it is some hundred kilobytes.
func arrange(chats []model.Chat, ranks []rank) {
	for first := range ranks {
		chat := chats[first]
		for to := first; ; {
			from := ranks[to].at
			ranks[to].at = to // done
			if from == first {
				chats[to] = chat
				break
			}
			chats[to], to = chats[from], from
		}
	}
}

// Chat is one chat; ErrNotFound.
func (t chatReads) Chat(id model.ChatID) (model.Chat, error) {
	c, err := t.one("WHERE c.id = ?", id)
	if err != nil {
		return model.Chat{}, fmt.Errorf("read chat: %w", err)
	}
	return c, nil
}

// ChatWith is the chat of an account with somebody; false when there is none.
func (t chatReads) ChatWith(account model.AccountID, jid model.JID) (model.Chat, bool, error) {
	c, err := t.one("WHERE c.account_id = ? AND c.jid = ?", account, jid.Bare())
	ok, err := found(err)
	if err != nil {
		return model.Chat{}, false, fmt.Errorf("read chat: %w", err)
	}
	return c, ok, nil
}

func (t chatReads) one(where string, args ...any) (model.Chat, error) {
	take := func(c *cells, chat *model.Chat) { takeChat(c, chat) }
	c, err := getPacked(t.r, take, selectChats+where, args...)
	if err != nil {
		return model.Chat{}, err
	}
	one := []model.Chat{c}
	err = t.sign(one)
	return one[0], err
}

// EnsureChat is ChatWith that makes the chat when it is missing.
func (t chatWrites) EnsureChat(account model.AccountID, jid model.JID) (chat model.Chat, made bool, err error) {
	chat, ok, err := t.w.reads.ChatWith(account, jid)
	if err != nil || ok {
		return chat, false, err
	}
	id, err := t.freeID()
	if err == nil {
		_, err = t.w.exec("INSERT INTO chat (id, account_id, jid, made_ms) VALUES (?,?,?,?)", id, account, jid.Bare(), toMS(t.w.now))
	}
	if err != nil {
		return model.Chat{}, false, fmt.Errorf("make chat: %w", err)
	}
	chat, err = t.w.reads.Chat(id)
	return chat, true, err
}

// freeID is a number that no chat ever had; when strangers have used up all of them, one that no chat has now.
func (t chatWrites) freeID() (id model.ChatID, err error) {
	err = t.w.value([]any{&id}, "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'chat'), 0) + 1")
	if err != nil || id <= maxChat {
		return id, err
	}
	err = t.w.value([]any{&id}, `SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM chat WHERE id = 1) UNION ALL
		SELECT id + 1 FROM chat c WHERE id < ? AND NOT EXISTS (SELECT 1 FROM chat WHERE id = c.id + 1) LIMIT 1`, maxChat)
	return id, err
}

// set changes one column of a chat; ErrNotFound.
func (t chatWrites) set(id model.ChatID, column string, value any) error {
	n, err := t.w.exec("UPDATE chat SET "+column+" = ? WHERE id = ?", value, id)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("save chat: %w", err)
	}
	return nil
}

// SetDraft keeps what stands unsent in the composer; ErrNotFound.
func (t chatWrites) SetDraft(id model.ChatID, draft string) error { return t.set(id, "draft", draft) }

// SetEncryption keeps how messages of the chat leave; ErrNotFound.
func (t chatWrites) SetEncryption(id model.ChatID, e model.Encryption) error {
	return t.set(id, "encryption", e)
}

// SetPinned pins a chat to the top of the list, or not; ErrNotFound.
func (t chatWrites) SetPinned(id model.ChatID, pinned bool) error { return t.set(id, "pinned", pinned) }

// SetMuted keeps until when a chat makes no sound; the zero time: it does. ErrNotFound.
func (t chatWrites) SetMuted(id model.ChatID, until time.Time) error {
	return t.set(id, "muted_until_ms", toMS(until))
}

// SetRequest keeps whether the chat waits to be accepted; ErrNotFound.
func (t chatWrites) SetRequest(id model.ChatID, request bool) error {
	return t.set(id, "request", request)
}

// SetComplete keeps whether the archive holds nothing older than the oldest row; ErrNotFound.
func (t chatWrites) SetComplete(id model.ChatID, complete bool) error {
	return t.set(id, "complete", complete)
}

// MarkRead says that the person has seen the chat up to a message. It only moves forward, and not beyond the newest message: what
// comes later is unread. ErrNotFound.
func (t chatWrites) MarkRead(id model.ChatID, upTo model.MessageID) (changed bool, err error) {
	var last, read model.MessageID
	err = t.w.value([]any{&last, &read}, "SELECT last_id, read_id FROM chat WHERE id = ?", id)
	if err != nil {
		return false, fmt.Errorf("mark read: %w", err)
	}
	upTo = min(upTo, last)
	if upTo <= read || upTo.Chat() != id {
		return false, nil
	}
	if err := t.set(id, "read_id", upTo); err != nil {
		return false, err
	}
	return true, t.recount(id)
}

// countUnread counts what counts: what others wrote behind the read mark.
const countUnread = `SELECT count(*) FROM message m WHERE m.id > max(c.read_id, c.id << 43) AND m.id < (c.id + 1) << 43 AND m.outgoing = 0 AND m.kind IN (0, 1, 4)`

func (t chatWrites) recount(id model.ChatID) error {
	if _, err := t.w.exec("UPDATE chat AS c SET unread = ("+countUnread+") WHERE id = ?", id); err != nil {
		return fmt.Errorf("count unread: %w", err)
	}
	return nil
}

// deleteStep bounds what one statement deletes, and with it the memory it takes.
const deleteStep = 500

// DeleteChat removes a chat with its messages and what waits to be sent of it. None is no error.
func (t chatWrites) DeleteChat(id model.ChatID) error {
	from, to := int64(id)<<43, (int64(id)+1)<<43-1
	t.w.index.dropChat(id)
	for {
		ids, err := list(t.w.runner, scanMessageID, "SELECT id FROM message WHERE id BETWEEN ? AND ? LIMIT ?", from, to, deleteStep)
		if err != nil {
			return fmt.Errorf("delete chat: %w", err)
		}
		if len(ids) == 0 {
			break
		}
		for _, m := range ids {
			if _, err := t.w.exec("DELETE FROM search WHERE rowid = ?", searchRow(m)); err != nil {
				return fmt.Errorf("delete chat: %w", err)
			}
		}
		if _, err := t.w.exec("DELETE FROM message WHERE id BETWEEN ? AND ?", from, ids[len(ids)-1]); err != nil {
			return fmt.Errorf("delete chat: %w", err)
		}
	}
	if _, err := t.w.exec("DELETE FROM outbox WHERE message_id BETWEEN ? AND ?", max(from, 1), to); err != nil {
		return fmt.Errorf("delete chat: %w", err)
	}
	if _, err := t.w.exec("DELETE FROM chat WHERE id = ?", id); err != nil {
		return fmt.Errorf("delete chat: %w", err)
	}
	return nil
}

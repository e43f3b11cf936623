package storage

import (
	"fmt"

	"kith/core/model"
)

// The last message of a chat is kept packed in the chat's row: the list of chats would otherwise read a page of messages for each.
// Whatever writes a message calls keepLast; Check compares.

// packLast is a message as its chat's row keeps it: of its text only the beginning, which is all that a list shows, and the sender
// only where it is none of the two whom the chat is between.
const packLast = "CAST(pack(m.id, m.kind, m.sender, " + columnsBeforeBody + ", substr(m.body, 1, 300), " + columnsAfterBody + ") AS BLOB)"

// addToChat counts a new message (?1) in its chat (?3); ?2 says whether it is news, which is unread behind what has been read.
const addToChat = `UPDATE chat SET last_id = max(last_id, ?1), unread = unread + (?2 AND ?1 > read_id),
	last = CASE WHEN ?1 > last_id THEN (SELECT ` + packLast + ` FROM message m WHERE m.id = ?1) ELSE last END WHERE id = ?3`

// keepLast has the chat show what became of a message, if it is the chat's last.
func (t chatWrites) keepLast(id model.MessageID) error {
	_, err := t.w.exec("UPDATE chat SET last = (SELECT "+packLast+" FROM message m WHERE m.id = ?1) WHERE id = ?2 AND last_id = ?1", id, id.Chat())
	if err != nil {
		return fmt.Errorf("keep last message: %w", err)
	}
	return nil
}

// takeLast takes a column made by packLast; NULL is no message.
func takeLast(c *cells, m *model.Message) {
	last := c.text()
	if last == "" {
		return
	}
	if err := unpack(last, takeMessage, m); err != nil {
		c.short = true
	}
}

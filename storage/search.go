package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"kith/core/model"
)

type searchReads struct{ r *runner }

// SearchQuery asks for messages with words in them.
type SearchQuery struct {
	Text    string          // words; all of them have to occur; the last one may be unfinished unless a space follows it
	Account model.AccountID // 0: all
	Chat    model.ChatID    // 0: all
	Limit   int
	Before  model.MessageID // the last result of the page before; 0: from the newest
}

// What is beyond these is not looked for: a pasted page would be looked for for minutes. A typed word of many parts, such as an
// address, is found by its first ones.
const (
	maxWords = 16
	maxParts = 16
)

// A row of the index has the message's number with the time turned round and before the chat: (timeMask - time)<<20 | chat. So the
// index itself has the newest first, over all chats, and the first results it finds are the ones to show. FTS5 reads forwards at half
// the price of backwards.
const (
	chatBits = 20
	timeMask = 1<<43 - 1
)

func searchRow(id model.MessageID) int64 {
	return (timeMask-int64(id)&timeMask)<<chatBits | int64(id.Chat())
}

// selectFound tells accounts apart by the chat in a row's number, before it looks up the message.
const selectFound = "SELECT pack(" + messageColumns + `) AS row
	FROM search CROSS JOIN message m ON m.id = ((search.rowid & 1048575) << 43 | 8796093022207 - (search.rowid >> 20))
	CROSS JOIN chat c ON c.id = m.chat_id CROSS JOIN account a ON a.id = c.account_id
	WHERE search MATCH ? AND search.rowid > ? AND (? = 0 OR (search.rowid & 1048575) IN (SELECT id FROM chat WHERE account_id = ?)) ORDER BY search.rowid LIMIT ?`

// Search finds messages, the newest first. Case, accents and other variants of letters do not matter. Nothing to search for finds
// nothing.
func (t searchReads) Search(ctx context.Context, q SearchQuery) ([]model.Message, error) {
	match := q.match()
	if match == "" {
		return nil, nil
	}
	after := int64(-1)
	if q.Before != 0 {
		after = searchRow(q.Before)
	}
	out, err := listPacked(ctx, t.r, takeMessage, selectFound, match, after, q.Account, q.Account, min(max(q.Limit, 0), maxPage))
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return out, nil
}

// match is the query in FTS5's language; empty when there is nothing to search for.
func (q SearchQuery) match() string {
	phrases := q.phrases()
	if len(phrases) == 0 {
		return ""
	}
	if q.Chat == 0 {
		return "body : (" + strings.Join(phrases, " AND ") + ")"
	}
	// FTS5 goes through all lists of an AND side by side. The rows of one chat lie scattered over the lists, so that the list of a
	// frequent word is read almost whole, to find that another word is not there. Here the longest word, which tends to be the
	// rarest, meets the chat first, and the next one is only asked about what both have. The NOT keeps FTS5 from making one AND
	// of all.
	slices.SortStableFunc(phrases, func(a, b string) int { return utf8.RuneCountInString(b) - utf8.RuneCountInString(a) })
	match := `body : ` + phrases[0] + ` AND chat : "` + strconv.FormatInt(int64(q.Chat), 10) + `"`
	for _, phrase := range phrases[1:] {
		match = "((" + match + `) NOT "") AND body : ` + phrase
	}
	return match
}

// phrases are the typed words: each a phrase of its folded words, the last one open at its end while somebody types it.
func (q SearchQuery) phrases() []string {
	var phrases []string
	words := strings.Fields(q.Text)
	last, _ := utf8.DecodeLastRuneInString(q.Text)
	typing := !unicode.IsSpace(last)
	for i, word := range words[:min(len(words), maxWords)] {
		for _, tokens := range foldWord(word) {
			tokens = tokens[:min(len(tokens), maxParts)]
			phrase := `"` + strings.Join(tokens, " ") + `"`
			if typing && i == len(words)-1 && unfinished(tokens[len(tokens)-1]) {
				phrase += " *"
			}
			phrases = append(phrases, phrase)
		}
	}
	return phrases
}

// index collects what a transaction adds to the search index and writes it before the commit, in the order of rows: every step
// back would make FTS5 start a new segment. Its list is only appended to, so that a mark can bring it back.
type index struct {
	r       *runner
	pending []entry

	base, next model.MessageID // where the last message went, for those with the same time
}

type entry struct {
	row  int64
	text string
}

type indexMark []entry

func (x *index) mark() indexMark       { return x.pending }
func (x *index) rewind(kept indexMark) { x.pending = kept }
func (x *index) dropChat(c model.ChatID) {
	x.drop(func(e entry) bool { return e.row&maxChat == int64(c) })
}

// likely is where a message with first number base goes, if the message before had the same.
func (x *index) likely(base model.MessageID) model.MessageID {
	if base == x.base {
		return x.next
	}
	return base
}

func (x *index) add(m *model.Message) {
	x.base, x.next = model.MessageIDAt(m.Chat, m.Time), m.ID.Next()
	if m.Kind != model.Text {
		return
	}
	if text := strings.Join(fold(m.Body), " "); text != "" {
		x.pending = append(x.pending, entry{searchRow(m.ID), text})
	}
}

// drop makes a new list: a mark may hold the old one.
func (x *index) drop(gone func(entry) bool) {
	x.pending = slices.DeleteFunc(slices.Clone(x.pending), gone)
}

// replace indexes a message anew.
func (x *index) replace(m *model.Message) error {
	row := searchRow(m.ID)
	x.drop(func(e entry) bool { return e.row == row })
	if _, err := x.r.exec("DELETE FROM search WHERE rowid = ?", row); err != nil {
		return err
	}
	if text := strings.Join(fold(m.Body), " "); text != "" && m.Kind == model.Text {
		x.pending = append(x.pending, entry{row, text})
	}
	return nil
}

// flush writes the list.
func (x *index) flush() error {
	slices.SortFunc(x.pending, func(a, b entry) int { return cmp.Compare(a.row, b.row) })
	for _, e := range x.pending {
		chat := strconv.FormatInt(e.row&maxChat, 10)
		if _, err := x.r.exec("INSERT INTO search (rowid, body, chat) VALUES (?,?,?)", e.row, e.text, chat); err != nil {
			return fmt.Errorf("index messages: %w", err)
		}
	}
	x.pending = nil
	return nil
}

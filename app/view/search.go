package view

import (
	"strings"
	"time"
	"unicode/utf8"

	"kith/app/lang"
	"kith/core"
	"kith/core/model"
)

// Quote is what is shown of a message that a search found.
type Quote struct {
	Message model.Message
	Text    string   // the part of the body around the first word found
	Marks   [][2]int // where what was found stands in Text, in bytes
}

// Hit is one row of what a search found.
type Hit struct {
	Message model.MessageID
	Chat    model.ChatID
	Account model.AccountID
	JID     model.JID
	Name    string
	Text    string
	Marks   [][2]int // see Quote
	Time    string
}

// hitLead is how many characters stand before the word found.
const hitLead = 24

// Quotes takes what is to be shown out of found messages. It reads all they say: do it away from the window.
func Quotes(found []model.Message, query string) []Quote {
	out := make([]Quote, len(found))
	for i := range found {
		m := &found[i]
		says := Says(m)
		text := snippet(Line(around(says, first(says, query))), query)
		q := Quote{Message: *m, Text: text, Marks: core.Found(text, query)}
		if m.Outgoing {
			q.Text = lang.T("You: {text}", "text", text)
			q.move(strings.LastIndex(q.Text, text))
		}
		out[i] = q
	}
	return out
}

// move shifts the marks to where the text went.
func (q *Quote) move(by int) {
	for i := range q.Marks {
		q.Marks[i][0] += by
		q.Marks[i][1] += by
	}
}

// Hits makes rows of quotes, newest first as core returns the messages; those of chats that are no longer listed are left out.
func Hits(quotes []Quote, chats *Chats, now time.Time) []Hit {
	out := make([]Hit, 0, len(quotes))
	for _, q := range quotes {
		chat, ok := chats.Get(q.Message.Chat)
		if !ok {
			continue
		}
		out = append(out, Hit{
			Message: q.Message.ID, Chat: chat.ID, Account: chat.Account, JID: chat.JID, Name: Line(chat.Name),
			Text: q.Text, Marks: q.Marks, Time: ListTime(q.Message.Time, now),
		})
	}
	return out
}

// around cuts a long body down to what surrounds a byte, so that Line has it in view.
func around(body string, at int) string {
	if at < 4*hitLead {
		return body
	}
	start := at - 2*hitLead
	for start < at && !utf8.RuneStart(body[start]) {
		start++
	}
	return body[start:]
}

func snippet(line, query string) string {
	at := first(line, query)
	if utf8.RuneCountInString(line[:at]) <= hitLead {
		return line
	}
	start := at
	for n := 0; n < hitLead && start > 0; n++ {
		_, size := utf8.DecodeLastRuneInString(line[:start])
		start -= size
	}
	if sp := strings.IndexByte(line[start:at], ' '); sp >= 0 {
		start += sp + 1
	}
	return "…" + line[start:]
}

// first is where the first word of the query that stands in s begins; 0 when there is none, as after a cut.
func first(s, query string) int {
	if found := core.Found(s, query); len(found) > 0 {
		return found[0][0]
	}
	return 0
}

package view

import (
	"strings"
	"time"
	"unicode/utf8"

	"kith/app/lang"
	"kith/core/model"
)

// Hit is one message that a search found.
type Hit struct {
	Message model.MessageID
	Chat    model.ChatID
	Account model.AccountID
	JID     model.JID
	Name    string
	Text    string // the part of the body around the first word found
	Time    string
}

// hitLead is how many characters stand before the word found.
const hitLead = 24

// Hits makes rows of found messages, newest first as core returns them; messages of chats that are no longer listed are
// left out.
func Hits(found []model.Message, chats *Chats, query string, now time.Time) []Hit {
	out := make([]Hit, 0, len(found))
	for _, m := range found {
		chat, ok := chats.Get(m.Chat)
		if !ok {
			continue
		}
		text := snippet(Line(around(Says(&m), query)), query)
		if m.Outgoing {
			text = lang.T("You: {text}", "text", text)
		}
		out = append(out, Hit{
			Message: m.ID, Chat: chat.ID, Account: chat.Account, JID: chat.JID, Name: Line(chat.Name),
			Text: text, Time: ListTime(m.Time, now),
		})
	}
	return out
}

// around cuts a long body down to what surrounds the first word of the query, so that Line has it in view.
func around(body, query string) string {
	at := find(body, query)
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
	at := find(line, query)
	if utf8.RuneCountInString(line[:max(at, 0)]) <= hitLead {
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

// find is where the first word of the query stands in s, whatever its case, or -1. Letters whose lower case has another
// length are compared as they are, so that the place is one of s.
func find(s, query string) int {
	words := strings.Fields(query)
	if len(words) == 0 {
		return -1
	}
	low := strings.ToLower(s)
	if len(low) != len(s) {
		return strings.Index(s, words[0])
	}
	return strings.Index(low, strings.ToLower(words[0]))
}

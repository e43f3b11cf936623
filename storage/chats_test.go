package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core/model"
)

func TestChatList(t *testing.T) {
	s := openTest(t)
	var ids []model.ChatID
	muted := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	update(t, s, func(tx *Tx) error {
		a := model.Account{JID: "own@example.test"}
		if err := tx.AddAccount(&a); err != nil {
			return err
		}
		for _, jid := range []model.JID{"old@example.test", "new@example.test", "pinned@example.test", "news.example.test", "empty@example.test/phone"} {
			c, made, err := tx.EnsureChat(a.ID, jid)
			if err != nil || !made {
				return fmt.Errorf("made %v, %w", made, err)
			}
			ids = append(ids, c.ID)
		}
		for i, m := range []model.Message{{Body: "first"}, {Body: "last", Outgoing: true}, {Body: "pin"}, {Kind: model.Notice}} {
			m.Chat, m.Time = ids[i], day.Add(time.Duration(i)*time.Hour)
			if i == 2 {
				m.Time = day.Add(-time.Hour)
			}
			if _, err := tx.AddMessage(&m); err != nil {
				return err
			}
		}
		return errors.Join(
			tx.PutContact(model.Contact{Account: a.ID, JID: "new@example.test", Name: "Nora"}),
			tx.SetPinned(ids[2], true), tx.SetDraft(ids[0], "unsent"), tx.SetEncryption(ids[0], model.Clear),
			tx.SetMuted(ids[0], muted), tx.SetRequest(ids[0], true), tx.SetComplete(ids[0], true),
		)
	})
	list, err := s.Chats(1)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range list {
		got = append(got, fmt.Sprintf("%s %d %s", c.Name, c.Unread, c.Last.Body))
	}
	// The chat without a message was made now, which is after all of them.
	want := []string{"pinned 1 pin", "empty 0 ", "news.example.test 0 ", "Nora 0 last", "old 1 first"}
	if !slices.Equal(got, want) {
		t.Errorf("list is %q, want %q", got, want)
	}
	all, err := s.Chats(0)
	if err != nil || len(all) != len(list) {
		t.Errorf("%d chats in all, %v", len(all), err)
	}
	c := list[4]
	if c.Draft != "unsent" || c.Encryption != model.Clear || !c.Muted.Equal(muted) || !c.Request || !c.Complete || c.Pinned || c.Last.From != "old@example.test" {
		t.Errorf("chat is %+v", c)
	}
	if list[1].Last != (model.Message{From: list[1].Last.From}) && list[1].Last.ID != 0 {
		t.Errorf("a chat without messages has one: %+v", list[1].Last)
	}
	if c, ok, err := s.ChatWith(1, "old@example.test/phone"); err != nil || !ok || c.ID != ids[0] {
		t.Errorf("chat with: %v %v %v", c.ID, ok, err)
	}
	if _, ok, err := s.ChatWith(2, "old@example.test"); err != nil || ok {
		t.Errorf("chat of another account: %v %v", ok, err)
	}
	if _, err := s.Chat(99); !errors.Is(err, ErrNotFound) {
		t.Errorf("no chat: %v", err)
	}
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.SetDraft(99, "") }); !errors.Is(err, ErrNotFound) {
		t.Errorf("draft of no chat: %v", err)
	}
	if err := s.Update(context.Background(), func(tx *Tx) error {
		_, err := tx.AddMessage(&model.Message{Chat: 99, Time: day})
		return err
	}); !errors.Is(err, ErrNotFound) {
		t.Errorf("message of no chat: %v", err)
	}
}

func TestMarkRead(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	var ids []model.MessageID
	for i := range 6 {
		m := add(t, s, model.Message{Chat: chat, Body: "x", Outgoing: i == 3, Time: day.Add(time.Duration(i) * time.Second)})
		ids = append(ids, m.ID)
	}
	steps := []struct {
		name    string
		upTo    model.MessageID
		changed bool
		unread  int
	}{
		{"the second", ids[1], true, 3},
		{"back", ids[0], false, 3},
		{"the same", ids[1], false, 3},
		{"between rows", ids[4] - 1, true, 2},
		{"another chat's", model.MessageIDAt(chat+1, day), true, 0}, // bounded by the newest
		{"beyond the end", ids[5] + 1000, false, 0},
	}
	for _, st := range steps {
		update(t, s, func(tx *Tx) error {
			changed, err := tx.MarkRead(chat, st.upTo)
			if changed != st.changed {
				t.Errorf("%s: changed %v", st.name, changed)
			}
			return err
		})
		if c, err := s.Chat(chat); err != nil || c.Unread != st.unread {
			t.Errorf("%s: %d unread, %v", st.name, c.Unread, err)
		}
	}
	// What comes late but belongs before the mark is read; what comes after is not.
	add(t, s, model.Message{Chat: chat, Body: "late", Time: day.Add(time.Second / 2)})
	add(t, s, model.Message{Chat: chat, Body: "new", Kind: model.Unreadable, Time: day.Add(time.Hour)})
	add(t, s, model.Message{Chat: chat, Body: "device", Kind: model.Notice, Time: day.Add(2 * time.Hour)})
	if c, err := s.Chat(chat); err != nil || c.Unread != 1 || c.ReadUpTo != ids[5] {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestSetState(t *testing.T) {
	states := []model.State{model.Pending, model.Sent, model.Delivered, model.Read, model.Failed}
	allowed := map[model.State]string{ // to which others
		model.Pending:   "pending sent delivered read failed", // to pending: for another reason
		model.Sent:      "delivered read failed",
		model.Delivered: "read",
		model.Read:      "",
		model.Failed:    "pending sent delivered read",
	}
	s := openTest(t)
	chat := newChat(t, s)
	for _, from := range states {
		for _, to := range states {
			m := add(t, s, model.Message{Chat: chat, Outgoing: true, State: from, Fault: model.NoDevices, Time: day})
			update(t, s, func(tx *Tx) error {
				changed, err := tx.SetState(m.ID, to, model.Refused)
				want := slices.Contains(strings.Fields(allowed[from]), to.String())
				if changed != want {
					t.Errorf("%v to %v: changed %v", from, to, changed)
				}
				got, _ := tx.Message(m.ID)
				if want && (got.State != to || (got.Fault == model.Refused) != (to == model.Failed || to == model.Pending)) || !want && got != m {
					t.Errorf("%v to %v: %+v", from, to, got)
				}
				return err
			})
		}
	}
	in := add(t, s, model.Message{Chat: chat, Time: day})
	update(t, s, func(tx *Tx) error {
		if changed, err := tx.SetState(in.ID, model.Read, model.NoFault); changed || err != nil {
			t.Errorf("an incoming message: %v %v", changed, err)
		}
		if _, err := tx.SetState(in.ID+99, model.Read, model.NoFault); !errors.Is(err, ErrNotFound) {
			t.Errorf("no message: %v", err)
		}
		return nil
	})
}

func TestSetStateUpTo(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	var ms []model.Message
	for i, st := range []model.State{model.Sent, model.Pending, model.Delivered, model.Failed, model.Read, model.Pending, model.Sent} {
		ms = append(ms, add(t, s, model.Message{Chat: chat, Outgoing: true, State: st, Time: day.Add(time.Duration(i) * time.Second)}))
	}
	add(t, s, model.Message{Chat: chat, Time: day}) // theirs
	mark := func(upTo model.MessageID, st model.State) (changed []int) {
		t.Helper()
		update(t, s, func(tx *Tx) error {
			ids, err := tx.SetStateUpTo(chat, upTo, st)
			for _, id := range ids {
				changed = append(changed, slices.IndexFunc(ms, func(m model.Message) bool { return m.ID == id }))
			}
			return err
		})
		return changed
	}
	if got := mark(ms[2].ID, model.Delivered); !slices.Equal(got, []int{0}) {
		t.Errorf("delivered up to 2: %v", got)
	}
	if got := mark(ms[5].ID, model.Read); !slices.Equal(got, []int{0, 2, 5}) { // 1 was never sent, 5 is named
		t.Errorf("read up to 5: %v", got)
	}
	if got := mark(ms[5].ID, model.Read); len(got) != 0 {
		t.Errorf("again: %v", got)
	}
	if got := mark(model.MessageIDAt(chat+1, day), model.Read); len(got) != 0 {
		t.Errorf("another chat's: %v", got)
	}
	if got := mark(ms[6].ID, model.Failed); !slices.Equal(got, []int{6}) {
		t.Errorf("failed: %v", got)
	}
}

func TestSetStateUpToIsBounded(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	var last model.MessageID
	update(t, s, func(tx *Tx) error {
		for range maxStates + 20 {
			m := model.Message{Chat: chat, Outgoing: true, State: model.Sent, Time: day}
			if _, err := tx.AddMessage(&m); err != nil {
				return err
			}
			last = m.ID
		}
		for _, want := range []int{maxStates, 20, 0} {
			ids, err := tx.SetStateUpTo(chat, last, model.Read)
			if err != nil || len(ids) != want {
				t.Errorf("%d changed, want %d, %v", len(ids), want, err)
			}
		}
		return nil
	})
}

func TestDeleteChat(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	fill(t, s, chat, 0, 1200)
	update(t, s, func(tx *Tx) error {
		c, _, err := tx.EnsureChat(1, "other@example.test")
		if err != nil {
			return err
		}
		kept := model.Message{Chat: c.ID, Body: "MARKER kept", Time: day}
		if _, err := tx.AddMessage(&kept); err != nil {
			return err
		}
		gone := model.Message{Chat: chat, Body: "MARKER last", Time: day.AddDate(1, 0, 0)}
		if _, err := tx.AddMessage(&gone); err != nil {
			return err
		}
		for _, id := range []model.MessageID{gone.ID, kept.ID, 0} {
			if err := tx.Queue(&Queued{Account: 1, Message: id}); err != nil {
				return err
			}
		}
		return tx.DeleteChat(chat)
	})
	found, err := s.Search(context.Background(), SearchQuery{Text: "MARK", Limit: 10})
	if err != nil || !slices.Equal(bodies(found), []string{"MARKER kept"}) {
		t.Errorf("found %v, %v", bodies(found), err)
	}
	if queue, err := s.Outbox(1, OutboxPage{}); err != nil || len(queue) != 2 {
		t.Errorf("%d queued, %v", len(queue), err)
	}
	if err := s.Check(context.Background()); err != nil {
		t.Error(err)
	}
	update(t, s, func(tx *Tx) error {
		c, made, err := tx.EnsureChat(1, "peer@example.test")
		if !made || c.ID <= chat+1 {
			t.Errorf("the new chat has an old number: %d", c.ID)
		}
		return errors.Join(err, tx.RemoveAccount(1))
	})
	for _, table := range []string{"account", "chat", "message", "outbox", "search_docsize"} {
		var n int
		if err := s.reads.run.value([]any{&n}, "SELECT count(*) FROM "+table); err != nil || n != 0 {
			t.Errorf("%s: %d rows left, %v", table, n, err)
		}
	}
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.RemoveAccount(1) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

// TestChatNumbersRunOut: strangers can make chats, but not so many that no more can be made.
func TestChatNumbersRunOut(t *testing.T) {
	s := openTest(t)
	newChat(t, s)
	update(t, s, func(tx *Tx) error {
		_, err := tx.run.exec("UPDATE sqlite_sequence SET seq = ? WHERE name = 'chat'", maxChat-1)
		if err != nil {
			return err
		}
		for i, want := range []model.ChatID{maxChat, 2, 3} {
			c, _, err := tx.EnsureChat(1, model.JID(fmt.Sprintf("stranger%d@example.test", i)))
			if err != nil || c.ID != want {
				t.Errorf("number %d, want %d, %v", c.ID, want, err)
			}
			m := model.Message{Chat: c.ID, Body: "hello", Time: day}
			if _, err := tx.AddMessage(&m); err != nil || m.ID.Chat() != want {
				t.Errorf("message in chat %d, %v", m.ID.Chat(), err)
			}
		}
		return nil
	})
	if found, err := s.Search(context.Background(), SearchQuery{Text: "hello", Chat: maxChat, Limit: 5}); err != nil || len(found) != 1 || found[0].Chat != maxChat {
		t.Errorf("found %+v, %v", found, err)
	}
}

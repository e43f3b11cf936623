package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core/model"
)

// whim writes to a store what comes to its mind.
type whim struct {
	*rand.Rand
	chats []model.ChatID
	added []model.Message
}

// message is one that may be late, long, a double, of the same moment as others, or another device's.
func (w *whim) message() model.Message {
	if len(w.added) > 0 && w.IntN(5) == 0 {
		m := w.added[w.IntN(len(w.added))]
		m.ServerID = []string{m.ServerID, fmt.Sprint("given later ", w.IntN(50))}[w.IntN(2)]
		m.State = model.State(w.IntN(5))
		return m
	}
	m := model.Message{
		Chat: w.chats[w.IntN(len(w.chats))], Kind: model.Kind(w.IntN(3)), Outgoing: w.IntN(2) == 0,
		Time: day.Add(time.Duration(w.IntN(100)) * time.Second), Body: strings.Repeat("長い é ", w.IntN(150)),
		OriginID: fmt.Sprint("origin ", w.Uint32()), State: model.State(w.IntN(5)), Fault: model.Fault(w.IntN(4)), Encrypted: w.IntN(2) == 0,
		Device: model.DeviceID(w.Uint32()), Fingerprint: model.Fingerprint(strings.Repeat("0af9", 16)), Trust: model.Trust(w.IntN(3)),
	}
	if w.IntN(3) == 0 {
		m.From = model.JID(fmt.Sprintf("someone%d@example.test", w.IntN(3)))
	}
	if w.IntN(3) == 0 {
		m.ServerID = fmt.Sprint("server ", w.Uint32())
	}
	return m
}

// old is the number of a message that was added once; likely a last one.
func (w *whim) old(tx *Tx) model.MessageID {
	if c, err := tx.Chat(w.chats[w.IntN(len(w.chats))]); err == nil && c.Last.ID != 0 && w.IntN(2) == 0 {
		return c.Last.ID
	}
	return w.added[w.IntN(len(w.added))].ID
}

// write does one thing.
func (w *whim) write(tx *Tx) error {
	if len(w.added) == 0 || w.IntN(2) == 0 {
		m := w.message()
		_, err := tx.AddMessage(&m)
		w.added = append(w.added, m)
		return err
	}
	var err error
	switch id := w.old(tx); w.IntN(20) {
	case 0: // the chat goes and comes again under another number
		chat, nobody := id.Chat(), model.JID(fmt.Sprintf("peer%d@example.test", w.Uint32()))
		c, _, made := tx.EnsureChat(1, nobody)
		err = errors.Join(tx.DeleteChat(chat), made)
		w.chats[slices.Index(w.chats, chat)] = c.ID
		w.added = slices.DeleteFunc(w.added, func(m model.Message) bool { return m.Chat == chat })
	case 1:
		err = tx.SaveAccount(model.Account{ID: 1, JID: model.JID(fmt.Sprintf("own%d@example.test", w.IntN(9)))})
	case 2, 3, 4:
		_, err = tx.MarkRead(id.Chat(), id)
	case 5, 6, 7:
		_, err = tx.SetStateUpTo(id.Chat(), id, model.State(w.IntN(5)))
	case 8, 9, 10, 11, 12:
		m := w.message()
		m.ID = id
		err = tx.Replace(m)
	default:
		_, err = tx.SetState(id, model.State(w.IntN(5)), model.Fault(w.IntN(4)))
	}
	_, err = found(err)
	return err
}

// lastIsTrue compares what chats say of their last message, and of how many are unread, with their messages.
func lastIsTrue(t *testing.T, r reads, chats []model.ChatID) {
	t.Helper()
	list, err := r.Chats(1)
	if err != nil || len(list) != len(chats) {
		t.Fatal(len(list), err)
	}
	for _, c := range list {
		all, err := r.Messages(c.ID, model.Page{Limit: maxPage})
		if err != nil {
			t.Fatal(err)
		}
		var want model.Message
		unread := 0
		for _, m := range all {
			want = m
			if !m.Outgoing && m.Kind != model.Notice && m.ID > c.ReadUpTo {
				unread++
			}
		}
		if c.Unread != unread {
			t.Fatalf("the list says %d unread, the messages %d", c.Unread, unread)
		}
		if runes := []rune(want.Body); len(runes) > 300 {
			want.Body = string(runes[:300])
		}
		one, err := r.Chat(c.ID)
		if err != nil || c.Last != want || !reflect.DeepEqual(one, c) {
			t.Fatalf("the list says\n%+v\nthe chat\n%+v\nthe messages\n%+v\n%v", c.Last, one.Last, want, err)
		}
	}
}

// TestLastIsTrue: whatever is written or undone, the last message that a chat shows is its last message, and its count is right.
func TestLastIsTrue(t *testing.T) {
	undone := errors.New("undone")
	for seed := range uint64(4) {
		s := openTest(t)
		w := &whim{Rand: rand.New(rand.NewPCG(seed, 7))}
		w.chats = []model.ChatID{newChat(t, s)}
		update(t, s, func(tx *Tx) error {
			c, _, err := tx.EnsureChat(1, "other@example.test")
			w.chats = append(w.chats, c.ID)
			return err
		})
		for range 250 {
			chats, added := slices.Clone(w.chats), slices.Clone(w.added)
			back := func() { w.chats, w.added = slices.Clone(chats), slices.Clone(added) }
			err := s.Update(context.Background(), func(tx *Tx) error {
				if err := tx.Savepoint(func() error { return errors.Join(w.write(tx), undone) }); !errors.Is(err, undone) {
					return err
				}
				back()
				lastIsTrue(t, tx.reads, w.chats)
				if err := w.write(tx); err != nil {
					return err
				}
				lastIsTrue(t, tx.reads, w.chats)
				if w.IntN(8) == 0 {
					return undone
				}
				return nil
			})
			if errors.Is(err, undone) {
				back()
			} else if err != nil {
				t.Fatal(err)
			}
			lastIsTrue(t, s.reads, w.chats)
		}
		if err := s.Check(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

// TestCheckNoticesAnotherLast: a row that shows what its message does not say is damage.
func TestCheckNoticesAnotherLast(t *testing.T) {
	s := openTest(t)
	m := add(t, s, model.Message{Chat: newChat(t, s), Body: "said", Time: day})
	if err := s.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *Tx) error {
		_, err := tx.run.exec("UPDATE message SET body = 'never said' WHERE id = ?", m.ID)
		return err
	})
	if err := s.Check(context.Background()); !errors.Is(err, ErrDamaged) {
		t.Errorf("error is %v", err)
	}
}

// TestArrange: every order can be made from every other.
func TestArrange(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 40 {
		chats, ranks := make([]model.Chat, n), make([]rank, n)
		for i, at := range r.Perm(n) {
			chats[i].ID, ranks[i].at = model.ChatID(i), at
		}
		want := slices.Clone(ranks)
		arrange(chats, ranks)
		for i := range chats {
			if chats[i].ID != model.ChatID(want[i].at) {
				t.Fatalf("place %d of %d has %d, want %d", i, n, chats[i].ID, want[i].at)
			}
		}
	}
}

package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/core/model"
)

func TestMessageRoundTrip(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	want := model.Message{
		Chat: chat, Kind: model.Text, From: "peer@example.test", OriginID: "o1", ServerID: "s1", Time: day.Add(7 * time.Millisecond),
		Body: "grüße 🎉", Encrypted: true, Device: 1<<31 - 1, Fingerprint: model.Fingerprint(strings.Repeat("0af9", 16)),
		Trust: model.Verified, WantsReceipt: true, Markable: true,
	}
	want.ID = model.MessageIDAt(chat, want.Time)
	out := model.Message{Chat: chat, Outgoing: true, From: "own@example.test", Time: day, Body: "x", State: model.Failed, Fault: model.NoDevices, Fingerprint: "odd"}
	out.ID = model.MessageIDAt(chat, out.Time)
	other := model.Message{Chat: chat, From: "third@example.test", Time: day.Add(time.Second), Body: "y"}
	other.ID = model.MessageIDAt(chat, other.Time)
	for _, m := range []model.Message{want, out, other} {
		if got := add(t, s, m); got != m {
			t.Errorf("added %+v, want %+v", got, m)
		}
		if got, err := s.Message(m.ID); err != nil || got != m {
			t.Errorf("read %+v, error %v, want %+v", got, err, m)
		}
	}
	if _, err := s.Message(want.ID + 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("missing message: %v", err)
	}
}

func TestAddMessageRecognises(t *testing.T) {
	first := model.Message{From: "peer@example.test", OriginID: "o1", ServerID: "s1", Body: "hello", Time: day}
	tests := []struct {
		name  string
		again model.Message
		isNew bool
	}{
		{"same server id", model.Message{ServerID: "s1", Body: "other"}, false},
		{"same origin, no server id", model.Message{OriginID: "o1", Body: "hello"}, false},
		{"sent again after a lost connection", model.Message{OriginID: "o1", ServerID: "s2", Body: "hello"}, false},
		{"a copy that could not be read", model.Message{OriginID: "o1", Kind: model.Unreadable}, false},
		{"ids counted from 1 at every start", model.Message{OriginID: "o1", ServerID: "s2", Body: "good morning"}, true},
		{"ours with the same id", model.Message{OriginID: "o1", Body: "hello", Outgoing: true}, true},
		{"another sender", model.Message{OriginID: "o1", Body: "hello", From: "third@example.test"}, true},
		{"no ids", model.Message{Body: "hello"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := openTest(t)
			m := first
			m.Chat = newChat(t, s)
			stored := add(t, s, m)
			again := tt.again
			again.Chat, again.Time = m.Chat, day.Add(time.Hour)
			update(t, s, func(tx *Tx) error {
				isNew, err := tx.AddMessage(&again)
				if isNew != tt.isNew {
					t.Errorf("new is %v", isNew)
				}
				return err
			})
			if !tt.isNew && again != stored {
				t.Errorf("got %+v, want the stored %+v", again, stored)
			}
		})
	}
}

func TestAddMessageLearns(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	sent := add(t, s, model.Message{Chat: chat, Outgoing: true, OriginID: "o1", Body: "hi", Time: day})
	echo := add(t, s, model.Message{Chat: chat, Outgoing: true, OriginID: "o1", ServerID: "s1", Body: "hi", Time: day.Add(time.Minute), State: model.Delivered})
	want := sent
	want.ServerID, want.State = "s1", model.Delivered
	if echo != want {
		t.Errorf("echo is %+v, want %+v", echo, want)
	}
	// An older copy takes nothing back, and a name once given stays.
	again := add(t, s, model.Message{Chat: chat, Outgoing: true, OriginID: "o1", ServerID: "s9", Body: "hi", State: model.Sent})
	if again != want {
		t.Errorf("again is %+v, want %+v", again, want)
	}
	byServer, ok, err := s.MessageByServerID(chat, "s1")
	if err != nil || !ok || byServer != want {
		t.Errorf("by server id %+v %v %v", byServer, ok, err)
	}
	byOrigin, ok, err := s.MessageByOrigin(chat, true, "o1")
	if err != nil || !ok || byOrigin != want {
		t.Errorf("by origin %+v %v %v", byOrigin, ok, err)
	}
	if _, ok, err := s.MessageByOrigin(chat, false, "o1"); ok || err != nil {
		t.Errorf("theirs by our origin: %v %v", ok, err)
	}
	// A copy of a failed one that says nothing about its state does not make it wait again.
	update(t, s, func(tx *Tx) error {
		bad := model.Message{Chat: chat, Outgoing: true, OriginID: "o2", Body: "no", Time: day, State: model.Failed, Fault: model.Refused}
		if _, err := tx.AddMessage(&bad); err != nil {
			return err
		}
		copied := model.Message{Chat: chat, Outgoing: true, OriginID: "o2", Body: "no", Time: day}
		if isNew, err := tx.AddMessage(&copied); isNew || err != nil || copied.State != model.Failed || copied.Fault != model.Refused {
			t.Errorf("copy of a failed one: %v %v %+v", isNew, err, copied)
		}
		return nil
	})
}

func TestCopies(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	named := add(t, s, model.Message{Chat: chat, ServerID: "s1", Body: "one", Time: day})
	older := add(t, s, model.Message{Chat: chat, OriginID: "1", Body: "two", Time: day.Add(time.Minute)})
	newer := add(t, s, model.Message{Chat: chat, OriginID: "1", ServerID: "s3", Body: "three", Time: day.Add(time.Hour)})
	add(t, s, model.Message{Chat: chat, Outgoing: true, OriginID: "1", Body: "ours", Time: day})
	for _, tt := range []struct {
		server, origin string
		want           []model.Message
	}{
		{"s1", "", []model.Message{named}},
		{"s1", "1", []model.Message{named, newer, older}},
		{"s3", "1", []model.Message{newer, older}},
		{"", "1", []model.Message{newer, older}},
		{"s9", "9", nil},
		{"", "", nil},
	} {
		if got, err := s.Copies(chat, false, tt.server, tt.origin); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%q, %q: %v, want %v; %v", tt.server, tt.origin, got, tt.want, err)
		}
	}
}

func TestAddNew(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	update(t, s, func(tx *Tx) error {
		for _, m := range []model.Message{{Chat: chat, Body: "theirs"}, {Chat: chat, Outgoing: true, Body: "ours"}, {Chat: chat, From: "third@example.test", Body: "a third's"}} {
			if err := tx.AddNew(&m); err != nil {
				return err
			}
			if stored, err := tx.Message(m.ID); err != nil || stored != m || m.From == "" {
				t.Errorf("stored %+v of %+v; %v", stored, m, err)
			}
		}
		return nil
	})
	if c, err := s.Chat(chat); err != nil || c.Unread != 2 {
		t.Errorf("chat is %+v; %v", c, err)
	}
	if err := s.Update(t.Context(), func(tx *Tx) error { return tx.AddNew(&model.Message{Chat: chat + 1}) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("added to no chat: %v", err)
	}
}

func TestTimesAreBounded(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	now := time.Now()
	tests := []struct {
		name     string
		at       time.Time
		min, max time.Time
	}{
		{"year 9999", time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), now.Add(-time.Second), now.Add(time.Minute)},
		{"no time", time.Time{}, now.Add(-time.Second), now.Add(time.Minute)},
		{"a clock that is slightly ahead", now.Add(4 * time.Minute), now.Add(4*time.Minute - time.Second), now.Add(4 * time.Minute)},
		{"before 2015", time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := add(t, s, model.Message{Chat: chat, Body: tt.name, Time: tt.at})
			if m.Time.Before(tt.min) || m.Time.After(tt.max) {
				t.Errorf("time is %v", m.Time)
			}
			if m.ID.Chat() != chat {
				t.Errorf("number lies in chat %d", m.ID.Chat())
			}
		})
	}
}

// TestManyAtOneTime: servers stamp with whole seconds; order must stay that of arrival, also over several transactions.
func TestManyAtOneTime(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	const n = 300
	for i := 0; i < n; i += 50 {
		update(t, s, func(tx *Tx) error {
			for j := i; j < i+50; j++ {
				at := day
				if j%7 == 0 {
					at = day.Add(-time.Second) // in between, so that the shortcut for equal times is not taken
				}
				if _, err := tx.AddMessage(&model.Message{Chat: chat, Body: fmt.Sprint(j), Time: at}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	got, err := s.Messages(chat, model.Page{Limit: n})
	if err != nil || len(got) != n {
		t.Fatalf("%d messages, error %v", len(got), err)
	}
	var want []string
	for _, early := range []bool{true, false} {
		for j := range n {
			if (j%7 == 0) == early {
				want = append(want, fmt.Sprint(j))
			}
		}
	}
	if !slices.Equal(bodies(got), want) {
		t.Errorf("order is %v", bodies(got))
	}
}

func TestPages(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	var ids []model.MessageID
	var other model.ChatID
	update(t, s, func(tx *Tx) error {
		c, _, err := tx.EnsureChat(1, "other@example.test")
		if err != nil {
			return err
		}
		other = c.ID
		for i := range 20 {
			m := model.Message{Chat: chat, Body: fmt.Sprint(i), Time: day.Add(time.Duration(i) * time.Minute)}
			o := model.Message{Chat: other, Body: "other", Time: m.Time}
			for _, m := range []*model.Message{&m, &o} {
				if _, err := tx.AddMessage(m); err != nil {
					return err
				}
			}
			ids = append(ids, m.ID)
		}
		return nil
	})
	tests := []struct {
		name        string
		page        model.Page
		first, last int
	}{
		{"newest", model.Page{Limit: 5}, 15, 19},
		{"older", model.Page{Around: ids[15], Limit: 5}, 10, 14},
		{"the rest", model.Page{Around: ids[3], Limit: 5}, 0, 2},
		{"newer", model.Page{Around: ids[3], Newer: true, Limit: 5}, 4, 8},
		{"newer to the end", model.Page{Around: ids[17], Newer: true, Limit: 5}, 18, 19},
		{"from the oldest", model.Page{Newer: true, Limit: 3}, 0, 2},
		{"around nothing", model.Page{Around: ids[7] + 1, Limit: 2}, 6, 7},
		{"around another chat's", model.Page{Around: model.MessageIDAt(other, day), Newer: true, Limit: 2}, 0, -1},
		{"none", model.Page{Limit: 0}, 0, -1},
		{"less than none", model.Page{Limit: -1}, 0, -1},
		{"all", model.Page{Limit: 1 << 30}, 0, 19},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.Messages(chat, tt.page)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for i := tt.first; i <= tt.last; i++ {
				want = append(want, fmt.Sprint(i))
			}
			if !slices.Equal(bodies(got), want) {
				t.Errorf("got %v, want %v", bodies(got), want)
			}
		})
	}
}

func TestReplaceHeals(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	m := add(t, s, model.Message{Chat: chat, Kind: model.Unreadable, Fault: model.NoSession, Encrypted: true, OriginID: "o", Time: day})
	m.Kind, m.Fault, m.Body, m.Trust, m.Device = model.Text, model.NoFault, "readable after all", model.Blind, 7
	update(t, s, func(tx *Tx) error { return tx.Replace(m) })
	if got, err := s.Message(m.ID); err != nil || got != m {
		t.Errorf("got %+v, error %v", got, err)
	}
	find := func(word string) int {
		found, err := s.Search(context.Background(), SearchQuery{Text: word, Limit: 5})
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	if n := find("readable"); n != 1 {
		t.Errorf("found %d", n)
	}
	m.Body = "another"
	update(t, s, func(tx *Tx) error { return tx.Replace(m) })
	if old, now := find("readable"), find("another"); old != 0 || now != 1 {
		t.Errorf("found old %d, now %d", old, now)
	}
	err := s.Update(context.Background(), func(tx *Tx) error { return tx.Replace(model.Message{ID: m.ID + 1}) })
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("replace nothing: %v", err)
	}
	if c, err := s.Chat(chat); err != nil || c.Unread != 1 || c.Last != m {
		t.Errorf("chat is %+v, error %v", c, err)
	}
	if err := s.Check(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestCountersStayTrue does random things and lets Check recompute.
func TestCountersStayTrue(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	r := rand.New(rand.NewPCG(1, 2))
	var last model.MessageID
	for range 60 {
		update(t, s, func(tx *Tx) error {
			for range r.IntN(6) {
				m := model.Message{
					Chat: chat, Kind: model.Kind(r.IntN(3)), Outgoing: r.IntN(2) == 0, Body: "body", OriginID: fmt.Sprint(r.IntN(40)),
					Time: day.Add(time.Duration(r.IntN(1000)) * time.Second),
				}
				if _, err := tx.AddMessage(&m); err != nil {
					return err
				}
				last = m.ID
			}
			if r.IntN(3) == 0 {
				_, err := tx.MarkRead(chat, last)
				return err
			}
			return nil
		})
	}
	if err := s.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *Tx) error {
		_, err := tx.run.exec("UPDATE chat SET unread = unread + 1")
		return err
	})
	if err := s.Check(context.Background()); !errors.Is(err, ErrDamaged) {
		t.Errorf("a wrong counter: %v", err)
	}
}

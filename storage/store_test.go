package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kith/core/model"
)

// openTest opens a new sealed store with a small cache and closes it, checked, at the end.
func openTest(t testing.TB) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), dbName), testKey(t, 1), 1<<10)
}

func openAt(t testing.TB, path string, k Key, cacheKiB int) *Store {
	t.Helper()
	keys, err := newPageKeys(k)
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(path, keys, cacheKiB)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if n := keys.failed.Load(); n != 0 {
			t.Errorf("%d pages did not authenticate", n)
		}
	})
	return s
}

func testKey(t testing.TB, seed byte) Key {
	t.Helper()
	b := make([]byte, keyBytes)
	for i := range b {
		b[i] = seed
	}
	k, err := keyFrom(b)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func update(t testing.TB, s *Store, fn func(tx *Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// newChat makes an account and a chat.
func newChat(t testing.TB, s *Store) model.ChatID {
	t.Helper()
	var chat model.Chat
	update(t, s, func(tx *Tx) error {
		a := model.Account{JID: "own@example.test", Enabled: true}
		if err := tx.AddAccount(&a); err != nil {
			return err
		}
		var err error
		chat, _, err = tx.EnsureChat(a.ID, "peer@example.test")
		return err
	})
	return chat.ID
}

func add(t testing.TB, s *Store, m model.Message) model.Message {
	t.Helper()
	update(t, s, func(tx *Tx) error {
		_, err := tx.AddMessage(&m)
		return err
	})
	return m
}

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestUpdateUndoesErrorsAndPanics(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	wrong := errors.New("wrong")
	write := func(tx *Tx) error {
		_, err := tx.AddMessage(&model.Message{Chat: chat, Body: "lost", Time: day})
		return err
	}
	err := s.Update(context.Background(), func(tx *Tx) error { return errors.Join(write(tx), wrong) })
	if !errors.Is(err, wrong) {
		t.Fatalf("error is %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("panic was swallowed")
			}
		}()
		_ = s.Update(context.Background(), func(tx *Tx) error {
			if err := write(tx); err != nil {
				t.Error(err)
			}
			panic("stop")
		})
	}()
	left, err := s.Messages(chat, model.Page{Limit: 10})
	if err != nil || len(left) != 0 {
		t.Fatalf("%d messages left, error %v", len(left), err)
	}
	if err := s.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestSavepoint(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	wrong := errors.New("wrong")
	update(t, s, func(tx *Tx) error {
		put := func(body string) error {
			_, err := tx.AddMessage(&model.Message{Chat: chat, Body: body, Time: day})
			return err
		}
		if err := put("first"); err != nil {
			return err
		}
		err := tx.Savepoint(func() error {
			if err := tx.Savepoint(func() error { return put("inner") }); err != nil {
				return err
			}
			return errors.Join(put("second"), wrong)
		})
		if !errors.Is(err, wrong) {
			return fmt.Errorf("savepoint says %w", err)
		}
		func() {
			defer func() { _ = recover() }()
			_ = tx.Savepoint(func() error { panic(put("third")) })
		}()
		return tx.Savepoint(func() error { return put("fourth") })
	})
	got, err := s.Messages(chat, model.Page{Limit: 10})
	if err != nil || len(got) != 2 || got[0].Body != "first" || got[1].Body != "fourth" {
		t.Fatalf("messages %v, error %v", bodies(got), err)
	}
	for word, want := range map[string]int{"first": 1, "second": 0, "inner": 0, "third": 0, "fourth": 1} {
		found, err := s.Search(context.Background(), SearchQuery{Text: word, Limit: 5})
		if err != nil || len(found) != want {
			t.Errorf("%s: found %d, error %v", word, len(found), err)
		}
	}
	if err := s.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestUpdateWaitsForItsTurn(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 20 {
				fn := s.Update
				if n%5 == 0 {
					fn = s.UpdateDurable
				}
				err := fn(context.Background(), func(tx *Tx) error {
					_, err := tx.AddMessage(&model.Message{Chat: chat, Body: fmt.Sprint(i, n), Time: day})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got, err := s.Messages(chat, model.Page{Limit: 1000})
	if err != nil || len(got) != 160 {
		t.Fatalf("%d messages, error %v", len(got), err)
	}
	// While one writes, a caller whose context ends gets its cause.
	cause := errors.New("cause")
	update(t, s, func(*Tx) error {
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(cause)
		if err := s.Update(ctx, func(*Tx) error { return nil }); !errors.Is(err, cause) {
			t.Errorf("error is %v", err)
		}
		return nil
	})
}

func TestClosed(t *testing.T) {
	s := openTest(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
	if err := s.Update(context.Background(), func(*Tx) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("update after close: %v", err)
	}
	if _, err := s.Accounts(); !errors.Is(err, ErrClosed) {
		t.Errorf("read after close: %v", err)
	}
}

func TestBuiltWith(t *testing.T) {
	s := openTest(t)
	for option, want := range map[string]bool{"ENABLE_FTS5": true, "ENABLE_NOTHING": false} {
		if got, err := builtWith(context.Background(), s.conn, option); err != nil || got != want {
			t.Errorf("%s: %v %v", option, got, err)
		}
	}
}

func TestIdle(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	for i := range 60 {
		fill(t, s, chat, i*5, i*5+5) // a segment of the index each
	}
	for range 3 {
		if err := s.Idle(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if st, err := os.Stat(s.path + "-wal"); err != nil || st.Size() != 0 {
		t.Errorf("the log holds %v, %v", st, err)
	}
	more, err := s.mergeIndex()
	if err != nil || more {
		t.Errorf("there is more to merge: %v %v", more, err)
	}
	if found, err := s.Search(context.Background(), SearchQuery{Text: "MARKER77", Limit: 2}); err != nil || len(found) != 1 {
		t.Errorf("found %d, %v", len(found), err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("stop")
	cancel(stop)
	if err := s.Idle(ctx); !errors.Is(err, stop) {
		t.Errorf("error is %v", err)
	}
}

func bodies(ms []model.Message) []string {
	out := make([]string, len(ms))
	for i, m := range ms {
		out[i] = m.Body
	}
	return out
}

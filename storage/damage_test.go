package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kith/core/model"
)

// written makes a closed database with some hundred messages and returns its path.
func written(t testing.TB, k Key) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), dbName)
	s := openAt(t, path, k, 64)
	fill(t, s, newChat(t, s), 0, 300)
	if err := s.Idle(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// fill stores messages number from…to in batches of 50.
func fill(t testing.TB, s *Store, chat model.ChatID, from, to int) {
	t.Helper()
	for i := from; i < to; i += 50 {
		update(t, s, func(tx *Tx) error {
			for j := i; j < min(i+50, to); j++ {
				m := model.Message{Chat: chat, Body: fmt.Sprintf("MARKER%d %0120d", j, j), OriginID: fmt.Sprint(j), Time: day.Add(time.Duration(j) * time.Second)}
				if _, err := tx.AddMessage(&m); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func reopen(t testing.TB, path string, k Key) (*Store, *pageKeys, error) {
	t.Helper()
	keys, err := newPageKeys(k)
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(path, keys, 64)
	return s, keys, err
}

// checked opens, checks and closes; the first error counts.
func checked(t testing.TB, path string, k Key) error {
	t.Helper()
	s, _, err := reopen(t, path, k)
	if err != nil {
		return err
	}
	return errors.Join(s.Check(context.Background()), s.Close())
}

func TestEveryFlippedBitIsNoticed(t *testing.T) {
	k := testKey(t, 1)
	path := written(t, k)
	if err := checked(t, path, k); err != nil {
		t.Fatal(err)
	}
	clean, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 8))
	n := 1000
	if testing.Short() {
		n = 100
	}
	for range n {
		bad := bytes.Clone(clean)
		bit := r.IntN(len(bad) * 8)
		bad[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checked(t, path, k); !errors.Is(err, ErrDamaged) {
			t.Fatalf("bit %d of byte %d: %v", bit%8, bit/8, err)
		}
	}
}

func TestDamagedPages(t *testing.T) {
	k := testKey(t, 1)
	path := written(t, k)
	clean, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := func(b []byte, n int) []byte { return b[n*pageBytes : (n+1)*pageBytes] }
	tests := []struct {
		name   string
		damage func(b []byte) []byte
	}{
		{"two pages swapped", func(b []byte) []byte {
			five := bytes.Clone(page(b, 5))
			copy(page(b, 5), page(b, 6))
			copy(page(b, 6), five)
			return b
		}},
		{"a page of zeros", func(b []byte) []byte { clear(page(b, 7)); return b }},
		{"the last pages missing", func(b []byte) []byte { return b[:len(b)-3*pageBytes] }},
		{"half of the last page missing", func(b []byte) []byte { return b[:len(b)-pageBytes/2] }},
		{"half of the first page only", func(b []byte) []byte { return b[:pageBytes/2] }},
		{"the first page of zeros", func(b []byte) []byte { clear(page(b, 0)); return b }},
		{"garbage", func(b []byte) []byte { return bytes.Repeat([]byte("garbage!"), 4096) }},
		{"a readable database", func(b []byte) []byte {
			return append([]byte("SQLite format 3\x00\x10\x00\x02\x02\x28"), make([]byte, 8192)...)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bad := tt.damage(bytes.Clone(clean))
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := checked(t, path, k); !errors.Is(err, ErrDamaged) {
				t.Errorf("error is %v", err)
			}
			if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, bad) {
				t.Errorf("the damaged file was changed, %v", err)
			}
		})
	}
}

// TestLostTransaction: an error that makes SQLite roll everything back leaves no statement behind it that is committed alone, also
// when its savepoint's error is not taken for the end.
func TestLostTransaction(t *testing.T) {
	k := testKey(t, 1)
	path := written(t, k)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := len(b) / 2; at < len(b); at += pageBytes { // rows; the schema is at the front
		b[at] ^= 1
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, _, err := reopen(t, path, k)
	if err != nil {
		t.Fatal(err)
	}
	put := func(tx *Tx, key string) error {
		return tx.Savepoint(func() error { return tx.SetSetting(key, "value") })
	}
	err = s.Update(context.Background(), func(tx *Tx) error {
		if err := put(tx, "before"); err != nil {
			t.Error(err)
		}
		err := tx.Savepoint(func() error {
			_, err := tx.Messages(1, model.Page{Limit: 1000})
			return err
		})
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("damaged rows: %v", err)
		}
		if !s.ended() {
			t.Error("the transaction goes on: this test tests nothing")
		}
		if err := put(tx, "after"); err == nil {
			t.Error("a savepoint outside of a transaction")
		}
		if err := tx.SetSetting("alone", "value"); err == nil {
			t.Error("a statement outside of a transaction")
		}
		return nil
	})
	if err == nil {
		t.Error("the lost transaction was committed")
	}
	update(t, s, func(tx *Tx) error { return put(tx, "next") })
	for key, want := range map[string]string{"before": "", "after": "", "alone": "", "next": "value"} {
		if got, err := s.Setting(key); err != nil || got != want {
			t.Errorf("%s is %q, %v", key, got, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// crashed copies an open database as a kill would leave it: with its log.
func crashed(t testing.TB, s *Store, to string) {
	t.Helper()
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(s.path + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to+end, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWrongKeyTouchesNothing(t *testing.T) {
	s := openTest(t)
	fill(t, s, newChat(t, s), 0, 100)
	path := filepath.Join(t.TempDir(), "copy.db")
	crashed(t, s, path)
	before := map[string][]byte{}
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + end)
		if err != nil || len(b) == 0 {
			t.Fatal(len(b), err)
		}
		before[end] = b
	}
	if _, _, err := reopen(t, path, testKey(t, 2)); !errors.Is(err, ErrDamaged) {
		t.Errorf("error is %v", err)
	}
	for end, want := range before {
		if got, err := os.ReadFile(path + end); err != nil || !bytes.Equal(got, want) {
			t.Errorf("file %q was changed: %d bytes, %v", end, len(got), err)
		}
	}
	// The log is still there for the right key.
	right, _, err := reopen(t, path, testKey(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := right.Close(); err != nil {
			t.Error(err)
		}
	}()
	if got, err := right.Messages(1, model.Page{Limit: 1000}); err != nil || len(got) != 100 {
		t.Errorf("%d messages, %v", len(got), err)
	}
}

func TestTornLog(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	if err := s.Idle(context.Background()); err != nil {
		t.Fatal(err)
	}
	var ends []int64 // of the log after each transaction
	for i := range 40 {
		fill(t, s, chat, i, i+1)
		st, err := os.Stat(s.path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, st.Size())
	}
	tests := []struct {
		name string
		tear func(log []byte) []byte
		left int
	}{
		{"whole", func(b []byte) []byte { return b }, 40},
		{"cut in the last frame", func(b []byte) []byte { return b[:len(b)-100] }, 39},
		{"last frame half written", func(b []byte) []byte { clear(b[len(b)-2000:]); return b }, 39},
		{"last header half written", func(b []byte) []byte { clear(b[len(b)-int(frameBytes)+12 : len(b)-pageBytes]); return b }, 39},
		{"torn in the middle", func(b []byte) []byte { b[ends[19]+200] ^= 1; return b }, 20},
		{"page number changed", func(b []byte) []byte { b[ends[9]+3] ^= 1; return b }, 10},
		{"commit mark removed", func(b []byte) []byte { clear(b[ends[0]-frameBytes+4 : ends[0]-frameBytes+8]); return b }, 0},
		{"header gone", func(b []byte) []byte { clear(b[:logHeader]); return b }, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), dbName)
			crashed(t, s, path)
			log, err := os.ReadFile(path + "-wal")
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path+"-wal", tt.tear(log[:ends[39]]), 0o600); err != nil {
				t.Fatal(err)
			}
			again, _, err := reopen(t, path, testKey(t, 1))
			if err != nil {
				t.Fatal(err)
			}
			got, err := again.Messages(chat, model.Page{Limit: 100})
			if err != nil || len(got) != tt.left {
				t.Errorf("%d messages left, want %d, %v", len(got), tt.left, err)
			}
			if err := errors.Join(again.Check(context.Background()), again.Close()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTornFirstPage: a power cut while the log is copied tears page 1; its good copy is in the log.
func TestTornFirstPage(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	fill(t, s, chat, 0, 50)
	path := filepath.Join(t.TempDir(), dbName)
	crashed(t, s, path)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	clear(b[2048:pageBytes])
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	again, _, err := reopen(t, path, testKey(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	got, err := again.Messages(chat, model.Page{Limit: 100})
	if err != nil || len(got) != 50 {
		t.Errorf("%d messages, %v", len(got), err)
	}
	if err := errors.Join(again.Check(context.Background()), again.Close()); err != nil {
		t.Error(err)
	}
}

// TestPlantedJournal: a rollback journal put beside the database must not be played back into it.
func TestPlantedJournal(t *testing.T) {
	k := testKey(t, 1)
	path := written(t, k)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A valid header: one page, no checksum salt, the whole database, 512-byte sectors, 4096-byte pages.
	journal := make([]byte, 512+4+pageBytes+4)
	copy(journal, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\x00\x00\x00\x01\x00\x00\x00\x00")
	journal[18], journal[19] = byte(len(before)/pageBytes>>8), byte(len(before)/pageBytes)
	journal[22], journal[26] = 2, 0x10
	journal[515] = 5
	if err := os.WriteFile(path+"-journal", journal, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checked(t, path, k); err != nil {
		t.Fatal(err)
	}
}

func TestNewerVersion(t *testing.T) {
	k := testKey(t, 1)
	path := written(t, k)
	s, _, err := reopen(t, path, k)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.run("PRAGMA user_version = 9999"), s.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := reopen(t, path, k); !errors.Is(err, ErrNewer) {
		t.Errorf("error is %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the newer file was changed, %v", err)
	}
}

func TestSteps(t *testing.T) {
	all, err := steps(migrations)
	if err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	for i, st := range all {
		if st.version != i+1 || st.sql == "" {
			t.Errorf("step %d is %d", i, st.version)
		}
	}
}

package storage

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"kith/core/model"
)

// TestCutCreation: wherever the power went while a database was made, the next start has an empty one.
func TestCutCreation(t *testing.T) {
	k := testKey(t, 1)
	path := filepath.Join(t.TempDir(), dbName)
	if err := checked(t, path, k); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	log := bytes.Repeat([]byte("half a log"), 1000)
	for n := 0; n <= len(whole); n += len(whole)/16 + 1 {
		zeros := append(bytes.Clone(whole[:n]), make([]byte, len(whole)-n)...)
		for _, left := range []map[string][]byte{
			{newEnd: whole[:n]},
			{newEnd: zeros},
			{newEnd: whole[:n], newEnd + logEnd: log[:n%len(log)], newEnd + sharedEnd: make([]byte, 32<<10)},
			{newEnd + logEnd: log},
			{newEnd: whole, "": nil}, // an empty file by its name
		} {
			path := filepath.Join(t.TempDir(), dbName)
			for end, b := range left {
				if err := os.WriteFile(path+end, b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s, keys, err := reopen(t, path, k)
			if err != nil {
				t.Fatalf("cut after %d bytes: %v", n, err)
			}
			if chats, err := s.Chats(0); err != nil || len(chats) != 0 {
				t.Errorf("%d chats, %v", len(chats), err)
			}
			newChat(t, s)
			if err := errors.Join(s.Check(context.Background()), s.Close()); err != nil {
				t.Error(err)
			}
			if got, err := filepath.Glob(path + newEnd + "*"); err != nil || len(got) > 0 {
				t.Errorf("left over: %v, %v", got, err)
			}
			if keys.failed.Load() > 0 {
				t.Error("pages of the half-made database were read")
			}
		}
	}
}

// TestLogWithoutDatabase: history may be in a log whose database is gone. SQLite would delete it.
func TestLogWithoutDatabase(t *testing.T) {
	k := testKey(t, 1)
	for _, how := range []struct {
		name string
		lose func(path string) error
	}{{"gone", os.Remove}, {"empty", func(path string) error { return os.Truncate(path, 0) }}} {
		t.Run(how.name, func(t *testing.T) {
			s := openTest(t)
			fill(t, s, newChat(t, s), 0, 100)
			dir := t.TempDir()
			path := filepath.Join(dir, dbName)
			crashed(t, s, path)
			db, err := os.ReadFile(path)
			if err == nil {
				err = how.lose(path)
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := reopen(t, path, k); !errors.Is(err, ErrDamaged) {
				t.Errorf("error is %v", err)
			}
			if _, err := hold(t, dir).Create(PassphraseSlot("words")); !errors.Is(err, ErrExists) {
				t.Errorf("a new key beside old history: %v", err)
			}
			if err := os.WriteFile(path, db, 0o600); err != nil {
				t.Fatal(err)
			}
			back, _, err := reopen(t, path, k)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := back.Messages(1, model.Page{Limit: 1000}); err != nil || len(got) != 100 {
				t.Errorf("%d messages, %v", len(got), err)
			}
			if err := back.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestCutSlot: a slot that was being written when the power went is not there, and what was there is.
func TestCutSlot(t *testing.T) {
	dir := t.TempDir()
	half := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, keysName+newEnd), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	half(`{"format": 1, "che`)
	p := hold(t, dir)
	if !p.New() {
		t.Error("a profile without a key is not new")
	}
	k, err := p.Create(PassphraseSlot("words"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	half(`{}`)
	p = hold(t, dir)
	if again, err := p.Unlock(PassphraseSlot("words")); err != nil || !bytes.Equal(again.bytes(), k.bytes()) {
		t.Errorf("unlock: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, keysName+newEnd)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the half slot is still there: %v", err)
	}
}

// TestDatabaseGone: a profile whose database is gone, or empty, is not a new one.
func TestDatabaseGone(t *testing.T) {
	for _, lose := range []func(path string) error{os.Remove, func(path string) error { return os.Truncate(path, 0) }} {
		dir, words := t.TempDir(), PassphraseSlot("correct horse")
		path := filepath.Join(dir, dbName)
		open := func(create bool) (*Profile, *Store, error) {
			t.Helper()
			p := hold(t, dir)
			key := p.Unlock
			if create {
				key = p.Create
			}
			k, err := key(words)
			if err != nil {
				t.Fatal(err)
			}
			s, err := p.Open(k)
			return p, s, err
		}
		p, s, err := open(true)
		if err != nil {
			t.Fatal(err)
		}
		fill(t, s, newChat(t, s), 0, 10)
		if err := errors.Join(s.Close(), p.Close()); err != nil {
			t.Fatal(err)
		}
		db, err := os.ReadFile(path)
		if err == nil {
			err = lose(path)
		}
		if err != nil {
			t.Fatal(err)
		}
		p, _, err = open(false)
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("without its database: %v", err)
		}
		if err := errors.Join(p.Close(), os.WriteFile(path, db, 0o600)); err != nil {
			t.Fatal(err)
		}
		p, s, err = open(false)
		if err != nil {
			t.Fatalf("put back: %v", err)
		}
		if got, err := s.Messages(1, model.Page{Limit: 100}); err != nil || len(got) != 10 {
			t.Errorf("%d messages, %v", len(got), err)
		}
		if err := errors.Join(s.Close(), p.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

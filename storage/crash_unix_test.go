//go:build unix

package storage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kith/core/model"
)

// TestChild is not a test: it is what the tests below start as a process of its own.
func TestChild(t *testing.T) {
	switch os.Getenv("KITH_TEST_CHILD") {
	case "write":
		writeForEver(t, os.Getenv("KITH_TEST_PATH"))
	case "full":
		fillDisk(t, os.Getenv("KITH_TEST_PATH"))
	case "create":
		openAt(t, os.Getenv("KITH_TEST_PATH"), testKey(t, 1), 64)
	}
}

func child(what, path string) *exec.Cmd {
	c := exec.Command(os.Args[0], "-test.run=^TestChild$")
	c.Env = append(os.Environ(), "KITH_TEST_CHILD="+what, "KITH_TEST_PATH="+path)
	c.Stderr = os.Stderr
	return c
}

// writeForEver stores messages, in transactions of all sizes, and says after each commit how far it is.
func writeForEver(t *testing.T, path string) {
	s := openAt(t, path, testKey(t, 1), 64)
	chat, n := firstChat(t, s), 0
	last, err := s.Messages(chat, model.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(last) == 1 {
		if n, err = strconv.Atoi(last[0].Body); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; ; i++ {
		update(t, s, func(tx *Tx) error {
			for range 1 + i%90 {
				n++
				m := model.Message{Chat: chat, Body: fmt.Sprint(n), OriginID: strings.Repeat("o", n%900), Time: day.Add(time.Duration(n) * time.Millisecond)}
				if _, err := tx.AddMessage(&m); err != nil {
					return err
				}
			}
			return nil
		})
		fmt.Println("done", n)
	}
}

func firstChat(t *testing.T, s *Store) model.ChatID {
	chats, err := s.Chats(0)
	if err != nil {
		t.Fatal(err)
	}
	if len(chats) == 1 {
		return chats[0].ID
	}
	return newChat(t, s)
}

func TestKilledWriterLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), dbName)
	rounds := 20
	if testing.Short() {
		rounds = 4
	}
	for round := range rounds {
		c := child("write", path)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		acknowledged, lines := 0, bufio.NewScanner(out)
		for seen := 0; lines.Scan(); {
			if n, err := strconv.Atoi(strings.TrimPrefix(lines.Text(), "done ")); err == nil {
				acknowledged = n
			}
			if seen++; seen == 3+round*2 {
				if err := c.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := c.Wait(); err == nil || acknowledged == 0 {
			t.Fatalf("the writer ended by itself after %d", acknowledged)
		}
		verify(t, path, acknowledged)
	}
}

// TestKilledCreation: a process that dies while it makes a database leaves nothing that looks like damage. It is killed as soon as
// this much of a file is there.
func TestKilledCreation(t *testing.T) {
	for _, step := range []struct {
		file  string
		bytes int64
	}{{"", -1}, {newEnd, 0}, {newEnd, 4096}, {newEnd + logEnd, 0}, {newEnd + logEnd, 32}, {newEnd + logEnd, 100000}, {newEnd, 100000}, {"", 4096}} {
		path := filepath.Join(t.TempDir(), dbName)
		c := child("create", path)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		there := func(file string, bytes int64) bool {
			st, err := os.Stat(path + file)
			return bytes < 0 || err == nil && st.Size() >= bytes
		}
		for end := time.Now().Add(time.Minute); !there(step.file, step.bytes) && !there("", 0); {
			if time.Now().After(end) {
				t.Fatal("the database is not made")
			}
		}
		if err := c.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = c.Wait() // killed, or done
		if err := checked(t, path, testKey(t, 1)); err != nil {
			t.Errorf("killed when %q had %d bytes: %v", step.file, step.bytes, err)
		}
	}
}

// verify says that all messages up to at least n are there, and no hole.
func verify(t *testing.T, path string, n int) {
	t.Helper()
	s, keys, err := reopen(t, path, testKey(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	last, err := s.Messages(1, model.Page{Limit: 1})
	if err != nil || len(last) != 1 {
		t.Fatal(len(last), err)
	}
	var count int
	if err := s.reads.run.value([]any{&count}, "SELECT count(*) FROM message"); err != nil {
		t.Fatal(err)
	}
	if got, err := strconv.Atoi(last[0].Body); err != nil || got < n || count != got {
		t.Errorf("newest is %d of %d rows, acknowledged %d, %v", got, count, n, err)
	}
	if err := errors.Join(s.Check(context.Background()), s.Close()); err != nil {
		t.Error(err)
	}
	if keys.failed.Load() > 1 { // the torn end of the log
		t.Errorf("%d pages did not authenticate", keys.failed.Load())
	}
}

// TestLogIndexStaysInMemory: the index of the log holds a checksum of readable pages.
func TestLogIndexStaysInMemory(t *testing.T) {
	s := openTest(t)
	fill(t, s, newChat(t, s), 0, 100)
	if _, err := s.Messages(1, model.Page{Limit: 10}); err != nil {
		t.Fatal(err)
	}
	if n, err := sizeOf(s.path + logEnd); err != nil || n == 0 {
		t.Errorf("the log has %d bytes, %v", n, err)
	}
	if _, err := os.Stat(s.path + sharedEnd); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the index is a file: %v", err)
	}
}

func TestDiskFull(t *testing.T) {
	c := child("full", filepath.Join(t.TempDir(), dbName))
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !strings.Contains(string(out), "survived") {
		t.Errorf("child says %s", out)
	}
}

// fillDisk runs into the largest file it may write, and goes on when there is room again.
func fillDisk(t *testing.T, path string) {
	s := openAt(t, path, testKey(t, 1), 64)
	chat := newChat(t, s)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	limit := func(n uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: was.Max}); err != nil {
			t.Fatal(err)
		}
	}
	limit(600 << 10)
	kept, full := 0, error(nil)
	for full == nil && kept < 100000 {
		full = s.Update(context.Background(), func(tx *Tx) error {
			for i := range 10 {
				if _, err := tx.AddMessage(&model.Message{Chat: chat, Body: strings.Repeat("words ", 100), Time: day.Add(time.Duration(kept+i) * time.Second)}); err != nil {
					return err
				}
			}
			return nil
		})
		if full == nil {
			kept += 10
		}
	}
	if !errors.Is(full, ErrDiskFull) {
		t.Errorf("error is %v", full)
	}
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.SetSetting("k", strings.Repeat("v", 1<<20)) }); !errors.Is(err, ErrDiskFull) {
		t.Errorf("still full: %v", err)
	}
	if _, err := s.Chats(0); err != nil {
		t.Errorf("reading on a full disk: %v", err)
	}
	limit(was.Cur)
	var count int
	if err := s.reads.run.value([]any{&count}, "SELECT count(*) FROM message"); err != nil || count != kept {
		t.Errorf("%d rows, %d kept, %v", count, kept, err)
	}
	update(t, s, func(tx *Tx) error { return tx.SetSetting("k", "v") })
	if err := s.Check(context.Background()); err != nil {
		t.Error(err)
	}
	fmt.Println("survived", kept)
}

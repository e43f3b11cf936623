package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"kith/core/model"
)

func testPageKeys(t testing.TB) *pageKeys {
	t.Helper()
	k, err := newPageKeys(testKey(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestPageIsBoundToItsPlace(t *testing.T) {
	k := testPageKeys(t)
	plain := bytes.Repeat([]byte("page"), pageBytes/4)
	clear(plain[pageBytes-reservedBytes:])
	sealed := make([]byte, pageBytes)
	if err := k.seal(sealed, plain, kindDB, 8192); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("pagepage")) {
		t.Error("sealed page is readable")
	}
	tests := []struct {
		name   string
		keys   *pageKeys
		kind   int
		offset int64
		ok     bool
	}{
		{"its place", k, kindDB, 8192, true},
		{"another place", k, kindDB, 4096, false},
		{"another file", k, kindLog, 8192, false},
	}
	for _, tt := range tests {
		page := bytes.Clone(sealed)
		err := tt.keys.open(page, tt.kind, tt.offset)
		if ok := err == nil && bytes.Equal(page, plain); ok != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err == nil != tt.ok || (err != nil && bytes.Equal(page, make([]byte, pageBytes))) {
			t.Errorf("%s: error %v, or a failed page that looks like an empty one", tt.name, err)
		}
	}
}

func TestLogHeaderIsSealed(t *testing.T) {
	k := testPageKeys(t)
	head := []byte("saltsaltchecksum")
	a, b := bytes.Clone(head), bytes.Clone(head)
	k.xex(a, 32, true)
	k.xex(b, 4152, true)
	if bytes.Equal(a, head) || bytes.Equal(a, b) {
		t.Error("equal headers at two places look alike")
	}
	k.xex(a, 32, false)
	if !bytes.Equal(a, head) {
		t.Error("header does not come back")
	}
}

// FuzzOpenPage: no page that we did not seal opens, and none panics.
func FuzzOpenPage(f *testing.F) {
	k := testPageKeys(f)
	sealed := make([]byte, pageBytes)
	if err := k.seal(sealed, make([]byte, pageBytes), kindDB, 0); err != nil {
		f.Fatal(err)
	}
	f.Add(sealed[:16], 0)
	f.Add([]byte{1}, pageBytes-1)
	f.Fuzz(func(t *testing.T, change []byte, at int) {
		page := bytes.Clone(sealed)
		copy(page[((at%pageBytes)+pageBytes)%pageBytes:], change)
		changed := !bytes.Equal(page, sealed)
		if err := k.open(page, kindDB, 0); (err == nil) == changed {
			t.Errorf("changed %v, error %v", changed, err)
		}
	})
}

// TestNothingReadableOnDisk: a workload that spills, sorts, rolls back and leaves its log behind; then every file is searched.
func TestNothingReadableOnDisk(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("SQLITE_TMPDIR", dir)
	s := openAt(t, filepath.Join(dir, dbName), testKey(t, 1), 16)
	chat := newChat(t, s)
	fill(t, s, chat, 0, 400)
	var seen []string
	look := func() {
		seen = append(seen, scanFor(t, dir, "MARKER", "example.test", "SQLite format 3", "CREATE TABLE")...)
	}
	stop := errors.New("stop")
	err := s.Update(context.Background(), func(tx *Tx) error {
		for i := range 2000 {
			if _, err := tx.AddMessage(&model.Message{Chat: chat, Body: fmt.Sprintf("MARKER %0800d", i), Time: day}); err != nil {
				return err
			}
		}
		if _, err := list(tx.run, scanMessageID, "SELECT id FROM message ORDER BY body DESC, random()"); err != nil {
			return err
		}
		look()
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	look()
	if err := s.Idle(context.Background()); err != nil {
		t.Fatal(err)
	}
	look()
	if len(seen) != 0 {
		t.Errorf("readable: %v", seen)
	}
	st, err := os.Stat(s.path)
	if err != nil || st.Size() < 50*int64(pageBytes) || st.Mode().Perm() != 0o600 {
		t.Errorf("database: %v %v", st, err)
	}
}

// scanFor names the files under dir that hold one of the words, as bytes or in UTF-16.
func scanFor(t testing.TB, dir string, words ...string) []string {
	t.Helper()
	var hits []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			var wide []byte
			for _, u := range utf16.Encode([]rune(w)) {
				wide = append(wide, byte(u), byte(u>>8))
			}
			if bytes.Contains(b, []byte(w)) || bytes.Contains(b, wide) {
				hits = append(hits, e.Name()+": "+w)
			}
		}
	}
	return hits
}

func TestScanFinds(t *testing.T) {
	path := filepath.Join(t.TempDir(), dbName)
	s, err := open(path, nil, 64)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	fill(t, s, newChat(t, s), 0, 1)
	if hits := scanFor(t, filepath.Dir(path), "MARKER0"); len(hits) == 0 {
		t.Error("the search finds nothing in a readable database")
	}
}

// TestReadersBesideAWriter: one writer that spills, undoes and checkpoints, and readers that must see whole transactions only.
func TestReadersBesideAWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), dbName)
	s := openAt(t, path, testKey(t, 1), 16)
	if err := s.run("PRAGMA wal_autocheckpoint = 50"); err != nil {
		t.Fatal(err)
	}
	chat := newChat(t, s)
	var wg sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		wg.Go(func() {
			for reads := 0; ; reads++ {
				select {
				case <-done:
					return
				default:
				}
				got, err := s.Messages(chat, model.Page{Limit: 1000})
				if err != nil || len(got)%10 != 0 {
					t.Errorf("%d messages, %v", len(got), err)
					return
				}
				for _, m := range got {
					if !strings.HasPrefix(m.Body, "keep") {
						t.Errorf("saw what was undone: %.10s", m.Body)
						return
					}
				}
			}
		})
	}
	r := rand.New(rand.NewPCG(9, 10))
	undo := errors.New("undo")
	for i := range 60 {
		update(t, s, func(tx *Tx) error {
			for j := range 10 {
				body := strings.Repeat("keep ", 1+r.IntN(2000))
				if _, err := tx.AddMessage(&model.Message{Chat: chat, Body: body, Time: day.AddDate(0, 0, i*10+j)}); err != nil {
					return err
				}
			}
			err := tx.Savepoint(func() error {
				for range 20 {
					if _, err := tx.AddMessage(&model.Message{Chat: chat, Body: strings.Repeat("drop ", 4000), Time: day}); err != nil {
						return err
					}
				}
				return undo
			})
			if !errors.Is(err, undo) {
				return err
			}
			return nil
		})
	}
	close(done)
	wg.Wait()
	if err := s.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// TestHolesAreSealed: SQLite leaves out pages and goes on behind them: the one at 1 GiB always, and outside of WAL mode, which is quicker
// to bring about, pages that were freed by the transaction that made them.
func TestHolesAreSealed(t *testing.T) {
	if err := register(); err != nil {
		t.Fatal(err)
	}
	keys := testPageKeys(t)
	src := source{path: filepath.Join(t.TempDir(), dbName), key: keys.lend()}
	defer forget(src.key)
	db := src.pool("rwc", commonPragmas+"PRAGMA journal_mode = MEMORY;", 64<<10, 1)
	for _, query := range []string{
		"BEGIN", "CREATE TABLE t (x)", "INSERT INTO t VALUES (zeroblob(1 << 20))", "INSERT INTO t VALUES (zeroblob(100000))",
		"UPDATE t SET x = 'short' WHERE rowid = 1", "COMMIT",
	} {
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	var free int
	if err := db.QueryRow("SELECT freelist_count FROM pragma_freelist_count").Scan(&free); err != nil || free < 200 {
		t.Fatalf("%d free pages, %v", free, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(src.path)
	if err != nil || len(file) < free*pageBytes {
		t.Fatalf("%d bytes, %v", len(file), err)
	}
	for at := 0; at < len(file); at += pageBytes {
		if err := keys.open(file[at:at+pageBytes], kindDB, int64(at)); err != nil {
			t.Fatalf("page %d of %d: %v", at/pageBytes+1, len(file)/pageBytes, err)
		}
	}
}

// TestLogIsWhole: what was committed is in the files already when the commit returns, also after a transaction that spilled and whose
// checksums SQLite then wrote anew. So it survives a crash right then.
func TestLogIsWhole(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, filepath.Join(dir, dbName), testKey(t, 1), 16)
	chat := newChat(t, s)
	for round := range 3 {
		update(t, s, func(tx *Tx) error {
			for i := range 100 {
				m := model.Message{Chat: chat, Body: strings.Repeat("x", 3000), Time: day.Add(time.Duration(i) * time.Second)}
				if _, err := tx.AddMessage(&m); err != nil {
					return err
				}
				if i%10 == 0 { // the first pages again, after they were spilled
					if err := tx.SetDraft(chat, fmt.Sprint(round, i)); err != nil {
						return err
					}
				}
			}
			return nil
		})
		crashed := t.TempDir()
		for _, name := range []string{dbName, dbName + "-wal"} {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err == nil {
				err = os.WriteFile(filepath.Join(crashed, name), b, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		c := openAt(t, filepath.Join(crashed, dbName), testKey(t, 1), 64)
		got, err := c.Messages(chat, model.Page{Limit: 1000})
		if err != nil || len(got) != 100*(round+1) {
			t.Errorf("round %d: %d messages after a crash, %v", round, len(got), err)
		}
		if err := c.Check(context.Background()); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
	}
}

func TestVacuumInto(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	fill(t, s, chat, 0, 200)
	other, err := newPageKeys(testKey(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	id := other.lend()
	defer forget(id)
	dir := filepath.Join(t.TempDir(), "a folder with ?signs# & 100%")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	plain := source{path: filepath.Join(dir, "plain.db")}
	sealed := source{path: filepath.Join(dir, "sealed.db"), key: id}
	for _, to := range []string{sealed.uri("rwc"), plain.uri("rwc") + "&vfs=unix"} {
		if _, err := s.conn.ExecContext(context.Background(), "VACUUM INTO ?", to); err != nil {
			t.Fatal(err)
		}
	}
	if hits := scanFor(t, dir, "MARKER"); len(hits) != 1 || hits[0] != "plain.db: MARKER" {
		t.Errorf("readable: %v", hits)
	}
	for path, keys := range map[string]*pageKeys{plain.path: nil, sealed.path: other} {
		c, err := open(path, keys, 64)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Messages(chat, model.Page{Limit: 1000})
		if err != nil || len(got) != 200 {
			t.Errorf("%d messages, %v", len(got), err)
		}
		if err := errors.Join(c.Check(context.Background()), c.Close()); err != nil {
			t.Error(err)
		}
	}
}

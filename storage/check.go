package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// fit looks before SQLite does whether the files belong to the key. SQLite would take a log it cannot read for an empty one, and
// delete it when it closes. ErrDamaged: neither page 1 authenticates nor the first page of the log. Nothing is changed.
func (k *pageKeys) fit(path string) error {
	page, err := readAt(path, 0, pageBytes)
	if err != nil || page == nil {
		return err
	}
	if len(page) == pageBytes && k.open(page, kindDB, 0) == nil {
		return nil
	}
	// A power cut can tear page 1 while it is copied from the log. Then the log has it.
	frame, err := readAt(path+logEnd, logHeader, int(frameBytes))
	if err != nil {
		return err
	}
	if len(frame) == int(frameBytes) && k.open(frame[frameHeader:], kindLog, logHeader+frameHeader) == nil {
		return nil
	}
	return ErrDamaged
}

// readAt reads up to n bytes; nil when there are none.
func readAt(path string, offset int64, n int) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", withoutPath(err))
	}
	defer f.Close()
	b := make([]byte, n)
	got, err := f.ReadAt(b, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read database: %w", withoutPath(err))
	}
	if got == 0 {
		return nil, nil
	}
	return b[:got], nil
}

// DBBytes is how much room the database and its log take on disk.
func (s *Store) DBBytes() (int64, error) {
	var sum int64
	for _, name := range []string{s.path, s.path + logEnd} {
		n, err := sizeOf(name)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// mergeSteps bounds the tidying of the search index in one Idle.
const mergeSteps = 64

// Idle does what is better done while nothing happens: it empties the log into the database, refreshes what SQLite knows about its
// indexes, and tidies the search index. Also to be called before the process may be stopped. It waits for its turn and stops
// between its steps when ctx ends.
func (s *Store) Idle(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.done()
	for range mergeSteps {
		more, err := s.mergeIndex()
		if err != nil {
			return fmt.Errorf("merge index: %w", err)
		}
		if !more || ctx.Err() != nil {
			break
		}
	}
	for _, query := range []string{"PRAGMA optimize", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if err := s.run(query); err != nil {
			return fmt.Errorf("tidy up: %w", err)
		}
	}
	return context.Cause(ctx)
}

// mergeIndex merges some segments of the search index; more says that there was something to do (FTS5 §6.7).
func (s *Store) mergeIndex() (more bool, err error) {
	var before, after int64
	if err := s.write.value([]any{&before}, "SELECT total_changes()"); err != nil {
		return false, err
	}
	if err := s.run("INSERT INTO search (search, rank) VALUES ('merge', 500)"); err != nil {
		return false, err
	}
	err = s.write.value([]any{&after}, "SELECT total_changes()")
	return after-before >= 2, err
}

// Check reads everything and tells whether it is sound: every page authenticates, SQLite finds its structures whole, the search index
// is, and every chat's counters say what its messages say. ErrDamaged. It takes seconds on a large history, and Updates wait.
func (s *Store) Check(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.done()
	if err := s.checkPages(ctx); err != nil {
		return fmt.Errorf("check pages: %w", err)
	}
	for _, query := range []string{
		"SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
		"SELECT count(*) FROM pragma_foreign_key_check",
	} {
		if err := s.checkQuery(ctx, query); err != nil {
			return fmt.Errorf("check structure: %w", err)
		}
	}
	if err := s.run("INSERT INTO search (search) VALUES ('integrity-check')"); err != nil {
		return fmt.Errorf("check search index: %w", err)
	}
	return s.checkCounters()
}

// checkPages reads every page of the database, also those that nothing refers to now.
func (s *Store) checkPages(ctx context.Context) error {
	if s.keys == nil {
		return nil
	}
	if err := s.run("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return err
	}
	f, err := os.Open(s.path)
	if err != nil {
		return withoutPath(err)
	}
	defer f.Close()
	page := make([]byte, pageBytes)
	for offset := int64(0); ; offset += int64(pageBytes) {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		switch _, err := io.ReadFull(f, page); {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return ErrDamaged
		case err != nil:
			return withoutPath(err)
		}
		if err := s.keys.open(page, kindDB, offset); err != nil {
			return err
		}
	}
}

// checkQuery counts what is wrong.
func (s *Store) checkQuery(ctx context.Context, query string) error {
	var wrong int
	if err := s.conn.QueryRowContext(ctx, query).Scan(&wrong); err != nil {
		return translate(err)
	}
	if wrong != 0 {
		return ErrDamaged
	}
	return nil
}

// checkCounters compares what chats say with what their messages say, and the search index with the texts.
func (s *Store) checkCounters() error {
	var wrong, texts, indexed int64
	err := s.write.value([]any{&wrong}, `SELECT count(*) FROM chat c WHERE c.unread <> (`+countUnread+`)
		OR c.last IS NOT (SELECT `+packLast+` FROM message m WHERE m.id = c.last_id) OR c.last_id <> (SELECT coalesce(max(m.id), 0) FROM message m WHERE m.id BETWEEN c.id << 43 AND ((c.id + 1) << 43) - 1)`)
	if err != nil {
		return fmt.Errorf("check counters: %w", err)
	}
	// A text of signs alone has no words and no row in the index.
	if err := s.write.value([]any{&texts, &indexed}, "SELECT (SELECT count(*) FROM message WHERE kind = 0), (SELECT count(*) FROM search_docsize)"); err != nil {
		return fmt.Errorf("check search index: %w", err)
	}
	if wrong != 0 || indexed > texts {
		return fmt.Errorf("check counters: %w", ErrDamaged)
	}
	return nil
}

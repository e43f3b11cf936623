package storage

import (
	"errors"
	"fmt"
	"time"
)

// reads are the methods of Store and Tx. The types of OMEMO's rows have their methods in omemo.go.
type reads struct {
	run *runner
	accountReads
	contactReads
	chatReads
	messageReads
	searchReads
	outboxReads
	archiveReads
	settingReads
	omemoReads
}

type omemoReads struct{ r *runner }

func newReads(r *runner) reads {
	return reads{
		run:          r,
		accountReads: accountReads{r},
		contactReads: contactReads{r},
		chatReads:    chatReads{r},
		messageReads: messageReads{r},
		searchReads:  searchReads{r},
		outboxReads:  outboxReads{r},
		archiveReads: archiveReads{r},
		settingReads: settingReads{r},
		omemoReads:   omemoReads{r},
	}
}

// work is what the writing methods of one transaction share.
type work struct {
	*runner
	reads reads
	index *index
	now   time.Time
}

type omemoWrites struct{ w *work }

// Tx is one running Update: all reads and all writes. Only for the goroutine and the duration of its function.
type Tx struct {
	reads
	accountWrites
	contactWrites
	chatWrites
	messageWrites
	stateWrites
	outboxWrites
	archiveWrites
	settingWrites
	omemoWrites
	index *index
	depth int
}

func newTx(r *runner, now time.Time) *Tx {
	w := &work{runner: r, reads: newReads(r), index: &index{r: r}, now: now}
	return &Tx{
		reads:         w.reads,
		accountWrites: accountWrites{w},
		contactWrites: contactWrites{w},
		chatWrites:    chatWrites{w},
		messageWrites: messageWrites{w: w},
		stateWrites:   stateWrites{w},
		outboxWrites:  outboxWrites{w},
		archiveWrites: archiveWrites{w},
		settingWrites: settingWrites{w},
		omemoWrites:   omemoWrites{w},
		index:         w.index,
	}
}

// Savepoint runs fn and undoes what it wrote when it errs or panics; its error is returned, its panic goes on. Savepoints nest.
func (tx *Tx) Savepoint(fn func() error) (err error) {
	name := fmt.Sprintf("s%d", tx.depth)
	if _, err := tx.run.exec("SAVEPOINT " + name); err != nil {
		return fmt.Errorf("set savepoint: %w", err)
	}
	tx.depth++
	kept := tx.index.mark()
	done := false
	defer func() {
		tx.depth--
		if done {
			return
		}
		tx.index.rewind(kept)
		if _, undo := tx.run.exec("ROLLBACK TO " + name); undo != nil {
			err = errors.Join(err, fmt.Errorf("undo to savepoint: %w", undo))
			return
		}
		if _, undo := tx.run.exec("RELEASE " + name); undo != nil {
			err = errors.Join(err, fmt.Errorf("release savepoint: %w", undo))
		}
	}()
	if err := fn(); err != nil {
		return err
	}
	if _, err := tx.run.exec("RELEASE " + name); err != nil {
		return fmt.Errorf("release savepoint: %w", err)
	}
	done = true
	return nil
}

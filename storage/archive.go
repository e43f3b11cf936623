package storage

import (
	"fmt"
	"time"

	"kith/core/model"
)

type archiveReads struct{ r *runner }

type archiveWrites struct{ w *work }

// Range is a stretch of an archive (XEP-0313) that is stored here without a hole.
type Range struct {
	ID           int64
	Account      model.AccountID
	Archive      model.JID
	FromID, ToID string // the archive's ids of its older and newer end
	From, To     time.Time
	Complete     bool // the archive holds nothing older
}

func scanRange(row scanner, r *Range) error {
	var from, to int64
	err := row.Scan(&r.ID, &r.Account, &r.Archive, &r.FromID, &r.ToID, &from, &to, &r.Complete)
	r.From, r.To = fromMS(from), fromMS(to)
	return err
}

// Ranges are the stretches of an archive that are stored, the newest first.
func (t archiveReads) Ranges(account model.AccountID, archive model.JID) ([]Range, error) {
	out, err := list(t.r, scanRange, `SELECT id, account_id, archive, from_id, to_id, from_ms, to_ms, complete FROM archive_range
		WHERE account_id = ? AND archive = ? ORDER BY to_ms DESC, id DESC`, account, archive)
	if err != nil {
		return nil, fmt.Errorf("read ranges: %w", err)
	}
	return out, nil
}

// PutRange stores a range: a new one when its ID is 0, which is then set; ErrNotFound when the one to change is gone.
func (t archiveWrites) PutRange(r *Range) error {
	row := []any{r.Account, r.Archive, r.FromID, r.ToID, toMS(r.From), toMS(r.To), r.Complete}
	const columns = "(account_id, archive, from_id, to_id, from_ms, to_ms, complete)"
	var err error
	if r.ID == 0 {
		r.ID, err = t.w.insert("INSERT INTO archive_range "+columns+" VALUES (?,?,?,?,?,?,?)", row...)
	} else {
		var n int64
		n, err = t.w.exec("UPDATE archive_range SET "+columns+" = (?,?,?,?,?,?,?) WHERE id = ?", append(row, r.ID)...)
		if err == nil && n == 0 {
			err = ErrNotFound
		}
	}
	if err != nil {
		return fmt.Errorf("save range: %w", err)
	}
	return nil
}

// DeleteRange forgets a range, as when it became part of another; none is no error.
func (t archiveWrites) DeleteRange(id int64) error {
	if _, err := t.w.exec("DELETE FROM archive_range WHERE id = ?", id); err != nil {
		return fmt.Errorf("delete range: %w", err)
	}
	return nil
}

package storage

import (
	"context"
	"fmt"

	"kith/core/model"
)

// Place is where a message of a chat stands, and how our account's archive calls it, if it does.
type Place struct {
	ID       model.MessageID
	ServerID string
}

func takePlace(c *cells, p *Place) { p.ID, p.ServerID = model.MessageID(c.int()), c.text() }

// PlacesBefore are the last places from first on that stand before end, both of one chat, the last one first.
func (t messageReads) PlacesBefore(first, end model.MessageID, limit int) ([]Place, error) {
	out, err := listPacked(context.Background(), t.r, takePlace,
		"SELECT pack(id, server_id) AS row FROM message WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?", first, end-1, limit)
	if err != nil {
		return nil, fmt.Errorf("read places: %w", err)
	}
	return out, nil
}

// NextPlace is the first place of a chat from first on; 0 where there is none.
func (t messageReads) NextPlace(first model.MessageID) (id model.MessageID, err error) {
	err = t.r.value([]any{&id}, "SELECT id FROM message WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 1", first, first|timeMask)
	if _, err = found(err); err != nil {
		return 0, fmt.Errorf("read place: %w", err)
	}
	return id, nil
}

package storage

import (
	"context"
	"fmt"

	"kith/core/model"
)

// OpenCalls are an account's calls of which nobody has heard how they ended, at most 100 of them.
func (t messageReads) OpenCalls(a model.AccountID) ([]model.Message, error) {
	out, err := listPacked(context.Background(), t.r, takeMessage, selectMessages+"WHERE m.kind = 3 AND m.body LIKE '% open %' AND c.account_id = ? LIMIT 100", a)
	if err != nil {
		return nil, fmt.Errorf("read calls: %w", err)
	}
	return out, nil
}

package storage

import (
	"fmt"
	"slices"

	"kith/core/model"
)

type stateWrites struct{ w *work }

// grows says whether an outgoing message may go from one state to the other. It goes forward only. It can fail until somebody
// has it, and a failed one can be tried again, or turn out to have arrived.
func grows(from, to model.State) bool {
	switch {
	case from == to:
		return false
	case to == model.Failed:
		return from == model.Pending || from == model.Sent
	case from == model.Failed:
		return true
	}
	return to > from
}

// SetState moves an outgoing message on. changed is false when it is that far already, or is not ours, or the step would be one
// back. fault is kept for Failed, and for Pending, where it says what the message waits for. ErrNotFound.
func (t stateWrites) SetState(id model.MessageID, st model.State, fault model.Fault) (changed bool, err error) {
	var have model.State
	var why model.Fault
	var outgoing bool
	if err := t.w.value([]any{&have, &why, &outgoing}, "SELECT state, fault, outgoing FROM message WHERE id = ?", id); err != nil {
		return false, fmt.Errorf("set state: %w", err)
	}
	waits := have == model.Pending && st == model.Pending && why != fault
	if !outgoing || !waits && !grows(have, st) {
		return false, nil
	}
	if st != model.Failed && st != model.Pending {
		fault = model.NoFault
	}
	if _, err := t.w.exec("UPDATE message SET state = ?, fault = ? WHERE id = ?", st, fault, id); err != nil {
		return false, fmt.Errorf("set state: %w", err)
	}
	return true, chatWrites{t.w}.keepLast(id)
}

// maxStates bounds what one marker changes.
const maxStates = 1000

// SetStateUpTo moves the outgoing messages of a chat on, up to and including one, as a marker does for all before it, and tells
// which ones changed, the oldest first; at most the newest 1,000. Of those before upTo it leaves alone what our server has not
// taken yet and what failed: who has read a later message has not read those.
func (t stateWrites) SetStateUpTo(chat model.ChatID, upTo model.MessageID, st model.State) ([]model.MessageID, error) {
	if upTo.Chat() != chat {
		return nil, nil
	}
	var ids []model.MessageID
	for from := model.Sent; from < st && st != model.Failed; from++ {
		some, err := list(t.w.runner, scanMessageID,
			// The state stands in the text, so that the planner sees that the index of open states has them all.
			fmt.Sprintf("SELECT id FROM message WHERE outgoing = 1 AND state < 3 AND state = %d AND id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?", from),
			int64(chat)<<43, upTo, maxStates)
		if err != nil {
			return nil, fmt.Errorf("set states: %w", err)
		}
		ids = append(ids, some...)
	}
	ids = append(ids, upTo)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	ids = ids[max(0, len(ids)-maxStates):]
	changed := ids[:0]
	for _, id := range ids {
		ok, err := t.SetState(id, st, model.NoFault)
		if _, err = found(err); err != nil {
			return nil, err
		}
		if ok {
			changed = append(changed, id)
		}
	}
	return changed, nil
}

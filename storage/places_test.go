package storage

import (
	"slices"
	"testing"
	"time"

	"kith/core/model"
)

func TestPlaces(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	other := chat + 1
	at := func(ms int) time.Time { return day.Add(time.Duration(ms) * time.Millisecond) }
	var last model.MessageID
	update(t, s, func(tx *Tx) error {
		if _, _, err := tx.EnsureChat(1, "other@example.test"); err != nil {
			return err
		}
		for _, m := range []model.Message{
			{Chat: chat, ServerID: "first", Body: "1", Time: at(1)}, {Chat: chat, Body: "2", Time: at(2)}, {Chat: other, ServerID: "other", Body: "3", Time: at(3)},
		} {
			if _, err := tx.AddMessage(&m); err != nil {
				return err
			}
			if m.Chat == chat {
				last = m.ID
			}
		}
		first := model.MessageIDAt(chat, at(1))
		for _, tt := range []struct {
			end, limit int
			want       []Place
		}{{9, 1, []Place{{last, ""}}}, {9, 5, []Place{{last, ""}, {first, "first"}}}, {2, 5, []Place{{first, "first"}}}, {1, 5, nil}} {
			if got, err := tx.PlacesBefore(first, model.MessageIDAt(chat, at(tt.end)), tt.limit); err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%d before %d ms: %v, want %v; %v", tt.limit, tt.end, got, tt.want, err)
			}
		}
		for ms, want := range []model.MessageID{first, first, last, 0} {
			if got, err := tx.NextPlace(model.MessageIDAt(chat, at(ms))); err != nil || got != want {
				t.Errorf("from %d ms on: %d, want %d; %v", ms, got, want, err)
			}
		}
		return nil
	})
}

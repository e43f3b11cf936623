package screen

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// TestPin pins from the details and from the menu of a row, which the menu key opens too.
func TestPin(t *testing.T) {
	begin(t)
	type pin struct {
		id  model.ChatID
		yes bool
	}
	var got []pin
	d := NewDetails(DetailsActions{Pin: func(yes bool) { got = append(got, pin{1, yes}) }})
	window(t, d.Object(), 320, 1600)
	data := DetailsData{Chat: model.Chat{ID: 1, JID: "ben@example.org", Name: "Ben"}, Now: time.Now()}
	d.Set(data)
	tap(t, d.Object(), "Pin to the top")
	data.Chat.Pinned = true
	d.Set(data)
	tap(t, d.Object(), "Unpin")

	l := NewChatList(ListActions{Pin: func(id model.ChatID, yes bool) { got = append(got, pin{id, yes}) }})
	w := window(t, l.Object(), 320, 600)
	l.SetRows(ListRows{Chats: []view.ChatRow{{ID: 3, JID: "carla@example.org", Name: "Carla", Pinned: true}, {ID: 4, JID: "dora@example.org", Name: "Dora"}}})
	for _, wanted := range []string{"Carla, , pinned", "Dora, "} {
		walk(l.Object(), func(o fyne.CanvasObject) {
			if r, ok := o.(*widget.ChatRow); ok && r.AccessibilityLabel() == wanted {
				r.TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu})
			}
		})
		top := w.Canvas().Overlays().Top()
		if top == nil {
			t.Fatalf("%q has no menu", wanted)
		}
		label := "Pin to the top"
		if wanted == "Carla, , pinned" {
			label = "Unpin"
		}
		tap(t, top, label)
	}
	want := []pin{{1, true}, {1, false}, {3, false}, {4, true}}
	for i := range want {
		if len(got) != len(want) || got[i] != want[i] {
			t.Fatalf("pinned %v, want %v", got, want)
		}
	}
}

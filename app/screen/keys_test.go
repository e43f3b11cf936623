package screen

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// TestListByKeys goes through what a search found with the arrow keys, over titles and beyond what is in sight.
func TestListByKeys(t *testing.T) {
	begin(t)
	var opened []model.ChatID
	var hits []model.MessageID
	l := NewChatList(ListActions{
		Open: func(id model.ChatID) { opened = append(opened, id) }, Search: func(string) {},
		Hit: func(h view.Hit) { hits = append(hits, h.Message) },
	})
	w := window(t, l.Object(), 320, 400)
	rows := ListRows{Chats: sampleChats(), Query: "a"}
	for i := range 30 {
		rows.Hits = append(rows.Hits, view.Hit{Message: model.MessageID(i + 1), Name: "Hit", Text: "…a hit"})
	}
	l.SetRows(rows)
	press := func(names ...fyne.KeyName) {
		t.Helper()
		for _, n := range names {
			f := w.Canvas().Focused()
			if f == nil {
				t.Fatalf("nothing has the keyboard before %s", n)
			}
			f.TypedKey(&fyne.KeyEvent{Name: n})
		}
	}
	inSight := func() {
		t.Helper()
		r, ok := w.Canvas().Focused().(*widget.ChatRow)
		if !ok {
			t.Fatalf("the keyboard is on a %T", w.Canvas().Focused())
		}
		if y := fyne.CurrentApp().Driver().AbsolutePositionForObject(r).Y; y < 0 || y+r.Size().Height > 401 {
			t.Errorf("the row with the keyboard stands at %v", y)
		}
	}
	l.FocusSearch()
	press(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	inSight()
	for range 8 {
		press(fyne.KeyDown)
		inSight()
	}
	press(fyne.KeyReturn, fyne.KeyEnd, fyne.KeyReturn)
	inSight()
	press(fyne.KeyDown, fyne.KeyReturn, fyne.KeyHome, fyne.KeyReturn)
	inSight()
	if !slices.Equal(opened, []model.ChatID{2, 1}) || !slices.Equal(hits, []model.MessageID{3, 30, 30}) {
		t.Errorf("opened the chats %v and the messages %v", opened, hits)
	}
	press(fyne.KeyUp)
	if _, ok := w.Canvas().Focused().(*widget.ChatRow); ok {
		t.Error("above the first row the keyboard is not in the search")
	}
	press(fyne.KeyEscape)
}

// TestTabInList goes through a window with Tab: of the list it halts at one row, the one that is open or had the keyboard last.
func TestTabInList(t *testing.T) {
	begin(t)
	l := NewChatList(ListActions{Search: func(string) {}})
	w := window(t, l.Object(), 320, 500)
	rows := ListRows{}
	for i := range 40 {
		rows.Chats = append(rows.Chats, view.ChatRow{ID: model.ChatID(i + 1), Name: fmt.Sprint("Friend ", i+1)})
	}
	around := func() (halts []string) {
		t.Helper()
		l.FocusSearch()
		for range 20 {
			w.Canvas().FocusNext()
			if r, ok := w.Canvas().Focused().(*widget.ChatRow); ok {
				halts = append(halts, r.AccessibilityLabel())
			} else if len(halts) > 0 {
				return halts
			}
		}
		t.Errorf("no end with Tab, past %q", halts)
		return nil
	}
	want := func(what, name string) {
		t.Helper()
		if got := around(); !slices.Equal(got, []string{name + ", "}) {
			t.Errorf("%s: Tab halts at %q", what, got)
		}
	}
	l.SetRows(rows)
	want("at first", "Friend 1")
	rows.Selected = 18
	l.SetRows(rows)
	want("with a chat open", "Friend 18")
	w.Canvas().FocusPrevious()
	for range 3 {
		w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	want("after three arrows", "Friend 21")
	l.list.reveal(model.ChatID(40))
	if got := around(); len(got) != 1 || got[0] == "Friend 21, " {
		t.Errorf("after scrolling Tab halts at %q", got)
	}
}

// TestMessagesByKeys goes from the empty composer to the messages, copies one, and comes back.
func TestMessagesByKeys(t *testing.T) {
	begin(t)
	var copied []string
	c := sampleChat(false)
	c.actions.Copy = func(s string) { copied = append(copied, s) }
	w := window(t, c.Object(), 600, 500)
	c.Start()
	composer := w.Canvas().Focused()
	key := func(n fyne.KeyName) { w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: n}) }
	key(fyne.KeyUp)
	key(fyne.KeyUp)
	w.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutCopy{})
	key(fyne.KeyF10)
	top := w.Canvas().Overlays().Top()
	if top == nil {
		t.Fatal("the message has no menu")
	}
	tap(t, top, "Copy")
	if !slices.Equal(copied, []string{"Six is fine", "Six is fine"}) {
		t.Errorf("copied %q", copied)
	}
	key(fyne.KeyDown)
	key(fyne.KeyDown)
	if w.Canvas().Focused() != composer {
		t.Errorf("below the newest message the keyboard is on a %T", w.Canvas().Focused())
	}
	c.SetDraft("not empty")
	key(fyne.KeyUp)
	if w.Canvas().Focused() != composer {
		t.Error("the arrow up leaves a composer with a text in it")
	}
}

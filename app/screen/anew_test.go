package screen

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// TestDrawnAnew: the toolkit forgets how to draw what nobody has seen for a minute, as the chats below a chat in a narrow window are, and asks
// for it anew when it comes back: without laying it out, as its size is the same. All of it has to be there again.
func TestDrawnAnew(t *testing.T) {
	begin(t)
	list, chat, log, details, settings := sampleList(), sampleChat(true), sampleCalls(true), sampleDetails(), sampleSettings()
	ringing := NewRinging(RingingActions{})
	for name, o := range map[string]fyne.CanvasObject{
		"list": list.Object(), "chat": chat.Object(), "call log": log.Object(), "details": details.Object(), "settings": settings.Object(),
		"call": sampleCall("Anna Larsson", talk(video)).Object(), "ringing": ringing.Object(),
	} {
		w := window(t, o, 400, 720)
		chat.Start()
		log.Start()
		w.Canvas().Unfocus() // what has the keyboard is seen
		w.Canvas().Capture()
		before := drawn(o, test.WidgetRenderer)
		after := drawn(o, fyne.Widget.CreateRenderer)
		for i := range max(len(before), len(after)) {
			if i >= len(before) || i >= len(after) || before[i] != after[i] {
				t.Errorf("%s: drawn anew, %d things are %d; the first that differs: %v and %v",
					name, len(before), len(after), before[min(i, len(before)):min(i+1, len(before))], after[min(i, len(after)):min(i+1, len(after))])
				break
			}
		}
	}
}

// drawn is what is seen of an object and all that is in it, with how to draw a widget of ours.
func drawn(o fyne.CanvasObject, how func(fyne.Widget) fyne.WidgetRenderer) (all []string) {
	if !o.Visible() {
		return nil
	}
	words := ""
	if text, ok := o.(*canvas.Text); ok {
		words = text.Text
	}
	var inside []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		inside = o.Objects
	case fyne.Widget:
		if !strings.HasPrefix(reflect.TypeOf(o).Elem().PkgPath(), "kith/") {
			how = test.WidgetRenderer
		}
		inside = slices.Clone(how(o).Objects())
	}
	all = []string{fmt.Sprintf("%T %q at %v, %v", o, words, o.Position(), o.Size())}
	for _, x := range inside {
		all = append(all, drawn(x, how)...)
	}
	return all
}

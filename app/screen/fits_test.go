package screen

import (
	"maps"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"kith/app/lang"
	"kith/app/view"
	"kith/app/widget"
	"kith/assets"
	"kith/core/model"
)

// leastWidth is that of a small phone: no screen may ask for more, and no word of ours may be cut there.
const leastWidth = 320

// everyScreen are the screens by their names, each as it says the most.
func everyScreen() map[string]func() fyne.CanvasObject {
	return map[string]func() fyne.CanvasObject{
		"sign-in": func() fyne.CanvasObject {
			s := NewSignIn(SignInActions{Back: func() {}})
			s.toggle()
			s.SetBusy(true)
			return s.Object()
		},
		"unlock":  func() fyne.CanvasObject { return NewUnlock(false, UnlockActions{}).Object() },
		"protect": func() fyne.CanvasObject { return NewUnlock(true, UnlockActions{}).Object() },
		"protect without a keychain": func() fyne.CanvasObject {
			u := NewUnlock(true, UnlockActions{})
			u.OfferKeychain(false)
			return u.Object()
		},
		"refusal": func() fyne.CanvasObject {
			return NewRefusal(lang.T("Kith can't start"), "", lang.T("Close"), nil).Object()
		},
		"list":          func() fyne.CanvasObject { return shelled(emptyList(""), nil, nil) },
		"nothing found": func() fyne.CanvasObject { return shelled(emptyList("cake"), nil, nil) },
		"nothing open":  func() fyne.CanvasObject { return NewNothingOpen() },
		"asking": func() fyne.CanvasObject {
			l := emptyList("")
			l.SetRows(ListRows{Asking: []model.Contact{{JID: "dora@example.org"}}, People: []model.Contact{{JID: "a@example.org"}}, Query: "a"})
			return l.Object()
		},
		"request": func() fyne.CanvasObject {
			c := sampleChat(true)
			c.SetHeader(ChatHeader{Address: "a@example.org", Name: "Anna", Shield: view.ShieldClear, Request: true, Undecided: 2, Narrow: true})
			return c.Object()
		},
		"nobody to read": func() fyne.CanvasObject {
			c := sampleChat(true)
			c.SetHeader(ChatHeader{Address: "a@example.org", Name: "Anna", Shield: view.ShieldNobody, Narrow: true})
			return c.Object()
		},
		"a stranger": func() fyne.CanvasObject {
			c := sampleChat(true)
			c.SetHeader(ChatHeader{Address: "a@example.org", Name: "Anna", Shield: view.ShieldUnknown, Narrow: true})
			return c.Object()
		},
		"calls": func() fyne.CanvasObject {
			c := sampleCalls(true)
			c.Start()
			return c.Object()
		},
		"details":  func() fyne.CanvasObject { return opened(sampleDetails()).Object() },
		"new chat": func() fyne.CanvasObject { return sampleStart().Object() },
		"settings": func() fyne.CanvasObject {
			s := sampleSettings()
			s.ask(1)
			return s.Object()
		},
	}
}

// calling are the screens of calls, where they say the most.
func calling() map[string]func() fyne.CanvasObject {
	all := map[string]func() fyne.CanvasObject{
		"ringing": func() fyne.CanvasObject { return sampleRinging("Anna", true).Object() },
	}
	for name, build := range checkSamples() {
		all["check, "+name] = func() fyne.CanvasObject { return build().Object() }
	}
	for name, build := range callSamples() {
		if name != "voice" && name != "asked" { // whose name is too long for any window
			all["call, "+name] = func() fyne.CanvasObject { return build().Object() }
		}
	}
	return all
}

// emptyList is a list without chats, or without anything for a query.
func emptyList(query string) *ChatList {
	l := NewChatList(ListActions{})
	l.SetRows(ListRows{Query: query})
	return l
}

// opened are details with every key shown in turn; the last one stays.
func opened(d *Details) *Details {
	for _, r := range view.DeviceRows(d.shown.Keys.Devices, noon) {
		if r.Decide {
			d.open = r.Device.Fingerprint
		}
	}
	d.Restyle()
	return d
}

// TestFits shows every screen in every language in the narrowest window: all of it has room, and no word of ours is cut.
func TestFits(t *testing.T) {
	begin(t)
	for _, tag := range assets.Languages() {
		speak(t, tag)
		screens := everyScreen()
		maps.Copy(screens, calling())
		for name, build := range screens {
			o := build()
			window(t, o, leastWidth, 3000)
			if w := o.MinSize().Width; w > leastWidth {
				t.Errorf("%s, %s: asks for a width of %v", tag, name, w)
			}
			wantUncut(t, tag+", "+name, o)
			walk(o, func(o fyne.CanvasObject) {
				if c, ok := o.(*widget.Composer); ok && linesIn(c) > 1 {
					t.Errorf("%s, %s: the words in the empty composer need a second line", tag, name)
				}
			})
		}
	}
}

// wantUncut wants room for every line in o.
func wantUncut(t *testing.T, name string, o fyne.CanvasObject) {
	t.Helper()
	walk(o, func(o fyne.CanvasObject) {
		if l, ok := o.(*widget.Line); ok && l.Width() > l.Size().Width+1 {
			t.Errorf("%s: %q has %v of the %v it needs", name, l.Text(), l.Size().Width, l.Width())
		}
	})
}

// TestMenuFits opens the menu of a call in every language in the narrowest window: no word of ours is cut.
func TestMenuFits(t *testing.T) {
	begin(t)
	for _, tag := range assets.Languages() {
		speak(t, tag)
		c := sampleCall("Anna", talk(nil))
		c.actions.Gear = func(then func([]view.Gear)) {
			then([]view.Gear{
				{Kind: view.Microphone, Chosen: true},
				{Kind: view.Speaker, Chosen: true},
				{Kind: view.Speaker, Name: "Monitor"},
				{Kind: view.Camera, Chosen: true},
				{Kind: view.Camera, Name: "Webcam"},
			})
		}
		w := window(t, c.Object(), leastWidth, 640)
		c.More()
		menu := w.Canvas().Overlays().Top()
		wantSeen(t, menu, view.Gear{}.Text(), view.FullText(false), view.HoldText(false))
		wantUncut(t, tag, menu)
	}
}

// linesIn counts the texts that are drawn in o.
func linesIn(o fyne.CanvasObject) (n int) {
	walk(o, func(o fyne.CanvasObject) {
		if t, ok := o.(*canvas.Text); ok && t.Text != "" {
			n++
		}
	})
	return n
}

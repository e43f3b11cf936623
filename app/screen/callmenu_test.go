package screen

import (
	"testing"
	"time"

	"kith/app/view"
	"kith/core/model"
)

// TestCallMore offers the microphone with its level, also when there is but one, and the whole screen.
func TestCallMore(t *testing.T) {
	begin(t)
	chosen, full := "", false
	c := NewCall(CallActions{
		Gear: func(then func([]view.Gear)) {
			then([]view.Gear{{Kind: view.Microphone, Name: "Headset", Chosen: true}, {Kind: view.Camera, Chosen: true}, {Kind: view.Camera, Name: "Webcam"}})
		},
		Choose: func(kind view.GearKind, name string) { chosen = name },
		Full:   func(yes bool) { full = yes },
	})
	w := window(t, c.Object(), 520, 560)
	c.Set(view.FaceOf(talk(nil), "Anna", "a@example.org", noon))
	c.More()
	menu := w.Canvas().Overlays().Top()
	wantSeen(t, menu, "Headset", "As the system has it", "Full screen", "Put on hold")
	tap(t, menu, "As the system has it")
	tap(t, w.Canvas().Overlays().Top(), "Webcam")
	if chosen != "Webcam" {
		t.Errorf("chooses %q", chosen)
	}
	c.More()
	tap(t, w.Canvas().Overlays().Top(), "Full screen")
	if !full {
		t.Error("does not fill the screen")
	}
}

// TestCallMenuLives: under an open menu devices come and go, the one that was chosen is told of, holding follows the call, and the menu closes
// with the call, also when it was still to be opened.
func TestCallMenuLives(t *testing.T) {
	begin(t)
	gear := []view.Gear{{Kind: view.Microphone, Name: "Headset", Chosen: true}, {Kind: view.Microphone}}
	var late func()
	asked := 0
	c := NewCall(CallActions{
		Gear: func(then func([]view.Gear)) {
			asked++
			answer := func() { then(gear) }
			if before := late; before != nil {
				late = func() { before(); answer() }
				return
			}
			answer()
		},
		Hold: func(bool) {},
	})
	w := window(t, c.Object(), 520, 560)
	at := noon
	tick := func() { at = at.Add(time.Second); c.Tick(at) }
	set := func(change func(*model.Call)) { c.Set(view.FaceOf(talk(change), "Anna", "a@example.org", noon)) }
	set(nil)
	tick()
	if asked != 0 {
		t.Error("asks for devices that nobody looks at")
	}
	c.More()
	tap(t, w.Canvas().Overlays().Top(), "Headset")
	gear = []view.Gear{{Kind: view.Microphone, Chosen: true}, {Kind: view.Microphone, Name: "Desk"}, {Kind: view.Microphone, Name: "Headset", Missing: true}}
	tick()
	wantSeen(t, w.Canvas().Overlays().Top(), "As the system has it", "Desk", "Headset is gone")
	gear = gear[:1]
	tick()
	wantUnseen(t, w.Canvas().Overlays().Top(), "Headset is gone")
	wantUnseen(t, w.Canvas().Overlays().Top(), "Desk")
	c.menu.close()

	c.More()
	wantSeen(t, w.Canvas().Overlays().Top(), "Put on hold")
	set(func(c *model.Call) { c.OnHold = true })
	wantSeen(t, w.Canvas().Overlays().Top(), "Go on with the call")
	set(func(c *model.Call) { c.Phase, c.End = model.Ended, model.HungUp })
	if w.Canvas().Overlays().Top() != nil {
		t.Error("the menu of a call that is over stays")
	}
	before := asked
	tick()
	if asked != before {
		t.Error("asks on without a menu")
	}

	set(nil)
	late = func() {}
	c.More()
	set(func(c *model.Call) { c.Phase, c.End = model.Ended, model.HungUp })
	late()
	if w.Canvas().Overlays().Top() != nil {
		t.Error("a menu opens in a call that is over")
	}
	late, before = func() {}, asked
	set(nil)
	c.More()
	c.More() // a double click
	late()
	if asked != before+1 {
		t.Error("asks on although nobody has answered")
	}
	if n := len(w.Canvas().Overlays().List()); n != 1 {
		t.Errorf("a double click opens %d menus", n)
	}
}

package app

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"kith/app/screen"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// callWindow is the window of a call: a large one, or a small one that stays on top of all others.
type callWindow struct {
	window fyne.Window
	screen *screen.Call
	small  bool
	video  bool         // it has room for pictures
	heeds  model.CallID // whose two are listened to for how loud they are…
	deaf   func()       // …and what ends that; nil before
	voices view.Voices
}

func (w *callWindow) set(f view.CallFace) {
	w.screen.Set(f)
	w.widen(f)
	if title := f.Name; w.window.Title() != title {
		w.window.SetTitle(title)
	}
}

// widen makes room when pictures are added to a call, unless the person gave the window another size.
func (w *callWindow) widen(f view.CallFace) {
	before := w.video
	w.video = f.Video
	if before || !f.Video || w.small {
		return
	}
	if by := w.window.Canvas().Size().Subtract(voiceSize()); max(by.Width, -by.Width, by.Height, -by.Height) > 1 {
		return
	}
	w.window.Resize(videoSize())
	w.window.CenterOnScreen()
}

// The sizes of the windows of calls.
func videoSize() fyne.Size { return fyne.NewSize(960, 540) } // of most cameras
func voiceSize() fyne.Size { return fyne.NewSize(520, 560) }
func smallSize() fyne.Size { return fyne.NewSize(288, 192) }

// open shows the call that goes on, in the small window or the large one.
func (p *phone) open(small bool) {
	c, ok := p.calls.Shown()
	if !ok {
		return
	}
	a := p.home.app
	near := a.window
	if p.stage != nil {
		near = p.stage.window
	}
	area := screenOf(near)
	p.close()
	p.left = ""
	w := &callWindow{window: a.toolkit.NewWindow(p.face(c).Name), small: small, video: c.Video}
	d := callDeeds{p}
	w.screen = screen.NewCall(screen.CallActions{
		HangUp: d.hangUp, Again: d.again, Close: p.dismiss, Write: func() { p.dismiss(); d.write(c.Chat) },
		Mute: d.turn(p.line.Mute), Camera: d.turn(p.line.Camera), Screen: d.turn(p.line.Screen), Hold: d.turn(p.line.Hold),
		AnswerVideo: d.turn(p.line.Video), Mini: func() { p.open(!small) }, Full: w.window.SetFullScreen, Gear: d.gear, Frames: p.frames,
		Choose: func(kind view.GearKind, name string) { d.choose(kind, name, func() {}) },
	})
	w.screen.SetMini(small)
	w.screen.SetCorner(p.own)
	w.screen.Tick(time.Now())
	size := voiceSize()
	switch {
	case small:
		size = smallSize()
	case c.Video:
		size = videoSize()
	}
	p.raise(w.window, widget.NewRoot(w.screen.Object()), size, small)
	if small {
		toCorner(w.window, area)
	}
	w.window.SetCloseIntercept(p.leave)
	w.keys(a)
	watchFront(w.window, func(yes bool) {
		if !yes { // what was begun by holding a key ends without the keyboard
			w.screen.Release()
		}
	})
	p.stage = w
	p.attend(c)
	w.set(p.face(c))
	p.home.showBanner()
}

// raise shows a window of calls.
func (p *phone) raise(w fyne.Window, root *widget.Root, size fyne.Size, onTop bool) {
	w.SetPadded(false)
	w.SetContent(root)
	w.Resize(size)
	if d, ok := w.(desktop.Window); ok && onTop {
		d.RequestAlwaysOnTop()
	}
	w.Show()
	if !onTop {
		w.CenterOnScreen()
	}
}

// keys are those of the call, wherever in its window the keyboard stands.
func (w *callWindow) keys(a *App) {
	c := w.window.Canvas()
	addCallKeys(a, c)
	c.SetOnTypedRune(w.screen.Rune)
	c.SetOnTypedKey(func(k *fyne.KeyEvent) {
		switch k.Name {
		case fyne.KeyEscape:
			w.screen.Escape()
		case fyne.KeyF11:
			w.screen.Enlarge()
		default:
		}
	})
	if d, ok := c.(desktop.Canvas); ok {
		d.SetOnKeyDown(w.screen.KeyDown)
		d.SetOnKeyUp(w.screen.KeyUp)
	}
}

// close closes the window, not the call.
func (p *phone) close() {
	if p.stage == nil {
		return
	}
	w := p.stage
	p.stage = nil
	p.own = w.screen.Corner()
	if w.deaf != nil {
		w.deaf()
	}
	w.screen.Release()
	w.screen.Stop()
	w.window.Close()
}

// leave is what the window's own button does: a call goes on without its window, and the main one leads back to it.
func (p *phone) leave() {
	c, ok := p.calls.Shown()
	if ok && c.Phase == model.Ended {
		p.dismiss()
		return
	}
	p.left = c.ID
	p.close()
	p.home.showBanner()
}

// dismiss forgets a call that is over.
func (p *phone) dismiss() {
	if c, ok := p.calls.Shown(); ok && c.Phase == model.Ended {
		p.forget(c.ID)
		p.show()
	}
}

// shut closes everything at the end of the program.
func (p *phone) shut() {
	p.bell.Play = nil
	p.alarm.end()
	p.endCheck()
	p.close()
	p.self.stop()
}

// addCallKeys sets the shortcuts of calls, which are those of every window.
func addCallKeys(a *App, c fyne.Canvas) {
	for key, press := range map[fyne.KeyName]func(p callDeeds){
		fyne.KeyA: func(p callDeeds) { p.accept(false) },
		fyne.KeyD: func(p callDeeds) { p.decline() },
		fyne.KeyH: func(p callDeeds) { p.hangUp() },
		fyne.KeyC: func(p callDeeds) { p.callOpen(false) },
		fyne.KeyV: func(p callDeeds) {
			if c, rings := p.calls.Ringing(); rings && c.Video {
				p.accept(true)
				return
			}
			p.callOpen(true)
		},
	} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}, func(fyne.Shortcut) {
			if a.home != nil {
				press(callDeeds{a.home.phone})
			}
		})
	}
}

package app

import (
	"context"

	"fyne.io/fyne/v2"

	"kith/app/lang"
	"kith/app/platform"
	"kith/app/screen"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// alarm tells somebody who does not look at Kith that a call rings: a small window on top of all others, and a notification.
type alarm struct {
	phone  *phone
	call   model.CallID // for which there is one; empty for none
	window fyne.Window  // nil while the main window is in front
	card   *screen.Ringing
}

const (
	callKey       = "call "
	answerAccept  = "accept"
	answerDecline = "decline"
	answerWrite   = "write"
)

// ring tells of a call, once.
func (r *alarm) ring(c model.Call, f view.CallFace) {
	if r.call == c.ID {
		if r.card != nil {
			r.card.Set(f)
		}
		return
	}
	r.end()
	r.call = c.ID
	h := r.phone.home
	if h.app.front {
		return
	}
	note := callNote(f, h.settings.Previews)
	do(h.app.crew, nothing(func(ctx context.Context) error { return h.app.desktop.Notify(ctx, note) }), h.app.quietly)
	r.card = r.phone.question()
	r.card.Set(f)
	r.window = h.app.toolkit.NewWindow(lang.T("Incoming call"))
	r.window.SetCloseIntercept(r.hide)
	shown, after := aside(r.window, r.card.Object())
	r.phone.raise(r.window, widget.NewRoot(shown), r.card.CardSize(), true)
	after()
	toCorner(r.window, screenOf(h.app.window))
	addCallKeys(h.app, r.window.Canvas())
	r.window.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeyEscape {
			r.hide()
		}
	})
}

// callNote makes the notification of a call that rings; who it is only if the person allows it. It has room for one way to take the call: without
// our picture, as the camera is never opened by a press that does not say so.
func callNote(f view.CallFace, previews bool) platform.Note {
	accept := lang.T("Accept")
	if f.Video {
		accept = lang.T("Voice only")
	}
	n := platform.Note{
		Key: callKey + string(f.Call), Title: "Kith", Body: f.State, Silent: true, Urgent: true,
		Answers: []platform.Answer{
			{Key: answerAccept, Label: accept},
			{Key: answerDecline, Label: lang.T("Decline")},
			{Key: answerWrite, Label: lang.T("Reply with a message")},
		},
	}
	if previews {
		n.Title = f.Name
	}
	return n
}

// hide closes the small window; it goes on ringing in the main one.
func (r *alarm) hide() {
	if r.window == nil {
		return
	}
	w := r.window
	r.window, r.card = nil, nil
	w.Close()
}

// end takes everything back: nothing rings any more.
func (r *alarm) end() {
	r.hide()
	if r.call == "" {
		return
	}
	h, key := r.phone.home, callKey+string(r.call)
	r.call = ""
	do(h.app.crew, nothing(func(ctx context.Context) error { return h.app.desktop.Withdraw(ctx, key) }), h.app.quietly)
}

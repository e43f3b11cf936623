package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"kith/app/lang"
	"kith/app/platform"
	"kith/app/view"
	"kith/core"
	"kith/core/model"
)

const noteKey = "chat "

// notes are the notifications of a profile.
type notes struct{ home *home }

// notify tells the desktop about a message that the person does not see: who wrote and what only if they allow it.
func (n notes) notify(ev core.ChatChanged) {
	h := n.home
	if ev.Chat.Unread == 0 {
		n.withdraw(ev.Chat.ID)
		return
	}
	if !ev.Notify || ev.Chat.Muted.After(time.Now()) || h.openID() == ev.Chat.ID && h.sees() {
		return
	}
	note := noteFor(ev.Chat, h.settings.Previews)
	do(h.app.crew, nothing(func(ctx context.Context) error { return h.app.desktop.Notify(ctx, note) }), h.app.quietly)
}

// noteFor makes the notification of a chat.
func noteFor(chat model.Chat, previews bool) platform.Note {
	n := platform.Note{Key: noteKey + strconv.FormatInt(int64(chat.ID), 10), Title: "Kith", Body: lang.T("New message")}
	if chat.Unread > 1 {
		n.Body = lang.N(chat.Unread, "{n} new message", "{n} new messages")
	}
	missed := chat.Unread == 1 && chat.Last.Kind == model.MissedCall
	if missed {
		n.Body = lang.T("Missed call")
	}
	switch {
	case !previews:
		return n
	case chat.Request:
		n.Title, n.Body = view.Line(chat.Name), lang.T("Wants to write to you")
		return n
	}
	n.Title = view.Line(chat.Name)
	switch {
	case chat.Last.Kind == model.MissedCall:
		n.Body = view.CallText(&chat.Last)
	case chat.Last.Kind == model.Text && !chat.Last.Outgoing:
		n.Body = view.Line(view.Says(&chat.Last))
	}
	return n
}

// withdraw takes the notification of a chat back.
func (n notes) withdraw(id model.ChatID) {
	a := n.home.app
	key := noteKey + strconv.FormatInt(int64(id), 10)
	do(a.crew, nothing(func(ctx context.Context) error { return a.desktop.Withdraw(ctx, key) }), a.quietly)
}

// quietly logs what went wrong where a sentence would only be in the way.
func (a *App) quietly(_ struct{}, err error) {
	if err != nil {
		a.log.Warn("notification did not work", "err", err)
	}
}

// opened waits for notifications to be opened, and shows their chats.
func (n notes) opened(ctx context.Context) {
	h := n.home
	for {
		r, err := h.app.desktop.Next(ctx)
		if err != nil {
			return
		}
		if call, ok := strings.CutPrefix(r.Note, callKey); ok {
			h.app.crew.loop.do(unless(ctx, func() { callDeeds{h.phone}.answered(model.CallID(call), r.Answer) }))
			continue
		}
		id, err := strconv.ParseInt(strings.TrimPrefix(r.Note, noteKey), 10, 64)
		if err != nil {
			continue
		}
		h.app.crew.loop.do(unless(ctx, func() {
			h.app.window.RequestFocus()
			h.open(model.ChatID(id))
		}))
	}
}

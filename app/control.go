//go:build kithtest

package app

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"

	"kith/app/view"
)

// ControlFlag adds the socket through which tests drive the window.
func ControlFlag(f *flag.FlagSet, cfg *Config) {
	f.StringVar(&cfg.Control, "control", "", "`socket` on which the test hook answers")
}

// listen answers questions about the window on a socket, one line each, so that tests can wait for a screen exactly.
func (a *App) listen() error {
	if a.cfg.Control == "" {
		return nil
	}
	l, err := net.Listen("unix", a.cfg.Control)
	if err != nil {
		return fmt.Errorf("listen for the test: %w", err)
	}
	a.crew.start(func(ctx context.Context) {
		<-ctx.Done()
		_ = l.Close() // ends the loop below, which is all that can be done about it
		_ = os.Remove(a.cfg.Control)
	})
	a.crew.start(func(ctx context.Context) {
		var h held
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			a.converse(ctx, c, &h)
		}
	})
	return nil
}

func (a *App) converse(ctx context.Context, c net.Conn, held *held) {
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	for lines := bufio.NewScanner(c); lines.Scan(); {
		command, rest, _ := strings.Cut(lines.Text(), " ")
		var answer string
		a.crew.loop.wait(func() { answer = a.answer(command, rest, held) })
		if _, err := fmt.Fprintln(c, answer); err != nil {
			return
		}
	}
}

// answer knows the commands screen, focus, front, seen, place LABEL, size WxH, watch, longest and, once the profile is open, settled,
// list, selected, query, open ADDRESS, rows, text, call JSON, called,
// callplace LABEL, voices, filmed, heard and comes.
func (a *App) answer(command, rest string, held *held) string {
	h := a.home
	switch command {
	case "screen":
		return a.where
	case "focus":
		f := a.window.Canvas().Focused()
		return fmt.Sprintf("%s|%T", label(f), f)
	case "front":
		return fmt.Sprint(a.front)
	case "seen":
		return seen(a.window)
	case "place":
		return place(a.window, rest)
	case "watch":
		a.crew.start(func(ctx context.Context) { held.watch(ctx, &a.crew.loop) })
		return "watching"
	case "longest":
		return held.longest()
	case "size":
		s, err := ParseSize(rest)
		if err == nil {
			a.window.Resize(s)
		}
		return fmt.Sprint(a.window.Canvas().Size(), err)
	}
	if h == nil {
		return "locked"
	}
	switch command {
	case "settled":
		return fmt.Sprint(h.accounts.Settled())
	case "list":
		return describe(h)
	case "selected":
		c, _ := h.chats.Get(h.openID())
		return string(c.JID)
	case "query":
		return h.look.query
	case "open":
		for _, r := range h.chats.Rows(h.quiet) {
			if string(r.JID) == rest {
				h.open(r.ID)
				return "opening"
			}
		}
		return "no such chat"
	case "rows", "text":
		if h.chat == nil {
			return "no chat"
		}
		return h.chat.describe(command == "text")
	}
	return pretence{h}.answer(command, rest)
}

func describe(h *home) string {
	var out []string
	for _, r := range h.chats.Rows(h.quiet) {
		out = append(out, fmt.Sprintf("%s|%s%s|%d", r.JID, r.Lead, r.Line, r.Unread))
	}
	return strings.Join(out, "\t")
}

func (c *conversation) describe(draft bool) string {
	if draft {
		return fmt.Sprintf("%q", c.composer.Text())
	}
	var out []string
	for i := range c.timeline.Len() {
		if r := c.timeline.Row(i); r.Kind == view.BubbleRow {
			out = append(out, fmt.Sprintf("%v|%s|%s", r.Outgoing, r.State, r.Text))
		} else {
			out = append(out, "-|"+r.Text)
		}
	}
	return strings.Join(out, "\t")
}

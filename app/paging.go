package app

import (
	"context"
	"time"

	"kith/app/lang"
	"kith/app/screen"
	"kith/app/view"
	"kith/core"
	"kith/core/model"
)

// older reads the page before the first row: from the store while it has one, then from the archive.
func (c *conversation) older() {
	if c.paging || c.timeline.Loading() || c.timeline.Fault() != "" {
		return
	}
	if p, ok := c.timeline.OlderPage(); ok {
		c.page(p)
		return
	}
	if c.timeline.NeedsArchive() {
		c.archive()
	}
}

// newer reads the page behind the last row.
func (c *conversation) newer() {
	if p, ok := c.timeline.NewerPage(); ok && !c.paging {
		c.page(p)
	}
}

func (c *conversation) page(p model.Page) {
	c.paging = true
	do(c.home.app.crew, func(ctx context.Context) ([]model.Message, error) {
		return c.home.core.Chats.Messages(ctx, c.id, p)
	}, func(page []model.Message, err error) {
		c.paging = false
		if err != nil || !c.open() {
			c.home.app.fail(err)
			return
		}
		c.screen.Changed(c.timeline.Paged(p, page))
	})
}

// archive asks the server for what lies before the oldest message here.
func (c *conversation) archive() {
	c.screen.Changed(c.timeline.SetLoading(true, ""))
	ask(c.home.app.crew, func(ctx context.Context) (bool, error) {
		return c.home.core.Chats.Older(ctx, c.id)
	}, func(_ bool, err error) {
		if !c.open() {
			return
		}
		fault := ""
		if err != nil {
			fault = lang.T("Earlier messages could not be loaded")
		} else {
			c.timeline.MoreStored()
		}
		c.screen.Changed(c.timeline.SetLoading(false, fault))
	})
}

// latest shows the newest messages.
func (c *conversation) latest() {
	do(c.home.app.crew, func(ctx context.Context) ([]model.Message, error) {
		return c.home.core.Chats.Messages(ctx, c.id, model.Page{Limit: view.PageSize})
	}, func(page []model.Message, err error) {
		if err != nil || !c.open() {
			c.home.app.fail(err)
			return
		}
		c.timeline.Reset(page, len(page) < view.PageSize, true, time.Now())
		c.screen.Changed(0)
		c.screen.ToBottom()
	})
}

// jumpTo shows a place of the chat, wherever in the history it lies. If it is there that a query was found, this is shown too.
func (c *conversation) jumpTo(place screen.Place, query string) {
	id := place.Message
	if c.timeline.IndexOf(id) >= 0 {
		c.jump(place, query)
		return
	}
	type sides struct{ before, after []model.Message }
	do(c.home.app.crew, func(ctx context.Context) (s sides, err error) {
		if s.before, err = c.home.core.Chats.Messages(ctx, c.id, model.Page{Around: id.Next(), Limit: view.PageSize}); err != nil {
			return s, err
		}
		s.after, err = c.home.core.Chats.Messages(ctx, c.id, model.Page{Around: id, Newer: true, Limit: view.PageSize})
		return s, err
	}, func(s sides, err error) {
		if err != nil || !c.open() {
			c.home.app.fail(err)
			return
		}
		oldest, newest := len(s.before) < view.PageSize, len(s.after) < view.PageSize
		c.timeline.Reset(append(s.before, s.after...), oldest, newest, time.Now())
		c.screen.Changed(0)
		c.jump(place, query)
	})
}

// jump shows a place that has been read.
func (c *conversation) jump(place screen.Place, query string) {
	c.screen.JumpTo(place)
	if query != "" && query == c.home.look.query {
		c.screen.SetFound(place.Message, func(text string) [][2]int { return core.Found(text, query) })
	}
}

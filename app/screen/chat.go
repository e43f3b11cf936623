package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// ChatActions are what the chat screen asks for.
type ChatActions struct {
	Back, Details        func()
	Send, Typed          func(text string)
	Older, Newer, Latest func()         // rows at one end of the timeline, or the newest ones
	Row                  func(view.Row) // the link on a row
	Bottom               func(yes bool) // the newest row came into sight, or left it
	Accept, Delete       func()         // of somebody who is no contact
	Encrypt              func()         // no longer in clear
	Banner               func(view.Banner)
	Copy, Link           func(string)
	Call                 func(video bool)
}

// ChatHeader is what stands above and below a timeline.
type ChatHeader struct {
	Address   model.JID
	Name      string
	Shield    view.Shield
	Presence  string // or that they write
	Online    bool
	Request   bool   // somebody who is no contact, and was not answered
	Undecided int    // devices that wait for a decision
	Narrow    bool   // there is a way back to the list
	Calls     bool   // there are calls
	NoCall    string // why there can't be one now; empty when there can
}

// Chat is one conversation: header, bars, timeline, composer.
type Chat struct {
	object   fyne.CanvasObject
	rows     *view.Timeline
	timeline *widget.Timeline
	composer *widget.Composer
	banner   *strip
	head     *chatHead
	bars     *chatBars
	middle   *fyne.Container
	empty    *widget.EmptyState
	header   ChatHeader
	actions  ChatActions
}

// NewChat makes the screen of a conversation. The rows belong to the caller, who tells of changes with Changed.
func NewChat(rows *view.Timeline, a ChatActions) *Chat {
	c := &Chat{rows: rows, actions: a, composer: widget.NewComposer(lang.T("Message")), banner: newStrip(a.Banner)}
	c.head = newChatHead(a)
	c.bars = newChatBars(a)
	c.timeline = widget.NewTimeline(widget.Source{Len: rows.Len, Row: func(i int) widget.Row { return toWidget(rows.Row(i)) }})
	c.timeline.OnOlder, c.timeline.OnNewer, c.timeline.OnLatest = a.Older, a.Newer, a.Latest
	c.timeline.OnBottom = a.Bottom
	c.timeline.OnAction = c.action
	c.timeline.OnLink = a.Link
	c.timeline.OnMenu = c.menu
	c.timeline.OnRune = c.composer.Type
	c.timeline.OnKey = c.key
	c.timeline.OnCopy, c.timeline.OnLeave = c.copyRow, c.Focus
	c.composer.SetMost(view.MaxBody, lang.T("This is too long for one message. Send it in parts."))
	c.composer.OnSend, c.composer.OnChanged = a.Send, a.Typed
	c.composer.OnEscape, c.composer.OnLock = a.Back, a.Details
	c.composer.OnPage, c.composer.OnUp = c.timeline.TypedKey, c.timeline.Point
	c.middle = container.NewStack(c.timeline)
	c.object = container.New(&filling{4}, c.head.object, newRule(), c.banner.object, c.bars.object, c.middle, c.composer)
	return c
}

// Object is what to show.
func (c *Chat) Object() fyne.CanvasObject { return c.object }

// Start shows the chat as it is opened: at the unread line if there is one, else at the newest message.
func (c *Chat) Start() {
	c.Changed(0)
	if i := c.rows.UnreadIndex(); i >= 0 && c.rows.Len()-i > 8 {
		c.timeline.ScrollTo(c.rows.Row(i).Key)
	}
	c.Focus()
}

// Focus gives the composer the keyboard.
func (c *Chat) Focus() { c.composer.Focus() }

// Type writes what was typed while nothing had the keyboard.
func (c *Chat) Type(r rune) { c.composer.Type(r) }

// Changed draws the rows anew after they changed from row first on.
func (c *Chat) Changed(first int) {
	_, newer := c.rows.NewerPage()
	_, older := c.rows.OlderPage()
	c.timeline.SetMore(older || c.rows.NeedsArchive() && !c.rows.Loading() && c.rows.Fault() == "", newer)
	c.showEmpty()
	if first < c.rows.Len() || first == 0 {
		c.timeline.Reload()
	}
}

func (c *Chat) showEmpty() {
	want := []fyne.CanvasObject{c.timeline}
	if c.rows.Empty() && !c.rows.Loading() && c.empty != nil {
		want = append(want, c.empty)
	}
	if len(want) != len(c.middle.Objects) {
		c.middle.Objects = want
		c.middle.Refresh()
	}
}

// AtBottom says whether the newest row is in sight.
func (c *Chat) AtBottom() bool { return c.timeline.AtBottom() }

// ToBottom scrolls to the newest row.
func (c *Chat) ToBottom() { c.timeline.ScrollToBottom() }

// SetUnread sets the number on the button that jumps to the newest message.
func (c *Chat) SetUnread(n int) { c.timeline.SetUnread(n) }

// Place is where in a chat the person is: a message, and how far below the middle of the view it stands.
type Place struct {
	Message model.MessageID
	Below   float32
}

// Place is where the person is; ok is false at the newest message, where a chat opens anyhow.
func (c *Chat) Place() (p Place, ok bool) {
	key, below, ok := c.timeline.Middle(c.timeline.Size().Height)
	if !ok || c.timeline.AtBottom() {
		return Place{}, false
	}
	r, ok := c.row(key)
	return Place{r.Message, below}, ok
}

// JumpTo scrolls to a message of the window.
func (c *Chat) JumpTo(p Place) {
	if i := c.rows.IndexOf(p.Message); i >= 0 {
		c.timeline.ScrollTo(c.rows.Row(i).Key)
		c.timeline.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, p.Below)})
	}
}

// SetFound shows a message of the window as the one that was looked for; words finds in its text what is to be marked.
func (c *Chat) SetFound(id model.MessageID, words func(text string) [][2]int) {
	if i := c.rows.IndexOf(id); i >= 0 {
		c.timeline.SetFound(c.rows.Row(i).Key, words)
	}
}

// ClearFound is called when the search is over.
func (c *Chat) ClearFound() { c.timeline.ClearFound() }

// SetDraft changes what stands in the composer.
func (c *Chat) SetDraft(text string) {
	if c.composer.Text() != text {
		c.composer.SetText(text)
	}
}

// SetBanner shows the strip below the header.
func (c *Chat) SetBanner(b view.Banner) { c.banner.set(b, c.object) }

// SetHeader shows who this is, and the bars that go with it.
func (c *Chat) SetHeader(h ChatHeader) {
	if h == c.header && c.empty != nil {
		return
	}
	c.header = h
	c.head.set(h)
	c.bars.set(h)
	c.composer.SetLock(h.Shield != view.ShieldClear, h.Shield.Explain(h.Name))
	c.composer.SetPlaceholder(lang.T("Message"))
	if h.Shield == view.ShieldClear {
		c.composer.SetPlaceholder(lang.T("Message, not encrypted"))
	}
	c.empty = widget.NewEmptyState(theme.IconShield, lang.T("Say hello to {name}", "name", view.Brief(h.Name)), h.Shield.Explain(h.Name), "", nil)
	c.middle.Objects = c.middle.Objects[:1:1]
	c.showEmpty()
}

func (c *Chat) action(key int64) {
	if r, ok := c.row(key); ok {
		c.actions.Row(r)
	}
}

func (c *Chat) row(key int64) (view.Row, bool) {
	for i := c.rows.Len() - 1; i >= 0; i-- {
		if r := c.rows.Row(i); r.Key == key {
			return r, true
		}
	}
	return view.Row{}, false
}

// menu is what can be done with a message.
func (c *Chat) menu(key int64, at fyne.Position) {
	r, ok := c.row(key)
	if !ok {
		return
	}
	items := []widget.MenuItem{{Icon: theme.IconCopy, Label: lang.T("Copy"), Pressed: func() { c.copy(r) }}}
	if r.Action != view.NoAction {
		sign := theme.IconRetry
		if calls, _ := r.Action.Calls(); calls {
			sign = theme.IconPhone
		}
		items = append(items, widget.MenuItem{Icon: sign, Label: r.Action.Text(), Pressed: func() { c.actions.Row(r) }})
	}
	widget.ShowMenu(c.timeline, at, items...)
}

// copy puts what is selected, or the whole message, on the clipboard.
func (c *Chat) copy(r view.Row) {
	if s := c.timeline.Selected(); s != "" {
		c.actions.Copy(s)
		return
	}
	c.actions.Copy(r.Text)
}

func (c *Chat) copyRow(key int64) {
	if r, ok := c.row(key); ok {
		c.actions.Copy(r.Text)
	}
}

func (c *Chat) key(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		c.actions.Back()
	}
}

// toWidget is a row as the timeline draws it.
func toWidget(r view.Row) widget.Row {
	return widget.Row{
		Key: r.Key, Kind: rowKinds[r.Kind], Text: r.Text, Time: r.Time, Outgoing: r.Outgoing, First: r.First, Last: r.Last,
		State: r.State, Fault: r.Fault, Action: r.Action.Text(), Clear: r.Clear, Verified: r.Verified,
		Icon: callIcons[r.Call], Alarm: r.Call == view.CallMiss,
	}
}

var callIcons = [...]string{
	view.NoSign: "", view.CallIn: theme.IconPhoneIn, view.CallOut: theme.IconPhoneOut, view.CallMiss: theme.IconPhoneMissed, view.VideoCall: theme.IconVideo,
}

var rowKinds = [...]widget.RowKind{
	view.BubbleRow: widget.BubbleRow, view.UnreadableRow: widget.UnreadableRow, view.NoticeRow: widget.NoticeRow,
	view.DayRow: widget.DayRow, view.UnreadRow: widget.UnreadRow, view.GapRow: widget.GapRow, view.TopRow: widget.TopRow, view.CallRow: widget.CallRow,
}

// Restyle draws what keeps its colours anew.
func (c *Chat) Restyle() {
	c.head.set(c.header)
	c.timeline.Reload()
}

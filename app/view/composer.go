package view

import (
	"strings"
	"time"

	"kith/app/lang"
)

// The composer's delays.
const (
	typingPause = 5 * time.Second // without a key: no longer writing
	draftDelay  = time.Second     // without a key: the draft is stored
)

// Composer follows what stands in the composer of one chat: when to say that we write (XEP-0085 §4), and when to store the
// draft.
type Composer struct {
	text    string
	saved   string
	changed time.Time // the last key
	writing bool
}

// NewComposer begins with a stored draft.
func NewComposer(draft string) *Composer { return &Composer{text: draft, saved: draft} }

// Text is what stands there.
func (c *Composer) Text() string { return c.text }

// Changed takes over a new text. tell is true when the other side is to be told, and writing what.
func (c *Composer) Changed(text string, now time.Time) (tell, writing bool) {
	if text == c.text {
		return false, c.writing
	}
	c.text, c.changed = text, now
	return c.set(strings.TrimSpace(text) != "")
}

// Tick notices that time passed: tell and writing as for Changed; save is true when the text is to be stored as the draft.
func (c *Composer) Tick(now time.Time) (tell, writing, save bool) {
	if c.writing && now.Sub(c.changed) >= typingPause {
		tell, writing = c.set(false)
	}
	if c.text != c.saved && now.Sub(c.changed) >= draftDelay {
		c.saved, save = c.text, true
	}
	return tell, writing, save
}

// Busy says whether Tick has something to wait for.
func (c *Composer) Busy() bool { return c.writing || c.text != c.saved }

// Leave ends writing, as when the person goes to another chat: save is true when the draft is not stored yet.
func (c *Composer) Leave() (tell, save bool) {
	tell, _ = c.set(false)
	save = c.text != c.saved
	c.saved = c.text
	return tell, save
}

// Sent empties the composer without a word: the message itself says that we stopped writing.
func (c *Composer) Sent() { c.text, c.saved, c.writing = "", "", false }

func (c *Composer) set(writing bool) (tell, now bool) {
	tell = writing != c.writing
	c.writing = writing
	return tell, writing
}

// MaxBody is how many bytes one message may have. Each letter that is typed has the toolkit lay all of them out, in time that
// grows with their square: at twice as many the window would stand still for half a second.
const MaxBody = 32 << 10

// Sendable is the text as it is sent: without white space around it. ok is false when nothing is left; problem says why it
// is too much.
func Sendable(text string) (body, problem string, ok bool) {
	body = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case body == "":
		return "", "", false
	case len(body) > MaxBody:
		return "", lang.T("This is too long for one message. Send it in parts."), false
	}
	return body, "", true
}

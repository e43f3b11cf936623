package widget

import "fyne.io/fyne/v2"

// chosen is the selection of a timeline: in one of its texts, if any.
type chosen struct {
	selected *TextBlock
	whole    func()         // copies without a selection
	owner    fyne.Focusable // takes the keyboard when text is selected, so that it can be copied
}

// leave drops the selection with the bubble that holds it.
func (c *chosen) leave(b *Bubble) {
	if b.block == c.selected {
		c.deselect()
	}
}

// choose remembers in which text the selection is; there is only one.
func (c *chosen) choose(b *TextBlock) {
	if c.selected != b {
		c.deselect()
		c.selected = b
	}
	focus(c.owner)
}

func (c *chosen) deselect() {
	if c.selected != nil {
		c.selected.choose(0, 0)
		c.selected = nil
	}
}

// TypedShortcut copies and selects; the rest is the window's.
func (c *chosen) TypedShortcut(s fyne.Shortcut) {
	switch s.(type) {
	case *fyne.ShortcutCopy:
		if c.selected != nil {
			c.selected.Copy()
		} else {
			call(c.whole)
		}
	case *fyne.ShortcutSelectAll:
		if c.selected != nil {
			c.selected.SelectAll()
		}
	default:
		unusedShortcut(s)
	}
}

// Selected is the selected text; empty when there is none.
func (c *chosen) Selected() string {
	if c.selected == nil {
		return ""
	}
	return c.selected.Selected()
}

package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// addKeys sets the shortcuts of the window.
func (a *App) addKeys() {
	c := a.window.Canvas()
	ctrl, alt := fyne.KeyModifierShortcutDefault, fyne.KeyModifierAlt
	for _, s := range []struct {
		key fyne.KeyName
		mod fyne.KeyModifier
		do  func(h *home)
	}{
		{fyne.KeyK, ctrl, func(h *home) { h.find() }},
		{fyne.KeyF, ctrl, func(h *home) { h.find() }},
		{fyne.KeyN, ctrl, func(h *home) { people{h}.newChat() }},
		{fyne.KeyComma, ctrl, func(h *home) { h.openSettings() }},
		{fyne.KeyUp, alt, func(h *home) { h.open(h.chats.Neighbour(-1)) }},
		{fyne.KeyDown, alt, func(h *home) { h.open(h.chats.Neighbour(1)) }},
	} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: s.key, Modifier: s.mod}, func(fyne.Shortcut) {
			if a.home != nil && a.where != "signin" {
				s.do(a.home)
			}
		})
	}
	addCallKeys(a, c)
	for _, key := range []fyne.KeyName{fyne.KeyQ, fyne.KeyW} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: ctrl}, func(fyne.Shortcut) { a.wantEnd() })
	}
	c.SetOnTypedKey(func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeyEscape && !a.root.Covered() {
			a.escape()
		}
	})
	c.SetOnTypedRune(func(r rune) {
		if a.home != nil && a.home.chat != nil && a.home.shell.MainVisible() && !a.root.Covered() {
			a.home.chat.screen.Type(r)
		}
	})
}

// find gives the search the keyboard, wherever the person is.
func (h *home) find() {
	if !h.shell.ListVisible() {
		h.closeDetails()
		h.closeMain()
	}
	h.list.FocusSearch()
}

//go:build !android && !ios && !wasm

package app

import (
	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// watchFront tells whether a window has the keyboard, now and whenever that changes: the toolkit knows it only of all windows
// together. Call it when the window is there, on the toolkit's goroutine.
func watchFront(shown fyne.Window, tell func(yes bool)) {
	w, ok := shown.(interface{ RunWithContext(func()) })
	if !ok {
		return
	}
	w.RunWithContext(func() {
		window := glfw.GetCurrentContext()
		before := window.SetFocusCallback(nil) // there is no other way to learn the toolkit's
		window.SetFocusCallback(func(w *glfw.Window, yes bool) {
			if before != nil {
				before(w, yes)
			}
			tell(yes)
		})
		tell(window.GetAttrib(glfw.Focused) == glfw.True)
	})
}

//go:build !android && !ios && !wasm

package app

import (
	"slices"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// watchPointer has the toolkit know that the pointer has left a window. It asks the window system only where the pointer moves, so that
// what lay under it last would look as if it still did. Call it when the window is there, on the toolkit's goroutine.
func watchPointer(shown fyne.Window) {
	w, ok := shown.(interface{ RunWithContext(func()) })
	if !ok {
		return
	}
	w.RunWithContext(func() {
		window := glfw.GetCurrentContext()
		moved := window.SetCursorPosCallback(nil) // there is no other way to learn the toolkit's
		window.SetCursorPosCallback(moved)
		window.SetCursorEnterCallback(func(w *glfw.Window, entered bool) {
			x, y := -1.0, -1.0
			if entered { // the window system says nothing when it comes back where it left
				x, y = w.GetCursorPos()
			}
			if moved != nil && !dragging(w) {
				moved(w, x, y)
			}
		})
	})
}

// dragging says whether a button is held: what is dragged follows the pointer also beyond the window.
func dragging(w *glfw.Window) bool {
	buttons := []glfw.MouseButton{glfw.MouseButtonLeft, glfw.MouseButtonMiddle, glfw.MouseButtonRight}
	return slices.ContainsFunc(buttons, func(b glfw.MouseButton) bool { return w.GetMouseButton(b) == glfw.Press })
}

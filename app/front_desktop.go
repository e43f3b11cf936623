//go:build !android && !ios && !wasm

package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver"
	"github.com/go-gl/glfw/v3.4/glfw"

	"kith/app/platform"
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

// aside has a window shown that takes the keyboard from nobody: who types in another program goes on there. It returns what to show in it instead
// of o. Call it before the window is there, on the toolkit's goroutine, and what it returns second when it is.
func aside(w fyne.Window, o fyne.CanvasObject) (shown fyne.CanvasObject, after func()) {
	glfw.WindowHint(glfw.FocusOnShow, glfw.False)
	return container.New(&newborn{window: w}, o), func() { glfw.WindowHint(glfw.FocusOnShow, glfw.True) }
}

// newborn lays one object out, and tells the window manager of its window what has to be told before it is shown: once there is a window, the toolkit
// measures what is in it, and nothing else of ours is asked before it shows it.
type newborn struct {
	window fyne.Window
	told   bool
}

// MinSize is the toolkit's.
func (n *newborn) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if w, ok := n.window.(driver.NativeWindow); ok && !n.told {
		w.RunNative(func(context any) {
			if x, ok := context.(driver.X11WindowContext); ok && x.WindowHandle != 0 {
				n.told = true
				platform.Unasked(x.WindowHandle)
			}
		})
	}
	return objects[0].MinSize()
}

// Layout is the toolkit's.
func (n *newborn) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

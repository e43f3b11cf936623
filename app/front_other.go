//go:build android || ios || wasm

package app

import "fyne.io/fyne/v2"

// watchFront says that the window is in front: there is no other.
func watchFront(_ fyne.Window, tell func(yes bool)) { tell(true) }

// aside changes nothing: there is no window but one.
func aside(_ fyne.Window, o fyne.CanvasObject) (shown fyne.CanvasObject, after func()) {
	return o, func() {}
}

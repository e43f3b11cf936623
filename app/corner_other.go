//go:build android || ios || wasm

package app

import (
	"image"

	"fyne.io/fyne/v2"
)

// screenOf is empty: windows fill the screen.
func screenOf(fyne.Window) (area image.Rectangle) { return area }

// toCorner does nothing.
func toCorner(fyne.Window, image.Rectangle) {}

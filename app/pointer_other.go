//go:build android || ios || wasm

package app

import "fyne.io/fyne/v2"

// watchPointer does nothing: a finger hovers over nothing.
func watchPointer(fyne.Window) {}

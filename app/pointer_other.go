//go:build android || ios || wasm

package app

// watchPointer does nothing: a finger hovers over nothing.
func (a *App) watchPointer() {}

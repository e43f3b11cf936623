//go:build !kithtest

package app

import "flag"

// ControlFlag adds nothing: only builds for tests can be driven through a socket.
func ControlFlag(*flag.FlagSet, *Config) {}

// listen does nothing, for the same reason.
func (a *App) listen() error { return nil }

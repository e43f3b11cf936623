//go:build android || ios || wasm

package app

import "time"

// The system puts the whole program to sleep here.
const sleeps = false

func sleep(time.Duration) {}

func wake() {}

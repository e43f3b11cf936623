//go:build !android && !ios && !wasm

package app

import (
	"time"

	"github.com/go-gl/glfw/v3.4/glfw"
)

// sleeps says whether the toolkit of this system can be put to sleep.
const sleeps = true

// sleep waits in the window system for something to happen, and handles it as the toolkit does. Only the toolkit's goroutine may
// call it, and only while its loop runs.
func sleep(most time.Duration) { glfw.WaitEventsTimeout(most.Seconds()) }

// wake ends a sleep, or the next one. Any goroutine may call it.
func wake() { glfw.PostEmptyEvent() }

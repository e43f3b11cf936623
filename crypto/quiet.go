package crypto

import (
	"sync"

	"go.mau.fi/libsignal/logger"
)

// silenced guards libsignal's only global, its logger, which would otherwise print warnings with pieces of the input to
// standard output.
var silenced sync.Once

// silence turns libsignal's log off, once in the life of the process and before anything else of it is used.
func silence() {
	silenced.Do(func() {
		var l logger.Loggable = mute{}
		logger.Setup(&l)
	})
}

// mute is a log that drops everything.
type mute struct{}

// Debug drops the message.
func (mute) Debug(string, string) {}

// Info drops the message.
func (mute) Info(string, string) {}

// Warning drops the message.
func (mute) Warning(string, string) {}

// Error drops the message.
func (mute) Error(string, string) {}

// Configure drops the settings.
func (mute) Configure(string) {}

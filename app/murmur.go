package app

import (
	"bytes"
	"io"
	"log" //nolint:depguard // where the toolkit writes its complaints
	"sync"
)

// murmur passes on what the toolkit complains about on standard error, but for one complaint: that it can't watch the desktop's
// colours, where there is no session bus. That is no fault, and nobody who starts Kith in a terminal can do anything about it.
type murmur struct {
	to io.Writer

	mu      sync.Mutex
	skipped int // lines of that complaint so far; 0: none is being made
}

// unwatched are the beginnings of the lines of the complaint. The toolkit writes each by itself.
var unwatched = [...][]byte{[]byte("Fyne error:  failed to watch theme settings"), []byte("  Cause: "), []byte("  At: ")}

// hush is murmur for everything the toolkit writes from now on.
func hush() { log.SetOutput(&murmur{to: log.Writer()}) }

// Write takes one line, with the time before it.
func (m *murmur) Write(line []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if bytes.Contains(line, unwatched[m.skipped]) {
		m.skipped = (m.skipped + 1) % len(unwatched)
		return len(line), nil
	}
	return m.to.Write(line)
}

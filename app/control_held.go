//go:build kithtest

package app

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// held measures how long the toolkit's goroutine keeps others waiting: for so long nothing that the person does is answered.
// What the graphics driver takes to show a frame is told apart: with a software renderer on a busy machine that is most.
type held struct {
	mu           sync.Mutex
	own, drawing time.Duration
}

// suspicious is how long a wait lasts before it is looked what for.
const suspicious = 20 * time.Millisecond

// watch asks again and again until ctx ends.
func (h *held) watch(ctx context.Context, l *loop) {
	for ctx.Err() == nil {
		var once sync.Once
		drawing := false
		look := func() { drawing = draws() }
		watch := time.AfterFunc(suspicious, func() { once.Do(look) })
		begin := time.Now()
		l.hand(fyne.DoAndWait, func() {})
		waited := time.Since(begin)
		watch.Stop()
		once.Do(func() {}) // a look that has begun ends first
		h.mu.Lock()
		if drawing {
			h.drawing = max(h.drawing, waited)
		} else {
			h.own = max(h.own, waited)
		}
		h.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

// draws says whether the toolkit's goroutine, which is the program's first, waits for the graphics driver.
func draws() bool {
	all := make([]byte, 1<<20)
	all = all[:runtime.Stack(all, true)]
	_, first, _ := bytes.Cut(all, []byte("goroutine 1 "))
	first, _, _ = bytes.Cut(first, []byte("\n\n"))
	return bytes.Contains(first, []byte("SwapBuffers"))
}

// longest is the longest waits since it was asked last, in milliseconds.
func (h *held) longest() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	text := fmt.Sprintf("%.1f %.1f", h.own.Seconds()*1000, h.drawing.Seconds()*1000)
	h.own, h.drawing = 0, 0
	return text
}

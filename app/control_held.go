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

// glance is how often a wait is looked at for what it is spent on.
const glance = 5 * time.Millisecond

// watch asks again and again until ctx ends.
func (h *held) watch(ctx context.Context, l *loop) {
	for ctx.Err() == nil {
		own, drawing := h.ask(l)
		h.mu.Lock()
		h.own, h.drawing = max(h.own, own), max(h.drawing, drawing)
		h.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

// ask returns how long the toolkit's goroutine let it wait, for itself and for the graphics driver. What lies between two glances
// counts as what the second one sees.
func (h *held) ask(l *loop) (own, drawing time.Duration) {
	came := make(chan struct{})
	l.hand(fyne.Do, func() { close(came) })
	tick := time.NewTicker(glance)
	defer tick.Stop()
	last := time.Now()
	for {
		spent := &own
		select {
		case <-came:
			return own + time.Since(last), drawing
		case <-tick.C:
			if draws() {
				spent = &drawing
			}
		}
		now := time.Now()
		*spent += now.Sub(last)
		last = now
	}
}

// draws says whether the toolkit's goroutine, which is the program's first, waits for the graphics driver.
func draws() bool {
	all := make([]byte, 1<<20)
	all = all[:runtime.Stack(all, true)]
	_, first, _ := bytes.Cut(all, []byte("goroutine 1 "))
	first, _, _ = bytes.Cut(first, []byte("\n\n"))
	return bytes.Contains(first, []byte("SwapBuffers")) || bytes.Contains(first, []byte("/gl._Cfunc_"))
}

// longest is the longest waits since it was asked last, in milliseconds.
func (h *held) longest() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	text := fmt.Sprintf("%.1f %.1f", h.own.Seconds()*1000, h.drawing.Seconds()*1000)
	h.own, h.drawing = 0, 0
	return text
}

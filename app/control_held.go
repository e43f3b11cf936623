//go:build kithtest

package app

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// held measures how long the toolkit's goroutine keeps others waiting: for so long nothing that the person does is answered.
type held struct {
	mu  sync.Mutex
	max time.Duration
}

// watch asks again and again until ctx ends.
func (h *held) watch(ctx context.Context) {
	for ctx.Err() == nil {
		begin := time.Now()
		fyne.DoAndWait(func() {})
		waited := time.Since(begin)
		h.mu.Lock()
		h.max = max(h.max, waited)
		h.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

// longest is the longest wait since it was asked last.
func (h *held) longest() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.max
	h.max = 0
	return d
}

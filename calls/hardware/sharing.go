package hardware

import (
	"image"
	"sync"
)

// Sharing is what somebody shares of what they see. It can be opened again, as after a pause, and shows the same without asking anew.
type Sharing struct {
	mu    sync.Mutex
	token string       // what a desktop that asks the person gave for that; "": it asks
	at    *image.Point // somewhere on the chosen screen; nil: none is chosen yet
}

// place is somewhere on the chosen screen; pointer says where the pointer is, if it is asked.
func (s *Sharing) place(pointer func() image.Point) image.Point {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == nil {
		p := pointer()
		s.at = &p
	}
	return *s.at
}

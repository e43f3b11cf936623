package screen

// placeNarrow shows one pane at a time: the details when they are open, else what is open, else the list.
func (s *Shell) placeNarrow() {
	w, h := s.size.Width, s.size.Height
	list, main, details := w, float32(0), float32(0)
	switch {
	case s.detailed:
		list, details = 0, w
	case s.open:
		list, main = 0, w
	}
	put(s.list, 0, list, h)
	put(s.main, 0, main, h)
	put(s.details, 0, details, h)
	put(s.listRule, 0, 0, h)
	put(s.sideRule, 0, 0, h)
}

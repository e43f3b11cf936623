package screen

import "kith/app/theme"

// placeWide puts the list on the left and what is open beside it. Details have a pane of their own where there is room, else
// they lie over the main pane.
func (s *Shell) placeWide() {
	h, x := s.size.Height, theme.SideWidth+1
	put(s.list, 0, theme.SideWidth, h)
	put(s.listRule, theme.SideWidth, 1, h)
	rest := s.size.Width - x
	switch {
	case s.detailed && s.Three():
		side := theme.SideWidth
		put(s.main, x, rest-side-1, h)
		put(s.sideRule, s.size.Width-side-1, 1, h)
		put(s.details, s.size.Width-side, side, h)
	case s.detailed:
		put(s.main, 0, 0, h)
		put(s.sideRule, 0, 0, h)
		put(s.details, x, rest, h)
	default:
		put(s.main, x, rest, h)
		put(s.sideRule, 0, 0, h)
		put(s.details, 0, 0, h)
	}
}

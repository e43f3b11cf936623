package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"kith/app/theme"
)

// The widths at which the layout changes.
const (
	narrowBelow = 640  // one pane
	threeAbove  = 1100 // list, chat and details side by side
)

// Shell holds the three panes of the window and shows as many of them as there is room for.
type Shell struct {
	OnChanged func() // other panes came into sight, or there is room for more or fewer

	object             *fyne.Container
	list               fyne.CanvasObject
	main, details      *fyne.Container
	listRule, sideRule *ground
	empty              fyne.CanvasObject // in the main pane while nothing is open
	open, detailed     bool
	narrow             bool // as it was laid out last
	size               fyne.Size
}

// NewShell makes a shell around the list; empty stands in the main pane while nothing is open.
func NewShell(list, empty fyne.CanvasObject) *Shell {
	s := &Shell{
		list: pane(theme.Side, list), empty: empty, main: container.NewStack(empty), details: container.NewStack(),
		listRule: newRule(), sideRule: newRule(),
	}
	s.details.Objects = []fyne.CanvasObject{newGround(theme.Side)}
	s.object = container.New((*panes)(s), s.list, s.listRule, s.main, s.sideRule, s.details)
	return s
}

// Object is what to show.
func (s *Shell) Object() fyne.CanvasObject { return s.object }

// SetMain shows a screen in the main pane; nil: nothing is open.
func (s *Shell) SetMain(o fyne.CanvasObject) {
	s.open = o != nil
	if o == nil {
		o = s.empty
	}
	s.main.Objects = []fyne.CanvasObject{o}
	s.main.Refresh()
	s.arrange()
}

// SetDetails shows a screen beside or above the main pane; nil: none.
func (s *Shell) SetDetails(o fyne.CanvasObject) {
	s.detailed = o != nil
	s.details.Objects = s.details.Objects[:1:1]
	if o != nil {
		s.details.Objects = append(s.details.Objects, o)
	}
	s.details.Refresh()
	s.arrange()
}

// Detailed says whether details are open.
func (s *Shell) Detailed() bool { return s.detailed }

// Narrow says whether one pane is shown at a time.
func (s *Shell) Narrow() bool { return s.size.Width < narrowBelow }

// Three says whether all three panes have room.
func (s *Shell) Three() bool { return s.size.Width > threeAbove }

// MainVisible says whether what is open in the main pane is in sight.
func (s *Shell) MainVisible() bool { return s.open && s.main.Visible() }

// ListVisible says whether the list is in sight.
func (s *Shell) ListVisible() bool { return s.list.Visible() }

// arrange places the panes for the size that the window has.
func (s *Shell) arrange() {
	if s.size.IsZero() {
		return
	}
	seen, was := s.MainVisible(), s.narrow
	s.narrow = s.Narrow()
	if s.narrow {
		s.placeNarrow()
	} else {
		s.placeWide()
	}
	if s.OnChanged != nil && (seen != s.MainVisible() || was != s.narrow) {
		s.OnChanged()
	}
}

// put places a pane, or hides it where it has no width.
func put(o fyne.CanvasObject, x, width, height float32) {
	show(o, width > 0)
	if width > 0 {
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(width, height))
	}
}

// panes is the shell as a layout.
type panes Shell

// Layout is the toolkit's.
func (p *panes) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	p.size = size
	(*Shell)(p).arrange()
}

// MinSize is the toolkit's: a small phone.
func (p *panes) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 400) }

package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"kith/app/theme"
	"kith/app/widget"
)

// toggle is a choice of yes or no: words, and a switch at their right.
type toggle struct {
	OnChanged func(bool)

	object *pressable
	track  *ground
	knob   *ground
	on     bool
	off    bool // not to be used now
}

// The sizes of a switch.
const (
	trackWidth, trackHeight float32 = 40, 24
	knobSize                float32 = 18
)

func newToggle(label string, on bool) *toggle {
	t := &toggle{track: newGround(theme.Line), knob: newGround(theme.OnDecline), on: on}
	t.track.radius, t.track.least = trackHeight/2, fyne.NewSize(trackWidth, trackHeight)
	t.knob.radius, t.knob.least = knobSize/2, fyne.NewSquareSize(knobSize)
	words := plain(label)
	t.object = newPressable(padded(0, 6, across(12, 0, words, fixed(fyne.NewSize(trackWidth, trackHeight), t.arrange, t.track, t.knob))), label, t.flip)
	t.paint()
	return t
}

func (t *toggle) flip() {
	if t.off {
		return
	}
	t.on = !t.on
	t.paint()
	t.object.Refresh()
	if t.OnChanged != nil {
		t.OnChanged(t.on)
	}
}

func (t *toggle) paint() {
	t.track.set(theme.Muted)
	if t.on {
		t.track.set(theme.Primary)
	}
	t.arrange(fyne.NewSize(trackWidth, trackHeight))
}

func (t *toggle) arrange(fyne.Size) {
	rest := (trackHeight - knobSize) / 2
	x := rest
	if t.on {
		x = trackWidth - knobSize - rest
	}
	t.track.Resize(fyne.NewSize(trackWidth, trackHeight))
	t.track.Move(fyne.NewPos(0, 0))
	t.knob.Resize(fyne.NewSquareSize(knobSize))
	t.knob.Move(fyne.NewPos(x, rest))
}

// Enable lets it be used.
func (t *toggle) Enable() { t.off = false }

// Disable keeps it from being used.
func (t *toggle) Disable() { t.off = true }

// choices is a row of buttons of which one is chosen, on one ground.
func choices(names []string, chosen int, choose func(i int)) *fyne.Container {
	base := newGround(theme.Field)
	base.radius = theme.ButtonRadius
	row := container.New(shares{})
	for i, n := range names {
		look := widget.SecondaryLook
		if i == chosen {
			look = widget.PrimaryLook
		}
		row.Add(widget.NewButton(n, look, func() { choose(i) }))
	}
	return container.NewStack(base, row)
}

// shares divides its width evenly, however narrow it is.
type shares struct{}

const shareGap float32 = 2

// Layout is the toolkit's.
func (shares) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := (size.Width+shareGap)/float32(max(len(objects), 1)) - shareGap
	for i, o := range objects {
		o.Move(fyne.NewPos(float32(i)*(w+shareGap), 0))
		o.Resize(fyne.NewSize(w, size.Height))
	}
}

// MinSize is the toolkit's.
func (shares) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for _, o := range objects {
		h = max(h, o.MinSize().Height)
	}
	return fyne.NewSize(float32(len(objects))*32, h)
}

package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
)

// CheckActions are what the check of calls asks for.
type CheckActions struct {
	Back   func()
	Play   func()         // the test tone
	Heard  func(yes bool) // it
	Again  func()         // the whole check
	Choose func(kind view.GearKind, name string)
	Frames func() widget.Frames // of our own camera; nil: there are none
}

// Check shows step by step whether calls work here, before somebody calls.
type Check struct {
	object  fyne.CanvasObject
	body    *fyne.Container
	actions CheckActions
	rows    []view.CheckRow
	gear    []view.Gear
	meter   *widget.Meter
	picture *widget.Picture
}

// NewCheck makes the screen.
func NewCheck(a CheckActions) *Check {
	const width = 520
	c := &Check{actions: a, body: stack(14), meter: widget.NewMeter(), picture: widget.NewPicture(false, 0)}
	c.picture.SetMirror(true)
	c.object = scrolled(paneTop(lang.T("Check calls"), width, a.Back), centred(paneX, 6, width, c.body))
	return c
}

// Object is what to show.
func (c *Check) Object() fyne.CanvasObject { return c.object }

// Set shows what has been found, and what there is to choose from. A level that changed alone draws no more than its bar.
func (c *Check) Set(rows []view.CheckRow, gear []view.Gear) {
	same := len(rows) == len(c.rows) && len(gear) == len(c.gear)
	for i := range rows {
		c.meter.Set(rows[view.CheckMicrophone].Level)
		if same {
			a, b := rows[i], c.rows[i]
			a.Level, b.Level = 0, 0
			same = a == b
		}
	}
	for i := range gear {
		same = same && gear[i] == c.gear[i]
	}
	c.rows, c.gear = rows, gear
	if !same {
		keepFocus(c.body, c.draw)
	}
}

// Stop turns the picture off.
func (c *Check) Stop() { c.picture.SetFrames(nil) }

func (c *Check) draw() {
	c.body.Objects = []fyne.CanvasObject{words(lang.T("Find out whether calls work here before somebody calls you."))}
	for _, r := range c.rows {
		c.body.Add(c.step(r))
	}
	c.body.Add(widget.NewButton(lang.T("Check again"), widget.SecondaryLook, c.actions.Again))
	c.body.Add(gap(12))
	c.pictured()
	c.object.(*fyne.Container).Refresh()
}

func (c *Check) pictured() {
	if c.actions.Frames == nil || len(c.rows) == 0 || !c.rows[view.CheckCamera].Picture {
		c.picture.SetFrames(nil)
		return
	}
	c.picture.SetFrames(c.actions.Frames())
}

// checkSigns are the icons of the steps.
var checkSigns = [...]string{theme.IconMic, theme.IconVideo, theme.IconSpeaker, theme.IconNetwork}

func (c *Check) step(r view.CheckRow) fyne.CanvasObject {
	sign, colour := theme.IconClock, theme.Muted
	switch r.State {
	case view.CheckGood:
		sign, colour = theme.IconCheck, theme.Primary
	case view.CheckBad:
		sign, colour = theme.IconFailed, theme.Warning
	case view.CheckWaiting:
	}
	head := across(10, 1, icon(checkSigns[r.Step], 20, theme.Text), strong(r.Title), icon(sign, 20, colour))
	text := words(r.Text)
	if r.State == view.CheckBad {
		text = fault(r.Text)
	}
	box := []fyne.CanvasObject{head, text}
	switch r.Step {
	case view.CheckMicrophone:
		if r.Meter {
			box = append(box, c.meter)
		}
	case view.CheckCamera:
		if r.Picture {
			box = append(box, c.preview())
		}
	case view.CheckSpeaker:
		box = append(box, c.tone(r)...)
	case view.CheckNetwork:
	}
	if r.Step != view.CheckNetwork {
		box = append(box, c.choice(gearOf[r.Step])...)
	}
	return card("", box...)
}

// preview is the camera's picture, whole.
func (c *Check) preview() fyne.CanvasObject {
	ground := newGround(theme.Field)
	ground.radius = theme.CardRadius
	room := canvas.NewRectangle(theme.Color(theme.Transparent))
	room.SetMinSize(fyne.NewSize(200, 170))
	return container.NewStack(ground, room, c.picture)
}

func (c *Check) tone(r view.CheckRow) []fyne.CanvasObject {
	if r.Asks {
		box := []fyne.CanvasObject{across(8, 2, widget.NewButton(lang.T("Yes"), widget.PrimaryLook, func() { c.actions.Heard(true) }),
			widget.NewButton(lang.T("No"), widget.SecondaryLook, func() { c.actions.Heard(false) }), gap(0))}
		if r.Play != "" {
			box = append(box, widget.NewLink(r.Play, c.actions.Play))
		}
		return box
	}
	if r.Play == "" {
		return nil
	}
	return []fyne.CanvasObject{across(0, 1, widget.NewButton(r.Play, widget.SecondaryLook, c.actions.Play), gap(0))}
}

// choice is which piece of hardware is in use, where there are several.
func (c *Check) choice(kind view.GearKind) []fyne.CanvasObject {
	in, of := view.ChosenGear(c.gear, kind)
	if len(of) < 2 {
		return nil
	}
	var link *widget.Link
	link = widget.NewLink(lang.T("Change"), func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(link).AddXY(0, link.Size().Height)
		widget.ShowMenu(link, at, gearItems(of, c.actions.Choose)...)
	})
	return []fyne.CanvasObject{across(8, 0, small(in.Text()), link)}
}

// gearOf is the hardware that a step tries.
var gearOf = [...]view.GearKind{view.CheckMicrophone: view.Microphone, view.CheckCamera: view.Camera, view.CheckSpeaker: view.Speaker}

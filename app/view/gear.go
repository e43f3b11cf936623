package view

import "kith/app/lang"

// GearKind is what a piece of hardware is for.
type GearKind uint8

// The kinds of hardware.
const (
	Microphone GearKind = iota
	Speaker
	Camera
)

// Text is what people call it.
func (k GearKind) Text() string {
	return [...]string{lang.T("Microphone"), lang.T("Speaker"), lang.T("Camera")}[min(k, Camera)]
}

// Gear is a piece of hardware that can be chosen; one with an empty name is what the system prefers.
type Gear struct {
	Kind   GearKind
	Name   string
	Chosen bool
}

// Text is its name, or that the system chooses.
func (g Gear) Text() string {
	if g.Name == "" {
		return lang.T("As the system has it")
	}
	return Line(g.Name)
}

// ChosenGear is what is in use of a kind, and all there is of it.
func ChosenGear(all []Gear, kind GearKind) (in Gear, of []Gear) {
	in.Kind = kind
	for _, g := range all {
		if g.Kind != kind {
			continue
		}
		of = append(of, g)
		if g.Chosen {
			in = g
		}
	}
	return in, of
}

// HoldText is what holds a call, or goes on with it.
func HoldText(held bool) string {
	if held {
		return lang.T("Go on with the call")
	}
	return lang.T("Put on hold")
}

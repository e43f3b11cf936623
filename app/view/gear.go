package view

import (
	"kith/app/lang"
	"kith/calls"
	"kith/core"
	"kith/core/model"
)

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

	Missing bool // it was chosen and is not there: what the system prefers is in use
}

// Text is its name, or that the system chooses.
func (g Gear) Text() string {
	if g.Name == "" {
		return lang.T("As the system has it")
	}
	return Line(g.Name)
}

// Device is what core calls the kind.
func (k GearKind) Device() core.CallDeviceKind {
	return [...]core.CallDeviceKind{Microphone: calls.Microphones, Speaker: calls.Speakers, Camera: calls.Cameras}[min(k, Camera)]
}

// GearOf is the hardware that core tells of.
func GearOf(devices []core.CallDevice) []Gear {
	kinds := [...]GearKind{calls.Microphones: Microphone, calls.Speakers: Speaker, calls.Cameras: Camera}
	all := make([]Gear, 0, len(devices))
	for _, d := range devices {
		if int(d.Kind) < len(kinds) {
			all = append(all, Gear{kinds[d.Kind], d.Name, d.Chosen, d.Missing})
		}
	}
	return all
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

// deniedWords say where a system lets Kith use the microphone or the camera.
func deniedWords(kind GearKind, system string) string {
	camera := kind == Camera
	switch system {
	case "darwin":
		return either(camera,
			lang.T("Kith may not use the camera. Allow it in System Settings, under Privacy & Security, Camera. Then start Kith again."),
			lang.T("Kith may not use the microphone. Allow it in System Settings, under Privacy & Security, Microphone. Then start Kith again."))
	case "windows":
		return either(camera,
			lang.T("Kith may not use the camera. Allow it in Settings, under Privacy & security, Camera, also for desktop apps."),
			lang.T("Kith may not use the microphone. Allow it in Settings, under Privacy & security, Microphone, also for desktop apps."))
	}
	return either(camera,
		lang.T("Kith may not use the camera. Allow it in the privacy settings of this computer."),
		lang.T("Kith may not use the microphone. Allow it in the privacy settings of this computer."))
}

// Without is the face where devices that were chosen are gone, which is said where there is nothing else to say.
func (f CallFace) Without(gone []Gear) CallFace {
	if f.Phase == model.Talking && f.Notice == "" && len(gone) > 0 {
		f.Notice = lang.T("{device} is gone: what your system prefers is used", "device", Line(gone[0].Name))
	}
	return f
}

// HoldText is what holds a call, or goes on with it.
func HoldText(held bool) string {
	if held {
		return lang.T("Go on with the call")
	}
	return lang.T("Put on hold")
}

// FullText is what fills the screen with a call, or no longer.
func FullText(full bool) string {
	if full {
		return lang.T("Leave full screen")
	}
	return lang.T("Full screen")
}

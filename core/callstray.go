package core

import "context"

// Strays is the devices that were chosen and are gone: what the system prefers is used in their place.
type Strays struct{ calls *Calls }

// List is all of them. It is quick.
func (s Strays) List() []CallDevice {
	if s.calls.devices == nil {
		return nil
	}
	return s.calls.devices.Astray()
}

// Return goes back to those that are there again.
func (s Strays) Return(context.Context) error {
	if s.calls.devices != nil {
		s.calls.devices.Return()
	}
	return nil
}

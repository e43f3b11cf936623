package calls

import (
	"io"
	"slices"
	"sync"

	"kith/calls/echo"
	"kith/calls/hardware"
	"kith/calls/media"
)

// DeviceKind is what a device is for.
type DeviceKind uint8

// The kinds of device that can be chosen.
const (
	Microphones DeviceKind = iota
	Speakers
	Cameras
)

// Device is one that can be chosen; with an empty name it is what the system prefers.
type Device struct {
	Kind   DeviceKind
	Name   string
	Chosen bool
}

// Devices chooses among the hardware of this system. Its methods may be called on any goroutine.
type Devices struct {
	mu     sync.Mutex
	chosen [Cameras + 1]string
	open   [Cameras + 1][]io.Closer // what a call uses of each kind
}

// System is the hardware of this system.
func System() Hardware {
	d := &Devices{}
	return Hardware{
		Devices:    d,
		Microphone: func() (media.Microphone, error) { return opened(d, Microphones, hardware.OpenMicrophone) },
		Speaker:    func() (media.Speaker, error) { return opened(d, Speakers, hardware.OpenSpeaker) },
		Camera:     func() (media.Camera, error) { return opened(d, Cameras, hardware.OpenCamera) },
		Share: func() func() (media.Camera, error) {
			s := new(hardware.Sharing)
			return func() (media.Camera, error) { return s.Open() }
		},
		Processor: func() media.Processor { return echo.New() },
	}
}

// opened opens the device that is chosen of its kind, and remembers it, so that a call takes another one at once when it is chosen.
func opened[D io.Closer](d *Devices, kind DeviceKind, open func(string) (D, error)) (D, error) {
	d.mu.Lock()
	name := d.chosen[kind]
	d.mu.Unlock()
	device, err := open(name)
	if err != nil && name != "" {
		device, err = open("") // the chosen one is not there today
	}
	if err != nil {
		return device, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open[kind] = append(d.open[kind], device)
	if n := len(d.open[kind]); n > mostOpen {
		d.open[kind] = slices.Clone(d.open[kind][n-mostOpen:]) // those before are closed long since
	}
	return device, nil
}

// mostOpen is how many devices of a kind are in use at once: those of a call, and of a check.
const mostOpen = 4

// Choose takes another device of a kind, also in a call that goes on.
func (d *Devices) Choose(kind DeviceKind, name string) {
	if kind > Cameras {
		return
	}
	d.mu.Lock()
	same := d.chosen[kind] == name
	d.chosen[kind] = name
	open := d.open[kind]
	d.open[kind] = nil
	d.mu.Unlock()
	if same {
		return
	}
	for _, o := range open {
		_ = o.Close() // the call opens the new one
	}
}

// List is every device that can be chosen. A kind of which the system tells nothing has only what the system prefers.
func (d *Devices) List() (all []Device) {
	for kind, list := range []func() ([]string, error){hardware.Microphones, hardware.Speakers, hardware.Cameras} {
		d.mu.Lock()
		chosen := d.chosen[kind]
		d.mu.Unlock()
		names, err := list()
		if err != nil {
			names = nil
		}
		all = append(all, Device{Kind: DeviceKind(kind), Chosen: !slices.Contains(names, chosen)})
		for _, name := range names {
			all = append(all, Device{Kind: DeviceKind(kind), Name: name, Chosen: name == chosen})
		}
	}
	return all
}

// Play plays a sound at 48 kHz on the chosen speaker, once or again and again, until stop is called. Where there is no speaker nothing is
// heard.
func (d *Devices) Play(samples []int16, again bool) (stop func()) {
	d.mu.Lock()
	name := d.chosen[Speakers]
	d.mu.Unlock()
	p, err := hardware.Play(name, samples, again)
	if err != nil && name != "" {
		p, err = hardware.Play("", samples, again)
	}
	if err != nil {
		return func() {}
	}
	return func() { _ = p.Close() }
}

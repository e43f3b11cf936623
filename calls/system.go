package calls

import (
	"errors"
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
	Kind    DeviceKind
	Name    string
	Chosen  bool // it is in use, or will be
	Missing bool // it was chosen and is not there now: what the system prefers is Chosen
}

// Devices chooses among the hardware of this system. Its methods may be called on any goroutine.
type Devices struct {
	mu     sync.Mutex
	chosen [Cameras + 1]string
	open   [Cameras + 1][]held // what a call uses of each kind
}

// held is a device that was opened.
type held struct {
	device interface {
		io.Closer
		Over() bool // it was closed
	}
	stands bool // in for the chosen one
}

// strayed says whether it is another than the chosen one.
func (h held) strayed() bool {
	if h.device.Over() {
		return false
	}
	if p, ok := h.device.(interface{ Fallen() <-chan struct{} }); ok && !h.stands {
		select {
		case <-p.Fallen():
			return true
		default:
		}
	}
	return h.stands
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
func opened[D interface {
	io.Closer
	Over() bool
}](d *Devices, kind DeviceKind, open func(string) (D, error)) (D, error) {
	d.mu.Lock()
	name := d.chosen[kind]
	d.mu.Unlock()
	device, err := open(name)
	stands := err != nil && name != ""
	if stands {
		device, err = open("") // the chosen one is not there today
	}
	if err != nil {
		return device, refused(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open[kind] = append(d.open[kind], held{device, stands})
	if n := len(d.open[kind]); n > mostOpen {
		d.open[kind] = slices.Clone(d.open[kind][n-mostOpen:]) // those before are closed long since
	}
	return device, nil
}

// refused is an error in the words of those who use devices.
func refused(err error) error {
	if errors.Is(err, hardware.ErrDenied) {
		return media.ErrDenied
	}
	return err
}

// mostOpen is how many devices of a kind are in use at once: those of a call, and of a check.
const mostOpen = 4

// Choose takes another device of a kind, also in a call that goes on; and the same again where another one stands in for it.
func (d *Devices) Choose(kind DeviceKind, name string) {
	if kind > Cameras {
		return
	}
	d.mu.Lock()
	same := d.chosen[kind] == name && !d.strayed(kind)
	d.chosen[kind] = name
	var open []held
	if !same {
		open, d.open[kind] = d.open[kind], nil
	}
	d.mu.Unlock()
	for _, o := range open {
		_ = o.device.Close() // the call opens the new one
	}
}

// strayed says whether what is in use of a kind is another than the chosen one. The caller holds mu.
func (d *Devices) strayed(kind DeviceKind) bool {
	return slices.ContainsFunc(d.open[kind], held.strayed)
}

// Astray is the devices that were chosen and are not in use, because they were not there; what the system prefers is, in their place.
func (d *Devices) Astray() (all []Device) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for kind, name := range d.chosen {
		if name != "" && d.strayed(DeviceKind(kind)) {
			all = append(all, Device{Kind: DeviceKind(kind), Name: name, Missing: true})
		}
	}
	return all
}

// Return goes back to those of them that are there again.
func (d *Devices) Return() {
	for _, lost := range d.Astray() {
		if names, err := lists[lost.Kind](); err == nil && slices.Contains(names, lost.Name) {
			d.again(lost)
		}
	}
}

// again takes a device that is there again, unless another one was chosen meanwhile.
func (d *Devices) again(was Device) {
	d.mu.Lock()
	chosen := d.chosen[was.Kind]
	d.mu.Unlock()
	if chosen == was.Name {
		d.Choose(was.Kind, chosen)
	}
}

// lists are what there is of each kind.
var lists = [...]func() ([]string, error){Microphones: hardware.Microphones, Speakers: hardware.Speakers, Cameras: hardware.Cameras}

// List is every device that can be chosen. A kind of which the system tells nothing has only what the system prefers.
func (d *Devices) List() (all []Device) {
	for i, list := range lists {
		kind := DeviceKind(i)
		d.mu.Lock()
		was, astray := d.chosen[kind], d.strayed(kind)
		d.mu.Unlock()
		names, err := list()
		if err != nil {
			names = nil
		}
		chosen := was
		if astray || !slices.Contains(names, was) {
			chosen = ""
		}
		all = append(all, Device{Kind: kind, Chosen: chosen == ""})
		for _, name := range names {
			all = append(all, Device{Kind: kind, Name: name, Chosen: name == chosen})
		}
		if was != "" && !slices.Contains(names, was) {
			all = append(all, Device{Kind: kind, Name: was, Missing: true})
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

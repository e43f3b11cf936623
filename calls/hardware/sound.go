//go:build cgo

package hardware

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"
	"unsafe"

	"github.com/gen2brain/malgo"

	"kith/calls/audio"
)

const (
	periods = 3
	stalled = 2 * time.Second // without a sign of life a device is gone
)

// Microphones lists what can be heard with, by names that are the same each time.
func Microphones() ([]string, error) { return list(malgo.Capture) }

// Speakers lists what can be heard.
func Speakers() ([]string, error) { return list(malgo.Playback) }

func list(kind malgo.DeviceType) ([]string, error) {
	context, err := newContext()
	if err != nil {
		return nil, err
	}
	defer freeContext(context)
	devices, err := context.Devices(kind)
	if err != nil {
		return nil, fmt.Errorf("list sound devices: %w", err)
	}
	return names(devices), nil
}

// names makes equal names different.
func names(devices []malgo.DeviceInfo) []string {
	all, seen := make([]string, len(devices)), map[string]int{}
	for i := range devices {
		name := devices[i].Name()
		if seen[name]++; seen[name] > 1 {
			name += " (" + strconv.Itoa(seen[name]) + ")"
		}
		all[i] = name
	}
	return all
}

// newContext leaves out the backend that pretends to be there.
func newContext() (*malgo.AllocatedContext, error) {
	backends := []malgo.Backend{
		malgo.BackendWasapi, malgo.BackendDsound, malgo.BackendCoreaudio, malgo.BackendPulseaudio, malgo.BackendAaudio, malgo.BackendOpensl,
	}
	// Without a card ALSA still lists its plugins, and complains on standard error about each.
	if cards, _ := filepath.Glob("/dev/snd/pcm*"); len(cards) > 0 {
		backends = append(backends, malgo.BackendAlsa)
	}
	context, err := malgo.InitContext(backends, malgo.ContextConfig{}, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: no sound system: %w", ErrNoDevice, err)
	}
	return context, nil
}

func freeContext(context *malgo.AllocatedContext) {
	_ = context.Uninit()
	context.Free()
}

// port is an open sound device, and falls to the system's own when that goes away.
type port struct {
	kind malgo.DeviceType
	data func(samples []int16) // on the device's thread

	stop  chan struct{}
	once  sync.Once
	timer *time.Timer

	mu      sync.Mutex
	context *malgo.AllocatedContext
	device  *malgo.Device
	gone    chan struct{} // holds something once the device stopped
	fallen  chan struct{} // closed once it is another than the chosen one
	isOther bool
}

func openPort(kind malgo.DeviceType, name string, data func([]int16)) (*port, error) {
	p := &port{
		kind: kind, data: data, stop: make(chan struct{}), timer: time.NewTimer(stalled), fallen: make(chan struct{}),
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.open(name); err != nil {
		return nil, err
	}
	return p, nil
}

// open starts a device.
func (p *port) open(name string) error {
	context, err := newContext()
	if err != nil {
		return err
	}
	gone := make(chan struct{}, 1)
	device, err := p.start(context, name, gone)
	if err != nil {
		freeContext(context)
		return err
	}
	p.context, p.device, p.gone = context, device, gone
	return nil
}

func (p *port) start(context *malgo.AllocatedContext, name string, gone chan struct{}) (*malgo.Device, error) {
	config := malgo.DefaultDeviceConfig(p.kind)
	period := periodTime
	if p.kind == malgo.Capture {
		period = heardTime
	}
	config.SampleRate, config.PeriodSizeInMilliseconds, config.Periods = audio.Rate, uint32(period.Milliseconds()), periods
	config.PerformanceProfile = malgo.LowLatency
	config.Pulse.StreamNameCapture, config.Pulse.StreamNamePlayback = "Call", "Call"
	for _, half := range []*malgo.SubConfig{&config.Capture, &config.Playback} {
		half.Format, half.Channels = malgo.FormatS16, 1
	}
	var pin runtime.Pinner
	defer pin.Unpin()
	if err := p.choose(context, &config, name, &pin); err != nil {
		return nil, err
	}
	device, err := malgo.InitDevice(context.Context, config, malgo.DeviceCallbacks{
		Data: func(out, in []byte, _ uint32) { p.data(samplesOf(out, in)) },
		Stop: func() {
			select {
			case gone <- struct{}{}:
			default:
			}
		},
	})
	if err != nil {
		return nil, unopened(err)
	}
	if err := device.Start(); err != nil {
		device.Uninit()
		return nil, unopened(err)
	}
	return device, nil
}

// unopened is why a device does not open: a system that forbids it says so, as Windows does for microphones.
func unopened(err error) error {
	if errors.Is(err, malgo.ErrAccessDenied) {
		return fmt.Errorf("%w: %w", ErrDenied, err)
	}
	return fmt.Errorf("%w: %w", ErrNoDevice, err)
}

// choose finds the device of that name.
func (p *port) choose(context *malgo.AllocatedContext, config *malgo.DeviceConfig, name string, pin *runtime.Pinner) error {
	devices, err := context.Devices(p.kind)
	if err != nil || len(devices) == 0 {
		return ErrNoDevice
	}
	if name == "" {
		return nil
	}
	for i, n := range names(devices) {
		if n == name {
			pin.Pin(&devices[i].ID)
			config.Capture.DeviceID = unsafe.Pointer(&devices[i].ID)
			config.Playback.DeviceID = config.Capture.DeviceID
			return nil
		}
	}
	return ErrNoDevice
}

// samplesOf is the one of the two that there is, without a copy.
func samplesOf(out, in []byte) []int16 {
	if len(out) == 0 {
		out = in
	}
	return unsafe.Slice((*int16)(unsafe.Pointer(unsafe.SliceData(out))), len(out)/2)
}

// wait returns when the device moved, in place of one that is gone the system's own. An error is for good.
func (p *port) wait(moved <-chan struct{}) error {
	p.mu.Lock()
	gone := p.gone
	p.mu.Unlock()
	p.timer.Reset(stalled)
	select {
	case <-moved:
		return nil
	case <-p.stop:
		return ErrClosed
	case <-gone:
	case <-p.timer.C:
	}
	return p.fall()
}

func (p *port) fall() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.abandon()
	select {
	case <-p.stop:
		return ErrClosed
	default:
	}
	if err := p.open(""); err != nil {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	if !p.isOther {
		p.isOther = true
		close(p.fallen)
	}
	return nil
}

// abandon lets a device go that is gone. Nobody waits for it: miniaudio does not always come back from a stream that the sound
// server ended (seen with PulseAudio 16), and then one sleeping thread stays.
func (p *port) abandon() {
	device, context := p.device, p.context
	p.device, p.context = nil, nil
	if device == nil {
		return
	}
	go func() {
		device.Uninit()
		freeContext(context)
	}()
}

func (p *port) release() {
	if p.device == nil {
		return
	}
	p.device.Uninit()
	freeContext(p.context)
	p.device, p.context = nil, nil
}

// Fallen is closed once the device went away and the system's own took its place.
func (p *port) Fallen() <-chan struct{} { return p.fallen }

// Over says whether it was closed.
func (p *port) Over() bool { return closed(p.stop) }

// Close ends the device, and whoever waits for it.
func (p *port) Close() error {
	p.once.Do(func() { close(p.stop) })
	p.mu.Lock()
	defer p.mu.Unlock()
	p.release()
	return nil
}

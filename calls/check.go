package calls

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"kith/calls/audio"
	"kith/calls/hardware"
	"kith/calls/media"
	"kith/calls/nat"
	"kith/calls/transport"
	"kith/core/model"
	"kith/core/wire"
)

// Part is something that a call needs, and that a check looks at.
type Part uint8

// The parts, in the order in which they are looked at.
const (
	PartMicrophone Part = iota
	PartCamera
	PartSpeaker
	PartServer // what there is to get through routers with, and what the router here does
	PartRelay  // carries a call when nothing else does
)

var partNames = [...]string{"microphone", "camera", "speaker", "server", "relay"}

// String is the name that kith-headless uses.
func (p Part) String() string { return partNames[min(p, PartRelay)] }

// Finding is what a check found of a part, so far while not Done.
type Finding struct {
	Part  Part
	Done  bool
	Fault Fault
	Level float64       // of the microphone, in dBFS
	RTT   time.Duration // through the relay
	NAT   nat.Kind      // of the network, with PartServer and PartRelay
}

// Fault says what is wrong with a part.
type Fault uint8

// The faults.
const (
	NoFault    Fault = iota
	NoDevice         // there is none, or it cannot be opened
	NothingIn        // the microphone hears nothing at all, the camera shows nothing
	NoServices       // the server names no relay: calls connect only where the networks let them
	NoWay            // the relay did not carry a test call
	Denied           // the system does not let Kith use the microphone, or the camera
)

var faultNames = [...]string{"", "no-device", "nothing-in", "no-services", "no-way", "denied"}

// String is the name that kith-headless uses; empty for NoFault.
func (f Fault) String() string { return faultNames[min(f, Denied)] }

// How long the check looks at each part.
const (
	listenTime = 3 * time.Second
	lookTime   = 5 * time.Second
	playTime   = time.Second
	relayTime  = 15 * time.Second

	quiet = -70 // dBFS; a microphone that is muted or unplugged gives less
)

// Check tries everything that a call needs, one after the other, and ends with a call to ourselves that leads through the relay. found is called
// for each thing that is seen, on the caller's goroutine. The error is that of ctx.
func (m *Manager) Check(ctx context.Context, account model.AccountID, found func(Finding)) error {
	for _, look := range []func(context.Context, func(Finding)) Finding{m.checkMicrophone, m.checkCamera, m.checkSpeaker} {
		f := look(ctx, found)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		f.Done = true
		found(f)
	}
	found(Finding{Part: PartServer})
	services := m.signaler.Services(ctx, account)
	server := m.checkServer(ctx, services)
	found(server)
	found(Finding{Part: PartRelay})
	relay := Finding{Part: PartRelay, Done: true, Fault: server.Fault, NAT: server.NAT}
	if relay.Fault == NoFault {
		var err error
		if relay.RTT, err = m.through(ctx, services); err != nil {
			relay.Fault = NoWay
			m.log.Debug("test call through the relay", "err", err)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	found(relay)
	return nil
}

// Relayed says whether there is a relay among the services.
func Relayed(services []wire.ExternalService) bool {
	for _, s := range services {
		if s.Type == "turn" || s.Type == "turns" {
			return true
		}
	}
	return false
}

// checkMicrophone listens for a while and tells how loud it is.
func (m *Manager) checkMicrophone(ctx context.Context, found func(Finding)) Finding {
	f := Finding{Part: PartMicrophone}
	found(f)
	loudest := audio.Silent
	err := m.Trial.listen(ctx, listenTime, func(level float64) {
		loudest = max(loudest, level)
		f.Level = level
		found(f)
	})
	f.Level = loudest
	switch {
	case err != nil:
		f.Fault = unusable(err)
	case loudest < quiet:
		f.Fault = NothingIn
	}
	return f
}

// unusable is why a device does not open.
func unusable(err error) Fault {
	if errors.Is(err, media.ErrDenied) {
		return Denied
	}
	return NoDevice
}

// checkCamera waits for a picture.
func (m *Manager) checkCamera(ctx context.Context, found func(Finding)) Finding {
	f := Finding{Part: PartCamera, Fault: NoDevice}
	found(Finding{Part: PartCamera})
	if m.hardware.Camera == nil {
		return f
	}
	camera, err := m.hardware.Camera()
	if err != nil {
		f.Fault = unusable(err)
		return f
	}
	defer func() { _ = camera.Close() }()
	timer := time.NewTimer(lookTime)
	defer timer.Stop()
	select {
	case frame, ok := <-camera.Frames():
		if ok {
			frame.Release()
			f.Fault = NoFault
		}
	case <-timer.C:
		f.Fault = NothingIn
	case <-ctx.Done():
	}
	return f
}

// checkSpeaker plays a tone, which only the person can hear.
func (m *Manager) checkSpeaker(ctx context.Context, found func(Finding)) Finding {
	f := Finding{Part: PartSpeaker}
	found(f)
	speaker, err := m.hardware.Speaker()
	if err != nil {
		f.Fault = NoDevice
		return f
	}
	stop := context.AfterFunc(ctx, func() { _ = speaker.Close() })
	defer func() { stop(); _ = speaker.Close() }()
	tone := audio.Tone{From: 523, To: 784, Loud: 6000}
	var block audio.Block
	for end := time.Now().Add(playTime); time.Now().Before(end); {
		tone.Next(&block)
		if err := speaker.Write(&block); err != nil {
			f.Fault = NoDevice
			return f
		}
	}
	return f
}

// checkServer looks what there is to get through routers with, and what the router here does.
func (m *Manager) checkServer(ctx context.Context, services []wire.ExternalService) Finding {
	f := Finding{Part: PartServer, Done: true}
	if !Relayed(services) {
		f.Fault = NoServices
	}
	var err error
	if f.NAT, err = nat.Look(ctx, asked(ctx, services)); err != nil {
		m.log.Debug("look what the router does", "err", err)
	}
	return f
}

// asked are the servers that can tell how they see us: relays can, too (RFC 8656 §2.5).
func asked(ctx context.Context, services []wire.ExternalService) (out []netip.AddrPort) {
	for _, s := range services {
		if s.Removed || s.Transport == "tcp" || s.Type != "stun" && s.Type != "turn" {
			continue
		}
		all, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", s.Host)
		if err != nil {
			continue // as a server that does not answer
		}
		for _, a := range all {
			out = append(out, netip.AddrPortFrom(a, s.Port))
		}
	}
	return out
}

// through calls ourselves with synthetic devices, through the relay, and tells how long a packet takes there and back.
func (m *Manager) through(ctx context.Context, services []wire.ExternalService) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, relayTime)
	defer cancel()
	ours, err := m.testEnd(services, true)
	if err != nil {
		return 0, err
	}
	defer ours.close()
	theirs, err := m.testEnd(services, false)
	if err != nil {
		return 0, err
	}
	defer theirs.close()
	contents, bundle, err := ours.paths.Offer(false)
	if err != nil {
		return 0, err
	}
	if contents, bundle, err = theirs.paths.Answer(contents, bundle); err != nil {
		return 0, err
	}
	if err := ours.paths.Apply(contents, bundle); err != nil {
		return 0, err
	}
	for !ours.linked || !theirs.linked {
		select {
		case ev := <-ours.paths.Events():
			err = ours.event(ev, theirs)
		case ev := <-theirs.paths.Events():
			err = theirs.event(ev, ours)
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
		if err != nil {
			return 0, err
		}
	}
	return ours.paths.Stats().RTT, nil
}

// testEnd is one end of a test call.
type testEnd struct {
	media  *media.Session
	paths  *transport.Paths
	linked bool
}

func (m *Manager) testEnd(services []wire.ExternalService, initiator bool) (*testEnd, error) {
	none := Synthetic(hardware.Synthetic{Hz: 440})
	s, err := media.New(media.Config{Microphone: none.Microphone, Speaker: none.Speaker, Log: m.log})
	if err != nil {
		return nil, err
	}
	return &testEnd{media: s, paths: transport.New(transport.Config{
		Media: s, Servers: services, Relay: true, Initiator: initiator, Log: m.log,
	})}, nil
}

var errNoWay = errors.New("no way through the relay")

func (e *testEnd) event(ev transport.Event, other *testEnd) error {
	switch ev := ev.(type) {
	case transport.Found:
		other.paths.Reach(ev.Contents)
	case transport.Linked:
		e.linked = true
	case transport.Lost, transport.Failed:
		return errNoWay
	}
	return nil
}

func (e *testEnd) close() {
	_ = e.media.Close()
	_ = e.paths.Close()
}

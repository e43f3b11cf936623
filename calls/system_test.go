package calls

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"kith/calls/hardware"
	"kith/calls/media"
)

// gadget is a device that may go, as those for sound do.
type gadget struct {
	name   string
	over   bool
	fallen chan struct{}
}

func (g *gadget) Close() error            { g.over = true; return nil }
func (g *gadget) Over() bool              { return g.over }
func (g *gadget) Fallen() <-chan struct{} { return g.fallen }

// TestAstray: a chosen device that goes in the middle, or was not there, is told of until it is taken again, another is chosen, or what stood in for
// it is closed.
func TestAstray(t *testing.T) {
	there := map[string]bool{"": true, "Headset": true, "Webcam": true}
	d := &Devices{}
	open := func() *gadget {
		g, err := opened(d, Microphones, func(name string) (*gadget, error) {
			if !there[name] {
				return nil, hardware.ErrNoDevice
			}
			return &gadget{name: name, fallen: make(chan struct{})}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	astray := func(when string, want bool) {
		t.Helper()
		gone := slices.Contains(d.Astray(), Device{Kind: Microphones, Name: "Headset", Missing: true})
		if gone != want || len(d.Astray()) > 1 {
			t.Errorf("%s, astray are %+v", when, d.Astray())
		}
	}
	open()
	d.Choose(Microphones, "Headset")
	g := open()
	astray("with the chosen one", false)
	close(g.fallen)
	astray("when it has gone", true)
	listed := d.List()
	if !slices.Contains(listed, Device{Kind: Microphones, Chosen: true}) || !slices.Contains(listed, Device{Kind: Microphones, Name: "Headset", Missing: true}) {
		t.Errorf("listed is %+v", listed)
	}
	d.Choose(Microphones, "Headset")
	if !g.over {
		t.Error("what stands in is kept when the person chooses the same again")
	}
	astray("when the same is chosen again", false)

	there["Headset"] = false
	g = open()
	if g.name != "" {
		t.Errorf("in place of what is not there, %q", g.name)
	}
	astray("when it is not there", true)
	_ = g.Close()
	astray("after the call", false)
	g = open()
	d.Choose(Microphones, "Webcam")
	if !g.over || len(d.Astray()) != 0 {
		t.Errorf("another is chosen: astray are %+v, and what stood in is closed: %v", d.Astray(), g.over)
	}
	g = open()
	d.Choose(Microphones, "Webcam")
	if g.over {
		t.Error("the device in use is closed when it is chosen once more")
	}
}

// TestReturn goes back to a device that is there again, and only then.
func TestReturn(t *testing.T) {
	before := lists
	t.Cleanup(func() { lists = before })
	names := []string{"Desk"}
	lists[Speakers] = func() ([]string, error) { return names, nil }
	d := &Devices{}
	d.Choose(Speakers, "Headset")
	g, err := opened(d, Speakers, func(name string) (*gadget, error) {
		if name != "" {
			return nil, hardware.ErrNoDevice
		}
		return &gadget{fallen: make(chan struct{})}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if d.Return(); g.over || len(d.Astray()) != 1 {
		t.Errorf("what stands in is closed: %v; astray are %+v", g.over, d.Astray())
	}
	names = append(names, "Headset")
	if all := d.List(); slices.Contains(all, Device{Kind: Speakers, Name: "Headset", Chosen: true}) {
		t.Errorf("it is told as in use: %+v", all)
	}
	if d.Return(); !g.over || len(d.Astray()) != 0 {
		t.Errorf("it is there again: what stands in is closed: %v; astray are %+v", g.over, d.Astray())
	}
}

// TestRefused: what a system forbids is told as such.
func TestRefused(t *testing.T) {
	_, err := opened(&Devices{}, Cameras, func(string) (*gadget, error) { return nil, fmt.Errorf("open camera: %w", hardware.ErrDenied) })
	if !errors.Is(err, media.ErrDenied) || unusable(err) != Denied {
		t.Errorf("%v", err)
	}
	if unusable(hardware.ErrNoDevice) != NoDevice {
		t.Error("what is not there is forbidden")
	}
}

//go:build interop

package e2e

import (
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kith/calls/video"
)

// The camera shows the pattern that Kith's synthetic cameras show, in their size, so that Kith recognises its pictures.
const (
	cameraWidth, cameraHeight = 640, 360
	cameraFPS                 = 15
)

// cameraPipeline makes frames in a pipe a camera of PipeWire. The compositor does nothing but ask for memory of the right size, without
// which pipewiresink 0.3 crashes.
var cameraPipeline = []string{
	"fdsrc", "fd=0", "!", "rawvideoparse", "format=i420", fmt.Sprint("width=", cameraWidth), fmt.Sprint("height=", cameraHeight),
	fmt.Sprintf("framerate=%d/1", cameraFPS), "!", "compositor", "!",
	fmt.Sprintf("video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1", cameraWidth, cameraHeight, cameraFPS), "!",
	"pipewiresink", "mode=provide", "sync=false",
	"stream-properties=props,media.class=Video/Source,media.role=Camera,node.name=camera,node.description=Camera",
}

// film starts a camera. PipeWire's daemon and what connects its cameras with programs are this desktop's own. It is good
// for one call: whoever looks next sees nothing, as pipewiresink does not get its memory back.
func (d *desktop) film(t *testing.T) {
	t.Helper()
	background(t, d.command("pipewire"))
	d.await(t, "the camera server", func() bool { return d.lists("Core", "pipewire") })
	background(t, d.command("wireplumber", "-c", "policy.conf"))
	show := d.command("gst-launch-1.0", cameraPipeline...)
	in, err := show.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	background(t, show)
	go shoot(in, &d.asleep)
	d.await(t, "the camera", func() bool { return d.lists("Node", `"Video/Source"`) })
}

// lists says whether the camera server lists an object of a kind, with that word about it.
func (d *desktop) lists(kind, word string) bool {
	out, err := d.command("pw-cli", "list-objects", kind).Output()
	return err == nil && strings.Contains(string(out), word)
}

// shoot writes the pattern's pictures until nobody takes them any more. Of a camera that sleeps there is only the first, which tells
// what it shows.
func shoot(in io.WriteCloser, asleep *atomic.Bool) {
	defer func() { _ = in.Close() }() // only written to
	pattern := video.NewSynthetic(cameraWidth, cameraHeight)
	var pool video.Pool
	ticker := time.NewTicker(time.Second / cameraFPS)
	defer ticker.Stop()
	for id := uint32(1); ; <-ticker.C {
		if id > 1 && asleep.Load() {
			continue
		}
		f, err := pool.Get(cameraWidth, cameraHeight)
		if err != nil {
			return
		}
		pattern.Paint(f, id)
		err = writePlanes(in, f)
		f.Release()
		if err != nil {
			return // it has ended
		}
		id++
	}
}

// writePlanes writes a picture as I420.
func writePlanes(to io.Writer, f *video.Frame) error {
	for _, p := range []struct {
		of            []byte
		stride, width int
		height        int
	}{{f.Y, f.YStride, f.Width, f.Height}, {f.U, f.UVStride, f.Width / 2, f.Height / 2}, {f.V, f.UVStride, f.Width / 2, f.Height / 2}} {
		for y := range p.height {
			if _, err := to.Write(p.of[y*p.stride:][:p.width]); err != nil {
				return err
			}
		}
	}
	return nil
}

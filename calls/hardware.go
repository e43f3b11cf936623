package calls

import (
	"image"

	"kith/calls/media"
)

// Hardware is where sound and pictures come from and go to. Each function opens a device; a call does so when it needs it, and
// closes it as soon as it does not.
type Hardware struct {
	Microphone func() (media.Microphone, error)
	Speaker    func() (media.Speaker, error)
	Camera     func() (media.Camera, error)        // nil: there is none
	Share      func() func() (media.Camera, error) // what it gives opens a screen that the person chooses, the same again after a pause; nil: there is none
	Processor  func() media.Processor              // takes echo and noise out of a call; nil: nothing does
	Devices    *Devices                            // chooses among them; nil: there is nothing to choose
	Measure    image.Point                         // size of the synthetic camera whose pattern is looked for in what comes; zero: nothing is measured
}

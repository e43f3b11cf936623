package hardware

import (
	"time"

	"github.com/ebitengine/purego/objc"
)

const (
	mediaSound = "soun" // AVMediaTypeAudio

	notAsked, allowed = 0, 3 // AVAuthorizationStatus
	askedFor          = 30 * time.Second
)

// mayHear says whether Kith may use microphones. Without it CoreAudio opens one all the same, and hears silence.
func mayHear() (err error) {
	if _, err := framework("AVFoundation"); err != nil {
		return err
	}
	pooled(func() { err = mayUse(mediaSound) })
	return err
}

// mayUse asks the person, when they were not asked yet.
func mayUse(media string) error {
	if status := class("AVCaptureDevice", "authorizationStatusForMediaType:", apple(media)); status != notAsked {
		if status == allowed {
			return nil
		}
		return ErrDenied
	}
	answer := make(chan bool, 1)
	block := objc.NewBlock(func(_ objc.Block, yes bool) { answer <- yes })
	class("AVCaptureDevice", "requestAccessForMediaType:completionHandler:", apple(media), block)
	select {
	case yes := <-answer:
		block.Release()
		if yes {
			return nil
		}
	case <-time.After(askedFor): // and the answer counts the next time
	}
	return ErrDenied
}

package hardware

import (
	"fmt"
	"sync"
	"time"
	"unsafe"

	"github.com/ebitengine/purego/objc"

	"kith/calls/video"
)

const (
	mediaPictures = "vide" // AVMediaTypeVideo

	pixelsOfApple = 0x34323076 // 420v: brightness, and then colours in turn, as NV12
	readOnly      = 1
)

// filming is the cameras that run, by the objects that take their pictures.
var filming sync.Map // objc.ID → *stream

// cameraClass is the class of those objects: there is one in a program.
var cameraClass = sync.OnceValues(func() (objc.Class, error) {
	return objc.RegisterClass("KithCameraPictures", objc.GetClass("NSObject"), nil, nil, []objc.MethodDef{{
		Cmd: objc.RegisterName("captureOutput:didOutputSampleBuffer:fromConnection:"),
		Fn: func(self objc.ID, _ objc.SEL, _, sample, _ objc.ID) {
			if s, ok := filming.Load(self); ok {
				s.(*stream).take(sample)
			}
		},
	}})
})

// findCameras finds those of AVFoundation.
func findCameras() (all []foundCamera, err error) {
	if _, err := framework("AVFoundation"); err != nil {
		return nil, err
	}
	pooled(func() {
		devices := class("AVCaptureDevice", "devicesWithMediaType:", apple(mediaPictures))
		for i := range uint(send(devices, "count")) {
			d := send(devices, "objectAtIndex:", i)
			all = append(all, foundCamera{ours(send(d, "localizedName")), ours(send(d, "uniqueID"))})
		}
	})
	return tellApart(all), nil
}

// coreVideo is what is asked about a picture.
type coreVideo struct {
	image         func(sample objc.ID) uintptr
	lock, unlock  func(image uintptr, flags uint64) int32
	width, height func(image uintptr) uint
	format        func(image uintptr) uint32
	plane         func(image uintptr, index uint) unsafe.Pointer
	stride, rows  func(image uintptr, index uint) uint
}

func openCoreVideo() (*coreVideo, error) {
	media, err := framework("CoreMedia")
	if err != nil {
		return nil, err
	}
	lib, err := framework("CoreVideo")
	if err != nil {
		return nil, err
	}
	v := new(coreVideo)
	if err := find(media, "CMSampleBufferGetImageBuffer", &v.image); err != nil {
		return nil, err
	}
	for name, function := range map[string]any{
		"CVPixelBufferLockBaseAddress": &v.lock, "CVPixelBufferUnlockBaseAddress": &v.unlock,
		"CVPixelBufferGetWidth": &v.width, "CVPixelBufferGetHeight": &v.height, "CVPixelBufferGetPixelFormatType": &v.format,
		"CVPixelBufferGetBaseAddressOfPlane": &v.plane, "CVPixelBufferGetBytesPerRowOfPlane": &v.stride, "CVPixelBufferGetHeightOfPlane": &v.rows,
	} {
		if err := find(lib, name, function); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// stream is a camera that runs. Its pictures come on a queue of the system's.
type stream struct {
	pool                    *video.Pool
	core                    *coreVideo
	session, output, taking objc.ID
	pictures                chan *video.Frame // the newest
}

func openStream(path string, want wish, pool *video.Pool) (s *stream, err error) {
	core, err := openCoreVideo()
	if err != nil {
		return nil, err
	}
	taker, err := cameraClass()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	pooled(func() {
		if err = mayUse(mediaPictures); err != nil {
			return
		}
		s = &stream{pool: pool, core: core, pictures: make(chan *video.Frame, 1), taking: send(objc.ID(taker), "new")}
		err = s.start(path, want)
	})
	if err != nil && s != nil {
		s.close()
		s = nil
	}
	return s, err
}

func (s *stream) start(path string, want wish) error {
	device := class("AVCaptureDevice", "deviceWithUniqueID:", apple(path))
	if device == 0 {
		return ErrNoDevice
	}
	input := class("AVCaptureDeviceInput", "deviceInputWithDevice:error:", device, uintptr(0))
	if input == 0 {
		return fmt.Errorf("%w: somebody else uses the camera", ErrNoDevice)
	}
	s.session = class("AVCaptureSession", "new")
	s.output = class("AVCaptureVideoDataOutput", "new")
	queue, err := newQueue()
	if err != nil {
		return err
	}
	filming.Store(s.taking, s)
	form := class("NSNumber", "numberWithUnsignedInt:", uint32(pixelsOfApple))
	send(s.output, "setVideoSettings:", class("NSDictionary", "dictionaryWithObject:forKey:", form, apple("PixelFormatType")))
	send(s.output, "setAlwaysDiscardsLateVideoFrames:", true)
	send(s.output, "setSampleBufferDelegate:queue:", s.taking, queue)
	send(queue, "release") // the output keeps it
	if !s.can("canAddInput:", input) || !s.can("canAddOutput:", s.output) {
		return fmt.Errorf("%w: the camera gives no pictures", ErrUnsupported)
	}
	send(s.session, "addInput:", input)
	send(s.session, "addOutput:", s.output)
	preset := "AVCaptureSessionPreset1280x720"
	if want.width <= 640 {
		preset = "AVCaptureSessionPreset640x480"
	}
	if s.can("canSetSessionPreset:", apple(preset)) {
		send(s.session, "setSessionPreset:", apple(preset))
	}
	send(s.session, "startRunning")
	return nil
}

func (s *stream) can(question string, about objc.ID) bool {
	return objc.Send[bool](s.session, objc.RegisterName(question), about)
}

// newQueue makes one on which pictures come, one after the other.
func newQueue() (objc.ID, error) {
	lib, err := framework("Foundation") // its libraries with it
	if err != nil {
		return 0, err
	}
	var create func(name string, attributes uintptr) objc.ID
	if err := find(lib, "dispatch_queue_create", &create); err != nil {
		return 0, err
	}
	return create("im.kith.camera", 0), nil
}

// take makes a frame of a picture, in place of one that nobody has taken. The system calls it.
func (s *stream) take(sample objc.ID) {
	picture := s.core.image(sample)
	if picture == 0 || s.core.format(picture) != pixelsOfApple || s.core.lock(picture, readOnly) != 0 {
		return
	}
	defer s.core.unlock(picture, readOnly)
	f, err := s.pool.Get(int(s.core.width(picture)), int(s.core.height(picture)))
	if err != nil {
		return
	}
	f.Captured = time.Now()
	if fillNV12(f, s.plane(picture, 0), s.plane(picture, 1)) != nil {
		f.Release()
		return
	}
	select {
	case old := <-s.pictures:
		old.Release()
	default:
	}
	s.pictures <- f
}

// plane is one of a picture's, which is locked.
func (s *stream) plane(picture uintptr, index uint) plane {
	p := plane{stride: int(s.core.stride(picture, index))}
	if at := (*byte)(s.core.plane(picture, index)); at != nil {
		p.data = unsafe.Slice(at, p.stride*int(s.core.rows(picture, index)))
	}
	return p
}

// next waits for a picture for a tenth of a second; errAgain says that there was none.
func (s *stream) next() (*video.Frame, error) {
	select {
	case f := <-s.pictures:
		return f, nil
	case <-time.After(pollEvery * time.Millisecond):
		return nil, errAgain
	}
}

func (s *stream) close() {
	pooled(func() {
		send(s.session, "stopRunning") // waits for the picture that comes just now
		send(s.output, "setSampleBufferDelegate:queue:", objc.ID(0), objc.ID(0))
		filming.Delete(s.taking)
		send(s.output, "release")
		send(s.session, "release") // what takes pictures stays, which is some bytes: one may be on its way to it
	})
	select {
	case f := <-s.pictures:
		f.Release()
	default:
	}
}

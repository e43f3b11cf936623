package hardware

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// thing is an object of COM: a table of functions, the first three of which are the same for all. It is not memory of Go.
type thing struct{ methods *[64]uintptr }

// The methods of IUnknown that are used.
const comRelease = 2

// call calls a method, by its place in the table. Memory of Go that it is given must not move meanwhile, which the directive sees to.
//
//go:uintptrescapes
func (t *thing) call(method int, arguments ...uintptr) error {
	result, _, _ := syscall.SyscallN(t.methods[method], append([]uintptr{uintptr(unsafe.Pointer(t))}, arguments...)...)
	return outcome(result)
}

func (t *thing) release() {
	if t != nil {
		_ = t.call(comRelease) // its result is how many holders are left
	}
}

// outcome makes an error of what functions of COM return.
func outcome(result uintptr) error {
	switch code := int32(result); {
	case code >= 0:
		return nil
	case uint32(code) == 0x80070005: // E_ACCESSDENIED
		return ErrDenied
	default:
		return windows.Errno(uint32(code))
	}
}

// invoke calls a function of a library, which may not be there.
//
//go:uintptrescapes
func invoke(f *windows.LazyProc, arguments ...uintptr) error {
	if f.Find() != nil {
		return ErrUnsupported
	}
	result, _, _ := syscall.SyscallN(f.Addr(), arguments...)
	return outcome(result)
}

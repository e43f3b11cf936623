package hardware

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// The places of Media Foundation's methods in their tables (mfobjects.h, mfidl.h, mfreadwrite.h).
const (
	attributesGetUint32    = 7
	attributesGetUint64    = 8
	attributesGetGUID      = 10
	attributesGetAllocated = 13
	attributesSetGUID      = 24
	activateObject         = 33
	sourceShutdown         = 12
	readerNative           = 5
	readerSetCurrent       = 7
	readerRead             = 9
	sampleJoined           = 41
	bufferLock             = 3
	bufferUnlock           = 4

	mediaVersion    = 0x00020070
	mediaLite       = 1
	readerFirst     = 0xfffffffc // the first stream of pictures
	readerOver      = 1 | 2      // flags: an error, or the end
	formatRGB32     = 22         // in place of four letters
	formatYUY2      = 'Y' | 'U'<<8 | 'Y'<<16 | '2'<<24
	formatI420      = 'I' | '4'<<8 | '2'<<16 | '0'<<24
	formatIYUV      = 'I' | 'Y'<<8 | 'U'<<16 | 'V'<<24
	mostNativeTypes = 1024
)

// What Media Foundation calls what it knows of a device or a picture.
var (
	keySourceType = windows.GUID{Data1: 0xc60ac5fe, Data2: 0x252a, Data3: 0x478f, Data4: [8]byte{0xa0, 0xef, 0xbc, 0x8f, 0xa5, 0xf7, 0xca, 0xd3}}
	aCamera       = windows.GUID{Data1: 0x8ac3587a, Data2: 0x4ae7, Data3: 0x42d8, Data4: [8]byte{0x99, 0xe0, 0x0a, 0x60, 0x13, 0xee, 0xf9, 0x0f}}
	keyName       = windows.GUID{Data1: 0x60d0e559, Data2: 0x52f8, Data3: 0x4fa2, Data4: [8]byte{0xbb, 0xce, 0xac, 0xdb, 0x34, 0xa8, 0xec, 0x01}}
	keyLink       = windows.GUID{Data1: 0x58f0aad8, Data2: 0x22bf, Data3: 0x4f8a, Data4: [8]byte{0xbb, 0x3d, 0xd2, 0xc4, 0x97, 0x8c, 0x6e, 0x2f}}
	keyFormat     = windows.GUID{Data1: 0xf7e34c9a, Data2: 0x42e8, Data3: 0x4714, Data4: [8]byte{0xb7, 0x4b, 0xcb, 0x29, 0xd7, 0x2c, 0x35, 0xe5}}
	keySize       = windows.GUID{Data1: 0x1652c33d, Data2: 0xd6b2, Data3: 0x4012, Data4: [8]byte{0xb8, 0x34, 0x72, 0x03, 0x08, 0x49, 0xa3, 0x7d}}
	keyPace       = windows.GUID{Data1: 0xc459a2e8, Data2: 0x3d2c, Data3: 0x4e44, Data4: [8]byte{0xb1, 0x32, 0xfe, 0xe5, 0x15, 0x6c, 0x7b, 0xb0}}
	keyStride     = windows.GUID{Data1: 0x644b4e48, Data2: 0x1e02, Data3: 0x4516, Data4: [8]byte{0xb0, 0xeb, 0xc0, 0x1c, 0xa9, 0xd4, 0x9a, 0xc6}}
	mediaSource   = windows.GUID{Data1: 0x279a808d, Data2: 0xaec7, Data3: 0x40c8, Data4: [8]byte{0x9c, 0x6b, 0xa6, 0xb4, 0x92, 0xc7, 0x8a, 0x66}}
)

// foundation is Media Foundation, begun. Its objects may be used on any thread: the process has a multi-threaded apartment meanwhile.
type foundation struct {
	platform, enumerate, reader *windows.LazyDLL
	apartment                   uintptr
}

func beginMedia() (*foundation, error) {
	m := &foundation{
		platform:  windows.NewLazySystemDLL("mfplat.dll"),
		enumerate: windows.NewLazySystemDLL("mf.dll"),
		reader:    windows.NewLazySystemDLL("mfreadwrite.dll"),
	}
	if err := invoke(m.ole("CoIncrementMTAUsage"), uintptr(unsafe.Pointer(&m.apartment))); err != nil {
		return nil, err
	}
	if err := invoke(m.platform.NewProc("MFStartup"), mediaVersion, mediaLite); err != nil {
		_ = invoke(m.ole("CoDecrementMTAUsage"), m.apartment)
		return nil, err
	}
	return m, nil
}

func (m *foundation) ole(name string) *windows.LazyProc {
	return windows.NewLazySystemDLL("ole32.dll").NewProc(name)
}

func (m *foundation) end() {
	_ = invoke(m.platform.NewProc("MFShutdown"))
	_ = invoke(m.ole("CoDecrementMTAUsage"), m.apartment)
}

// cameras lists what gives pictures; each is to be released.
func (m *foundation) cameras() ([]*thing, error) {
	var wanted *thing
	if err := invoke(m.platform.NewProc("MFCreateAttributes"), uintptr(unsafe.Pointer(&wanted)), 1); err != nil {
		return nil, err
	}
	defer wanted.release()
	if err := wanted.call(attributesSetGUID, uintptr(unsafe.Pointer(&keySourceType)), uintptr(unsafe.Pointer(&aCamera))); err != nil {
		return nil, err
	}
	var list **thing
	var count uint32
	err := invoke(m.enumerate.NewProc("MFEnumDeviceSources"), uintptr(unsafe.Pointer(wanted)), uintptr(unsafe.Pointer(&list)), uintptr(unsafe.Pointer(&count)))
	if err != nil || list == nil {
		return nil, err
	}
	defer windows.CoTaskMemFree(unsafe.Pointer(list))
	return append([]*thing(nil), unsafe.Slice(list, count)...), nil
}

// read makes what gives the pictures of a source.
func (m *foundation) read(source *thing) (reader *thing, err error) {
	err = invoke(m.reader.NewProc("MFCreateSourceReaderFromMediaSource"), uintptr(unsafe.Pointer(source)), 0, uintptr(unsafe.Pointer(&reader)))
	return reader, err
}

// text, number, pair and format are what a thing knows of itself.
func (t *thing) text(key *windows.GUID) string {
	var s *uint16
	var length uint32
	if t.call(attributesGetAllocated, uintptr(unsafe.Pointer(key)), uintptr(unsafe.Pointer(&s)), uintptr(unsafe.Pointer(&length))) != nil || s == nil {
		return ""
	}
	defer windows.CoTaskMemFree(unsafe.Pointer(s))
	return windows.UTF16ToString(unsafe.Slice(s, length))
}

func (t *thing) number(key *windows.GUID) (n uint32) {
	_ = t.call(attributesGetUint32, uintptr(unsafe.Pointer(key)), uintptr(unsafe.Pointer(&n)))
	return n
}

func (t *thing) pair(key *windows.GUID) (high, low int) {
	var n uint64
	_ = t.call(attributesGetUint64, uintptr(unsafe.Pointer(key)), uintptr(unsafe.Pointer(&n)))
	return int(n >> 32 & 0x7fffffff), int(n & 0x7fffffff)
}

func (t *thing) format() uint32 {
	var id windows.GUID
	_ = t.call(attributesGetGUID, uintptr(unsafe.Pointer(&keyFormat)), uintptr(unsafe.Pointer(&id)))
	switch id.Data1 {
	case formatYUY2:
		return yuyv
	case formatI420, formatIYUV:
		return i420
	case formatRGB32:
		return bgrx
	}
	return id.Data1 // NV12 and MJPG have the same letters everywhere
}

package hardware

import (
	"encoding/binary"
	"errors"
)

// The names of PipeWire's plain old data (spa/utils/type.h, spa/param) that agreeing on a picture needs.
const (
	podID        = 3
	podInt       = 4
	podRectangle = 10
	podFraction  = 11
	podObject    = 15
	podChoice    = 19

	podRange = 1 // choices: what is preferred, the least, the most
	podEnum  = 3 // what is preferred, and then all
	podFlags = 4

	objectFormat  = 0x40003
	objectBuffers = 0x40004
	objectMeta    = 0x40005

	paramEnumFormat = 3
	paramBuffers    = 5
	paramMeta       = 6

	formatMedia, formatKind           = 1, 2
	formatPixels, formatSize          = 0x20001, 0x20003
	formatPace, formatMostPace        = 0x20004, 0x20005
	mediaVideo, mediaRaw              = 2, 1
	pixelsRGBX, pixelsBGRX            = 7, 8
	pixelsRGBA, pixelsBGRA            = 11, 12
	buffersKinds, metaKind, metaBytes = 6, 1, 2
	kindPointer, kindShared           = 1 << 1, 1 << 2 // bits: memory of the process, and a file in memory; not the graphics card's
	metaCrop, cropBytes               = 2, 16
	usualWide, usualTall              = 1920, 1080
)

var errFormat = errors.New("a picture format that was not offered")

// pod is a value: its size, its kind, and then that, filled up to 8 bytes.
func pod(kind uint32, body ...uint32) []byte {
	b := binary.NativeEndian.AppendUint32(nil, uint32(4*len(body)))
	b = binary.NativeEndian.AppendUint32(b, kind)
	for _, x := range body {
		b = binary.NativeEndian.AppendUint32(b, x)
	}
	return b
}

// pick1 is values of one kind of which one is to be picked, each of as many words as that kind has.
func podPick(how, kind uint32, each int, values ...uint32) []byte {
	return pod(podChoice, append([]uint32{how, 0, uint32(4 * each), kind}, values...)...)
}

// property is one of an object's.
type property struct {
	key   uint32
	value []byte
}

func podThing(kind, id uint32, properties ...property) []byte {
	body := binary.NativeEndian.AppendUint32(nil, kind)
	body = binary.NativeEndian.AppendUint32(body, id)
	for _, p := range properties {
		body = binary.NativeEndian.AppendUint32(body, p.key)
		body = binary.NativeEndian.AppendUint32(body, 0) // flags
		body = append(body, p.value...)
		body = append(body, make([]byte, -len(body)&7)...)
	}
	b := binary.NativeEndian.AppendUint32(nil, uint32(len(body)))
	b = binary.NativeEndian.AppendUint32(b, podObject)
	return append(b, body...)
}

// castFormats are what a screen may send, first at the pace of a call, then at any.
func castFormats() [2][]byte {
	all := []property{
		{formatMedia, pod(podID, mediaVideo)},
		{formatKind, pod(podID, mediaRaw)},
		{formatPixels, podPick(podEnum, podID, 1, pixelsBGRX, pixelsBGRX, pixelsRGBX, pixelsBGRA, pixelsRGBA)},
		{formatSize, podPick(podRange, podRectangle, 2, usualWide, usualTall, 1, 1, mostScreenSide, mostScreenSide)},
		{formatPace, podPick(podRange, podFraction, 2, most, 1, 0, 1, 240, 1)},
	}
	slow := append(all[:len(all):len(all)], property{formatMostPace, podPick(podRange, podFraction, 2, most, 1, 1, 1, most, 1)})
	return [2][]byte{podThing(objectFormat, paramEnumFormat, slow...), podThing(objectFormat, paramEnumFormat, all...)}
}

// castBuffers are how pictures come: in memory that can be read, with what of them is the window.
func castBuffers() [2][]byte {
	return [2][]byte{
		podThing(objectBuffers, paramBuffers, property{buffersKinds, podPick(podFlags, podInt, 1, kindPointer|kindShared)}),
		podThing(objectMeta, paramMeta, property{metaKind, pod(podID, metaCrop)}, property{metaBytes, pod(podInt, cropBytes)}),
	}
}

// castForm is an agreed format.
type castForm struct {
	width, height int
	red           int // which byte of a pixel is red
}

// readForm reads an agreed format, which has one value where several were offered.
func readForm(b []byte) (form castForm, err error) {
	body, kind, ok := podBody(b)
	if !ok || kind != podObject || len(body) < 8 || binary.NativeEndian.Uint32(body) != objectFormat {
		return form, errFormat
	}
	form.red = -1
	for body = body[8:]; len(body) >= 16; {
		key := binary.NativeEndian.Uint32(body)
		value, kind, ok := podBody(body[8:])
		if !ok {
			return form, errFormat
		}
		body = body[min(8+8+(len(value)+7)&^7, len(body)):]
		form.set(key, podFirst(kind, value))
	}
	if form.width < 1 || form.height < 1 || max(form.width, form.height) > mostScreenSide || form.red < 0 {
		return form, errFormat
	}
	return form, nil
}

func (f *castForm) set(key uint32, value []byte) {
	switch {
	case key == formatPixels && len(value) >= 4:
		switch binary.NativeEndian.Uint32(value) {
		case pixelsBGRX, pixelsBGRA:
			f.red = 2
		case pixelsRGBX, pixelsRGBA:
			f.red = 0
		}
	case key == formatSize && len(value) >= 8:
		f.width = int(binary.NativeEndian.Uint32(value))
		f.height = int(binary.NativeEndian.Uint32(value[4:]))
	}
}

// podBody is what a pod holds, and of which kind.
func podBody(b []byte) (body []byte, kind uint32, ok bool) {
	if len(b) < 8 {
		return nil, 0, false
	}
	size := binary.NativeEndian.Uint32(b)
	if uint64(size) > uint64(len(b)-8) {
		return nil, 0, false
	}
	return b[8 : 8+size], binary.NativeEndian.Uint32(b[4:]), true
}

// podFirst is a value, or the preferred of several.
func podFirst(kind uint32, value []byte) []byte {
	if kind == podChoice && len(value) >= 16 {
		return value[16:]
	}
	return value
}

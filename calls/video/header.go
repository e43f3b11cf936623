package video

import "errors"

// errHeader is a frame that no VP8 encoder writes.
var errHeader = errors.New("read VP8 header: not a VP8 frame")

const (
	tagBytes = 3  // RFC 6386 §9.1: what every frame begins with
	keyBytes = 10 // and a key frame: start code and sizes follow
)

// header is what a frame says of itself before anything is decoded (RFC 6386 §9.1).
type header struct {
	key           bool
	shown         bool
	width, height int // of key frames only
}

// parseHeader reads and checks the header of a whole frame. It comes before libvpx, which would allocate what a frame asks for.
func parseHeader(data []byte) (header, error) {
	if len(data) < tagBytes {
		return header{}, errHeader
	}
	tag := int(data[0]) | int(data[1])<<8 | int(data[2])<<16
	h := header{key: tag&1 == 0, shown: tag>>4&1 == 1}
	version, first, rest := tag>>1&7, tag>>5, len(data)-tagBytes
	if h.key {
		if len(data) < keyBytes || data[3] != 0x9d || data[4] != 0x01 || data[5] != 0x2a {
			return header{}, errHeader
		}
		rest = len(data) - keyBytes
		h.width = int(data[6]) | int(data[7]&0x3f)<<8 // the two upper bits are a hint to scale, which nobody follows
		h.height = int(data[8]) | int(data[9]&0x3f)<<8
		if !sized(h.width, h.height) {
			return header{}, ErrSize
		}
	}
	if version > 3 || first == 0 || first > rest {
		return header{}, errHeader
	}
	return h, nil
}

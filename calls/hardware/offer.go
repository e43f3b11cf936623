package hardware

import (
	"math"

	"kith/calls/video"
)

// offer is a form in which a camera can give its pictures.
type offer struct {
	format        uint32
	width, height int
	fps           int // 0: any
}

// pick takes the smallest size that is enough, else the largest, in the format that costs least; large ones as JPEG, because a
// cable carries no more; and of the same the one with the pace that is nearest. Where nothing is known it is what most cameras have.
func pick(offers []offer, want wish) offer {
	const paces = 256
	best, found := math.MinInt, offer{yuyv, want.width, want.height, 0}
	for _, o := range offers {
		cost, known := cost(o)
		if !known || o.width <= 0 || o.height <= 0 || o.width > video.MaxSide || o.height > video.MaxSide {
			continue
		}
		value := 16 * o.width * o.height
		if o.width >= want.width && o.height >= want.height {
			value = math.MaxInt32*16 - value
		}
		if value = (value-cost)*paces - far(o.fps, want.fps); value > best {
			best, found = value, o
		}
	}
	return found
}

// far is how far a pace is from the wished one; too slow is farther than too quick.
func far(fps, want int) int {
	switch {
	case fps == 0:
		return 0
	case fps < want:
		return min(3*(want-fps), 255)
	}
	return min(fps-want, 255)
}

// cost is what reading a format takes, and whether it can be.
func cost(o offer) (cost int, known bool) {
	switch o.format {
	case i420, nv12:
		return 1, true
	case yuyv:
		return 2, true
	case bgrx:
		return 4, true
	case mjpeg:
		if o.width*o.height > 640*480 {
			return 0, true
		}
		return 3, true
	}
	return 0, false
}

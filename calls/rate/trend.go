package rate

import (
	"math"
	"time"
)

// usage is what the trend of the delays says of the path.
type usage uint8

const (
	normal usage = iota
	over         // a queue grows
	under        // a queue gets shorter
)

// trend tells whether delays grow, by the slope of a line through the last of them (draft-ietf-rmcat-gcc-02 §4.2 to §4.4, with the line
// in the place of the Kalman filter, as its authors have done since).
type trend struct {
	points   [trendWindow]point
	count    int // of all points
	sum      float64
	smooth   float64
	limit    float64 // in ms: beyond it a slope is congestion
	since    time.Duration
	adapted  time.Duration
	previous float64
	usage    usage
}

type point struct{ at, delay float64 } // ms

const (
	trendWindow = 20
	smoothing   = 0.9
	gain        = 4.0
	maxCount    = 60
	firstLimit  = 12.5 // ms
	minLimit    = 6.0
	maxLimit    = 600.0
	limitUp     = 0.0087 // per ms: slowly up, or the flows of others that fill queues would starve us
	limitDown   = 0.039
	limitJump   = 15.0 // ms beyond the limit: one spike does not move it
	overuseTime = 10 * time.Millisecond
)

// reset forgets the points. The limit stays: the path is the same.
func (t *trend) reset() { *t = trend{limit: t.limit} }

// add takes the change of the delay from one group to the next; at is when the group came, sent how long the next took to send.
func (t *trend) add(at, sent, change time.Duration) {
	if t.limit == 0 {
		t.limit = firstLimit
	}
	t.sum += ms(change)
	t.smooth = smoothing*t.smooth + (1-smoothing)*t.sum
	t.points[t.count%trendWindow] = point{ms(at), t.smooth}
	t.count++
	if t.count < 2 {
		return
	}
	t.detect(t.slope(), sent, at)
}

// slope is that of the line with the least squares.
func (t *trend) slope() float64 {
	n := min(t.count, trendWindow)
	var x, y float64
	for _, p := range t.points[:n] {
		x, y = x+p.at/float64(n), y+p.delay/float64(n)
	}
	var num, den float64
	for _, p := range t.points[:n] {
		num += (p.at - x) * (p.delay - y)
		den += (p.at - x) * (p.at - x)
	}
	if den == 0 {
		return 0
	}
	return num / den
}

func (t *trend) detect(slope float64, sent, at time.Duration) {
	value := slope * float64(min(t.count, maxCount)) * gain
	switch {
	case value > t.limit:
		if t.since += sent; t.since > overuseTime && slope >= t.previous {
			t.since, t.usage = 0, over
		}
	case value < -t.limit:
		t.since, t.usage = 0, under
	default:
		t.since, t.usage = 0, normal
	}
	t.previous = slope
	t.adapt(value, at)
}

// adapt moves the limit towards what is seen.
func (t *trend) adapt(value float64, at time.Duration) {
	distance := math.Abs(value) - t.limit
	passed := min(max(at-t.adapted, 0), 100*time.Millisecond)
	t.adapted = at
	if distance > limitJump {
		return
	}
	k := limitUp
	if distance < 0 {
		k = limitDown
	}
	t.limit = min(max(t.limit+k*distance*ms(passed), minLimit), maxLimit)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

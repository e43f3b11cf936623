package rate

import "time"

// Share is how the target is used.
type Share struct {
	Audio  float64 // bits per second, without headers, as all of them
	Video  float64
	Repair float64 // kept free for retransmissions
	Size   Size    // of the picture; zero: none, audio alone
}

// Size is a picture's, and how often it comes.
type Size struct{ Width, Height, FPS int }

// rung is a size and the rate from which on it looks better than the one below.
type rung struct {
	from float64
	size Size
}

// ladder is for VP8 in real time; a moving head at 30 pictures a second.
var ladder = [...]rung{
	{0, Size{320, 180, 15}},
	{150e3, Size{480, 270, 20}},
	{300e3, Size{640, 360, 30}},
	{750e3, Size{960, 540, 30}},
	{1300e3, Size{1280, 720, 30}},
	{2800e3, Size{1920, 1080, 30}},
}

const (
	leastVideo = 45e3 // below it a picture helps nobody, and takes from what is said
	upMargin   = 1.15
	audioPace  = 50       // packets a second
	headers    = 8 * 66   // bits of a packet: IP, UDP, SRTP, RTP and its extensions
	ofPayload  = 1.0 / 18 // of what fills whole packets, headers take that on top
	upTime     = 2 * time.Second
	mostLost   = 0.3
)

// Sound for which there is plenty of room is coded by Opus with other means: it is richer then, and repeats nothing of what may be lost.
const (
	rich       = 64e3
	richAlone  = 300e3
	richBeside = 800e3           // a picture
	richLess   = 0.8             // of that, it stays
	richAfter  = 5 * time.Second // in which next to nothing was lost
	richUnlost = 0.005
	richLost   = 0.01 // ends it
)

// Sharer divides the target. It changes the picture's size downwards at once and upwards only when the rate has stayed: a
// change costs a key frame.
type Sharer struct {
	largest Size // of the camera
	at      int  // in ladder; -1: no picture
	better  time.Time
	rich    bool
	whole   time.Time // since when next to nothing is lost
}

// NewSharer makes one for a camera's size; zero for a call without a picture.
func NewSharer(camera Size) *Sharer { return &Sharer{largest: camera, at: -1} }

// Share divides target; lost is the share of packets that do not arrive, of which the repair takes room.
func (s *Sharer) Share(now time.Time, target, lost float64) Share {
	out := Share{Audio: s.audio(now, target, lost)}
	if s.largest.Width == 0 {
		return out
	}
	rest := target - out.Audio - audioPace*headers
	out.Repair = max(rest, 0) * min(max(lost, 0), mostLost)
	pace := ladder[max(s.at, 0)].size.FPS
	out.Video = (rest-out.Repair)/(1+ofPayload) - float64(pace)*headers // the last packet of a picture is not full
	s.choose(now, out.Video)
	if s.at < 0 {
		out.Video, out.Repair = 0, 0
		return out
	}
	out.Size = fit(ladder[s.at].size, s.largest)
	return out
}

// audio is what the sound gets.
func (s *Sharer) audio(now time.Time, target, lost float64) float64 {
	room := richAlone
	if s.largest.Width > 0 {
		room = richBeside
	}
	if s.whole.IsZero() || lost > richUnlost {
		s.whole = now
	}
	if s.rich {
		s.rich = target > richLess*room && lost < richLost
	} else {
		s.rich = target > room && now.Sub(s.whole) >= richAfter
	}
	if s.rich {
		return rich
	}
	return audioRate(target)
}

// audioRate is what Opus gets for speech. Speech at 16 kb/s is worse than at 32, but far better than speech that is broken off.
func audioRate(target float64) float64 {
	switch {
	case target < 50e3:
		return 16e3
	case target < 150e3:
		return 24e3
	case target < 600e3:
		return 32e3
	}
	return 48e3
}

func (s *Sharer) choose(now time.Time, video float64) {
	fits := -1
	for i, r := range ladder {
		if video >= max(r.from, leastVideo) && (i == 0 || ladder[i-1].size.Height < s.largest.Height) {
			fits = i
		}
	}
	if fits <= s.at {
		s.at, s.better = fits, time.Time{}
		return
	}
	next := max(ladder[s.at+1].from, leastVideo)
	switch {
	case video < upMargin*next && s.at >= 0:
		s.better = time.Time{}
	case s.better.IsZero() && s.at >= 0:
		s.better = now
	case s.at < 0 || now.Sub(s.better) >= upTime:
		s.at, s.better = fits, time.Time{}
	}
}

// fit keeps the camera's shape within a rung, with even sides, and never enlarges.
func fit(rung, camera Size) Size {
	width, height := camera.Width, camera.Height
	if long, short := max(rung.Width, rung.Height), min(rung.Width, rung.Height); max(width, height) > long || min(width, height) > short {
		scale := min(float64(long)/float64(max(width, height)), float64(short)/float64(min(width, height)))
		width, height = int(scale*float64(width)), int(scale*float64(height))
	}
	return Size{max(width&^1, 2), max(height&^1, 2), min(rung.FPS, camera.FPS)}
}

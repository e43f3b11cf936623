package media

import (
	"sync"
	"time"

	"kith/calls/audio"
	"kith/calls/video"
)

// Stats are the figures of a call. Those of the last second are renewed twice a second.
type Stats struct {
	RTT     time.Duration // 0: not known
	Loss    float64       // share of what we send that does not arrive
	Target  float64       // bits per second that we send at most, all in all
	Sent    float64       // bits per second that we do send, with all headers
	Quality Quality

	AudioPacketsPerSecond float64 // that come
	AudioBitrate          float64 // bits per second of sound that come, without headers
	Concealed             float64 // share of the other side's sound that was made up
	Level, PeerLevel      float64 // dBFS
	Voice                 float64 // dBFS, of what the microphone hears, also while it is muted and nothing of that is sent
	VideoFPS              float64 // shown
	VideoFrames           int     // shown
	Sending               Sending
	Receiving             Receiving

	Skew      time.Duration // by how much the picture is later than the sound
	SkewKnown bool
	Audio     audio.Stats
	Video     video.Stats

	FirstAudio, FirstVideo time.Time // when they were played and shown; zero: not yet

	Tones    map[int]float64 // shares of what was heard last, by Hz; only with Config.Measure
	PSNR     float64         // of the picture that was compared last, in dB; only with Config.Measure
	Pictures int             // that were recognised; only with Config.Measure
}

// Sending is what has left.
type Sending struct {
	AudioPackets, VideoPackets, Repairs, KeyFrames, Bytes uint64
}

// Stats gives the figures as they are.
func (s *Session) Stats() Stats {
	out := s.figures.read()
	l := s.line
	l.mu.Lock()
	out.RTT, out.Loss, out.Target = l.rtt, l.lost, l.control.Target()
	c := l.counts
	out.Sending = Sending{c.audioPackets, c.videoPackets, c.repairs, c.keys, c.bytes}
	l.mu.Unlock()
	out.Receiving = s.arrivals.receiving()
	out.Audio, _ = s.hearing.figures()
	out.Video = s.seeing.figures()
	out.VideoFrames, out.PeerLevel = out.Video.Shown, out.Audio.Level
	if all := out.Audio.Played + out.Audio.Recovered + out.Audio.Concealed; all > 0 {
		out.Concealed = float64(out.Audio.Concealed) / float64(all)
	}
	out.Skew, out.SkewKnown = s.synch.state()
	return out
}

// figures are what is counted as it happens.
type figures struct {
	session *Session

	mu         sync.Mutex
	last       time.Time // something came from the other side
	stats      Stats     // those that are not asked for elsewhere
	looked     time.Time
	before     totals // at that time
	audioBytes uint64
	pictureAt  time.Time
	picturing  bool
	silent     time.Duration // that was told of
	worse      Quality       // seen at the last look
	small      int           // looks for which our picture has been small
	ear        ear
	eye        eye
}

// totals are counts of which the difference says how much there was in between.
type totals struct {
	audioPackets, audioBytes, sent uint64
	shown                          int
}

func (f *figures) begin(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.looked = now
	f.stats.Level, f.stats.Voice = audio.Silent, audio.Silent
}

// heard is called with everything that comes.
func (f *figures) heard(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = now
}

// payload counts sound that comes.
func (f *figures) payload(bytes int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.audioBytes += uint64(bytes)
}

// spoken takes the level of what is sent, and of what the microphone hears.
func (f *figures) spoken(level, voice float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stats.Level, f.stats.Voice = level, voice
}

// played takes what is played; first says that it is the first of the other side.
func (f *figures) played(block *audio.Block, first bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if first {
		f.stats.FirstAudio = time.Now()
	}
	if f.measures() {
		f.ear.hear(block)
	}
}

// shown takes a picture that is shown, and says whether there was none before.
func (f *figures) shown(frame *video.Frame, now time.Time) (begins bool) {
	if watch := f.session.config.watch; watch != nil {
		watch(frame, now)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	begins = !f.picturing
	f.picturing, f.pictureAt = true, now
	if f.stats.FirstVideo.IsZero() {
		f.stats.FirstVideo = now
	}
	if f.measures() {
		f.eye.see(frame, f.session.config.Measure, now)
	}
	return begins
}

func (f *figures) measures() bool {
	return f.session.config.Measure.X > 0 && f.session.config.Measure.Y > 0
}

func (f *figures) read() Stats {
	tones := f.ear.shares() // takes its time, in which sound goes on
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.stats
	out.Tones, out.PSNR, out.Pictures = tones, f.eye.psnr, f.eye.seen
	return out
}

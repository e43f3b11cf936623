package audio

import "slices"

// pastSamples is what a line remembers of what it has given away, to find the pitch in it.
const pastSamples = 1440

// line is the sound that is ready to be played, and a little of what was.
type line struct {
	samples []int16
	head    int // where playing goes on
}

func newLine() line {
	return line{samples: make([]int16, pastSamples, 4*maxSamples), head: pastSamples}
}

func (l *line) past() []int16  { return l.samples[:l.head] }
func (l *line) ahead() []int16 { return l.samples[l.head:] }
func (l *line) ready() int     { return len(l.samples) - l.head }

// space is room for so many samples behind the last, which become part of the line and have to be written.
func (l *line) space(n int) []int16 {
	if len(l.samples)+n > cap(l.samples) && l.head > pastSamples {
		kept := copy(l.samples, l.samples[l.head-pastSamples:])
		l.samples, l.head = l.samples[:kept], pastSamples
	}
	l.samples = slices.Grow(l.samples, n)[:len(l.samples)+n]
	return l.samples[len(l.samples)-n:]
}

// trim gives back the last samples of what space gave.
func (l *line) trim(n int) { l.samples = l.samples[:len(l.samples)-n] }

// take plays a block; there must be one.
func (l *line) take(out *Block) {
	l.head += copy(out[:], l.ahead())
}

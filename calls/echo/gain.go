package echo

import "math"

const (
	wanted   = 0.1    // rms of speech: -20 dBFS
	mostGain = 12     // 22 dB
	lessGain = 0.2    // -14 dB
	quietest = 2.5e-6 // mean square, -56 dBFS: what is quieter is not made louder
	speaking = 0.3    // share of speech in a block in which somebody speaks
	listens  = 400    // blocks of speech of which the loudness is believed in the end, 4 s
	louder   = 1.007  // per block of speech: 6 dB in a second
	quieter  = 0.988  // 10 dB in a second
	ceiling  = 0.7    // -3 dBFS, from which peaks are pressed
)

// gain brings speech to a common loudness. It changes only while somebody speaks, and slowly, so that pauses stay as quiet as they are.
type gain struct {
	loud   float32 // mean square of speech, before
	blocks float32 // of which
	now    float32
}

// apply amplifies a block, of which so large a share is speech.
func (g *gain) apply(block *sound, share float32) {
	if g.now == 0 {
		g.now = 1
	}
	from := g.now
	if p := block.power(); share > speaking && p > quietest {
		g.follow(p)
	}
	step := (g.now - from) / float32(samples)
	for i := range block {
		x := block[i] * (from + step*float32(i))
		if x > ceiling || x < -ceiling {
			x = limit(x)
		}
		block[i] = x
	}
}

func (g *gain) follow(p float32) {
	g.blocks = min(g.blocks+1, listens)
	g.loud += (p - g.loud) / g.blocks
	aim := min(max(wanted/float32(math.Sqrt(float64(g.loud))), lessGain), mostGain)
	g.now = min(max(aim, g.now*quieter), g.now*louder)
}

// limit presses peaks softly into what there is room for.
func limit(x float32) float32 {
	switch {
	case x > ceiling:
		return 1 - (1-ceiling)*(1-ceiling)/(x-ceiling+1-ceiling)
	case x < -ceiling:
		return -limit(-x)
	}
	return x
}

package audio

const (
	fadeFrom  = Rate * 6 / 100  // until then a voice can be continued without sounding like a machine
	fadeTo    = Rate * 16 / 100 // from here on there is only the room
	roomUntil = 3 * Rate        // and then nothing: the other side is gone
	quietTo   = Rate / 50       // in a pause, the room takes over within a packet
	joint     = 480             // 10 ms from what was made up to what was sent
)

// conceal makes up 10 ms for what was lost or is not here yet: the decoder goes on, ever fainter, until only the room is left.
func (b *Buffer) conceal() {
	b.makeUp(b.line.space(blockSamples))
	b.stats.Concealed += inTime(blockSamples)
}

// silence makes up some of a pause, or all of a block as long as the decoder takes part: it goes on in whole blocks.
func (b *Buffer) silence(n int) {
	if voice, _ := fade(b.quiet, b.made); voice > 0 {
		n = blockSamples
	}
	b.makeUp(b.line.space(n))
	b.stats.Silence += inTime(int64(n))
}

// makeUp mixes what the decoder would say next with the room.
func (b *Buffer) makeUp(out []int16) {
	voice, _ := fade(b.quiet, b.made)
	if voice > 0 && b.decoder.Conceal(out) == nil {
		for i := range out {
			voice, room := fade(b.quiet, b.made+int64(i))
			out[i] = clamp16(float32(out[i])*voice + b.noise.next()*room*(1-voice))
		}
	} else {
		for i := range out {
			_, room := fade(b.quiet, b.made+int64(i))
			out[i] = clamp16(b.noise.next() * room)
		}
	}
	b.made += int64(len(out))
}

// fade is how much of the decoder, and how much of the room, is heard after so much was made up.
func fade(quiet bool, made int64) (voice, room float32) {
	if quiet {
		return slope(made, 0, quietTo), 1
	}
	return slope(made, fadeFrom, fadeTo), slope(made, fadeTo, roomUntil)
}

// slope falls from 1 to 0 between two times.
func slope(at, from, to int64) float32 {
	return min(max(float32(to-at)/float32(to-from), 0), 1)
}

// joinMade lets what was sent rise out of what was made up before it, as far as that had faded.
func (b *Buffer) joinMade(sent []int16) {
	if b.made == 0 {
		return
	}
	voice, room := fade(b.quiet, b.made)
	if voice == 1 {
		return
	}
	for i := range sent[:min(joint, len(sent))] {
		w := voice + (1-voice)*float32(i)/joint
		sent[i] = clamp16(float32(sent[i])*w + b.noise.next()*room*(1-w))
	}
}

package audio

// knee is where mixing begins to press: below, sums are exact.
const knee = 24000

// Mix puts what several people say into one block. Sums that are too loud are pressed softly instead of cut off, which would
// crackle. The result may be one of the parts.
func Mix(out *Block, parts ...*Block) {
	for i := range out {
		var sum int32
		for _, p := range parts {
			sum += int32(p[i])
		}
		out[i] = soften(sum)
	}
}

// soften is the identity up to the knee and comes nearer and nearer to full scale above, without a corner in between.
func soften(x int32) int16 {
	over := float32(x)
	if x < 0 {
		over = -over
	}
	if over <= knee {
		return int16(x)
	}
	over -= knee
	const room = 32767 - knee
	loud := clamp16(knee + over*room/(over+room))
	if x < 0 {
		return -loud
	}
	return loud
}

package audio

// step puts something behind what is ready: the next packet, what repairs a lost one, or something made up.
func (b *Buffer) step(clock int64) {
	p := b.queue.first()
	switch {
	case p == nil && (b.quiet || !b.playing):
		b.silence(blockSamples)
	case p == nil:
		b.conceal()
	case !b.playing:
		b.begin(p, clock)
	default:
		b.approach(p, clock)
	}
}

// begin lets the first packet of a stream wait for its time, and for the end of a stream before it. The decoder takes it as it would
// after a loss.
func (b *Buffer) begin(p *packet, clock int64) {
	voice, _ := fade(b.quiet, b.made)
	if early := b.early(p, clock); early > 0 || voice > 0 {
		b.silence(int(min(max(early, 1), blockSamples)))
		return
	}
	b.playing, b.sequence, b.next = true, p.sequence-1, p.timestamp
	b.decode(p)
}

// approach goes on to a packet: there may be a hole before it.
func (b *Buffer) approach(p *packet, clock int64) {
	if p.timestamp < b.next { // its time was in the packet before, which was longer than it should have been
		b.stats.Late++
		b.queue.drop()
		return
	}
	follows := p.sequence == b.sequence+1
	repair := int64(0) // how much of the hole p can fill
	if n := int64(recoverable(p.payload)); !follows && n <= p.timestamp-b.next {
		repair = n
	}
	if b.quiet || follows && p.timestamp > b.next {
		b.resume(p, b.early(p, clock)-repair, repair > 0)
		return
	}
	missing := p.timestamp - b.next - b.made
	switch {
	case missing <= 0, b.made > 0 && b.early(p, clock) < -tooLate:
		b.decode(p)
	case missing <= repair && b.recover(p):
	default:
		b.conceal()
	}
}

// resume ends a pause with a packet, or with what it repeats: its first word may have been lost. A pause may be as long as it suits us.
func (b *Buffer) resume(p *packet, early int64, repair bool) {
	switch {
	case early > 0:
		b.silence(int(min(early, blockSamples)))
	case repair && b.recover(p):
	default:
		b.decode(p)
	}
}

// decode takes the oldest packet. One that the decoder refuses is a lost one.
func (b *Buffer) decode(p *packet) {
	out := b.line.space(maxSamples)
	n, err := b.decoder.Decode(p.payload, out)
	b.line.trim(maxSamples - n)
	if err != nil {
		b.stats.Refused++
		b.queue.drop()
		return
	}
	b.joinMade(out[:n])
	b.count(p)
	b.quiet = len(p.payload) <= quietBytes
	b.sequence, b.length, b.next, b.made = p.sequence, int64(n), p.timestamp+int64(n), 0
	if p.older {
		b.stats.Recovered += inTime(int64(n))
	} else {
		b.stats.Played += inTime(int64(n))
	}
	if !b.quiet { // what a decoder makes up grows fainter
		b.noise.learn(out[:n])
	}
	b.queue.drop()
}

// recover takes the lost packet before p out of p.
func (b *Buffer) recover(p *packet) bool {
	out := b.line.space(maxSamples)
	n, err := b.decoder.Recover(p.payload, out)
	b.line.trim(maxSamples - n)
	if err != nil {
		return false
	}
	b.joinMade(out[:n])
	b.count(p)
	b.sequence, b.next, b.made, b.quiet = p.sequence-1, p.timestamp, 0, false
	b.stats.Recovered += inTime(int64(n))
	return true
}

// count follows how often there are losses that the packet after them repairs.
func (b *Buffer) count(p *packet) {
	gap := p.sequence - b.sequence
	if gap != 1 && !b.quiet && recoverable(p.payload) > 0 {
		b.loss += (1 - b.loss) * lossRise
		return
	}
	b.loss -= b.loss * lossFall
}

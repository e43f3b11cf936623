package video

const (
	reach     = windowPackets / 2 // a sequence number that is further from the newest belongs to another stream
	strayJump = 2                 // so many strays in a row, far away, are a stream that began anew
	strayLate = 8                 // so many that are too old by their number, but not by their time
)

// verdict is what a packet's sequence number makes of it.
type verdict uint8

const (
	admitted  verdict = iota
	restarted         // admitted, and nothing from before has a meaning any more
	refused
)

// sequencer turns the sequence numbers of RTP, which wrap, into ones that do not, and notices a sender that begins anew
// (RFC 3550 §A.1).
type sequencer struct {
	started bool
	newest  int64
	stray   uint16 // the number that would continue a row of strays
	row     int
}

// admit judges a number; what is before next came too late, as a late repair does by its time too. Whoever admits it then raises
// newest.
func (s *sequencer) admit(number uint16, next int64, late bool) (int64, verdict) {
	if !s.started {
		return s.restart(number, 1)
	}
	delta := int64(int16(number - uint16(s.newest)))
	seq := s.newest + delta
	enough := strayJump
	switch {
	case delta <= -reach || delta >= reach:
	case seq < next && late:
		return 0, refused
	case seq < next:
		enough = strayLate
	default:
		s.row = 0
		return seq, admitted
	}
	if number != s.stray {
		s.row = 0
	}
	s.row++
	s.stray = number + 1
	if s.row >= enough {
		return s.restart(number, min(s.row, strayJump))
	}
	return 0, refused
}

// restart begins a stream. Of the strays that proved it, those right before are missing now, and may be asked for again.
func (s *sequencer) restart(number uint16, row int) (int64, verdict) {
	seq := int64(number) + 1<<17 // room to look back
	*s = sequencer{started: true, newest: seq - int64(row)}
	return seq, restarted
}

package media

import (
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"

	"kith/calls/rate"
)

const (
	mostRepairs = 256 // packets per report that are sent again
	leastAgain  = 10 * time.Millisecond
	mostRTT     = 10 * time.Second
	lossSmooth  = 1.0 / 8
	ntpEpoch    = 2208988800 // seconds from 1900 to 1970
)

// heard takes what the other side reports. Pion gives the same report to each stream that it is about, so all of it may come twice.
func (p *path) heard(raw []byte, now time.Time) {
	packets, err := rtcp.Unmarshal(raw)
	if err != nil {
		return
	}
	s := p.session
	s.figures.heard(now)
	for _, r := range packets {
		switch r := r.(type) {
		case *rtcp.SenderReport:
			s.synch.report(r.SSRC, r.NTPTime, r.RTPTime)
			p.blocks(r.Reports, now)
		case *rtcp.ReceiverReport:
			p.blocks(r.Reports, now)
		case *rtcp.TransportLayerCC:
			p.transport(r, now)
		case *rtcp.ReceiverEstimatedMaximumBitrate:
			p.remb(float64(r.Bitrate), now)
		case *rtcp.TransportLayerNack:
			p.repair(r, now)
		case *rtcp.PictureLossIndication:
			p.askKey(r.MediaSSRC)
		case *rtcp.FullIntraRequest:
			for _, e := range r.FIR {
				p.askKey(e.SSRC)
			}
		}
	}
}

// blocks are about our streams.
func (p *path) blocks(reports []rtcp.ReceptionReport, now time.Time) {
	l := p.session.line
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range reports {
		for _, t := range []*track{p.session.audio, p.session.video} {
			if b := t.bound(p, r.SSRC); b != nil {
				l.block(t, b, r, now)
			}
		}
	}
}

// bound is the binding of a track with an SSRC.
func (t *track) bound(p *path, ssrc uint32) *binding {
	for _, b := range t.bindings {
		if b.path == p && b.ssrc == ssrc {
			return b
		}
	}
	return nil
}

// block takes one, unless it was seen.
func (l *line) block(t *track, b *binding, r rtcp.ReceptionReport, now time.Time) {
	if b.lastSequence == r.LastSequenceNumber && b.reportDelay == r.Delay {
		return
	}
	total := int32(r.LastSequenceNumber - b.lastSequence)
	known := b.lastSequence != 0
	b.lastSequence, b.reportDelay = r.LastSequenceNumber, r.Delay
	share := float64(r.FractionLost) / 256
	if t == l.session.audio {
		l.missing, l.told = share, l.told+1
		l.repeats.heard(share)
	}
	if known && total > 0 && total < keptPackets*4 && !b.path.reported {
		l.miss(share)
		l.control.Losses(now, int(share*float64(total)+0.5), int(total))
	}
	if r.LastSenderReport != 0 {
		l.roundTrip(uint32(ntp(now)>>16) - r.LastSenderReport - r.Delay)
	}
}

func (l *line) miss(share float64) { l.lost += (share - l.lost) * lossSmooth }

// roundTrip takes a time in 1/65536 s.
func (l *line) roundTrip(took uint32) {
	rtt := time.Duration(took) * time.Second >> 16
	if rtt > mostRTT {
		return // a clock that was set, or a lie
	}
	l.control.RTT(rtt)
	if l.rtt == 0 {
		l.rtt = rtt
	}
	l.rtt += (rtt - l.rtt) / 4
}

// transport takes a report of single packets.
func (p *path) transport(r *rtcp.TransportLayerCC, now time.Time) {
	l := p.session.line
	l.mu.Lock()
	defer l.mu.Unlock()
	packets := p.history.Report(r)
	p.reported = p.reported || len(packets) > 0
	if len(packets) == 0 || !p.leads() {
		return
	}
	lost := 0
	for _, packet := range packets {
		if packet.Lost {
			lost++
		}
	}
	l.miss(float64(lost) / float64(len(packets)))
	l.control.Report(now, packets)
	l.hurry() // there may be room again
}

// leads says whether a path is the one from which is learned how much to send: that of the picture, where there is one. Each has its
// own numbers and clock, and they cannot be mixed.
func (p *path) leads() bool {
	video := p.session.video
	if p.session.line.camera.Width == 0 || !video.open() {
		return true
	}
	for _, b := range video.bindings {
		if b.path.open.Load() {
			return b.path == p
		}
	}
	return true
}

// remb takes what the other side says that it can receive, from one that reports no single packets.
func (p *path) remb(bitsPerSecond float64, now time.Time) {
	l := p.session.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if !p.reported && bitsPerSecond > 0 {
		l.control.REMB(now, bitsPerSecond)
	}
}

// repair sends again what is asked for.
func (p *path) repair(r *rtcp.TransportLayerNack, now time.Time) {
	l := p.session.line
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.session.video
	b := t.bound(p, r.MediaSSRC)
	if b == nil {
		return
	}
	if l.share.Size.Width == 0 {
		l.key = true // there is no room for a picture, and when there is again, it begins anew
		return
	}
	defer l.hurry()
	left := mostRepairs
	for _, pair := range r.Nacks {
		pair.Range(func(sequence uint16) bool {
			left--
			k := t.find(sequence)
			if k == nil || k.waits || now.Sub(k.again) < max(l.rtt/2, leastAgain) || l.pacer.Delay() > stale {
				return left > 0
			}
			again := k.packet
			again.to, again.sequence = b, sequence
			k.waits = l.pacer.Push(now, rate.Repair, again, len(again.payload)+headers)
			return left > 0
		})
		if left <= 0 {
			return
		}
	}
}

// askKey notes that a key frame is asked for, unless one is on its way that whoever asks cannot have seen.
func (p *path) askKey(ssrc uint32) {
	l := p.session.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session.video.bound(p, ssrc) != nil && l.control.Knows(l.keyed) {
		l.key = true
	}
}

// report writes sender reports: what time it is in each stream, or that there is none yet.
func (l *line) report(now time.Time) {
	for p, reports := range reports(l, now) {
		_, _ = p.out.Write(reports, interceptor.Attributes{}) // a closing path refuses it
	}
}

func reports(l *line, now time.Time) map[*path][]rtcp.Packet {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := map[*path][]rtcp.Packet{}
	for _, t := range []*track{l.session.audio, l.session.video} {
		for _, b := range t.bindings {
			if t.packets == 0 || !b.path.open.Load() {
				continue
			}
			all[b.path] = append(all[b.path], &rtcp.SenderReport{
				SSRC: b.ssrc, NTPTime: ntp(now), RTPTime: t.stamp + uint32(int64(now.Sub(t.captured).Seconds()*float64(t.clock))),
				PacketCount: t.packets, OctetCount: t.octets,
			}, rtcp.NewCNAMESourceDescription(b.ssrc, l.session.name))
		}
	}
	greet(all, l.session.name, l.session.audio, l.session.video)
	return all
}

// greet adds an empty report (RFC 3550 §6.4.2) for each open path over which we have sent nothing yet. Some, as Dino, take a path for connected
// with the first packet that comes over it, and whoever is muted or shows nothing may send no other. Whoever does sends sound or a picture sooner.
// The caller holds the line's lock.
func greet(all map[*path][]rtcp.Packet, name string, tracks ...*track) {
	for _, t := range tracks {
		for _, b := range t.bindings {
			if all[b.path] == nil && b.path.open.Load() {
				all[b.path] = []rtcp.Packet{&rtcp.ReceiverReport{SSRC: b.ssrc}, rtcp.NewCNAMESourceDescription(b.ssrc, name)}
			}
		}
	}
}

// ntp is a time in 1/2³² s since 1900 (RFC 5905 §6).
func ntp(t time.Time) uint64 {
	return uint64(t.Unix()+ntpEpoch)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// fromNTP is the reverse, with all the years of NTP's era until 2036.
func fromNTP(n uint64) time.Time {
	return time.Unix(int64(n>>32)-ntpEpoch, int64(n&0xffffffff*uint64(time.Second)>>32))
}

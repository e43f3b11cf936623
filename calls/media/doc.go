// Package media is the sound and the picture of one call: it drives the engines calls/audio, calls/video and calls/rate between the
// hardware and Pion's tracks.
//
//	microphone → Processor → Opus ─┐                          ┌→ jitter buffer → Processor → speaker
//	                               ├→ pacer → PeerConnection →┤
//	camera → smaller → VP8 ────────┘                          └→ frame buffer → VP8 → Picture
//
// A [Session] sends each of its two tracks over whichever PeerConnections it was attached to: one, or, with a peer that does not bundle
// (XEP-0338), one each for audio and video. It numbers packets itself, also for transport-wide reports
// (draft-holmer-rmcat-transport-wide-cc-extensions-01), keeps what was sent to repair losses (RFC 4585, RFC 4588), and writes the sender
// reports (RFC 3550 §6.4.1) by which the other side brings sound and picture together. From the reports that come back it learns
// how much to send.
//
// Goroutines: one captures sound, one plays, one films, one decodes pictures, one sends, one looks after everything twice a second, and ten
// times whether sound and picture are together; one reads each track and each side's reports. All of them end in Close. The hardware is
// behind interfaces that others implement; the clock is the system's.
//
// What comes from the network is hostile: a bad packet costs the packet, and no list grows without an end.
//
// Not here: Jingle, SDP, candidates, who makes and closes PeerConnections (calls/transport), devices (calls/hardware).
package media

// Package video is the picture of a call between camera, network and window: VP8 (RFC 6386) through libvpx, its way over RTP
// (RFC 7741), the buffer that makes frames again of packets that come late, twice, out of order or not at all, and the
// conversion into what a window shows.
//
//	camera → Frame → Encoder → Packetizer → network → Buffer → Decoder → Frame → Converter → window
//
// Nothing here starts a goroutine or looks at a clock: whoever drives it passes the time in. A Pool and the count of a Frame's
// holders are safe on any goroutine; each other value belongs to one goroutine at a time.
//
// What comes from the network is hostile: sizes are checked before anything is allocated for them, every list has an end, and
// a bad packet costs the packet.
//
// libvpx is linked statically. Systems that have it as a shared library only build with the tag shared_vpx.
//
// Not here: the connection itself (NACK and PLI are said, not sent), bitrate control, temporal
// layers, FEC, other codecs, cameras.
package video

// Package rate decides how much a call sends. From what the other side reports of the packets that arrived it estimates what the
// path carries, and shares that between audio and a picture of the size that it is enough for; the pacer spreads the packets
// so that a key frame does not fill the queues of a home line.
//
// The estimate follows the delay of packets as in Google Congestion Control (draft-ietf-rmcat-gcc-02 §4 and §5: groups of
// packets, their trend, an adaptive threshold, increase and decrease), with reports as in
// draft-holmer-rmcat-transport-wide-cc-extensions-01. It differs where that one suffers on real machines: a process that was
// not scheduled for a while looks like congestion to the trend alone, so a queue has to be seen as well; a queue that
// stands is drained at once; what is on its way and not reported is bounded, as reports may stand in a queue themselves; the first packets of a picture wait for
// what is heard of them; and what a path carries after a bad time is found again by probing instead of by growing for minutes. Peers
// without such reports say what they can take by REMB (draft-alvestrand-rmcat-remb-03) and receiver reports (RFC 3550 §6.4).
//
// The package starts no goroutine and reads no clock: every call gets the time. Nothing in it is safe for concurrent use; one
// media pipeline owns it. Rates are bits per second, and sizes bytes, of whole packets with their headers.
package rate

// Package transport makes the PeerConnections of a call and leads them to each other: addresses and the paths between them
// (XEP-0176, RFC 8445), the keys of DTLS-SRTP (XEP-0320), and what the contents of a call share (XEP-0338).
//
// Contents that share a transport are a group, and each group has a PeerConnection of its own, because not everybody bundles. To
// somebody of whom that is not known, both are offered: one PeerConnection that has everything, and one for the picture alone.
// The answer decides which one goes on (decision 18).
//
// A Paths is the groups of one call. One goroutine calls its methods, and it starts none of its own; what Pion tells on
// goroutines of its own comes out of Events, which never keeps Pion waiting. Of what the other side sends, only so much is kept
// as an honest one needs; of what it says, nothing gets into an error or a log.
//
// It knows neither stanzas nor calls: calls/session decides what is said when, and core/wire how.
package transport

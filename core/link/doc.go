// Package link keeps one account connected to its server: it finds the server, signs in, reads and writes stanzas, and takes
// up a broken connection where it stopped. A Link outlives its connections.
//
// It speaks RFC 6120 (streams, STARTTLS §5, SASL §6, binding §7), RFC 7590 (TLS), SCRAM with channel binding (RFC 5802, 7677,
// 5929, 9266; XEP-0440 v0.4, XEP-0474 v0.4), direct TLS (XEP-0368 v1.1), stream management (XEP-0198 v1.6), ping (XEP-0199
// v2.0) and client state (XEP-0352 v1.0).
//
// A Link has one goroutine that connects, reads and puts events into the channel of Events, a second one that writes while
// there is a connection, and short-lived ones while it looks for the server. All methods may be called from any goroutine
// unless they say otherwise. A full channel of events stops the reading, so that TCP slows the server down.
//
// What was acknowledged to the server is on disk: the count of received stanzas moves by Handled only. What the server has
// not acknowledged is sent again when the connection is resumed. When it cannot be resumed the Link forgets it: core's
// outbox holds the rows and sends them again after an Online that is not Resumed.
//
// The package does not know what stanzas mean, keeps nothing on disk, and never sends a password or a stanza without TLS.
package link

package wire

// Namespaces of RFC 6120.
const (
	NSStream = "http://etherx.jabber.org/streams"
)

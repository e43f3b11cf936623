package model

// Account is one of our logins.
type Account struct {
	ID        AccountID
	JID       JID // bare
	Password  Secret
	Host      string // given by the person under "Advanced"; empty: found by DNS
	Port      uint16 // 0: found by DNS, or the usual one
	DirectTLS bool   // TLS from the first byte (XEP-0368), only with Host
	Resource  string // asked for at bind; stable per installation
	Enabled   bool   // false: the person signed out of it

	Device      DeviceID    // our own OMEMO device number
	Fingerprint Fingerprint // our own identity key

	RosterVersion string // RFC 6121 §2.6
	Pins          Pins
}

// Pins is what Kith remembers about how a server let it in, so that it never accepts less afterwards.
type Pins struct {
	Mechanism   string // the strongest SASL mechanism that worked
	Binding     bool   // channel binding worked
	NoBinding   string // the server's offer (mechanisms and bindings, joined) for which binding is known to be broken
	TLSVersion  uint16
	SaltedHash  string // SCRAM hash of Salted, as "SHA-256"
	Salt        []byte
	Iterations  int
	ServerKey   Secret // SCRAM keys derived from the password, so that it is stretched once per salt
	ClientKey   Secret
	PasswordSum Secret // HMAC of the password that the keys belong to
}

// LinkState is the state of an account's connection.
type LinkState uint8

// The states of a connection.
const (
	Offline    LinkState = iota // the person wants it so, or nothing was tried yet
	Connecting                  // trying, or waiting to try again
	Online
	AuthFailed // the server refused us; the person has to act
)

var linkStateNames = [...]string{"offline", "connecting", "online", "failed"}

// String is the name that kith-headless uses.
func (s LinkState) String() string { return linkStateNames[s&3] }

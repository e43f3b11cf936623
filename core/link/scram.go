package link

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"

	"kith/core/model"
)

// Bounds on what a server may ask for. Fewer iterations make a recorded exchange cheap to guess from (RFC 7677 §4), more
// let a hostile server burn our battery.
const (
	minIterations = 4096
	maxIterations = 1_000_000
	maxSCRAM      = 4096 // bytes of one message of the server
)

// scramHashes are the hash functions of the SCRAM mechanisms, by the names they have there.
var scramHashes = map[string]func() hash.Hash{"SHA-1": sha1.New, "SHA-256": sha256.New, "SHA-512": sha512.New}

// scram is one run of the client's side of SCRAM (RFC 5802 §3, §5).
type scram struct {
	hashName string
	user     string // as the server knows it
	password string // prepared
	gs2      string // header: whether and how the exchange is bound to the channel
	binding  []byte // data of the channel binding; nil: not bound
	offer    string // what the server offered, as XEP-0474 §4 wants it hashed
	nonce    string
	pins     model.Pins // keys of an earlier run; updated by final

	auth      []byte // AuthMessage
	serverKey []byte
}

func (s *scram) newHash() hash.Hash { return scramHashes[s.hashName]() }

// first is the client's first message.
func (s *scram) first() []byte { return []byte(s.gs2 + s.bare()) }

func (s *scram) bare() string {
	user := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(s.user)
	return "n=" + user + ",r=" + s.nonce
}

// serverFirst is the server's first message (RFC 5802 §7).
type serverFirst struct {
	nonce      string
	salt       []byte
	iterations int
	hash       string // XEP-0474 §4; empty: none
}

// parseServerFirst refuses everything that RFC 5802 does not allow; that the values are acceptable is left to check.
func parseServerFirst(msg []byte) (f serverFirst, err error) {
	if len(msg) > maxSCRAM {
		return f, protocol("SCRAM message too long")
	}
	parts := strings.Split(string(msg), ",")
	if len(parts) < 3 || !strings.HasPrefix(parts[0], "r=") || !strings.HasPrefix(parts[1], "s=") ||
		!strings.HasPrefix(parts[2], "i=") { // also a mandatory extension, m=, which must not be passed over
		return f, protocol("SCRAM message without nonce, salt and count")
	}
	f.nonce = parts[0][2:]
	if f.salt, err = base64.StdEncoding.Strict().DecodeString(parts[1][2:]); err != nil || len(f.salt) == 0 {
		return f, protocol("SCRAM salt")
	}
	digits := parts[2][2:]
	if f.iterations, err = strconv.Atoi(digits); err != nil || digits[0] < '1' || digits[0] > '9' {
		return f, protocol("SCRAM count")
	}
	for _, p := range parts[3:] {
		if len(p) < 2 || p[1] != '=' || !isLetter(p[0]) {
			return f, protocol("SCRAM extension")
		}
		if p[0] == 'h' && f.hash == "" {
			f.hash = p[2:]
		}
	}
	return f, nil
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// check holds the server's message against what was said, what is bearable and what was known.
func (s *scram) check(f serverFirst) error {
	switch {
	case len(f.nonce) <= len(s.nonce) || !strings.HasPrefix(f.nonce, s.nonce):
		return protocol("SCRAM nonce")
	case f.iterations < minIterations:
		return fmt.Errorf("%w: it protects passwords with fewer than %d rounds", ErrRefused, minIterations)
	case f.iterations > maxIterations:
		return fmt.Errorf("%w: it asks for more than %d rounds", ErrRefused, maxIterations)
	case s.pins.SaltedHash == s.hashName && f.iterations < s.pins.Iterations && s.known():
		return fmt.Errorf("%w: fewer rounds than before", ErrDowngrade)
	case f.hash == "":
		return nil
	}
	h := s.newHash()
	h.Write([]byte(s.offer))
	want := base64.StdEncoding.EncodeToString(h.Sum(nil))
	if subtle.ConstantTimeCompare([]byte(want), []byte(f.hash)) != 1 {
		return fmt.Errorf("%w: what it offered was changed on the way", ErrDowngrade)
	}
	return nil
}

// offerText is what XEP-0474 §4 wants hashed: the mechanisms, and the bindings if the server names any.
func offerText(mechanisms, bindings []string) string {
	text := strings.Join(slices.Sorted(slices.Values(mechanisms)), "\x1e")
	if len(bindings) > 0 {
		text += "\x1f" + strings.Join(slices.Sorted(slices.Values(bindings)), "\x1e")
	}
	return text
}

// final answers the server's first message with the proof that we know the password.
func (s *scram) final(msg []byte) ([]byte, error) {
	f, err := parseServerFirst(msg)
	if err != nil {
		return nil, err
	}
	if err := s.check(f); err != nil {
		return nil, err
	}
	clientKey, err := s.keys(f)
	if err != nil {
		return nil, err
	}
	channel := base64.StdEncoding.EncodeToString(append([]byte(s.gs2), s.binding...))
	bare := "c=" + channel + ",r=" + f.nonce
	s.auth = []byte(s.bare() + "," + string(msg) + "," + bare)
	stored := s.newHash()
	stored.Write(clientKey)
	proof := s.mac(stored.Sum(nil), s.auth)
	subtle.XORBytes(proof, proof, clientKey)
	return []byte(bare + ",p=" + base64.StdEncoding.EncodeToString(proof)), nil
}

// keys derives the keys from the password, or takes those of an earlier run with the same password and salt.
func (s *scram) keys(f serverFirst) (clientKey []byte, err error) {
	p := &s.pins
	if p.SaltedHash == s.hashName && p.Iterations == f.iterations && bytes.Equal(p.Salt, f.salt) && s.known() {
		clientKey, s.serverKey = fromSecret(p.ClientKey), fromSecret(p.ServerKey)
		if size := s.newHash().Size(); len(clientKey) == size && len(s.serverKey) == size {
			return clientKey, nil
		}
	}
	salted, err := pbkdf2.Key(scramHashes[s.hashName], s.password, f.salt, f.iterations, s.newHash().Size())
	if err != nil {
		return nil, fmt.Errorf("stretch password: %w", err)
	}
	clientKey, s.serverKey = s.mac(salted, []byte("Client Key")), s.mac(salted, []byte("Server Key"))
	p.SaltedHash, p.Salt, p.Iterations = s.hashName, f.salt, f.iterations
	p.ClientKey, p.ServerKey, p.PasswordSum = toSecret(clientKey), toSecret(s.serverKey), toSecret(s.sum(f.salt))
	return clientKey, nil
}

// sum recognises the password. It is kept beside the password itself, under the same lock and key.
func (s *scram) sum(salt []byte) []byte { return s.mac(salt, []byte("kith password "+s.password)) }

// known says whether the pins are those of this password.
func (s *scram) known() bool { return hmac.Equal(fromSecret(s.pins.PasswordSum), s.sum(s.pins.Salt)) }

// verify checks that the server knows the password, too (RFC 5802 §3, ServerSignature).
func (s *scram) verify(msg []byte) error {
	text := string(msg)
	if reason, ok := strings.CutPrefix(text, "e="); ok {
		return scramFailure(reason)
	}
	encoded, _, _ := strings.Cut(strings.TrimPrefix(text, "v="), ",")
	signature, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || s.auth == nil || !strings.HasPrefix(text, "v=") ||
		!hmac.Equal(signature, s.mac(s.serverKey, s.auth)) {
		return fmt.Errorf("%w: it cannot prove that it knows the password", ErrDowngrade)
	}
	return nil
}

// scramFailure sorts the server-error-value of RFC 5802 §7.
func scramFailure(reason string) error {
	reason, _, _ = strings.Cut(reason, ",")
	switch reason {
	case "invalid-proof", "unknown-user", "invalid-username-encoding":
		return ErrPassword
	case "channel-bindings-dont-match", "server-does-support-channel-binding":
		return fmt.Errorf("%w: the connection ends elsewhere", ErrDowngrade)
	default:
		return ErrRefused
	}
}

func (s *scram) mac(key, text []byte) []byte {
	m := hmac.New(scramHashes[s.hashName], key)
	m.Write(text)
	return m.Sum(nil)
}

// toSecret keeps bytes as text, since a Secret is stored as text.
func toSecret(b []byte) model.Secret { return model.Secret(base64.StdEncoding.EncodeToString(b)) }

// fromSecret is nil for what is no such text.
func fromSecret(s model.Secret) []byte {
	b, err := base64.StdEncoding.DecodeString(string(s))
	if err != nil {
		return nil
	}
	return b
}

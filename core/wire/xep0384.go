package wire

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"kith/core/model"
)

// Namespace and nodes of OMEMO as spoken everywhere (XEP-0384 v0.3.0).
const (
	NSOMEMO     = "eu.siacs.conversations.axolotl"
	NodeDevices = NSOMEMO + ".devicelist"
)

// NodeBundle is the node that holds a device's bundle (XEP-0384 v0.3.0 §4.3).
func NodeBundle(id model.DeviceID) string {
	return NSOMEMO + ".bundles:" + deviceText(id)
}

// Bounds of what OMEMO elements may hold.
const (
	maxKeys         = 2000
	maxKeyBytes     = 4 << 10 // a key exchange takes less than 200
	maxPayloadBytes = 512 << 10
	maxDevices      = 1000
	maxPreKeys      = 500
)

// Encrypted is an encrypted message (XEP-0384 v0.3.0 §4.5, §4.6).
type Encrypted struct {
	SID        model.DeviceID // of the sender
	Keys       []Key          // in the sender's order; several may have the same RID
	IV         []byte         // 12 bytes, from old clients 16
	Payload    []byte         // may be empty even when HasPayload
	HasPayload bool           // false: only keys, to begin or refresh a session
}

// Key is the message key, encrypted for one device.
type Key struct {
	RID    model.DeviceID
	PreKey bool   // the data is a key exchange
	Data   []byte // never empty
}

// ParseEncrypted reads an <encrypted>. It refuses one without a sender's number or IV, with more than 2,000 keys or with a
// damaged payload; damaged keys are left out.
func ParseEncrypted(e *Element) (x Encrypted, ok bool) {
	header := e.Child(NSOMEMO, "header")
	if !e.Is(NSOMEMO, "encrypted") || header == nil {
		return Encrypted{}, false
	}
	if x.SID, ok = deviceID(header.Attr("sid")); !ok {
		return Encrypted{}, false
	}
	if x.IV, ok = decode64(childText(header, NSOMEMO, "iv"), 16); !ok || len(x.IV) != 12 && len(x.IV) != 16 {
		return Encrypted{}, false
	}
	if p := e.Child(NSOMEMO, "payload"); p != nil {
		x.HasPayload = true
		if x.Payload, ok = decode64(p.Text(), maxPayloadBytes); !ok {
			return Encrypted{}, false
		}
	}
	seen := 0
	for c := range header.Named(NSOMEMO, "key") {
		if seen++; seen > maxKeys {
			return Encrypted{}, false
		}
		if key, ok := parseKey(c); ok {
			x.Keys = append(x.Keys, key)
		}
	}
	return x, true
}

func parseKey(e *Element) (Key, bool) {
	rid, ok := deviceID(e.Attr("rid"))
	if !ok {
		return Key{}, false
	}
	data, ok := decode64(e.Text(), maxKeyBytes)
	return Key{RID: rid, PreKey: boolean(e.Attr("prekey")), Data: data}, ok && len(data) > 0
}

// Element is the <encrypted> as sent.
func (x Encrypted) Element() *Element {
	header := New(NSOMEMO, "header").Set("sid", deviceText(x.SID))
	for _, k := range x.Keys {
		key := text(NSOMEMO, "key", encode64(k.Data)).Set("rid", deviceText(k.RID))
		if k.PreKey {
			key.Set("prekey", "true")
		}
		header.Add(key)
	}
	header.Add(text(NSOMEMO, "iv", encode64(x.IV)))
	e := New(NSOMEMO, "encrypted").Add(header)
	if x.HasPayload {
		e.Add(text(NSOMEMO, "payload", encode64(x.Payload)))
	}
	return e
}

// ParseDeviceList reads a list of devices, the item or its payload (XEP-0384 v0.3.0 §4.2). Damaged and repeated numbers are
// left out; a list without any is valid. It refuses what is no list, and more than 1,000 devices.
func ParseDeviceList(item *Element) (ids []model.DeviceID, ok bool) {
	list := omemoPayload(item, "list")
	seen := map[model.DeviceID]bool{}
	for c := range list.Named(NSOMEMO, "device") {
		id, ok := deviceID(c.Attr("id"))
		if !ok || seen[id] {
			continue
		}
		if len(ids) == maxDevices {
			return nil, false
		}
		seen[id] = true
		ids = append(ids, id)
	}
	return ids, list != nil
}

// DeviceList is the payload of an item that lists those devices.
func DeviceList(ids []model.DeviceID) *Element {
	list := New(NSOMEMO, "list")
	for _, id := range ids {
		list.Add(New(NSOMEMO, "device").Set("id", deviceText(id)))
	}
	return list
}

// Bundle is what a device publishes for others to begin sessions with it (XEP-0384 v0.3.0 §4.3). Public keys are 33 bytes,
// the type byte 0x05 first.
type Bundle struct {
	IdentityKey, SignedPreKey []byte
	Signature                 []byte // 64 bytes, not verified here
	SignedPreKeyID            uint32
	PreKeys                   map[uint32][]byte
}

const (
	keyBytes       = 33
	keyType        = 0x05
	signatureBytes = 64
)

// ParseBundle reads a bundle, the item or its payload. Keys of 32 bytes get their type byte. It refuses what lacks a key, the
// signature or every one-time key; damaged one-time keys are left out, those beyond 500 too.
func ParseBundle(item *Element) (b Bundle, ok bool) {
	e := omemoPayload(item, "bundle")
	signed := e.Child(NSOMEMO, "signedPreKeyPublic")
	id, idOK := number(signed.Attr("signedPreKeyId"), math.MaxInt32)
	b.SignedPreKeyID = uint32(id)
	var signedOK, identityOK, signatureOK bool
	b.SignedPreKey, signedOK = publicKey(signed)
	b.IdentityKey, identityOK = publicKey(e.Child(NSOMEMO, "identityKey"))
	b.Signature, signatureOK = decode64(childText(e, NSOMEMO, "signedPreKeySignature"), signatureBytes)
	if !idOK || !signedOK || !identityOK || !signatureOK || len(b.Signature) != signatureBytes {
		return Bundle{}, false
	}
	b.PreKeys = parsePreKeys(e.Child(NSOMEMO, "prekeys"))
	return b, len(b.PreKeys) > 0
}

func parsePreKeys(e *Element) map[uint32][]byte {
	out := map[uint32][]byte{}
	for c := range e.Named(NSOMEMO, "preKeyPublic") {
		id, ok := number(c.Attr("preKeyId"), math.MaxInt32)
		if !ok || id == 0 || len(out) == maxPreKeys { // libraries take 0 for "none"
			continue
		}
		key, ok := publicKey(c)
		if _, twice := out[uint32(id)]; ok && !twice {
			out[uint32(id)] = key
		}
	}
	return out
}

func publicKey(e *Element) ([]byte, bool) {
	key, ok := decode64(e.Text(), keyBytes)
	if ok && len(key) == keyBytes-1 {
		key = append([]byte{keyType}, key...)
	}
	return key, ok && len(key) == keyBytes && key[0] == keyType
}

// Element is the payload of an item that holds the bundle.
func (b Bundle) Element() *Element {
	prekeys := New(NSOMEMO, "prekeys")
	for _, id := range slices.Sorted(maps.Keys(b.PreKeys)) {
		prekeys.Add(text(NSOMEMO, "preKeyPublic", encode64(b.PreKeys[id])).Set("preKeyId", counter(id)))
	}
	return New(NSOMEMO, "bundle").Add(
		text(NSOMEMO, "signedPreKeyPublic", encode64(b.SignedPreKey)).Set("signedPreKeyId", counter(b.SignedPreKeyID)),
		text(NSOMEMO, "signedPreKeySignature", encode64(b.Signature)),
		text(NSOMEMO, "identityKey", encode64(b.IdentityKey)),
		prekeys,
	)
}

// omemoPayload is e if it has that name, else its child that has it, else nil.
func omemoPayload(e *Element, local string) *Element {
	if e.Is(NSOMEMO, local) {
		return e
	}
	return e.Child(NSOMEMO, local)
}

func deviceID(s string) (model.DeviceID, bool) {
	id, ok := number(s, math.MaxInt32)
	return model.DeviceID(id), ok && id > 0
}

func deviceText(id model.DeviceID) string { return strconv.FormatUint(uint64(id), 10) }

package crypto

import (
	"bytes"
	"errors"
	"testing"

	"kith/core/wire"
)

func TestPayload(t *testing.T) {
	for _, plain := range [][]byte{{}, []byte("x"), bytes.Repeat([]byte("long "), 10_000)} {
		x, secret, err := sealPayload(plain)
		if err != nil || len(secret) != 32 || len(x.IV) != 12 || len(x.Payload) != len(plain) || !x.HasPayload {
			t.Fatalf("sealed: %v", err)
		}
		got, err := openPayload(x, secret)
		if err != nil || got == nil || !bytes.Equal(got, plain) {
			t.Fatalf("opened: %v", err)
		}
		// a longer "tag" holds the end of the ciphertext
		if len(plain) > 1 {
			moved := append(append(append([]byte(nil), secret[:16]...), x.Payload[len(plain)-1]), secret[16:]...)
			y := x
			y.Payload = x.Payload[:len(plain)-1]
			if got, err = openPayload(y, moved); err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("long tag: %v", err)
			}
		}
		old := x
		old.Payload = append(append([]byte(nil), x.Payload...), secret[16:]...)
		if _, err := openPayload(old, secret[:16]); !errors.Is(err, ErrOldFormat) {
			t.Fatalf("tag behind the payload: %v", err)
		}
		if _, err := openPayload(x, secret[:31]); !errors.Is(err, ErrOldFormat) {
			t.Fatalf("short tag: %v", err)
		}
		if _, err := openPayload(x, secret[:15]); !errors.Is(err, ErrBad) {
			t.Fatalf("short key: %v", err)
		}
		secret[31] ^= 1
		if _, err := openPayload(x, secret); !errors.Is(err, ErrBad) {
			t.Fatalf("wrong tag: %v", err)
		}
	}
}

// TestPayloadOfOthers opens what another library sealed, with the short initialisation vector and the long one.
func TestPayloadOfOthers(t *testing.T) {
	for _, test := range []struct{ iv, payload, tag string }{
		{gcm12IV, gcm12Payload, gcm12Tag},
		{gcm16IV, gcm16Payload, gcm16Tag},
	} {
		x := wire.Encrypted{IV: hexBytes(t, test.iv), Payload: hexBytes(t, test.payload), HasPayload: true}
		secret := append(hexBytes(t, gcmKey), hexBytes(t, test.tag)...)
		got, err := openPayload(x, secret)
		if err != nil || string(got) != gcmPlain {
			t.Errorf("IV of %d bytes: %v", len(x.IV), err)
		}
	}
}

func TestEmptyMessages(t *testing.T) {
	x, secret, err := sealPayload(nil)
	if err != nil || x.HasPayload || len(secret) != 16 || len(x.IV) != 12 {
		t.Fatalf("sealed: %v", err)
	}
	for _, n := range []int{16, 32} { // others send either
		if got, err := openPayload(x, make([]byte, n)); err != nil || got != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// Made with python cryptography, which is OpenSSL's AES-128-GCM.
const (
	gcmKey   = "000102030405060708090a0b0c0d0e0f"
	gcmPlain = "Grüße, 世界"

	gcm12IV      = "404142434445464748494a4b"
	gcm12Payload = "7e5baa76aed49c9cac5dfb8919b2f1"
	gcm12Tag     = "d73bab3842f864cb9a2d139e60ba25ef"
	gcm16IV      = "404142434445464748494a4b4c4d4e4f"
	gcm16Payload = "b12055a91dda3995bd0ed89e33e86c"
	gcm16Tag     = "07a2b81230057018795f70a85f235db3"
)

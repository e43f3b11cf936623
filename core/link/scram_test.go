package link

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kith/core/model"
)

// TestSCRAM holds the client against the exchanges printed in RFC 5802 §5 and RFC 7677 §3.
func TestSCRAM(t *testing.T) {
	tests := []struct{ hash, nonce, first, server, final, signature string }{
		{
			"SHA-1", "fyko+d2lbbFgONRv9qkxdawL", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
			"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
			"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
			"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
		},
		{
			"SHA-256", "rOprNGfwEbeRWgbNEkqO", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
			"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
			"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
			"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
		},
	}
	for _, test := range tests {
		t.Run(test.hash, func(t *testing.T) {
			s := &scram{hashName: test.hash, user: "user", password: "pencil", gs2: "n,,", nonce: test.nonce}
			if got := string(s.first()); got != test.first {
				t.Errorf("first message %q", got)
			}
			if final, err := s.final([]byte(test.server)); err != nil || string(final) != test.final {
				t.Errorf("final message %q, %v", final, err)
			}
			if err := s.verify([]byte(test.signature)); err != nil {
				t.Errorf("signature: %v", err)
			}
			if err := s.verify([]byte("v=" + strings.Repeat("A", len(test.signature)-3) + "=")); !errors.Is(err, ErrDowngrade) {
				t.Errorf("another signature: %v", err)
			}
		})
	}
}

func TestServerFirst(t *testing.T) {
	tests := []struct {
		name, msg string
		want      error
	}{
		{"good", "r=abcd,s=YQ==,i=4096", nil},
		{"with extensions", "r=abcd,s=YQ==,i=4096,x=1,h2=", ErrProtocol},
		{"with extension", "r=abcd,s=YQ==,i=4096,x=1", nil},
		{"mandatory extension", "m=x,r=abcd,s=YQ==,i=4096", ErrProtocol},
		{"nonce of ours only", "r=abc,s=YQ==,i=4096", ErrProtocol},
		{"another nonce", "r=xbcd,s=YQ==,i=4096", ErrProtocol},
		{"no salt", "r=abcd,s=,i=4096", ErrProtocol},
		{"bad salt", "r=abcd,s=Y,i=4096", ErrProtocol},
		{"no count", "r=abcd,s=YQ==,i=", ErrProtocol},
		{"signed count", "r=abcd,s=YQ==,i=+4096", ErrProtocol},
		{"count with zero", "r=abcd,s=YQ==,i=04096", ErrProtocol},
		{"huge count", "r=abcd,s=YQ==,i=99999999999999999999", ErrProtocol},
		{"empty", "", ErrProtocol},
		{"long", "r=abcd,s=YQ==,i=4096,x=" + strings.Repeat("x", maxSCRAM), ErrProtocol},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &scram{hashName: "SHA-1", gs2: "n,,", nonce: "abc"}
			if _, err := s.final([]byte(test.msg)); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// TestKeysAreKept stretches the password once, and again for another password, salt, count or hash.
func TestKeysAreKept(t *testing.T) {
	run := func(pins model.Pins, hash, password, server string) model.Pins {
		s := &scram{hashName: hash, password: password, gs2: "n,,", nonce: "abc", pins: pins}
		if _, err := s.final([]byte(server)); err != nil {
			t.Fatal(err)
		}
		return s.pins
	}
	const server = "r=abcd,s=YQ==,i=5000"
	first := run(model.Pins{}, "SHA-256", "one", server)
	marked := first
	marked.ClientKey = toSecret(make([]byte, 32)) // shows whether it was used
	tests := []struct {
		name, hash, password, server string
		kept                         bool
	}{
		{"the same", "SHA-256", "one", server, true},
		{"another password", "SHA-256", "two", server, false},
		{"another salt", "SHA-256", "one", "r=abcd,s=Yg==,i=5000", false},
		{"another count", "SHA-256", "one", "r=abcd,s=YQ==,i=5001", false},
		{"another hash", "SHA-512", "one", server, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := run(marked, test.hash, test.password, test.server)
			if kept := got.ClientKey == marked.ClientKey; kept != test.kept {
				t.Errorf("kept: %v", kept)
			}
		})
	}
	if strings.Contains(fmt.Sprintf("%+v", first), string(first.ClientKey)) {
		t.Error("keys show")
	}
	marked.ClientKey = "damaged"
	if got := run(marked, "SHA-256", "one", server); got.ClientKey != first.ClientKey {
		t.Error("damaged keys are not made anew")
	}
}

func TestUserNameIsEscaped(t *testing.T) {
	s := &scram{user: "a=b,c", gs2: "n,,", nonce: "n"}
	if got := string(s.first()); got != "n,,n=a=3Db=2Cc,r=n" {
		t.Errorf("got %q", got)
	}
}

func FuzzSCRAM(f *testing.F) {
	for _, seed := range []string{
		"r=abcd,s=YQ==,i=4096", "r=abcd,s=YQ==,i=4096,h=YQ==,x=", "m=x,r=abcd,s=YQ==,i=4096", "e=other-error", "v=", "",
		"r=abcd,s=YQ==,i=4095", "r=abcd,,i=1", "r=,s=,i=",
	} {
		f.Add([]byte(seed), []byte("v=YQ=="))
	}
	f.Fuzz(func(t *testing.T, first, final []byte) {
		parsed, err := parseServerFirst(first)
		if err == nil && (parsed.iterations < 1 || len(parsed.salt) == 0) {
			t.Errorf("accepted %+v", parsed)
		}
		if err == nil && parsed.iterations > 2*minIterations {
			return // costs time and tells nothing
		}
		s := &scram{hashName: "SHA-256", password: "p", gs2: "n,,", nonce: "abc", offer: "SCRAM-SHA-256"}
		proof, err := s.final(first)
		if (proof == nil) != (err != nil) {
			t.Errorf("proof %q with %v", proof, err)
		}
		if s.verify(final) == nil {
			t.Error("believed a server that does not know the password")
		}
	})
}

func TestOfferText(t *testing.T) {
	mechanisms := []string{"b", "a"}
	if got := offerText(mechanisms, []string{"y", "x"}); got != "a\x1eb\x1fx\x1ey" || !slices.Equal(mechanisms, []string{"b", "a"}) {
		t.Errorf("got %q", got)
	}
}

// BenchmarkKeys compares signing in with kept keys to stretching the password each time.
func BenchmarkKeys(b *testing.B) {
	const server = "r=abcd,s=YQ==,i=10000"
	var pins model.Pins
	run := func(pins model.Pins) model.Pins {
		s := &scram{hashName: "SHA-256", password: "p", gs2: "n,,", nonce: "abc", pins: pins}
		if _, err := s.final([]byte(server)); err != nil {
			b.Fatal(err)
		}
		return s.pins
	}
	b.Run("stretched", func(b *testing.B) {
		for b.Loop() {
			pins = run(model.Pins{})
		}
	})
	b.Run("kept", func(b *testing.B) {
		for b.Loop() {
			run(pins)
		}
	})
}

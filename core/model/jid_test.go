package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParseJID(t *testing.T) {
	tests := []struct {
		name, in string
		want     JID // empty: refused
	}{
		{"bare", "anna@example.org", "anna@example.org"},
		{"case", "Anna@Example.ORG", "anna@example.org"},
		{"full", "anna@example.org/My Phone", "anna@example.org/My Phone"},
		{"domain", "example.org", "example.org"},
		{"trailing dot", "anna@example.org.", "anna@example.org"},
		{"umlaut", "jörg@bücher.example", "jörg@bücher.example"},
		{"digits and dots", "a.b-1@x1.example", "a.b-1@x1.example"},
		{"empty", "", ""},
		{"no domain", "anna@", ""},
		{"no local", "@example.org", ""},
		{"empty resource", "anna@example.org/", ""},
		{"space in the name", "an na@example.org", ""},
		{"space in the domain", "anna@exam ple.org", ""},
		{"two at signs", "anna@b@example.org", ""},
		{"empty label", "anna@example..org", ""},
		{"hyphen first", "anna@-example.org", ""},
		{"control", "anna@example.org/a\x00b", ""},
		{"not UTF-8", "an\xffna@example.org", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseJID(tt.in)
			if got != tt.want || (err == nil) != (tt.want != "") || (err != nil && !errors.Is(err, ErrJID)) {
				t.Errorf("got %q, %v; want %q", string(got), err, string(tt.want))
			}
		})
	}
}

func TestJIDParts(t *testing.T) {
	j := JID("anna@example.org/phone/2")
	if j.Bare() != "anna@example.org" || j.Local() != "anna" || j.Domain() != "example.org" || j.Resource() != "phone/2" || j.IsBare() {
		t.Errorf("parts of a full address: %q %q %q %q", j.Bare(), j.Local(), j.Domain(), j.Resource())
	}
	if d := JID("example.org"); d.Local() != "" || d.Domain() != "example.org" || !d.IsBare() {
		t.Error("parts of a domain")
	}
}

func TestMixedScripts(t *testing.T) {
	for in, want := range map[JID]bool{
		"anna@example.org": false, "анна@пример.рф": false, "аnna@example.org": true, "anna@еxample.org": true, "anna@пример.org": false,
	} {
		if in.MixedScripts() != want {
			t.Errorf("%q: %v, want %v", string(in), !want, want)
		}
	}
}

// The short way of ParseJID agrees with the long one.
func FuzzParseJID(f *testing.F) {
	for _, s := range []string{"anna@example.org", "a.b@c-d.e/f g", "xn--a@x", "a@b", "a@b/", "a/b", "a@1.2", "a@xn--bcher-kva.example", "-@a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 3071 {
			return
		}
		got, errGot := ParseJID(s)
		want, errWant := normalise(s)
		if got != want || (errGot == nil) != (errWant == nil) {
			t.Errorf("%q: %q %v, the long way says %q %v", s, string(got), errGot, string(want), errWant)
		}
		if again, err := ParseJID(string(got)); errGot == nil && (again != got || err != nil) {
			t.Errorf("%q is not stable: %q, %v", string(got), string(again), err)
		}
	})
}

func TestSecretHides(t *testing.T) {
	type holder struct{ P Secret }
	h := holder{"canary"}
	out, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprint(h), fmt.Sprintf("%v %+v %#v %s %q %x", h, h, h.P, h.P, h.P, h.P), string(out)} {
		if len(s) == 0 || strings.Contains(s, "canary") || strings.Contains(s, "63616e617279") {
			t.Errorf("the secret shows in %q", s)
		}
	}
}

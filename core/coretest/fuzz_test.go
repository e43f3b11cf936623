package coretest

import (
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// FuzzScan puts a word between others, in each of the two alphabets of base64: it must be found at every offset.
func FuzzScan(f *testing.F) {
	f.Add("", "secret", "")
	f.Add("a", "secret word", "b")
	f.Add("ab", "\xff\xfe\xfd\xfc\xfb\xfa", "\xff")
	f.Fuzz(func(t *testing.T, before, word, behind string) {
		if len(word) < 6 || len(word) > 1000 {
			return
		}
		forms := formsOf(word)
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			text := encoding.EncodeToString([]byte(before + word + behind))
			if !containsAny([]byte(text), forms) {
				t.Errorf("%q is not found in %s", word, text)
			}
		}
	})
}

// FuzzDNS asks the name server anything: it answers what it was asked, within the limit, or not at all.
func FuzzDNS(f *testing.F) {
	name := dnsmessage.MustNewName("example.test.")
	ask := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: 7},
		Questions: []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeTXT, Class: dnsmessage.ClassINET}},
	}
	packet, err := ask.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packet)
	f.Add(packet[:len(packet)-1])
	f.Add([]byte{})
	z := zone{Text("example.test", strings.Repeat("x", 250), strings.Repeat("y", 250), "z"), Address("example.test", "127.0.0.1")}
	f.Fuzz(func(t *testing.T, packet []byte) {
		answer := z.answer(packet, maxUDP)
		if answer == nil {
			return
		}
		var asked, got dnsmessage.Message
		if err := asked.Unpack(packet); err != nil {
			t.Fatalf("a packet that cannot be read was answered: %v", err)
		}
		if err := got.Unpack(answer); err != nil {
			t.Fatalf("the answer cannot be read: %v", err)
		}
		if len(answer) > maxUDP || got.ID != asked.ID || !got.Response || got.Questions[0] != asked.Questions[0] {
			t.Errorf("%d bytes answer %v with %v", len(answer), asked.Questions, got.Questions)
		}
	})
}

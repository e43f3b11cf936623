package link

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"kith/core/wire"
)

// page is a stream of an archive page with so many stanzas of about 2.5 KB.
func page(count int) []byte {
	var b bytes.Buffer
	b.WriteString(header)
	body := strings.Repeat("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=", 55)
	for i := range count {
		fmt.Fprintf(&b, "<message from='juliet@example.test' to='juliet@example.test/kith'><result xmlns='urn:xmpp:mam:2' "+
			"queryid='q' id='%d'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' "+
			"stamp='2026-01-01T00:00:00Z'/><message xmlns='jabber:client' from='romeo@example.test/a' type='chat' id='m%d'>"+
			"<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'><key rid='2'>AAAA</key><iv>AAAA</iv></header>"+
			"<payload>%s</payload></encrypted><store xmlns='urn:xmpp:hints'/></message></forwarded></result></message>", i, i, body)
	}
	return b.Bytes()
}

// BenchmarkRead compares the whole way from bytes to counted events with parsing alone.
func BenchmarkRead(b *testing.B) {
	const count = 1000
	text := page(count)
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			in := wire.NewReader(bytes.NewReader(text))
			if _, err := in.Header(); err != nil {
				b.Fatal(err)
			}
			for {
				if _, err := in.Next(); err != nil {
					break
				}
			}
		}
	})
	b.Run("events", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if n := readAll(b, text); n != count {
				b.Fatalf("%d events", n)
			}
		}
	})
}

// readAll runs a stream through a receiver and handles its events as core does, in batches.
func readAll(tb testing.TB, text []byte) (events int) {
	done := make(chan struct{})
	state := newShared("example.test", usualTiming(), done)
	state.session.enable("x")
	r := receiver{state, newInbox(done)}
	s := &stream{in: wire.NewReader(bytes.NewReader(text))}
	if _, err := s.in.Header(); err != nil {
		tb.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- r.read(s)
		close(r.inbox.ch)
	}()
	for range r.inbox.ch {
		n := 1
		for len(r.inbox.ch) > 0 && n < 64 {
			<-r.inbox.ch
			n++
		}
		state.handled(n)
		events += n
	}
	if err := <-ended; !errors.Is(err, ErrUnreachable) {
		tb.Fatal(err)
	}
	return events
}

// FuzzStream feeds a receiver with what a hostile server may send: it must end with an error of the package, and every
// counted stanza must be accounted for.
func FuzzStream(f *testing.F) {
	for _, seed := range []string{
		note("1"), "<iq type='get' id='p' from='a'><ping xmlns='urn:xmpp:ping'/></iq>", "<iq type='result' id='q'/>",
		"<r xmlns='urn:xmpp:sm:3'/>", "<a xmlns='urn:xmpp:sm:3' h='1'/>", "<a xmlns='urn:xmpp:sm:3' h='77'/>",
		"<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>", "</stream:stream>", "<iq type='error' id='q'/>",
		"<presence/><presence><iq/></presence>", "<iq type='result' id='q' from='example.test'/>" + note("2"),
	} {
		f.Add(seed, uint8(0))
	}
	f.Fuzz(func(t *testing.T, text string, repeated uint8) {
		state := newShared("example.test", usualTiming(), nil)
		state.session.enable("x")
		state.session.jid = "juliet@example.test/kith"
		state.session.skip = uint32(repeated)
		state.session.keep("k", []byte("<message/>"))
		state.asked["q"] = question{id: "q"}
		r := receiver{state, newInbox(nil)}
		s := &stream{in: wire.NewReader(io.LimitReader(strings.NewReader(header+text), 2048))} // fewer events than there is room for
		if _, err := s.in.Header(); err != nil {
			t.Fatal(err)
		}
		err := r.read(s)
		known := false
		for _, kind := range []error{ErrProtocol, ErrUnreachable, ErrConflict, ErrNoServer} {
			known = known || errors.Is(err, kind)
		}
		if !known {
			t.Errorf("ended with %v", err)
		}
		for len(r.inbox.ch) > 0 {
			switch (<-r.inbox.ch).(type) {
			case Stanza, Answer:
				state.handled(1)
			}
		}
		if state.session.handled != state.session.arrived || len(state.session.open) != 0 {
			t.Errorf("handled %d of %d", state.session.handled, state.session.arrived)
		}
	})
}

//go:build unix

package wire_test

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"kith/core/wire"
)

// archivePage is what a server sends for a page of n encrypted messages of 2.5 KB.
func archivePage(n int) string {
	var b strings.Builder
	for i := range n {
		noise := func(size int) string {
			raw := make([]byte, size)
			for j := range raw {
				raw[j] = byte(i*31 + j*j*7 + size)
			}
			return base64.StdEncoding.EncodeToString(raw)
		}
		fmt.Fprintf(&b, `<message from='anna@example.test' to='anna@example.test/phone.x7'><result xmlns='urn:xmpp:mam:2' queryid='q1' id='1699999999-%06d'>`+
			`<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-03-01T10:00:%02dZ'/>`+
			`<message xmlns='jabber:client' type='chat' to='anna@example.test' from='bert@example.test/desk' id='m%d' xml:lang='en'>`, i, i%60, i)
		b.WriteString(`<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1839201123'>`)
		for k := range 8 {
			fmt.Fprintf(&b, `<key rid='%d'>%s</key>`, 1000+k, noise(110))
		}
		fmt.Fprintf(&b, `<iv>%s</iv></header><payload>%s</payload></encrypted>`, noise(12), noise(240))
		fmt.Fprintf(&b, `<encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl' name='OMEMO'/>`+
			`<body>You received a message encrypted with OMEMO but your client doesn&apos;t support OMEMO.</body>`+
			`<store xmlns='urn:xmpp:hints'/><request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>`+
			`<origin-id xmlns='urn:xmpp:sid:0' id='m%d'/></message></forwarded></result></message>`, i)
	}
	return b.String()
}

const benchOpen = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"

// cpuTime is what the process has used of all processors, garbage collection included: the machine may be shared, and a
// reader that leaves its work to the collector must not look fast.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func perSecond(b *testing.B, start time.Duration, stanzas int) {
	b.ReportMetric(float64(stanzas*b.N)/(cpuTime(b)-start).Seconds(), "stanzas/cpu-s")
}

// BenchmarkReader reads archive pages; its baseline is BenchmarkEncodingXML.
func BenchmarkReader(b *testing.B) {
	const n = 250
	page := benchOpen + archivePage(n) + "</stream:stream>"
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	start := cpuTime(b)
	for b.Loop() {
		r := wire.NewReader(strings.NewReader(page))
		if _, err := r.Header(); err != nil {
			b.Fatal(err)
		}
		count := 0
		for {
			e, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || !e.Is(wire.NSClient, "message") {
				b.Fatal(e, err)
			}
			count++
		}
		if count != n {
			b.Fatal(count)
		}
	}
	perSecond(b, start, n)
}

// BenchmarkEncodingXML decodes the same pages into a struct, as most Go libraries do.
func BenchmarkEncodingXML(b *testing.B) {
	const n = 250
	page := benchOpen + archivePage(n) + "</stream:stream>"
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	begin := cpuTime(b)
	for b.Loop() {
		d := xml.NewDecoder(strings.NewReader(page))
		if _, err := d.Token(); err != nil {
			b.Fatal(err)
		}
		count := 0
		for {
			tok, err := d.Token()
			if err != nil {
				b.Fatal(err)
			}
			start, ok := tok.(xml.StartElement)
			if !ok {
				break
			}
			var m plainResult
			if err := d.DecodeElement(&m, &start); err != nil || len(m.Result.Message.Encrypted.Keys) != 8 {
				b.Fatal(m, err)
			}
			count++
		}
		if count != n {
			b.Fatal(count)
		}
	}
	perSecond(b, begin, n)
}

type plainResult struct {
	From   string `xml:"from,attr"`
	To     string `xml:"to,attr"`
	Result struct {
		QueryID string `xml:"queryid,attr"`
		ID      string `xml:"id,attr"`
		Delay   struct {
			Stamp string `xml:"stamp,attr"`
		} `xml:"forwarded>delay"`
		Message struct {
			From      string `xml:"from,attr"`
			To        string `xml:"to,attr"`
			ID        string `xml:"id,attr"`
			Type      string `xml:"type,attr"`
			Body      string `xml:"body"`
			Encrypted struct {
				SID  uint32 `xml:"sid,attr"`
				Keys []struct {
					RID  uint32 `xml:"rid,attr"`
					Data string `xml:",chardata"`
				} `xml:"header>key"`
				IV      string `xml:"header>iv"`
				Payload string `xml:"payload"`
			} `xml:"eu.siacs.conversations.axolotl encrypted"`
			Origin struct {
				ID string `xml:"id,attr"`
			} `xml:"urn:xmpp:sid:0 origin-id"`
		} `xml:"forwarded>message"`
	} `xml:"urn:xmpp:mam:2 result"`
}

// BenchmarkReceive reads the pages and unwraps each message down to its keys; compare with BenchmarkReader.
func BenchmarkReceive(b *testing.B) {
	const n = 250
	page := benchOpen + archivePage(n) + "</stream:stream>"
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	start := cpuTime(b)
	for b.Loop() {
		r := wire.NewReader(strings.NewReader(page))
		if _, err := r.Header(); err != nil {
			b.Fatal(err)
		}
		for {
			e, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			m, ok := wire.ParseArchiveResult(e)
			x, ok2 := wire.ParseEncrypted(m.Message.Child(wire.NSOMEMO, "encrypted"))
			if !ok || !ok2 || len(x.Keys) != 8 || wire.OriginID(m.Message) == "" {
				b.Fatal("message not understood")
			}
		}
	}
	perSecond(b, start, n)
}

// BenchmarkAppend writes the messages of a page.
func BenchmarkAppend(b *testing.B) {
	page := "<page xmlns='jabber:client'>" + archivePage(250) + "</page>"
	e, err := wire.Parse(page)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	var buf []byte
	for b.Loop() {
		buf = e.Append(buf[:0], wire.NSClient)
	}
}

package coretest

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// Record is one thing a name server knows.
type Record struct {
	name   string
	body   dnsmessage.ResourceBody
	silent bool
	code   dnsmessage.RCode
}

// SRV is a service's place (RFC 2782), as in SRV("_xmpp-client._tcp.example.test", "xmpp.example.test", 5222, 10, 0).
// The target "." says that the service is not offered.
func SRV(name, target string, port, priority, weight uint16) Record {
	return Record{name: fqdn(name), body: &dnsmessage.SRVResource{
		Target: dnsmessage.MustNewName(fqdn(target)), Port: port, Priority: priority, Weight: weight,
	}}
}

// Address is a host's IPv4 or IPv6 address.
func Address(name, ip string) Record {
	a := netip.MustParseAddr(ip)
	if a.Is4() {
		return Record{name: fqdn(name), body: &dnsmessage.AResource{A: a.As4()}}
	}
	return Record{name: fqdn(name), body: &dnsmessage.AAAAResource{AAAA: a.As16()}}
}

// Text is a TXT record.
func Text(name string, lines ...string) Record {
	return Record{name: fqdn(name), body: &dnsmessage.TXTResource{TXT: lines}}
}

// Silent makes the server never answer questions about name.
func Silent(name string) Record { return Record{name: fqdn(name), silent: true} }

// Broken makes the server answer questions about name with SERVFAIL.
func Broken(name string) Record { return Record{name: fqdn(name), code: dnsmessage.RCodeServerFailure} }

func fqdn(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".") + ".") }

// StartDNS serves records over UDP and TCP on loopback and returns a resolver that asks nobody else. Other names do not
// exist. It ends with the test.
func StartDNS(tb TB, records ...Record) *net.Resolver {
	tb.Helper()
	packets, streams, err := listenBoth()
	if err != nil {
		tb.Fatalf("start name server: %v", err)
	}
	z := zone(records)
	var running sync.WaitGroup
	running.Go(func() { z.serveUDP(packets) })
	running.Go(func() { z.serveTCP(streams, &running) })
	tb.Cleanup(func() {
		_, _ = packets.Close(), streams.Close()
		running.Wait()
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network[:3], packets.LocalAddr().String()) // "udp4" and the like: the address is IPv4
	}}
}

// listenBoth finds a port that is free for UDP and TCP: one that is free for the first may be taken for the second.
func listenBoth() (packets net.PacketConn, streams net.Listener, err error) {
	for range 50 {
		if packets, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
			return nil, nil, err
		}
		if streams, err = net.Listen("tcp", packets.LocalAddr().String()); err == nil {
			return packets, streams, nil
		}
		_ = packets.Close() // never used
	}
	return nil, nil, err
}

type zone []Record

// maxUDP is the largest answer in one packet (RFC 1035 §4.2.1); a larger one is asked for again over TCP.
const maxUDP = 512

func (z zone) serveUDP(conn net.PacketConn) {
	buf := make([]byte, 4096)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		answer := z.answer(buf[:n], maxUDP)
		if answer == nil {
			continue
		}
		if _, err := conn.WriteTo(answer, from); err != nil {
			return
		}
	}
}

func (z zone) serveTCP(l net.Listener, running *sync.WaitGroup) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		running.Go(func() {
			defer conn.Close()
			var size [2]byte
			if _, err := io.ReadFull(conn, size[:]); err != nil {
				return
			}
			question := make([]byte, binary.BigEndian.Uint16(size[:]))
			if _, err := io.ReadFull(conn, question); err != nil {
				return
			}
			if answer := z.answer(question, 65535); answer != nil {
				_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)) // the asker may be gone
			}
		})
	}
}

// answer makes the packet for a question; nil for none.
func (z zone) answer(packet []byte, limit int) []byte {
	var m dnsmessage.Message
	if m.Unpack(packet) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	reply := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true, RecursionAvailable: true, RCode: dnsmessage.RCodeNameError},
		Questions: m.Questions,
	}
	for _, r := range z {
		if r.name != strings.ToLower(q.Name.String()) {
			continue
		}
		if r.silent {
			return nil
		}
		reply.RCode = r.code
		if r.body != nil && typeOf(r.body) == q.Type {
			reply.Answers = append(reply.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 60}, Body: r.body,
			})
		}
	}
	b, err := reply.Pack()
	if err == nil && len(b) > limit {
		reply.Answers, reply.Truncated = nil, true
		b, err = reply.Pack()
	}
	if err != nil {
		return nil
	}
	return b
}

func typeOf(body dnsmessage.ResourceBody) dnsmessage.Type {
	switch body.(type) {
	case *dnsmessage.SRVResource:
		return dnsmessage.TypeSRV
	case *dnsmessage.AResource:
		return dnsmessage.TypeA
	case *dnsmessage.AAAAResource:
		return dnsmessage.TypeAAAA
	default:
		return dnsmessage.TypeTXT
	}
}

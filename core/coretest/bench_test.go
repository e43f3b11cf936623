package coretest

import (
	"io"
	"net"
	"strconv"
	"testing"
)

// BenchmarkProxy moves 64 KiB out and back, directly and through a proxy that spoils nothing.
func BenchmarkProxy(b *testing.B) {
	direct := echo(b)
	for name, addr := range map[string]string{"direct": direct, "proxied": StartProxy(b, direct).Addr()} {
		b.Run(name, func(b *testing.B) {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			block := make([]byte, 64<<10)
			b.SetBytes(2 * int64(len(block)))
			for b.Loop() {
				if _, err := conn.Write(block); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(conn, block); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStart is the time until clients can connect.
func BenchmarkStart(b *testing.B) {
	for _, server := range servers {
		b.Run(server.name, func(b *testing.B) {
			for b.Loop() {
				server.start(b, Options{}).Kill()
			}
		})
	}
}

// BenchmarkFillArchive stores 1,000 messages at once.
func BenchmarkFillArchive(b *testing.B) {
	for _, server := range servers {
		b.Run(server.name, func(b *testing.B) {
			s := server.start(b, Options{})
			anna, bert := s.AddUser(b, "anna", "secret-1"), s.AddUser(b, "bert", "secret-2")
			msgs := manyMessages(anna, bert, 1000)
			round := 0
			for b.Loop() {
				for i := range msgs {
					msgs[i].ID = strconv.Itoa(round*len(msgs) + i)
				}
				round++
				s.FillArchive(b, anna, msgs)
			}
			b.ReportMetric(float64(b.N*len(msgs))/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

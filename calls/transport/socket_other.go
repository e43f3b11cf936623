//go:build !linux || 386 || s390x

package transport

import (
	"net"
	"net/netip"
)

// socket is a UDP socket of the system that media come and go through.
type socket struct{ *net.UDPConn }

func newSocket(c *net.UDPConn) (*socket, error) { return &socket{c}, nil }

// ReadFromAddrPort waits for a datagram.
func (s *socket) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	n, from, err := s.ReadFromUDPAddrPort(b)
	return n, netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), err
}

// WriteToAddrPort sends one.
func (s *socket) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return s.WriteToUDPAddrPort(b, to)
}

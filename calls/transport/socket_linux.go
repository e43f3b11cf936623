//go:build linux && !386 && !s390x

package transport

import (
	"encoding/binary"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"syscall"
	"unsafe"
)

// socket is a UDP socket of the system that media come and go through. What it asks of the system never waits (waiting is the poller's part), and so Go's
// scheduler is not told of it: told, it has its monitor look, every 20 µs, whether it takes too long, for as long as anything runs, and with a packet
// each 20 ms in both directions that was a quarter of what a call of sound took.
//
// Nobody but Pion uses it, and of net.UDPConn's methods only those that are here, deadlines and Close.
type socket struct {
	*net.UDPConn
	raw syscall.RawConn
	six bool // of IPv6, with IPv4 in it where the system does that
	in  transfer
	out transfer
}

// transfer is a datagram on its way in one direction.
type transfer struct {
	mu      sync.Mutex
	try     func(fd uintptr) bool // false: not yet
	data    []byte
	n       int
	errno   syscall.Errno
	address [syscall.SizeofSockaddrInet6]byte
	size    uint32 // of the address
}

// newSocket takes a connection over.
func newSocket(c *net.UDPConn) (*socket, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &socket{UDPConn: c, raw: raw}
	s.in.try, s.out.try = s.in.receive, s.out.send
	err = raw.Control(func(fd uintptr) {
		name, _ := syscall.Getsockname(int(fd))
		_, s.six = name.(*syscall.SockaddrInet6)
	})
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return s, nil
}

// receive takes a datagram that is there.
func (t *transfer) receive(fd uintptr) bool {
	t.size = uint32(len(t.address))
	return t.done(syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(unsafe.SliceData(t.data))), uintptr(len(t.data)),
		syscall.MSG_DONTWAIT, uintptr(unsafe.Pointer(&t.address)), uintptr(unsafe.Pointer(&t.size))))
}

// send sends one for which there is room.
func (t *transfer) send(fd uintptr) bool {
	return t.done(syscall.RawSyscall6(syscall.SYS_SENDTO, fd, uintptr(unsafe.Pointer(unsafe.SliceData(t.data))), uintptr(len(t.data)),
		syscall.MSG_DONTWAIT, uintptr(unsafe.Pointer(&t.address)), uintptr(t.size)))
}

func (t *transfer) done(n, _ uintptr, errno syscall.Errno) bool {
	t.n, t.errno = int(n), errno
	return errno != syscall.EAGAIN
}

// ReadFromAddrPort waits for a datagram.
func (s *socket) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	t := &s.in
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = b
	err := s.raw.Read(t.try)
	t.data = nil
	if err == nil && t.errno != 0 {
		err = s.failed("read", t.errno)
	}
	if err != nil {
		return 0, netip.AddrPort{}, err
	}
	return t.n, t.from(), nil
}

// WriteToAddrPort sends one, or waits until there is room for it.
func (s *socket) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	t := &s.out
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.to(to, s.six) {
		return s.WriteToUDPAddrPort(b, to) // to another kind of network, or by the name of an interface: which it says better
	}
	t.data = b
	err := s.raw.Write(t.try)
	t.data = nil
	if err == nil && t.errno != 0 {
		err = s.failed("write", t.errno)
	}
	if err != nil {
		return 0, err
	}
	return t.n, nil
}

// failed is an error as net.UDPConn would give it; it says nothing of whom it was for.
func (s *socket) failed(what string, errno syscall.Errno) error {
	return &net.OpError{Op: what, Net: "udp", Err: os.NewSyscallError(what, errno)}
}

// ReadFrom is ReadFromAddrPort for those who do not know it.
func (s *socket) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := s.ReadFromAddrPort(b)
	if err != nil {
		return 0, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// WriteTo is WriteToAddrPort for those who do not know it.
func (s *socket) WriteTo(b []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return s.UDPConn.WriteTo(b, to)
	}
	return s.WriteToAddrPort(b, udp.AddrPort())
}

// from is the address, as the kernel writes it: the family, the port and then what depends on the family (ip(7), ipv6(7)).
func (t *transfer) from() netip.AddrPort {
	a := &t.address
	port := binary.BigEndian.Uint16(a[2:])
	if binary.NativeEndian.Uint16(a[:]) == syscall.AF_INET {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(a[4:8])), port)
	}
	ip := netip.AddrFrom16([16]byte(a[8:24])).Unmap()
	if scope := binary.NativeEndian.Uint32(a[24:]); scope != 0 {
		ip = ip.WithZone(strconv.FormatUint(uint64(scope), 10))
	}
	return netip.AddrPortFrom(ip, port)
}

// to writes an address down; false when this socket cannot reach it, or only by the name of an interface.
func (t *transfer) to(to netip.AddrPort, six bool) bool {
	ip := to.Addr().Unmap()
	if !ip.IsValid() || ip.Zone() != "" || ip.Is6() && !six {
		return false
	}
	a := &t.address
	clear(a[:])
	binary.BigEndian.PutUint16(a[2:], to.Port())
	if !six {
		four := ip.As4()
		binary.NativeEndian.PutUint16(a[:], syscall.AF_INET)
		copy(a[4:], four[:])
		t.size = syscall.SizeofSockaddrInet4
		return true
	}
	sixteen := ip.As16() // of IPv4: as ::ffff:…
	binary.NativeEndian.PutUint16(a[:], syscall.AF_INET6)
	copy(a[8:], sixteen[:])
	t.size = syscall.SizeofSockaddrInet6
	return true
}

package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// What Link's methods return.
var (
	ErrOffline = errors.New("not connected")
	ErrClosed  = errors.New("link is closed")
	ErrTimeout = errors.New("no answer in time")
)

// Why a connection ended or could not be made: Offline.Err wraps one of them. Their texts hold no addresses.
var (
	ErrPassword    = errors.New("wrong name or password")                   // final
	ErrRefused     = errors.New("server refuses the account")               // final
	ErrDowngrade   = errors.New("server offers less security than it did")  // final: somebody may be in between
	ErrCertificate = errors.New("server's certificate is not valid")        // a *CertificateError has the reason
	ErrNoTLS       = errors.New("server offers no encryption")              //
	ErrNoServer    = errors.New("no server of that name")                   // says the DNS, or the server reached by that name
	ErrUnreachable = errors.New("server cannot be reached")                 // now; the network, or the server's own trouble
	ErrConflict    = errors.New("another connection took over our address") //
	ErrProtocol    = errors.New("server breaks the protocol")               //
)

// protocol makes an ErrProtocol. What is a constant text.
func protocol(what string) error { return fmt.Errorf("%w: %s", ErrProtocol, what) }

// unreachable makes an ErrUnreachable of an error of the network, whose own text would hold addresses.
func unreachable(do string, err error) error {
	return fmt.Errorf("%w: %s: %s", ErrUnreachable, do, networkCause(err))
}

func networkCause(err error) string {
	var number syscall.Errno
	var network net.Error
	switch {
	case errors.As(err, &number):
		return number.Error()
	case errors.Is(err, context.Canceled):
		return "given up"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "timed out"
	case errors.Is(err, net.ErrClosed):
		return "closed"
	default:
		return "connection lost"
	}
}

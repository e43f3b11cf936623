//go:build !linux || android

package platform

import (
	"context"
	"runtime"
)

// AppID is Kith's name towards the desktop.
const AppID = "im.kith.Kith"

// Desktop does nothing on this system yet.
type Desktop struct{}

// StartNoBus does nothing: there is no such bus here.
func StartNoBus() error { return nil }

// HasKeychain says whether this system has a keychain that Kith uses: it always runs then.
func HasKeychain(context.Context) bool { return runtime.GOOS == "darwin" || runtime.GOOS == "windows" }

// Unstick does nothing: only X11 has what it is for.
func Unstick() {}

// Unasked does nothing.
func Unasked(uintptr) {}

// Open returns a desktop without notifications.
func Open(context.Context) *Desktop { return &Desktop{} }

// Available is false.
func (d *Desktop) Available() bool { return false }

// Notify does nothing.
func (d *Desktop) Notify(context.Context, Note) error { return nil }

// Withdraw does nothing.
func (d *Desktop) Withdraw(context.Context, string) error { return nil }

// Next waits until ctx ends.
func (d *Desktop) Next(ctx context.Context) (Reply, error) {
	<-ctx.Done()
	return Reply{}, context.Cause(ctx)
}

// Close does nothing.
func (d *Desktop) Close(context.Context) error { return nil }

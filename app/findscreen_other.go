//go:build android || !(linux || freebsd || netbsd || openbsd)

package app

// FindScreen finds the one that there always is.
func FindScreen() error { return nil }

package storage

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockFile takes the lock of a profile by opening a file that nobody else may open meanwhile.
func lockFile(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	const nobodyElse = 0
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, nobodyElse, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	const sharingViolation = syscall.Errno(32)
	if errors.Is(err, sharingViolation) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	return os.NewFile(uintptr(h), path), nil
}

// syncDir does nothing: Windows has no such call, its file systems journal renames.
func syncDir(string) error { return nil }

// isQuota knows ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL and ERROR_DISK_QUOTA_EXCEEDED.
func isQuota(e syscall.Errno) bool { return e == 112 || e == 39 || e == 1295 }

package storage

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/mattn/go-sqlite3"
)

// TestTranslate: what a person can do something about has its own error, whoever reports it.
func TestTranslate(t *testing.T) {
	for _, tt := range []struct{ in, want error }{
		{sqlite3.Error{Code: sqlite3.ErrFull}, ErrDiskFull},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.ENOSPC}, ErrDiskFull},
		{sqlite3.Error{Code: sqlite3.ErrReadonly}, ErrReadOnly},
		{sqlite3.Error{Code: sqlite3.ErrCantOpen, SystemErrno: syscall.EACCES}, ErrReadOnly},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EROFS}, ErrReadOnly},
		{sqlite3.Error{Code: sqlite3.ErrCorrupt}, ErrDamaged},
	} {
		if got := translate(tt.in); !errors.Is(got, tt.want) {
			t.Errorf("%#v becomes %v, want %v", tt.in, got, tt.want)
		}
	}
	for errno, want := range map[syscall.Errno]error{syscall.ENOSPC: ErrDiskFull, syscall.EROFS: ErrReadOnly, syscall.EPERM: ErrReadOnly} {
		if got := diskFault(&os.PathError{Op: "open", Path: "a person's name", Err: errno}); !errors.Is(got, want) {
			t.Errorf("%v becomes %v, want %v", errno, got, want)
		}
	}
	if got := diskFault(&os.PathError{Op: "open", Path: "a person's name", Err: syscall.ENOENT}); !errors.Is(got, fs.ErrNotExist) || got.Error() != "open: no such file or directory" {
		t.Errorf("a missing file becomes %v", got)
	}
}

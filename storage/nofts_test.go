//go:build !sqlite_fts5 && !fts5

package storage

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestMain: without full text search there is nothing else to test than that it is refused.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "kith")
	if err == nil {
		_, err = open(filepath.Join(dir, dbName), nil, 64)
	}
	if !errors.Is(err, ErrNoFTS5) {
		os.Exit(1)
	}
	os.Exit(0)
}

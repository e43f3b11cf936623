package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
)

// stage is what a test would get from testing.T: temporary folders, cleaning up, and an end at the first failure. It also
// keeps the list of what was found.
type stage struct {
	dir string

	mu       sync.Mutex
	folders  int
	cleanups []func()
	checks   []check
}

// check is something that had to be so.
type check struct {
	what string
	ok   bool
}

func newStage() (*stage, error) {
	dir, err := os.MkdirTemp("", "kith-demo")
	if err != nil {
		return nil, err
	}
	return &stage{dir: dir}, nil
}

// Helper does nothing.
func (s *stage) Helper() {}

// Name is the demo's.
func (s *stage) Name() string { return "demo" }

// TempDir makes a folder that clear removes.
func (s *stage) TempDir() string {
	s.mu.Lock()
	s.folders++
	dir := fmt.Sprintf("%s/%d", s.dir, s.folders)
	s.mu.Unlock()
	if err := os.Mkdir(dir, 0o700); err != nil {
		s.Fatalf("%v", err)
	}
	return dir
}

// Logf tells the person what happens.
func (s *stage) Logf(format string, args ...any) { fmt.Printf("  "+format+"\n", args...) }

// Fatalf ends the play; clear still runs.
func (s *stage) Fatalf(format string, args ...any) {
	s.found(fmt.Sprintf(format, args...), false)
	runtime.Goexit()
}

// Cleanup is run by clear, the last one first.
func (s *stage) Cleanup(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cleanups = append(s.cleanups, f)
}

// clear ends what was started and removes the folders.
func (s *stage) clear() {
	s.mu.Lock()
	last := slices.Clone(s.cleanups)
	s.cleanups = nil
	s.mu.Unlock()
	for _, f := range slices.Backward(last) {
		f()
	}
	if err := os.RemoveAll(s.dir); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
	}
}

// found notes whether something was as it should be.
func (s *stage) found(what string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checks = append(s.checks, check{what, ok})
}

// act tells the person what comes next.
func (s *stage) act(format string, args ...any) { fmt.Printf("• "+format+"\n", args...) }

// summary prints what was found and says whether all of it was right.
func (s *stage) summary() bool {
	fmt.Println("\nWhat was found:")
	good := len(s.checks) > 0
	for _, c := range s.checks {
		mark := "ok  "
		if !c.ok {
			mark, good = "NOT ", false
		}
		fmt.Println(" ", mark, c.what)
	}
	return good
}

package coretest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// process is a running program with everything it started.
type process struct {
	cmd  *exec.Cmd
	log  string        // file with what it printed
	done chan struct{} // closed when it has ended and was waited for
}

// startProcess runs cmd; what it prints is appended to the file log.
func startProcess(cmd *exec.Cmd, log string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open server's log: %w", err)
	}
	cmd.Stdout, cmd.Stderr = out, out
	ownGroup(cmd)
	p := &process{cmd: cmd, log: log, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel ends the child when the thread that started it ends (see ownGroup): this thread stays for as long.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.done)
		defer out.Close()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // a killed server's exit status says nothing
		}
	}()
	if err := <-started; err != nil {
		<-p.done
		return nil, fmt.Errorf("start server: %w", err)
	}
	return p, nil
}

// kill ends the program and all it started, as kill -9 does, and waits for its end. It may be called again.
func (p *process) kill() {
	killGroup(p.cmd.Process)
	<-p.done
}

// tail is the end of what the program printed.
func (p *process) tail() string {
	b, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}

// needProgram finds an installed program, or one at the places given, and fails the test when there is none.
func needProgram(tb TB, name string, places ...string) string {
	tb.Helper()
	for _, file := range append([]string{name}, places...) {
		path, err := exec.LookPath(file)
		if err == nil {
			return path
		}
		if !errors.Is(err, exec.ErrNotFound) && !errors.Is(err, os.ErrNotExist) {
			tb.Fatalf("look for %s: %v", name, err)
		}
	}
	tb.Fatalf("%s is missing. run: make deps", name)
	return ""
}

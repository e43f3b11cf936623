package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"kith/core/coretest"
)

// patience is how long anything may take: the machine may be busy with other tests.
const patience = 2 * time.Minute

// Kith is a running kith-headless. It ends with the test.
type Kith struct {
	Dir string // its profile

	tb     coretest.TB
	cmd    *exec.Cmd
	in     io.WriteCloser
	output sync.WaitGroup // the goroutines that read what it prints

	mu      sync.Mutex
	calls   int
	waiting map[int]chan reply
	notes   []Note
	changed chan struct{} // closed and replaced when something arrives
	log     bytes.Buffer
}

// Note is a notification.
type Note struct {
	Method string
	Params json.RawMessage
}

// CallError is the error that a call was answered with.
type CallError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    struct {
		Kind   string `json:"kind"`
		Detail string `json:"detail"`
	} `json:"data"`
}

// Error is for people.
func (e *CallError) Error() string { return fmt.Sprintf("%s (%d %s)", e.Message, e.Code, e.Data.Kind) }

type reply struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	ID     *int            `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *CallError      `json:"error"`
}

// Passphrase is what every profile is locked with.
const Passphrase = "a passphrase for tests"

// Start runs a kith-headless on a profile, which is made when it is new and locked with Passphrase. caFile names the authority
// to trust besides the system's.
func Start(tb coretest.TB, program, dir, caFile string, args ...string) *Kith {
	tb.Helper()
	secret := filepath.Join(tb.TempDir(), "passphrase")
	if err := os.WriteFile(secret, []byte(Passphrase+"\n"), 0o600); err != nil {
		tb.Fatalf("write passphrase: %v", err)
	}
	return start(tb, program, dir, []string{"SSL_CERT_FILE=" + caFile}, append([]string{"-passphrase-file", secret}, args...)...)
}

// start runs a kith-headless on a profile, with more in its environment.
func start(tb coretest.TB, program, dir string, env []string, args ...string) *Kith {
	tb.Helper()
	args = append([]string{"-profile", dir, "-log", "debug"}, args...)
	k := &Kith{Dir: dir, tb: tb, cmd: exec.Command(program, args...), waiting: map[int]chan reply{}, changed: make(chan struct{})}
	k.cmd.Env = append(os.Environ(), env...)
	in, err := k.cmd.StdinPipe()
	if err != nil {
		tb.Fatalf("%v", err)
	}
	out, err := k.cmd.StdoutPipe()
	if err != nil {
		tb.Fatalf("%v", err)
	}
	complaints, err := k.cmd.StderrPipe()
	if err != nil {
		tb.Fatalf("%v", err)
	}
	if err := k.cmd.Start(); err != nil {
		tb.Fatalf("start kith-headless: %v", err)
	}
	k.in = in
	k.output.Add(2)
	go k.readAnswers(out)
	go k.readLog(complaints)
	tb.Cleanup(func() {
		if k.cmd.ProcessState == nil {
			k.Kill()
		}
	})
	return k
}

// readAnswers hands answers to their callers and collects notifications.
func (k *Kith) readAnswers(out io.Reader) {
	defer k.output.Done()
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var r reply
		err := json.Unmarshal(lines.Bytes(), &r)
		k.mu.Lock()
		switch {
		case err != nil:
			k.notes = append(k.notes, Note{Method: "not JSON: " + lines.Text()})
		case r.Method != "":
			k.notes = append(k.notes, Note{r.Method, bytes.Clone(r.Params)})
		case r.ID != nil && k.waiting[*r.ID] != nil:
			k.waiting[*r.ID] <- r
			delete(k.waiting, *r.ID)
		}
		close(k.changed)
		k.changed = make(chan struct{})
		k.mu.Unlock()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.waiting {
		close(c)
	}
	k.waiting = nil
}

func (k *Kith) readLog(r io.Reader) {
	defer k.output.Done()
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		k.mu.Lock()
		k.log.Write(append(lines.Bytes(), '\n'))
		k.mu.Unlock()
	}
}

// errGone says that the program ended before it answered.
var errGone = errors.New("kith-headless has ended")

// Call calls a method and decodes what it answers into result, which may be nil. An error that was answered is a *CallError.
func (k *Kith) Call(method string, params, result any) error {
	answer, err := k.Begin(method, params)
	if err != nil {
		return err
	}
	select {
	case r, ok := <-answer:
		switch {
		case !ok:
			return errGone
		case r.Error != nil:
			return r.Error
		case result == nil:
			return nil
		}
		return json.Unmarshal(r.Result, result)
	case <-time.After(patience):
		return fmt.Errorf("%s is not answered", method)
	}
}

// Begin calls a method without waiting for its answer.
func (k *Kith) Begin(method string, params any) (<-chan reply, error) {
	k.mu.Lock()
	if k.waiting == nil {
		k.mu.Unlock()
		return nil, errGone
	}
	k.calls++
	id, answer := k.calls, make(chan reply, 1)
	k.waiting[id] = answer
	k.mu.Unlock()
	line, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	if err != nil {
		return nil, err
	}
	_, err = k.in.Write(append(line, '\n'))
	return answer, err
}

// Must is Call that ends the test on an error.
func (k *Kith) Must(method string, params, result any) {
	k.tb.Helper()
	if err := k.Call(method, params, result); err != nil {
		k.tb.Fatalf("%s: %v\nIts log ends:\n%s", method, err, tail(k.Log()))
	}
}

// Wait returns as soon as until is true. It asks again whenever the program has said something, and now and then.
func (k *Kith) Wait(what string, until func() bool) {
	k.tb.Helper()
	end := time.After(patience)
	for {
		k.mu.Lock()
		changed := k.changed
		k.mu.Unlock()
		if until() {
			return
		}
		select {
		case <-changed:
		case <-time.After(200 * time.Millisecond):
		case <-end:
			k.tb.Fatalf("waited in vain for %s.\nThe log of kith-headless ends:\n%s", what, tail(k.Log()))
		}
	}
}

// Notes are the notifications of a method so far.
func (k *Kith) Notes(method string) []Note {
	k.mu.Lock()
	defer k.mu.Unlock()
	var found []Note
	for _, n := range k.notes {
		if n.Method == method {
			found = append(found, n)
		}
	}
	return found
}

// Log is what the program has written to stderr.
func (k *Kith) Log() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.log.String()
}

// Stop ends the program in good order, by closing its input, and returns its exit status.
func (k *Kith) Stop() int {
	k.tb.Helper()
	if err := k.in.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		k.tb.Fatalf("close kith-headless's input: %v", err)
	}
	watch := time.AfterFunc(patience, func() { _ = k.cmd.Process.Kill() })
	defer watch.Stop()
	return k.wait()
}

// Kill ends the program as kill -9 does.
func (k *Kith) Kill() {
	_ = k.cmd.Process.Kill() // it may have ended by itself
	k.wait()
}

// wait reads what is left of the output and returns the exit status; -1 after a kill.
func (k *Kith) wait() int {
	k.output.Wait()
	_ = k.cmd.Wait() // the exit status is returned
	return k.cmd.ProcessState.ExitCode()
}

// CPU is the processor time that the program has used. It must have ended.
func (k *Kith) CPU() time.Duration {
	return k.cmd.ProcessState.UserTime() + k.cmd.ProcessState.SystemTime()
}

func tail(text string) string { return text[max(0, len(text)-4000):] }

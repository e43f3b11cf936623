package e2e

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// webHz is the tone in Chromium's fake microphone.
const webHz = 880

// chromium is a running headless Chromium with one page, testdata/chromium.html, which makes calls with libwebrtc. The test leads it by
// the Chrome DevTools Protocol through two pipes, so that nothing listens. It ends with the test.
type chromium struct {
	t       *testing.T
	cmd     *exec.Cmd
	in      *os.File
	log     bytes.Buffer
	read    sync.WaitGroup
	session string        // of the page
	news    chan struct{} // capacity 1: the page has told something

	mu      sync.Mutex
	calls   int
	waiting map[int]chan devtools
	told    []pageNote
}

// devtools is what chromium says: an answer, or an event.
type devtools struct {
	ID     int
	Method string
	Params struct{ Payload string } // of Runtime.bindingCalled
	Result json.RawMessage
	Error  *struct{ Message string }
}

// pageNote is what the page tells by itself.
type pageNote struct {
	State          string // of the connection; "ready" once the page is there
	Candidate, Mid string
}

// startChromium starts one, and waits until its page is there.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		program, err = exec.LookPath("chromium-browser") // as Fedora names it
	}
	if err != nil {
		t.Fatalf("the package chromium is missing. run: make deps")
	}
	dir := t.TempDir()
	microphone := filepath.Join(dir, "tone.wav")
	if err := os.WriteFile(microphone, toneFile(webHz), 0o600); err != nil {
		t.Fatal(err)
	}
	page, err := filepath.Abs("testdata/chromium.html")
	if err != nil {
		t.Fatal(err)
	}
	c := &chromium{t: t, news: make(chan struct{}, 1), waiting: make(map[int]chan devtools)}
	c.cmd = exec.Command(program, "--headless=new", "--remote-debugging-pipe", "--user-data-dir="+dir, "--no-sandbox", "--disable-gpu",
		"--disable-dev-shm-usage", "--disable-breakpad", "--disable-crash-reporter", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--no-first-run", "--autoplay-policy=no-user-gesture-required",
		"--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--use-file-for-fake-audio-capture="+microphone)
	c.start()
	var target struct{ TargetID string }
	c.ask("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	c.ask("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	c.session = attached.SessionID
	c.ask("Runtime.enable", map[string]any{}, nil)
	c.ask("Runtime.addBinding", map[string]any{"name": "tell"}, nil)
	c.ask("Page.navigate", map[string]any{"url": "file://" + page}, nil)
	for end := time.After(patience); ; {
		if all := c.takeNotes(); len(all) > 0 {
			return c
		}
		select {
		case <-c.news:
		case <-end:
			t.Fatal("chromium does not show the page")
		}
	}
}

// start runs the program, with its ends of the two pipes as the files 3 and 4.
func (c *chromium) start() {
	c.t.Helper()
	theirIn, in, err := os.Pipe()
	if err != nil {
		c.t.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		c.t.Fatal(err)
	}
	c.in = in
	c.cmd.ExtraFiles = []*os.File{theirIn, theirOut}
	c.cmd.Stderr = &c.log
	if err := c.cmd.Start(); err != nil {
		c.t.Fatalf("start chromium: %v", err)
	}
	_, _ = theirIn.Close(), theirOut.Close()
	c.read.Add(1)
	go c.readAll(out)
	c.t.Cleanup(c.stop)
}

// stop closes the pipe, with which the program ends, and waits for it.
func (c *chromium) stop() {
	_ = c.in.Close()
	watch := time.AfterFunc(patience, func() { _ = c.cmd.Process.Kill() })
	defer watch.Stop()
	c.read.Wait()
	_ = c.cmd.Wait() // its exit status says nothing: it lost its pipe
	if c.t.Failed() {
		c.t.Logf("chromium's log ends:\n%s", tail(c.log.String()))
	}
}

// readAll hands answers to who asked, and keeps what the page tells. Messages end with a zero byte.
func (c *chromium) readAll(out *os.File) {
	defer c.read.Done()
	defer out.Close()
	messages := bufio.NewReader(out)
	for {
		line, err := messages.ReadBytes(0)
		if err != nil {
			break
		}
		var m devtools
		if json.Unmarshal(line[:len(line)-1], &m) != nil {
			continue
		}
		c.mu.Lock()
		if answer := c.waiting[m.ID]; answer != nil {
			answer <- m
			delete(c.waiting, m.ID)
		}
		var note pageNote
		if m.Method == "Runtime.bindingCalled" && json.Unmarshal([]byte(m.Params.Payload), &note) == nil {
			c.told = append(c.told, note)
		}
		c.mu.Unlock()
		select {
		case c.news <- struct{}{}:
		default:
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, answer := range c.waiting {
		close(answer)
	}
	c.waiting = nil
}

// takeNotes are those that the page told since the last time.
func (c *chromium) takeNotes() []pageNote {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.told
	c.told = nil
	return all
}

// request asks chromium for something, and waits for its answer.
func (c *chromium) request(method string, params, result any) error {
	c.mu.Lock()
	if c.waiting == nil {
		c.mu.Unlock()
		return fmt.Errorf("%s: chromium has ended", method)
	}
	c.calls++
	id, answer := c.calls, make(chan devtools, 1)
	c.waiting[id] = answer
	c.mu.Unlock()
	message := map[string]any{"id": id, "method": method, "params": params}
	if c.session != "" {
		message["sessionId"] = c.session
	}
	line, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if _, err := c.in.Write(append(line, 0)); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m, ok := <-answer:
		switch {
		case !ok:
			return fmt.Errorf("%s: chromium has ended", method)
		case m.Error != nil:
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-time.After(patience):
		return fmt.Errorf("%s: chromium does not answer", method)
	}
}

// ask is request that ends the test on an error.
func (c *chromium) ask(method string, params, result any) {
	c.t.Helper()
	if err := c.request(method, params, result); err != nil {
		c.t.Fatal(err)
	}
}

// run calls one of the page's functions, and decodes what it returns into result, which may be nil.
func (c *chromium) run(function string, result any, args ...any) error {
	params := make([]string, len(args))
	for i, a := range args {
		text, err := json.Marshal(a)
		if err != nil {
			return err
		}
		params[i] = string(text)
	}
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Exception struct{ Description string }
		}
	}
	call := map[string]any{"expression": function + "(" + strings.Join(params, ", ") + ")", "awaitPromise": true, "returnByValue": true}
	if err := c.request("Runtime.evaluate", call, &got); err != nil {
		return err
	}
	if e := got.ExceptionDetails; e != nil {
		return fmt.Errorf("%s: %s", function, e.Exception.Description)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(got.Result.Value, result)
}

// toneFile is a second of a tone that is there for the half of each half second, as WAV.
func toneFile(hz float64) []byte {
	const rate = 48000
	samples := make([]int16, rate)
	for i := range samples {
		if i%(rate/2) < rate/4 {
			samples[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/rate))
		}
	}
	size := uint32(2 * len(samples))
	var b bytes.Buffer
	for _, part := range []any{
		[]byte("RIFF"), 36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2 * rate), uint16(2), uint16(16),
		[]byte("data"), size, samples,
	} {
		_ = binary.Write(&b, binary.LittleEndian, part) // into memory
	}
	return b.Bytes()
}

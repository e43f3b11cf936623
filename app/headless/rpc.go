package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"kith/core"
)

// What bounds a caller.
const (
	maxLineBytes = 1 << 20 // a longer line is answered with an error and skipped
	maxSlow      = 32      // calls that wait for the network at the same time; more wait for their turn

	lastWords = time.Second // for a reader to take a line, once the program was told to end
)

var errUnread = errors.New("nobody reads them")

// server answers the calls that come on one stream.
//
// Calls that only touch the store run one after the other, in the order of their lines, and so do their answers: two
// messages sent in a row are stored in that order. Calls that wait for the network run beside them and answer when they are
// done; a caller matches answers by id. A call without an id is carried out and not answered.
type server struct {
	client  *core.Client
	methods map[string]method

	mu     sync.Mutex // guards out
	out    io.Writer
	bad    error           // the first failed write; nothing is written after it
	ending <-chan struct{} // closed when the program was told to end; nil: nobody will

	slow  sync.WaitGroup
	slots chan struct{}
}

// newServer makes a server that writes answers and notifications to out.
func newServer(c *core.Client, out io.Writer) *server {
	s := &server{client: c, out: out, methods: map[string]method{}, slots: make(chan struct{}, maxSlow)}
	for _, m := range allMethods(s) {
		s.methods[m.name] = m
	}
	return s
}

// serve works until in ends, ctx ends or out fails. Calls that are under way are waited for; when ctx has ended they are
// cancelled. A read from in or a write to out that is still blocked then is left behind: it ends with the process.
func (s *server) serve(ctx context.Context, in io.Reader) error {
	s.ending = ctx.Done()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	lines := make(chan line)
	go readLines(ctx, in, lines)

	var notifier sync.WaitGroup
	listening, hush := context.WithCancel(ctx)
	sub := s.client.Subscribe()
	notifier.Add(1)
	go func() {
		defer notifier.Done()
		s.notify(listening, sub, cancel)
	}()

	err := s.answerAll(ctx, lines, cancel)
	s.slow.Wait()
	hush()
	notifier.Wait()
	sub.Close()
	if err == nil {
		err = s.writeError()
	}
	return err
}

// answerAll works through the lines. A signal is an orderly end and no error.
func (s *server) answerAll(ctx context.Context, lines <-chan line, cancel context.CancelCauseFunc) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case l, more := <-lines:
			if !more {
				return nil
			}
			if l.err != nil {
				return fmt.Errorf("read calls: %w", l.err)
			}
			s.handle(ctx, l, cancel)
		}
	}
}

// line is one line of input, or the end of reading.
type line struct {
	text []byte
	long bool // it was over maxLineBytes and is not here
	err  error
}

// readLines sends each line that is not blank, and closes lines at the end.
func readLines(ctx context.Context, in io.Reader, lines chan<- line) {
	defer close(lines)
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		l, err := readLine(r)
		if len(bytes.TrimSpace(l.text)) > 0 || l.long {
			select {
			case lines <- l:
			case <-ctx.Done():
				return
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			select {
			case lines <- line{err: err}:
			case <-ctx.Done():
			}
			return
		}
	}
}

// readLine reads up to the next line feed, keeping at most maxLineBytes.
func readLine(r *bufio.Reader) (line, error) {
	var l line
	for {
		part, err := r.ReadSlice('\n')
		if !l.long {
			l.text = append(l.text, part...)
		}
		if len(l.text) > maxLineBytes {
			l.long, l.text = true, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l, err
		}
	}
}

// request is a call as it comes in (JSON-RPC 2.0 §4).
type request struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// handle answers one line: at once, or in a goroutine of its own when the method waits for the network.
func (s *server) handle(ctx context.Context, l line, cancel context.CancelCauseFunc) {
	reply := func(id json.RawMessage, result any, err error) {
		if werr := s.answer(id, result, err); werr != nil {
			cancel(werr)
		}
	}
	null := json.RawMessage("null")
	if l.long {
		reply(null, nil, &rpcError{Code: codeInvalid, Message: "the line is too long"})
		return
	}
	if !json.Valid(l.text) {
		reply(null, nil, &rpcError{Code: codeParse, Message: "not a line of JSON"})
		return
	}
	var req request
	if err := json.Unmarshal(l.text, &req); err != nil || req.Version != "2.0" || req.Method == "" || !validID(req.ID) {
		id := null // what cannot be told (JSON-RPC 2.0 §5)
		if len(req.ID) > 0 && validID(req.ID) {
			id = req.ID
		}
		reply(id, nil, &rpcError{Code: codeInvalid, Message: "not a JSON-RPC 2.0 call"})
		return
	}
	m, ok := s.methods[req.Method]
	if !ok {
		reply(req.ID, nil, &rpcError{Code: codeNoMethod, Message: "method not found"})
		return
	}
	if !m.slow {
		result, err := m.call(ctx, req.Params)
		reply(req.ID, result, err)
		return
	}
	s.slots <- struct{}{}
	s.slow.Add(1)
	go func() {
		defer func() { <-s.slots; s.slow.Done() }()
		result, err := m.call(ctx, req.Params)
		reply(req.ID, result, err)
	}()
}

// validID allows what JSON-RPC allows: none, a string, a number or null.
func validID(id json.RawMessage) bool {
	return len(id) == 0 || id[0] != '{' && id[0] != '[' && id[0] != 't' && id[0] != 'f'
}

// answer writes the outcome of a call. The error is that of the write.
func (s *server) answer(id json.RawMessage, result any, err error) error {
	if len(id) == 0 { // a notification of the caller's: not even errors are answered
		return nil
	}
	a := struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Result  any             `json:"result,omitempty"`
		Error   *rpcError       `json:"error,omitempty"`
	}{Version: "2.0", ID: id}
	switch {
	case err != nil:
		a.Error = toError(err)
	case result == nil:
		a.Result = struct{}{}
	default:
		a.Result = result
	}
	return s.write(a)
}

// tell writes a notification.
func (s *server) tell(name string, params any) error {
	return s.write(struct {
		Version string `json:"jsonrpc"`
		Method  string `json:"method"`
		Params  any    `json:"params"`
	}{"2.0", name, params})
}

// write puts one value on a line. It waits for a slow reader.
func (s *server) write(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bad != nil {
		return s.bad
	}
	if err := s.put(append(text, '\n')); err != nil {
		s.bad = fmt.Errorf("write answer: %w", err)
	}
	return s.bad
}

// put hands a line to the reader, who may take it as slowly as he likes until the program is told to end: then it must not depend
// on him any more.
func (s *server) put(line []byte) error {
	written := make(chan error, 1)
	go func() {
		_, err := s.out.Write(line)
		written <- err
	}()
	select {
	case err := <-written:
		return err
	case <-s.ending:
	}
	select {
	case err := <-written:
		return err
	case <-time.After(lastWords):
		return errUnread
	}
}

func (s *server) writeError() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bad
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"kith/core"
	"kith/core/coretest"
	"kith/core/model"
	"kith/storage"
)

// outcome is a line of output, whatever kind it is.
type outcome struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method"`
	Result  json.RawMessage `json:"result"`
	Error   *rpcError       `json:"error"`
}

// talk runs the whole program on a new profile with these lines of input, and returns its exit status and its answers.
func talk(t *testing.T, lines ...string) (int, []outcome) {
	t.Helper()
	return talkIn(t, t.TempDir(), strings.NewReader(strings.Join(lines, "\n")))
}

// talkIn is talk on a profile that is there already.
func talkIn(t *testing.T, profile string, in io.Reader) (int, []outcome) {
	t.Helper()
	var out, complaints bytes.Buffer
	status := run(t.Context(), []string{"-profile", profile, "-passphrase-file", passphrase(t)}, in, &out, &complaints)
	if complaints.Len() > 0 {
		t.Errorf("stderr: %s", complaints.String())
	}
	var all []outcome
	for scan := bufio.NewScanner(&out); scan.Scan(); {
		var o outcome
		if err := json.Unmarshal(scan.Bytes(), &o); err != nil || o.Version != "2.0" {
			t.Errorf("not a line of JSON-RPC: %s", scan.Text())
		}
		if o.Method == "" {
			all = append(all, o)
		}
	}
	return status, all
}

func passphrase(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(file, []byte("correct horse\r\nsecond line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestCalls holds answers against calls of every right and wrong kind.
func TestCalls(t *testing.T) {
	call := func(method, params string) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":"x","method":%q,"params":%s}`, method, params)
	}
	for _, c := range []struct {
		name, line string
		code       int // 0: a result
		kind       string
	}{
		{"no accounts yet", call("account.list", "{}"), 0, ""},
		{"without params", `{"jsonrpc":"2.0","id":1,"method":"stats"}`, 0, ""},
		{"null params", call("chat.list", "null"), 0, ""},
		{"not JSON", `{"jsonrpc":`, codeParse, ""},
		{"a batch", `[{"jsonrpc":"2.0","id":1,"method":"stats"}]`, codeInvalid, ""},
		{"another version", `{"jsonrpc":"1.0","id":1,"method":"stats"}`, codeInvalid, ""},
		{"no method", `{"jsonrpc":"2.0","id":1}`, codeInvalid, ""},
		{"an id that is none", `{"jsonrpc":"2.0","id":{},"method":"stats"}`, codeInvalid, ""},
		{"an empty method", call("", "{}"), codeInvalid, ""},
		{"a later stage's method", call("chat.edit", "{}"), codeNoMethod, ""},
		{"a list of params", call("account.list", "[1]"), codeParams, ""},
		{"an unknown parameter", call("account.add", `{"jid":"a@b.test","password":"x","proxy":"socks"}`), codeParams, ""},
		{"a missing parameter", call("account.add", `{"jid":"a@b.test"}`), codeParams, ""},
		{"a parameter of another type", call("account.connect", `{"account":"one"}`), codeParams, ""},
		{"a port without a host", call("account.add", `{"jid":"a@b.test","password":"x","port":1}`), codeParams, ""},
		{"no address", call("account.add", `{"jid":"@","password":"x"}`), codeFailed, "address"},
		{"no such account", call("account.connect", `{"account":7}`), codeFailed, "not-found"},
		{"messages of no account", call("chat.messages", `{"account":7,"with":"a@b.test"}`), codeFailed, "not-found"},
		{"chats of all accounts", call("chat.list", `{"account":0}`), 0, ""},
		{"chats of no account", call("chat.list", `{"account":7}`), codeFailed, "not-found"},
		{"contacts of no account", call("contact.list", `{"account":7}`), codeFailed, "not-found"},
		{"a list of devices of no account", call("device.list", `{"account":7,"jid":"a@b.test"}`), codeFailed, "not-found"},
		{"trust in no account", call("device.trust", `{"account":7,"jid":"a@b.test","fingerprint":"`+strings.Repeat("ab", 32)+`","trust":"verified"}`), codeFailed, "not-found"},
		{"search in no account", call("search", `{"query":"x","account":7}`), codeFailed, "not-found"},
		{"search in a chat of an account that is not here", call("search", `{"query":"x","account":7,"with":"a@b.test"}`), codeFailed, "not-found"},
		{"older messages of no account", call("chat.older", `{"account":7,"with":"a@b.test"}`), codeFailed, "not-found"},
		{"typing in no account", call("chat.typing", `{"account":7,"with":"a@b.test","active":true}`), codeFailed, "not-found"},
		{"no message to try again", call("chat.retry", `{"message":"7"}`), codeFailed, "not-found"},
		{"a password of no account", call("account.password", `{"account":7,"password":"x"}`), codeFailed, "not-found"},
		{"a negative account", call("account.remove", `{"account":-1}`), codeFailed, "not-found"},
		{"an account that is no number", call("account.remove", `{"account":1.5}`), codeParams, ""},
		{"limit 0", call("chat.messages", `{"account":7,"with":"a@b.test","limit":0}`), codeParams, ""},
		{"a negative limit", call("search", `{"query":"x","limit":-1}`), codeParams, ""},
		{"null for what may be left out", call("search", `{"query":"x","limit":null,"before":null,"with":null}`), 0, ""},
		{"null for what is needed", call("search", `{"query":null}`), codeParams, ""},
		{"a parameter in capitals", call("search", `{"query":"x","LIMIT":1}`), codeParams, ""},
		{"a parameter named like an address", call("search", `{"query":"x","a@b.test":1}`), codeParams, ""},
		{"params that are a number", call("stats", "5"), codeParams, ""},
		{"messages of no address", call("chat.messages", `{"account":7,"with":"a b"}`), codeFailed, "address"},
		{"too many messages", call("chat.messages", `{"account":7,"with":"a@b.test","limit":100000}`), codeParams, ""},
		{"before what is no message", call("chat.messages", `{"account":7,"with":"a@b.test","before":"x"}`), codeParams, ""},
		{"marking in no chat", call("chat.markRead", `{"account":7,"with":"a@b.test","message":"1"}`), codeFailed, "not-found"},
		{"an empty message", call("chat.send", `{"account":7,"to":"a@b.test","body":" \n"}`), codeParams, ""},
		{"a contact of no account", call("contact.add", `{"account":7,"jid":"a@b.test"}`), codeFailed, "not-found"},
		{"devices of no account", call("device.refresh", `{"account":7,"jid":"a@b.test"}`), codeFailed, "not-found"},
		{"a message of no account", call("chat.send", `{"account":7,"to":"a@b.test","body":"x"}`), codeFailed, "not-found"},
		{"an unknown encryption", call("chat.send", `{"account":7,"to":"a@b.test","body":"x","encryption":"rot13"}`), codeParams, ""},
		{"an unknown trust", call("device.trust", `{"account":7,"jid":"a@b.test","fingerprint":"","trust":"sure"}`), codeParams, ""},
		{"search in a chat without an account", call("search", `{"query":"x","with":"a@b.test"}`), codeParams, ""},
		{"too long a line", call("search", `{"query":"`+strings.Repeat("x", maxLineBytes)+`"}`), codeInvalid, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			coretest.CheckGoroutines(t)
			status, got := talk(t, c.line, "", `{"jsonrpc":"2.0","id":"after","method":"stats"}`)
			after := slices.IndexFunc(got, func(o outcome) bool { return string(o.ID) == `"after"` })
			if status != exitOK || len(got) != 2 || after < 0 {
				t.Fatalf("exit %d, answers %+v", status, got)
			}
			checkOutcome(t, got[1-after], c.code, c.kind)
		})
	}
}

// withAccount is a profile that has an account, which is not online.
func withAccount(t *testing.T) (dir string, id model.AccountID) {
	t.Helper()
	dir = t.TempDir()
	profile, err := storage.Hold(dir)
	if err != nil {
		t.Fatal(err)
	}
	key, err := profile.Create(storage.PassphraseSlot("correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := profile.Open(key)
	if err != nil {
		t.Fatal(err)
	}
	row := model.Account{JID: "anna@b.test", Password: "x"}
	if err := store.Update(t.Context(), func(tx *storage.Tx) error { return tx.AddAccount(&row) }); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.Close(), profile.Close()); err != nil {
		t.Fatal(err)
	}
	return dir, row.ID
}

// TestWhatIsNotThere: of an account that is here, a person without a chat has no messages, and a key that nobody has shown is
// not decided about.
func TestWhatIsNotThere(t *testing.T) {
	dir, id := withAccount(t)
	for _, c := range []struct {
		method, params string
		code           int
		kind           string
	}{
		{"chat.list", "", 0, ""},
		{"contact.list", "", 0, ""},
		{"chat.messages", `"with":"ben@b.test"`, 0, ""},
		{"search", `"query":"x","with":"ben@b.test"`, 0, ""},
		{"device.list", `"jid":"ben@b.test"`, 0, ""},
		{"chat.markRead", `"with":"ben@b.test","message":"1"`, codeFailed, "not-found"},
		{"chat.delete", `"with":"ben@b.test"`, codeFailed, "not-found"},
		{"chat.send", `"to":"ben@b.test","body":"clear text unasked","encryption":"none"`, codeFailed, "encryption"},
		{"device.trust", `"jid":"ben@b.test","trust":"verified","fingerprint":"` + strings.Repeat("ab", 32) + `"`, codeFailed, "not-found"},
		{"device.trust", `"jid":"ben@b.test","trust":"verified","fingerprint":"zz"`, codeFailed, "not-found"},
		{"device.trust", `"jid":"ben@b.test","trust":"verified","fingerprint":""`, codeFailed, "not-found"},
	} {
		t.Run(c.method, func(t *testing.T) {
			params := strings.TrimSuffix(fmt.Sprintf(`"account":%d,%s`, id, c.params), ",")
			status, got := talkIn(t, dir, strings.NewReader(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":{%s}}`, c.method, params)))
			if status != exitOK || len(got) != 1 {
				t.Fatalf("exit %d, answers %+v", status, got)
			}
			checkOutcome(t, got[0], c.code, c.kind)
		})
	}
}

// TestPieces: calls are told apart by their lines, however they are written.
func TestPieces(t *testing.T) {
	calls := strings.Repeat(`{"jsonrpc":"2.0","id":1,"method":"account.list"}`+"\r\n", 3) + `{"jsonrpc":"2.0","id":1,"method":"stats"}`
	for name, in := range map[string]io.Reader{"byte by byte": iotest.OneByteReader(strings.NewReader(calls)), "at once": strings.NewReader(calls)} {
		if status, got := talkIn(t, t.TempDir(), in); status != exitOK || len(got) != 4 || got[3].Error != nil {
			t.Errorf("%s: exit %d, answers %+v", name, status, got)
		}
	}
}

// TestInvalidCallKeepsItsID: a call that is none is answered under its own id where it has one (JSON-RPC 2.0 §5).
func TestInvalidCallKeepsItsID(t *testing.T) {
	status, got := talk(t, `{"jsonrpc":"2.0","id":"mine","method":""}`, `{"jsonrpc":"2.0","id":{},"method":"stats"}`)
	if status != exitOK || len(got) != 2 || string(got[0].ID) != `"mine"` || string(got[1].ID) != "null" {
		t.Errorf("exit %d, answers %+v", status, got)
	}
}

// TestTexts: a text that cannot be sent is the caller's fault.
func TestTexts(t *testing.T) {
	for _, err := range []error{core.ErrEmpty, core.ErrTooLong} {
		if e := toError(err); e.Code != codeParams || e.Message == "" {
			t.Errorf("%v becomes %+v", err, e)
		}
	}
}

func checkOutcome(t *testing.T, got outcome, code int, kind string) {
	t.Helper()
	if code == 0 {
		if got.Error != nil || len(got.Result) == 0 {
			t.Errorf("error %+v, result %s", got.Error, got.Result)
		}
		return
	}
	if got.Error == nil || got.Error.Code != code {
		t.Fatalf("error %+v, want code %d", got.Error, code)
	}
	if kind != "" && got.Error.Data.Kind != kind {
		t.Errorf("kind %q, want %q", got.Error.Data.Kind, kind)
	}
	if strings.Contains(got.Error.Message, "b.test") {
		t.Errorf("the error names the address: %s", got.Error.Message)
	}
}

// TestOrder proves that answers of quick calls keep the order of the calls, and that calls without id are not answered.
func TestOrder(t *testing.T) {
	var lines []string
	for i := range 300 {
		lines = append(lines, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"account.list"}`, i), `{"jsonrpc":"2.0","method":"account.list"}`,
			`{"jsonrpc":"2.0","method":"no.such"}`)
	}
	status, got := talk(t, lines...)
	if status != exitOK || len(got) != 300 {
		t.Fatalf("exit %d, %d answers", status, len(got))
	}
	for i, o := range got {
		if string(o.ID) != fmt.Sprint(i) {
			t.Fatalf("answer %d has the id %s", i, o.ID)
		}
	}
}

// TestDiscover holds the list of methods against the stable part that scripts rely on.
func TestDiscover(t *testing.T) {
	_, got := talk(t, `{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}`)
	var c catalogue
	if err := json.Unmarshal(got[0].Result, &c); err != nil {
		t.Fatal(err)
	}
	params := map[string][]string{}
	for _, m := range c.Methods {
		params[m.Name] = []string{}
		for _, p := range m.Params {
			name := p.Name
			if !p.Required {
				name += "?"
			}
			params[m.Name] = append(params[m.Name], name)
		}
	}
	for method, want := range map[string]string{
		"account.add":        "jid password host? port? directTLS?",
		"account.list":       "",
		"account.connect":    "account",
		"account.disconnect": "account",
		"account.remove":     "account",
		"account.password":   "account password",
		"contact.add":        "account jid name?",
		"contact.list":       "account",
		"contact.remove":     "account jid",
		"chat.list":          "account?",
		"chat.messages":      "account with limit? before?",
		"chat.older":         "account with",
		"chat.send":          "account to body encryption?",
		"chat.setEncryption": "account with encryption",
		"chat.markRead":      "account with message",
		"chat.typing":        "account with active",
		"search":             "query account? with? limit? before?",
		"device.list":        "account jid",
		"device.trust":       "account jid fingerprint trust",
		"device.reset":       "account jid",
		"stats":              "",
		"rpc.discover":       "",
	} {
		if have, ok := params[method]; !ok || strings.Join(have, " ") != want {
			t.Errorf("%s takes %q, want %q", method, have, want)
		}
	}
	if !slices.Contains(c.Notifications, "message") {
		t.Error("notifications are not listed")
	}
}

// TestSignal ends in good order although the input is still open.
func TestSignal(t *testing.T) {
	p := open(t)
	p.ask()
	if _, err := bufio.NewReader(p.answers).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	p.stop()
	p.ends(exitOK)
}

// TestReaderGone ends with an error when nobody reads the answers any more.
func TestReaderGone(t *testing.T) {
	p := open(t)
	if err := p.answers.Close(); err != nil {
		t.Fatal(err)
	}
	p.ask()
	p.ends(exitFailed)
}

// TestSleepingReader: a reader that is there and takes nothing does not keep the program from ending when it is told to; that an
// answer was not read is a failure.
func TestSleepingReader(t *testing.T) {
	p := open(t)
	p.ask()
	if _, err := p.answers.Read(make([]byte, 1)); err != nil { // the rest of the answer waits
		t.Fatal(err)
	}
	p.stop()
	p.ends(exitFailed)
}

// program is kith-headless in this process, with an input that stays open.
type program struct {
	t       *testing.T
	input   *io.PipeWriter
	answers *io.PipeReader
	stop    context.CancelFunc // as a signal does
	ended   chan int
}

func open(t *testing.T) *program {
	t.Helper()
	in, input := io.Pipe()
	answers, out := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	p := &program{t: t, input: input, answers: answers, stop: stop, ended: make(chan int)}
	args := []string{"-profile", t.TempDir(), "-passphrase-file", passphrase(t)}
	go func() { p.ended <- run(ctx, args, in, out, io.Discard) }()
	t.Cleanup(func() { _, _ = input.Close(), answers.Close() })
	return p
}

// ask sends a question.
func (p *program) ask() {
	p.t.Helper()
	if _, err := io.WriteString(p.input, `{"jsonrpc":"2.0","id":1,"method":"stats"}`+"\n"); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) ends(want int) {
	p.t.Helper()
	if status := <-p.ended; status != want {
		p.t.Errorf("exit %d, want %d", status, want)
	}
}

// TestLostAnswer: an answer that could not be written is not passed over at the end of the input.
func TestLostAnswer(t *testing.T) {
	for range 10 { // the end of the input and the failed write are seen in either order
		in := strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"stats"}` + "\n")
		args := []string{"-profile", t.TempDir(), "-passphrase-file", passphrase(t)}
		if status := run(t.Context(), args, in, failing{}, io.Discard); status != exitFailed {
			t.Errorf("exit %d, want %d", status, exitFailed)
		}
	}
}

// failing is a writer on a full disk.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// newTestServer is a server over a new store, writing to out.
func newTestServer(t testing.TB, out io.Writer) *server {
	t.Helper()
	profile, err := storage.Hold(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	key, err := unlock(profile, passphrase(t))
	if err != nil {
		t.Fatal(err)
	}
	store, err := profile.Open(key)
	if err != nil {
		t.Fatal(err)
	}
	client, err := core.Open(context.Background(), store, core.Options{Log: coretest.NewCanary(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(client.Close(), store.Close(), profile.Close()); err != nil {
			t.Error(err)
		}
	})
	return newServer(client, out)
}

// FuzzLine proves that no line ends the program, and that each is answered at most once and by a whole line.
func FuzzLine(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"account.list"}`,
		`{"jsonrpc":"2.0","id":"a","method":"chat.send","params":{"account":1,"to":"a@b.test","body":"x"}}`,
		`{"jsonrpc":"2.0","id":null,"method":"search","params":{"query":"\"' OR *","limit":-1}}`,
		`{"jsonrpc":"2.0","id":1,"method":"chat.messages","params":{"account":1,"with":"a@b","before":99999999999999999999}}`,
		`{"jsonrpc":"2.0","id":1,"method":"device.trust","params":{"account":1,"jid":"a@b","fingerprint":"ff","trust":"blind"}}`,
		`[[[[`, `"`, `null`, `{"jsonrpc":"2.0","id":1e999,"method":"stats","params":{}}`,
	} {
		f.Add([]byte(seed))
	}
	var out bytes.Buffer
	s := newTestServer(f, &out)
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.ContainsRune(text, '\n') || bytes.Contains(text, []byte("account.add")) { // lines; no network
			return
		}
		out.Reset()
		s.handle(t.Context(), line{text: text}, func(err error) { t.Fatal(err) })
		s.slow.Wait()
		if n := bytes.Count(out.Bytes(), []byte("\n")); n > 1 {
			t.Fatalf("%d lines of answer", n)
		}
		if out.Len() > 0 && !json.Valid(out.Bytes()) {
			t.Fatalf("not JSON: %q", out.String())
		}
	})
}

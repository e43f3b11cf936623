package core

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"kith/core/model"
)

// When the disk is full nothing is acknowledged and nothing lost: it is shown, and as soon as there is room it goes on. A child
// process does it, since the limit on the size of files is one of the whole process.
func TestDiskFull(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the next try: not in -short")
	}
	if os.Getenv("KITH_DISK_FULL") == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestDiskFull$", "-test.timeout=2m")
		child.Env = append(os.Environ(), "KITH_DISK_FULL=1")
		if out, err := child.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	p := unconnected(t)
	limit := func(bytes uint64) {
		var l syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			t.Fatal(err)
		}
		l.Cur = min(bytes, l.Max)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			t.Fatal(err)
		}
	}
	var stanzas []string
	for i := range 60 {
		stanzas = append(stanzas, strings.Replace(fromBen, "x1", fmt.Sprint("full", i), 1)+fmt.Sprintf("<body>%d %s</body></message>", i, strings.Repeat("word ", 4000)))
	}
	stanzas = append(stanzas, "<presence from='late@evil.test' type='subscribe'/>",
		"<message from='anna@example.test' to='anna@example.test/kith'><x xmlns='urn:x'/></message>")
	status := func() AccountStatus { return p.client.account(p.account).status() }
	limit(256 << 10)
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		p.feed(stanzas...)
	}()
	p.until("it is shown", func() bool { return KindOf(status().Err) == FailDiskFull })
	if n := p.client.stanzasIn.Load(); n != 0 {
		t.Errorf("%d stanzas count as taken", n)
	}
	if got := p.texts(benJID); len(got) != 0 {
		t.Errorf("%d messages are stored of a batch that is not", len(got))
	}
	limit(1 << 62)
	<-fed
	if err := status().Err; KindOf(err) == FailDiskFull {
		t.Errorf("it still shows %v", err)
	}
	p.restart()
	if got := p.texts(benJID); len(got) != 60 || !strings.HasPrefix(got[59], "59 ") {
		t.Errorf("%d messages", len(got))
	}
	if c, ok, err := p.store.Contact(p.account, model.JID("late@evil.test")); err != nil || !ok || !c.Asking {
		t.Errorf("the request is there: %v, %v", ok, err)
	}
}

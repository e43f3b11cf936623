package core

import (
	"bufio"
	"io"
	"os/exec"
	"path/filepath"
	"testing"

	"kith/core/coretest"
	"kith/core/model"
)

// A test that writes into Prosody's database while Prosody does keeps it waiting, and breaks nothing.
func TestServerWaitsForTests(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
	anna.reaches(anna.send(ben.jid, "canary before"), model.Sent)
	cmd := exec.Command("sqlite3", filepath.Join(s.Dir, "data", "prosody.sqlite"))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, ".timeout 20000\nBEGIN IMMEDIATE;\nSELECT 'locked';\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "locked\n" {
		t.Fatalf("%q, %v", line, err)
	}
	m, err := anna.store.Message(anna.send(ben.jid, "canary meanwhile"))
	if err != nil {
		t.Fatal(err)
	}
	s.WaitStanza(t, m.OriginID)
	if err := in.Close(); err != nil { // the end of its input ends the program, and so the lock
		t.Fatal(err)
	}
	_ = cmd.Wait()
	anna.reaches(m.ID, model.Sent)
	later := signIn(t, s, ben.jid, "ben-canary-password")
	later.until("both are in the archive", func() bool { return len(later.texts(anna.jid)) == 2 })
}

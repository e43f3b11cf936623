package core

import (
	"fmt"
	"os"
	"testing"

	"kith/core/coretest"
)

// A profile that was put back from a backup writes on: what it sent since is in the archive, and tells that its sessions are behind.
func TestRestoredProfile(t *testing.T) {
	backups := [...]string{t.TempDir(), t.TempDir()}
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
	for i, answered := range []bool{false, true} {
		t.Run(fmt.Sprintf("answered=%v", answered), func(t *testing.T) {
			name := fmt.Sprintf("%v ", answered)
			anna.send(ben.jid, name+"before")
			ben.gets(anna.jid, name+"before")
			ben.send(anna.jid, name+"answer") // so that the session is that of both
			anna.gets(ben.jid, name+"answer")
			anna.close()
			if err := os.CopyFS(backups[i], os.DirFS(anna.dir)); err != nil {
				t.Fatal(err)
			}
			anna.open()
			anna.send(ben.jid, name+"between")
			ben.gets(anna.jid, name+"between")
			if answered { // and so the keys were changed, too
				ben.send(anna.jid, name+"and back")
				anna.gets(ben.jid, name+"and back")
				anna.send(ben.jid, name+"and forth")
				ben.gets(anna.jid, name+"and forth")
			}
			anna.close()
			anna.dir = backups[i]
			anna.open()
			anna.until("what was missed is there", func() bool { return anna.client.account(anna.account).out.isCaughtUp() })
			anna.send(ben.jid, name+"after")
			ben.gets(anna.jid, name+"after")
			ben.send(anna.jid, name+"and again")
			anna.gets(ben.jid, name+"and again")
		})
	}
}

package coretest

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"kith/core/model"
)

// ejabberdConfig is a template over settings.
//
//go:embed ejabberd/ejabberd.yml
var ejabberdConfig string

type ejabberd struct {
	erl  string // the Erlang machine
	libs string // the folder with ejabberd's own libraries
}

// StartEjabberd starts an ejabberd server and waits until clients can connect. It ends with the test. The server runs in an
// Erlang machine without a name, so that it neither needs nor starts the port mapper and cookies of Erlang's own network.
func StartEjabberd(tb TB, o Options) *Server {
	tb.Helper()
	s := newServer(tb, o)
	if o.SASL2 || o.ArchivePage != 0 {
		tb.Fatalf("ejabberd has no options SASL2 and ArchivePage")
	}
	needProgram(tb, "sqlite3")
	libs, schema := findEjabberd(tb)
	s.backend = ejabberd{erl: needProgram(tb, "erl"), libs: libs}
	if err := s.writeConfig("ejabberd.yml", ejabberdConfig); err != nil {
		tb.Fatalf("%v", err)
	}
	s.sql(tb, "PRAGMA journal_mode=WAL;\n"+schema)
	s.stopWith(tb)
	s.start(tb)
	return s
}

// findEjabberd finds the installed server's libraries and the tables of its database.
func findEjabberd(tb TB) (libs, schema string) {
	tb.Helper()
	for _, pattern := range []string{"/usr/lib/*/ejabberd-*/ebin/ejabberd.app", "/usr/lib*/ejabberd-*/ebin/ejabberd.app"} {
		apps, err := filepath.Glob(pattern)
		if err != nil || len(apps) == 0 {
			continue
		}
		home := filepath.Dir(filepath.Dir(apps[0]))
		for _, file := range []string{filepath.Join(home, "priv", "sql", "lite.sql"), "/usr/share/ejabberd/sql/lite.sql"} {
			if b, err := os.ReadFile(file); err == nil {
				return filepath.Dir(home), string(b)
			}
		}
	}
	tb.Fatalf("ejabberd is missing. run: make deps")
	return "", ""
}

func (e ejabberd) command(s *Server) *exec.Cmd {
	// No busy waiting: the machine is shared with other tests.
	cmd := exec.Command(e.erl, "+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none",
		"-noinput", "-mnesia", "dir", `"`+filepath.Join(s.Dir, "mnesia")+`"`, "-s", "ejabberd")
	cmd.Dir = s.Dir
	cmd.Env = append(os.Environ(), "HOME="+s.Dir, "ERL_LIBS="+e.libs, "ERL_CRASH_DUMP_BYTES=0",
		"EJABBERD_CONFIG_PATH="+filepath.Join(s.Dir, "ejabberd.yml"), "EJABBERD_LOG_PATH="+filepath.Join(s.Dir, "ejabberd.log"))
	return cmd
}

func (ejabberd) database(s *Server) string { return filepath.Join(s.Dir, "ejabberd.sqlite") }

// userSQL stores what ejabberd_auth_sql keeps of an account.
func (ejabberd) userSQL(s *Server, local, password string) (string, error) {
	keys, err := newSCRAM(s.options.Hash, password)
	if err != nil {
		return "", err
	}
	b64 := base64.StdEncoding.EncodeToString
	stored := b64(keys.stored)
	if s.options.Hash == "SHA-256" {
		stored = "sha256:" + stored
	}
	return fmt.Sprintf("INSERT INTO users (username,password,serverkey,salt,iterationcount) VALUES (%s,'%s','%s','%s',%d);\n",
		quote(local), stored, b64(keys.server), b64([]byte(keys.salt)), scramIterations), nil
}

// archiveSQL stores what mod_mam_sql keeps of a message.
func (ejabberd) archiveSQL(_ *Server, owner model.JID, m ArchiveMessage) (string, error) {
	peer := m.From
	if m.From.Bare() == owner.Bare() {
		peer = m.To
	}
	return fmt.Sprintf("INSERT INTO archive (username,timestamp,peer,bare_peer,xml,txt,kind,nick) VALUES (%s,%d,%s,%s,%s,'','chat','');\n",
		quote(owner.Local()), m.Time.UnixMicro(), quote(string(peer)), quote(string(peer.Bare())), quote(m.stanza())), nil
}

// contactSQL stores what mod_roster_sql keeps of a contact.
func (ejabberd) contactSQL(_ *Server, owner model.JID, c model.Contact) string {
	return fmt.Sprintf("INSERT INTO rosterusers (username,jid,nick,subscription,ask,askmessage,server,subscribe,type) "+
		"VALUES (%s,%s,%s,'B','N','','N','','item');\n", quote(owner.Local()), quote(string(c.JID)), quote(c.Name))
}

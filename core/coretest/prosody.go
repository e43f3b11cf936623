package coretest

import (
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"kith/core/model"
)

// prosodyFiles holds the configuration (a template over settings) and the modules of our own.
//
//go:embed prosody
var prosodyFiles embed.FS

type prosody struct{ program string }

// StartProsody starts a Prosody server and waits until clients can connect. It ends with the test.
func StartProsody(tb TB, o Options) *Server {
	tb.Helper()
	s := newServer(tb, o)
	s.backend = prosody{program: needProgram(tb, "prosody", "/usr/bin/prosody", "/usr/sbin/prosody")}
	needProgram(tb, "sqlite3")
	if err := s.configureProsody(); err != nil {
		tb.Fatalf("%v", err)
	}
	s.sql(tb, "PRAGMA journal_mode=WAL;\n") // so that the server and we can use it at once
	s.stopWith(tb)
	s.start(tb)
	return s
}

// configureProsody writes the configuration and our modules into the server's folder.
func (s *Server) configureProsody() error {
	config, err := prosodyFiles.ReadFile("prosody/prosody.cfg.lua")
	if err != nil {
		return fmt.Errorf("read Prosody's configuration: %w", err)
	}
	if err := s.writeConfig("prosody.cfg.lua", string(config)); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(s.Dir, "data"), 0o700); err != nil {
		return fmt.Errorf("make Prosody's data folder: %w", err)
	}
	if err := os.CopyFS(filepath.Join(s.Dir, "modules"), prosodyFiles); err != nil {
		return fmt.Errorf("write Prosody's modules: %w", err)
	}
	return nil
}

func (p prosody) command(s *Server) *exec.Cmd {
	cmd := exec.Command(p.program, "-F", "--config", filepath.Join(s.Dir, "prosody.cfg.lua"))
	cmd.Dir = s.Dir
	return cmd
}

func (prosody) database(s *Server) string { return filepath.Join(s.Dir, "data", "prosody.sqlite") }

// userSQL stores what mod_auth_internal_hashed keeps of an account: one row per value.
func (prosody) userSQL(s *Server, local, password string) (string, error) {
	keys, err := newSCRAM(s.options.Hash, password)
	if err != nil {
		return "", err
	}
	var sql strings.Builder
	for _, row := range [][3]string{
		{"salt", "string", keys.salt},
		{"iteration_count", "number", fmt.Sprint(scramIterations)},
		{"stored_key", "string", fmt.Sprintf("%x", keys.stored)},
		{"server_key", "string", fmt.Sprintf("%x", keys.server)},
	} {
		fmt.Fprintf(&sql, "INSERT INTO prosody (host,user,store,key,type,value) VALUES (%s,%s,'accounts','%s','%s','%s');\n",
			quote(s.Domain), quote(local), row[0], row[1], row[2])
	}
	return sql.String(), nil
}

// archiveSQL stores what mod_mam keeps of a message; XML there has its namespace written out.
func (prosody) archiveSQL(s *Server, owner model.JID, m ArchiveMessage) (string, error) {
	return fmt.Sprintf(`INSERT INTO prosodyarchive (host,user,store,key,"when","with",type,value) VALUES (%s,%s,'archive',%s,%d,%s,'xml',%s);`+"\n",
		quote(s.Domain), quote(owner.Local()), quote(m.ID), m.Time.Unix(), quote(string(m.peer(owner))), quote(m.stanza())), nil
}

// contactSQL stores what Prosody's rostermanager keeps of a contact.
func (prosody) contactSQL(s *Server, owner model.JID, c model.Contact) string {
	return fmt.Sprintf("INSERT INTO prosody (host,user,store,key,type,value) "+
		"VALUES (%s,%s,'roster',%s,'json',json_object('subscription','both','name',%s,'groups',json_object()));\n",
		quote(s.Domain), quote(owner.Local()), quote(string(c.JID)), quote(c.Name))
}

// Stanzas is every stanza and stream element that clients have sent since the server's first start, as XML text in the
// order of arrival, one after another. Prosody only; it survives Kill.
func (s *Server) Stanzas() string {
	b, err := os.ReadFile(filepath.Join(s.Dir, "stanzas.log"))
	if err != nil {
		return "" // nothing was sent yet
	}
	return string(b)
}

// WaitStanza waits until Stanzas contains text, and fails the test after ten seconds.
func (s *Server) WaitStanza(tb TB, text string) {
	tb.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !strings.Contains(s.Stanzas(), text) {
		if time.Now().After(deadline) {
			tb.Fatalf("no client sent %q. The server saw:\n%s", text, s.Stanzas())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// MuteArchive has questions for archives stay unanswered, or be answered again. Prosody only.
func (s *Server) MuteArchive(tb TB, mute bool) {
	tb.Helper()
	s.mute(tb, "archive", mute)
}

// MutePEP is the same for questions about what people publish (XEP-0163), and for publishing. Prosody only.
func (s *Server) MutePEP(tb TB, mute bool) {
	tb.Helper()
	s.mute(tb, "pep", mute)
}

func (s *Server) mute(tb TB, what string, mute bool) {
	tb.Helper()
	file := filepath.Join(s.Dir, "mute."+what)
	var err error
	if mute {
		err = os.WriteFile(file, nil, 0o600)
	} else {
		err = os.Remove(file)
	}
	if err != nil {
		tb.Fatalf("mute the %s: %v", what, err)
	}
}

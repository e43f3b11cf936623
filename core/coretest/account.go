package coretest

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"os/exec"
	"strings"
	"time"

	"kith/core/model"
)

// scramIterations is the least that RFC 7677 §4 allows: tests log in often.
const scramIterations = 4096

// scram is what a server keeps of a password (RFC 5802 §3).
type scram struct {
	salt           string // readable, since one server keeps it as text and another in base64
	stored, server []byte
}

func newSCRAM(name, password string) (scram, error) {
	var h func() hash.Hash
	switch name {
	case "SHA-1":
		h = sha1.New
	case "SHA-256":
		h = sha256.New
	default:
		return scram{}, fmt.Errorf("password hash %q is not known", name)
	}
	salt := rand.Text()
	salted, err := pbkdf2.Key(h, password, []byte(salt), scramIterations, h().Size())
	if err != nil {
		return scram{}, fmt.Errorf("salt password: %w", err)
	}
	mac := func(text string) []byte {
		m := hmac.New(h, salted)
		m.Write([]byte(text))
		return m.Sum(nil)
	}
	stored := h()
	stored.Write(mac("Client Key"))
	return scram{salt: salt, stored: stored.Sum(nil), server: mac("Server Key")}, nil
}

// AddUser makes an account. The password is taken as it is: use one that PRECIS leaves alone.
func (s *Server) AddUser(tb TB, local, password string) model.JID {
	tb.Helper()
	j, err := model.ParseJID(local + "@" + s.Domain)
	if err != nil {
		tb.Fatalf("account's name: %v", err)
	}
	statement, err := s.backend.userSQL(s, j.Local(), password)
	if err != nil {
		tb.Fatalf("%v", err)
	}
	s.sql(tb, statement)
	return j
}

// ArchiveMessage is one message to put into an archive (XEP-0313).
type ArchiveMessage struct {
	From, To model.JID
	ID       string    // the stanza's id. Prosody's archive has it as its own id too, so it is unique in one archive
	XML      string    // what stands inside <message>
	Time     time.Time // ejabberd makes the archive's id of its microseconds: unique in one archive
}

// peer is the other side of the conversation, as archives are filtered by it.
func (m ArchiveMessage) peer(owner model.JID) model.JID {
	if m.From.Bare() == owner.Bare() {
		return m.To.Bare()
	}
	return m.From.Bare()
}

// stanza is the message as a server keeps it.
func (m ArchiveMessage) stanza() string {
	return fmt.Sprintf(`<message xmlns="jabber:client" type="chat" id="%s" from="%s" to="%s">%s</message>`,
		escape(m.ID), escape(string(m.From)), escape(string(m.To)), m.XML)
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(s)
}

// FillArchive stores messages in owner's archive, past the server: about ten thousand a second. Their order is the
// archive's order, so give them by ascending time.
func (s *Server) FillArchive(tb TB, owner model.JID, msgs []ArchiveMessage) {
	tb.Helper()
	var script strings.Builder
	script.WriteString("BEGIN;\n")
	for _, m := range msgs {
		statement, err := s.backend.archiveSQL(s, owner, m)
		if err != nil {
			tb.Fatalf("%v", err)
		}
		script.WriteString(statement)
	}
	script.WriteString("COMMIT;\n")
	s.sql(tb, script.String())
}

// FillRoster puts contacts into owner's roster, past the server, with subscriptions both ways. Do it before owner's first sign-in.
func (s *Server) FillRoster(tb TB, owner model.JID, contacts []model.Contact) {
	tb.Helper()
	var script strings.Builder
	script.WriteString("BEGIN;\n")
	for _, c := range contacts {
		script.WriteString(s.backend.contactSQL(s, owner, c))
	}
	script.WriteString("COMMIT;\n")
	s.sql(tb, script.String())
}

// Stored is everything in the server's database, as SQL text: what somebody who takes the server's disk can read.
func (s *Server) Stored(tb TB) string {
	tb.Helper()
	return s.sql(tb, ".dump\n")
}

// sql runs statements on the server's database with the sqlite3 program, beside the running server.
func (s *Server) sql(tb TB, script string) string {
	tb.Helper()
	cmd := exec.Command("sqlite3", "-batch", "-bail", "-cmd", ".timeout 20000", "-cmd", "PRAGMA synchronous=OFF", s.backend.database(s))
	cmd.Stdin = strings.NewReader(script)
	var out, complaint strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		tb.Fatalf("change the server's database: %v: %s", err, complaint.String())
	}
	return out.String()
}

// quote makes a text of SQL.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

package coretest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"kith/core/model"
)

// servers are the programs that every test of servers is run with.
var servers = []struct {
	name  string
	start func(TB, Options) *Server
}{
	{"prosody", StartProsody},
	{"ejabberd", StartEjabberd},
}

// TestVariants starts every kind of server and looks at what it shows before the login.
func TestVariants(t *testing.T) {
	sha256 := []string{"<mechanism>SCRAM-SHA-256</mechanism>"}
	tests := []struct {
		name    string
		options Options
		version uint16
		offers  []string
		hides   []string
	}{
		{"modern", Options{}, tls.VersionTLS13, sha256, []string{">SCRAM-SHA-1<", "http://jabber.org/features/iq-register"}},
		{"tls 1.2", Options{TLS: TLS12}, tls.VersionTLS12, append(sha256, "SCRAM-SHA-256-PLUS"), nil},
		{"no tls", Options{TLS: TLSNone}, 0, sha256, []string{"starttls"}},
		{"sha-1", Options{Hash: "SHA-1"}, tls.VersionTLS13, []string{">SCRAM-SHA-1<"}, []string{"SCRAM-SHA-256"}},
		{"register", Options{Register: true}, tls.VersionTLS13, []string{"http://jabber.org/features/iq-register"}, nil},
	}
	for _, server := range servers {
		for _, test := range tests {
			t.Run(server.name+"/"+test.name, func(t *testing.T) {
				CheckGoroutines(t)
				s := server.start(t, test.options)
				clients := []*client{connect(t, s)}
				if test.version != 0 {
					clients = append(clients, startTLS(t, s))
				}
				for _, c := range clients {
					checkFeatures(t, c, test.version, test.offers, test.hides)
				}
				s.AddUser(t, "anna", "secret-1")
				clients[0].login(s, "anna", "secret-1", "phone")
			})
		}
	}
}

func checkFeatures(t *testing.T, c *client, version uint16, offers, hides []string) {
	t.Helper()
	if secure, ok := c.Conn.(*tls.Conn); ok && secure.ConnectionState().Version != version {
		t.Errorf("TLS version %x, want %x", secure.ConnectionState().Version, version)
	}
	for _, offer := range offers {
		if !strings.Contains(c.seen, offer) {
			t.Errorf("%s is missing in %s", offer, c.seen)
		}
	}
	for _, hidden := range hides {
		if strings.Contains(c.seen, hidden) {
			t.Errorf("%s is offered in %s", hidden, c.seen)
		}
	}
}

func TestCertificates(t *testing.T) {
	tests := []struct {
		name string
		kind Certificate
		is   func(error) bool
	}{
		{"expired", CertExpired, func(err error) bool {
			var invalid x509.CertificateInvalidError
			return errors.As(err, &invalid) && invalid.Reason == x509.Expired
		}},
		{"foreign", CertForeign, func(err error) bool {
			var unknown x509.UnknownAuthorityError
			return errors.As(err, &unknown)
		}},
		{"wrong name", CertWrongName, func(err error) bool {
			var wrong x509.HostnameError
			return errors.As(err, &wrong)
		}},
	}
	for _, server := range servers {
		for _, test := range tests {
			t.Run(server.name+"/"+test.name, func(t *testing.T) {
				s := server.start(t, Options{Certificate: test.kind})
				conn := tls.Client(dial(t, s.DirectAddr()), &tls.Config{ServerName: s.Domain, RootCAs: s.CA})
				if err := conn.Handshake(); !test.is(err) {
					t.Errorf("the handshake said %v", err)
				}
			})
		}
	}
}

func TestConversationAndRestart(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			CheckGoroutines(t)
			s := server.start(t, Options{})
			anna, bert := s.AddUser(t, "anna", "secret-1"), s.AddUser(t, "bert", "secret-2")
			a, b := connect(t, s), startTLS(t, s)
			a.login(s, "anna", "secret-1", "phone")
			b.login(s, "bert", "secret-2", "desk")
			b.send("<presence/>")
			b.expect("<presence")
			a.send("<message type='chat' id='m1' to='%s'><body>hello there</body></message>", bert)
			got := b.expect("</message>")
			if !strings.Contains(got, "<body>hello there</body>") || !strings.Contains(got, string(anna)+"/phone") {
				t.Errorf("the message arrived as %s", got)
			}
			if server.name == "prosody" {
				s.WaitStanza(t, "hello there")
			}
			if !strings.Contains(s.Stored(t), "hello there") {
				t.Error("a message that the server has archived is not in Stored")
			}
			if s.RSSKiB() < 5000 || s.CPU() <= 0 {
				t.Errorf("the server uses %d KiB and %v", s.RSSKiB(), s.CPU())
			}

			pid := s.process.cmd.Process.Pid
			s.Kill()
			if _, err := a.Read(make([]byte, 65536)); err == nil {
				t.Error("the connection has survived the server's death")
			}
			if err := syscall.Kill(-pid, 0); !errors.Is(err, syscall.ESRCH) {
				t.Errorf("processes of the killed server are left: %v", err)
			}
			s.Restart(t)
			again := connect(t, s)
			again.login(s, "bert", "secret-2", "desk")
			again.send("<iq type='set' id='q1'><query xmlns='urn:xmpp:mam:2'/></iq>")
			if page := again.expect("</fin>"); !strings.Contains(page, "hello there") {
				t.Errorf("the archive after the restart holds %s", page)
			}
		})
	}
}

func TestFillArchive(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			s := server.start(t, Options{})
			anna, bert := s.AddUser(t, "anna", "secret-1"), s.AddUser(t, "bert", "secret-2")
			msgs := manyMessages(anna, bert, 10000)
			s.FillArchive(t, anna, msgs)
			c := connect(t, s)
			c.login(s, "anna", "secret-1", "phone")
			c.send("<iq type='set' id='q1'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'>"+
				"<field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field><field var='with'><value>%s</value></field></x>"+
				"<set xmlns='http://jabber.org/protocol/rsm'><max>200</max><before/></set></query></iq>", bert)
			page := c.expect("</fin>")
			if n := strings.Count(page, "<result"); n != 200 {
				t.Errorf("the newest page has %d messages, want 200", n)
			}
			for text, want := range map[string]bool{"s number 9999<": true, "s number 9800<": true, "s number 9799<": false} {
				if strings.Contains(page, text) != want {
					t.Errorf("%q in the newest page: want %t", text, want)
				}
			}
			stamp := msgs[9999].Time.UTC().Format("2006-01-02T15:04:05")
			if !strings.Contains(page[strings.LastIndex(page, "<result"):], stamp) {
				t.Errorf("the newest message does not have the time %s", stamp)
			}
			if t.Failed() {
				t.Logf("%.3000s", page)
			}
		})
	}
}

func TestRoomsAndUploads(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			CheckGoroutines(t)
			s := server.start(t, Options{})
			s.AddUser(t, "anna", "secret-1")
			c := connect(t, s)
			c.login(s, "anna", "secret-1", "phone")
			c.send("<presence to='family@rooms.%s/anna'><x xmlns='http://jabber.org/protocol/muc'/></presence>", s.Domain)
			c.expect("code='110'")
			c.send("<iq type='get' id='u1' to='upload.%s'><request xmlns='urn:xmpp:http:upload:0' filename='cat.jpg' size='5'/></iq>", s.Domain)
			slot := c.expect("</iq>")
			upload(t, s, slot)
		})
	}
}

// upload puts five bytes to the slot's one address and reads them from the other.
func upload(t *testing.T, s *Server, slot string) {
	t.Helper()
	put, get := part(t, slot, `<put [^>]*url='([^']+)'`), part(t, slot, `<get [^>]*url='([^']+)'`)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, put, strings.NewReader("meow!"))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range regexp.MustCompile(`<header name='([^']+)'>([^<]+)<`).FindAllStringSubmatch(slot, -1) {
		request.Header.Set(header[1], header[2])
	}
	stored, err := s.HTTPClient().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	stored.Body.Close()
	if stored.StatusCode != http.StatusCreated {
		t.Errorf("the upload ended with %s", stored.Status)
	}
	response, err := s.HTTPClient().Get(get)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if b, err := io.ReadAll(response.Body); string(b) != "meow!" || err != nil {
		t.Errorf("the download gave %q, %v", b, err)
	}
}

// manyMessages is a conversation of n messages in the last hour.
func manyMessages(anna, bert model.JID, n int) []ArchiveMessage {
	start := time.Now().Add(-time.Hour)
	var msgs []ArchiveMessage
	for i := range n {
		from, to := bert, anna
		if i%3 == 0 {
			from, to = anna, bert
		}
		msgs = append(msgs, ArchiveMessage{
			From: from + "/desk", To: to, ID: fmt.Sprint("archived-", i), XML: fmt.Sprintf("<body>it's number %d</body>", i),
			Time: start.Add(time.Duration(i) * time.Hour / time.Duration(n)),
		})
	}
	return msgs
}

func TestProsodyOptions(t *testing.T) {
	s := StartProsody(t, Options{Domain: "other.example", ArchivePage: 7, NoSmacks: true})
	anna := s.AddUser(t, "anna", "secret-1")
	bert := model.JID("bert@elsewhere.test")
	s.FillArchive(t, anna, manyMessages(anna, bert, 50))
	c := connect(t, s)
	c.login(s, "anna", "secret-1", "phone")
	c.send("<iq type='set' id='q1'><query xmlns='urn:xmpp:mam:2'/></iq>")
	if n := strings.Count(c.expect("</fin>"), "<result"); n != 7 {
		t.Errorf("a page has %d messages, want 7", n)
	}
	if strings.Contains(c.seen, "urn:xmpp:sm:3") {
		t.Errorf("stream management is offered: %s", c.seen)
	}
	hits, err := ScanPlaintext(s.Dir, "it's number 4")
	if err != nil || len(hits) == 0 {
		t.Errorf("an archived message is on the server's disk, found in %q, %v", hits, err)
	}
}

func TestMissingProgram(t *testing.T) {
	f := &fatal{TB: t}
	needProgram(f, "no-such-program-here")
	if !strings.Contains(f.said, "run: make deps") {
		t.Errorf("a missing program is told as %q", f.said)
	}
}

func TestServerThatDoesNotComeUp(t *testing.T) {
	s := StartProsody(t, Options{})
	if err := os.WriteFile(filepath.Join(s.Dir, "prosody.cfg.lua"), []byte("this is no configuration"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := &fatal{TB: t}
	s.Restart(f)
	if !strings.Contains(f.said, "does not come up") {
		t.Errorf("a server that cannot start is told as %q", f.said)
	}
}

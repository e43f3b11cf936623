package coretest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"text/template"
	"time"

	"kith/core/model"
)

// TLSMode says how a server's connections are secured.
type TLSMode int

// The modes a server can be started in.
const (
	TLSModern TLSMode = iota // TLS 1.2 and 1.3: STARTTLS on Port, direct TLS (XEP-0368) on DirectPort
	TLS12                    // the same, but never 1.3: the only version with the channel binding tls-unique
	TLSNone                  // neither, and PLAIN is offered in clear: DirectPort and HTTPSPort are 0
)

// Options choose a kind of server. The zero value is a modern one.
type Options struct {
	Domain      string // "" = example.test
	TLS         TLSMode
	Certificate Certificate
	Hash        string // what passwords are stored as, and so the SCRAM offered: "SHA-256" (also for "") or "SHA-1"
	ArchivePage int    // the largest archive page (Prosody); 0 = 250
	MaxStanza   int    // the largest stanza a client may send, in bytes; 0 = 1 MiB
	NoSmacks    bool   // without stream management (XEP-0198)
	SASL2       bool   // with SASL2, Bind2, FAST and tls-exporter (XEP-0388, 0386, 0484, 0440); Prosody only
	Register    bool   // anybody may register (XEP-0077)
	Relay       *Relay // told to clients for their calls (XEP-0215); nil: none
	RelayTCP    bool   // told as reached over TCP alone (ejabberd)
	OwnRelay    bool   // the server's own STUN and TURN in place of one beside it; ejabberd only
}

// Server is a running XMPP server on loopback. It ends with the test. Not safe for concurrent use, but for Stanzas.
type Server struct {
	Domain     string
	Host       string     // always 127.0.0.1: connect here, whatever Domain says
	Port       int        // plain TCP, with STARTTLS unless TLSNone
	DirectPort int        // direct TLS; 0 with TLSNone
	HTTPSPort  int        // uploads (XEP-0363); 0 with TLSNone
	RelayPort  int        // of its own relay, UDP and TCP; 0 without OwnRelay
	Outside    netip.Addr // what its own relay gives as its address
	CA         *x509.CertPool
	CAFile     string // the same as PEM
	Dir        string // configuration, data and log

	options Options
	backend backend
	process *process
}

// settings is what the templates of the configurations see.
type settings struct {
	*Server
	Options   Options
	TLS, No13 bool
}

// writeConfig fills a template into the file name in the server's folder.
func (s *Server) writeConfig(name, text string) error {
	page, err := template.New(name).Parse(text)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	var config bytes.Buffer
	data := settings{Server: s, Options: s.options, TLS: s.options.TLS != TLSNone, No13: s.options.TLS == TLS12}
	if err := page.Execute(&config, data); err != nil {
		return fmt.Errorf("make configuration: %w", err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir, name), config.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return nil
}

// backend is what differs between the programs.
type backend interface {
	// command is the program with its arguments; the configuration is written.
	command(s *Server) *exec.Cmd
	// database is the SQLite file with accounts and archives.
	database(s *Server) string
	// userSQL stores an account, archiveSQL appends to one's archive, contactSQL adds to one's roster.
	userSQL(s *Server, local, password string) (string, error)
	archiveSQL(s *Server, owner model.JID, m ArchiveMessage) (string, error)
	contactSQL(s *Server, owner model.JID, c model.Contact) string
}

// newServer makes the folder, the certificates and chooses ports.
func newServer(tb TB, o Options) *Server {
	tb.Helper()
	skipIfShort(tb)
	if o.Domain == "" {
		o.Domain = "example.test"
	}
	if o.Hash == "" {
		o.Hash = "SHA-256"
	}
	if o.ArchivePage == 0 {
		o.ArchivePage = 250
	}
	if o.MaxStanza == 0 {
		o.MaxStanza = 1 << 20
	}
	s := &Server{Domain: o.Domain, Host: "127.0.0.1", Dir: tb.TempDir(), options: o}
	if err := s.certify(o.Certificate); err != nil {
		tb.Fatalf("%v", err)
	}
	s.Port = freePort(tb)
	if o.TLS != TLSNone {
		s.DirectPort, s.HTTPSPort = freePort(tb), freePort(tb)
	}
	if o.OwnRelay {
		s.RelayPort, s.Outside = freePort(tb), outside(tb)
	}
	return s
}

// Addr is where to connect to without direct TLS.
func (s *Server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// DirectAddr is where to connect to with direct TLS.
func (s *Server) DirectAddr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.DirectPort)) }

// start runs the program and waits until clients can connect.
func (s *Server) start(tb TB) {
	tb.Helper()
	p, err := startProcess(s.backend.command(s), filepath.Join(s.Dir, "server.log"))
	if err != nil {
		tb.Fatalf("%v", err)
	}
	s.process = p
	if err := s.waitReady(); err != nil {
		p.kill()
		tb.Fatalf("server does not come up: %v. Its log ends:\n%s", err, p.tail())
	}
}

// stopWith registers the end of the server with the test.
func (s *Server) stopWith(tb TB) {
	tb.Cleanup(func() {
		s.Kill()
		if failed(tb) && s.process != nil {
			tb.Logf("the server's log ends:\n%s", s.process.tail())
		}
	})
}

// Kill ends the server at once, as kill -9 does, and waits for its end. Clients see their connections close.
func (s *Server) Kill() {
	if s.process != nil {
		s.process.kill()
	}
}

// Restart starts the server again on the same ports and data, killing it first if it still runs.
func (s *Server) Restart(tb TB) {
	tb.Helper()
	s.Kill()
	s.start(tb)
}

// RSSKiB is the memory that the server's processes hold now, in KiB; 0 on systems without /proc.
func (s *Server) RSSKiB() int64 {
	rss, _ := usage(s.process.cmd.Process.Pid)
	return rss
}

// CPU is the processor time that the server has used since its last start; 0 on systems without /proc.
func (s *Server) CPU() time.Duration {
	_, cpu := usage(s.process.cmd.Process.Pid)
	return cpu
}

// HTTPClient speaks to the server's own HTTPS (uploads, XEP-0363), whatever name stands in the address, and trusts CA.
func (s *Server) HTTPClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true, // no connection outlives its request
		TLSClientConfig:   &tls.Config{RootCAs: s.CA},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, net.JoinHostPort(s.Host, strconv.Itoa(s.HTTPSPort)))
		},
	}}
}

// freePort finds a port that nobody uses. It lies below the range that systems take for outgoing connections, so that it
// is still free when the server is restarted on it.
func freePort(tb TB) int {
	tb.Helper()
	for range 200 {
		port := 10000 + rand.IntN(22000)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			tb.Fatalf("free a port: %v", err)
		}
		return port
	}
	tb.Fatalf("no free port found")
	return 0
}

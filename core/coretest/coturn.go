package coretest

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // what the draft for shared secrets says
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// relayPorts is how many allocations a Relay has room for.
const relayPorts = 200

// Relay is a running STUN and TURN server (coturn). It ends with the test.
type Relay struct {
	Host        string     // 127.0.0.1
	Port        int        // of UDP and TCP
	TLSHost     string     // "localhost", which the certificate is for
	TLSPort     int        // of TLS and DTLS
	CAFile      string     // the certificate's authority, as PEM
	Relayed     netip.Addr // what it relays comes from here: an address of this machine that others could reach
	First, Last int        // from these ports

	Secret string // from which credentials are made

	process *process
}

// StartCoturn starts a relay and waits until it answers.
func StartCoturn(tb TB) *Relay {
	tb.Helper()
	skipIfShort(tb)
	program := needProgram(tb, "turnserver", "/usr/bin/turnserver")
	r := &Relay{Host: "127.0.0.1", TLSHost: "localhost", Port: freePort(tb), TLSPort: freePort(tb), Relayed: outside(tb), Secret: rand.Text()}
	offset, err := rand.Int(rand.Reader, big.NewInt(15000))
	if err != nil {
		tb.Fatalf("choose ports: %v", err)
	}
	r.First = 40000 + int(offset.Int64())
	r.Last = r.First + relayPorts - 1
	dir := tb.TempDir()
	if err := r.certify(dir); err != nil {
		tb.Fatalf("%v", err)
	}
	r.process, err = startProcess(r.command(program, dir), filepath.Join(dir, "relay.log"))
	if err != nil {
		tb.Fatalf("%v", err)
	}
	tb.Cleanup(func() {
		r.process.kill()
		if failed(tb) {
			tb.Logf("the relay's log ends:\n%s", r.process.tail())
		}
	})
	if err := r.waitReady(); err != nil {
		tb.Fatalf("relay does not come up: %v. Its log ends:\n%s", err, r.process.tail())
	}
	return r
}

func (r *Relay) command(program, dir string) *exec.Cmd {
	cmd := exec.Command(program, "-n", "--listening-ip="+r.Host, "--relay-ip="+r.Relayed.String(),
		"--listening-port="+strconv.Itoa(r.Port), "--tls-listening-port="+strconv.Itoa(r.TLSPort),
		"--min-port="+strconv.Itoa(r.First), "--max-port="+strconv.Itoa(r.Last),
		"--use-auth-secret", "--static-auth-secret="+r.Secret, "--realm=kith.test",
		"--cert="+filepath.Join(dir, "cert.pem"), "--pkey="+filepath.Join(dir, "key.pem"),
		"--no-cli", "--no-multicast-peers", "--no-rfc5780", "--log-file=stdout", "--simple-log", "--verbose",
		"--pidfile="+filepath.Join(dir, "pid"), "--userdb="+filepath.Join(dir, "users"))
	cmd.Dir = dir
	return cmd
}

// certify makes the certificate for TLS.
func (r *Relay) certify(dir string) error {
	a, err := newAuthority("Kith tests")
	if err != nil {
		return err
	}
	cert, key, err := a.issue(r.TLSHost, time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour))
	if err != nil {
		return err
	}
	r.CAFile = filepath.Join(dir, "ca.pem")
	for name, content := range map[string][]byte{"ca.pem": encodePEM("CERTIFICATE", a.der), "cert.pem": cert, "key.pem": key} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return fmt.Errorf("write certificate: %w", err)
		}
	}
	return nil
}

// Credentials let somebody use the relay for an hour, as servers make them for their users from a secret that they share with it
// (XEP-0215 §4, draft-uberti-behave-turn-rest-00 §2.2).
func (r *Relay) Credentials(name string) (username, password string) {
	username = fmt.Sprintf("%d:%s", time.Now().Add(time.Hour).Unix(), name)
	mac := hmac.New(sha1.New, []byte(r.Secret))
	_, _ = mac.Write([]byte(username))
	return username, base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// waitReady waits until the relay answers a question of STUN, or has ended.
func (r *Relay) waitReady() error {
	deadline := time.Now().Add(startTimeout)
	for {
		err := r.probe()
		if err == nil {
			return nil
		}
		select {
		case <-r.process.done:
			return fmt.Errorf("it has ended (%w)", err)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// probe asks which address we are seen with (RFC 8489 §2).
func (r *Relay) probe() error {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(r.Host, strconv.Itoa(r.Port)), 5*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	question := append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42}, rand.Text()[:12]...)
	if _, err := conn.Write(question); err != nil {
		return err
	}
	answer := make([]byte, len(question))
	if _, err := io.ReadFull(conn, answer); err != nil {
		return err
	}
	if answer[0] != 1 || answer[1] != 1 || !bytes.Equal(answer[4:], question[4:]) {
		return errors.New("it answers something else")
	}
	return nil
}

// outside is the IPv4 address of this machine that others see: whoever looks for paths offers no loopback. Nothing is sent to find it.
func outside(tb TB) netip.Addr {
	tb.Helper()
	conn, err := net.Dial("udp4", "198.51.100.1:9") // documentation's own (RFC 5737): nobody's
	if err != nil {
		tb.Fatalf("this machine has no network: %v", err)
	}
	defer conn.Close()
	own, err := netip.ParseAddrPort(conn.LocalAddr().String())
	if err != nil || own.Addr().IsLoopback() {
		tb.Fatalf("this machine has no address but loopback: %v", err)
	}
	return own.Addr()
}

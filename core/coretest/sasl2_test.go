package coretest

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

const agent = "<user-agent id='d4565fa7-4d72-4749-b3d3-740edbf87770'><software>Kith</software></user-agent>"

// part is what the pattern's group matches in text.
func part(t *testing.T, text, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %s in %s", pattern, text)
	}
	return m[1]
}

func mac(key, text string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(text))
	return string(m.Sum(nil))
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func unb64(t *testing.T, s string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// exporter is the channel binding tls-exporter (RFC 9266).
func exporter(t *testing.T, c *client) string {
	t.Helper()
	state := c.Conn.(*tls.Conn).ConnectionState()
	b, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestSASL2 logs in with everything in one exchange, loses the connection, and resumes with a token in one round trip.
func TestSASL2(t *testing.T) {
	s := StartProsody(t, Options{SASL2: true})
	anna := s.AddUser(t, "anna", "secret-1")
	s.AddUser(t, "bert", "secret-2")
	c := connect(t, s)
	for _, offer := range []string{"urn:xmpp:sasl:2", "urn:xmpp:bind:0", "urn:xmpp:sm:3", "SCRAM-SHA-256-PLUS", "type='tls-exporter'"} {
		if !strings.Contains(c.seen, offer) {
			t.Errorf("%s is missing in %s", offer, c.seen)
		}
	}
	c.send("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>%s</initial-response>%s"+
		"<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-EXPR'/>"+
		"<bind xmlns='urn:xmpp:bind:0'><tag>Kith</tag><enable xmlns='urn:xmpp:carbons:2'/><enable xmlns='urn:xmpp:sm:3' resume='true'/></bind>"+
		"</authenticate>", b64("\x00anna\x00secret-1"), agent)
	success := c.expect("</success>")
	token, id := part(t, success, `token='([^']+)'`), part(t, success, `<enabled [^>]*\bid='([^']+)'`)
	if !strings.Contains(success, string(anna)+"/Kith~") || !strings.Contains(success, "urn:xmpp:carbons:2") {
		t.Errorf("the login succeeded with %s", success)
	}
	c.expect("</stream:features>")
	c.send("<presence/>")
	c.expect("<presence")
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}

	b := connect(t, s)
	b.login(s, "bert", "secret-2", "desk")
	b.send("<message type='chat' to='%s'><body>while you were away</body></message>", anna)
	b.send("<iq type='get' id='p1' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>", s.Domain)
	b.expect("p1")

	c = resumeWithToken(t, s, token, id)
	if got := c.expect("</message>"); !strings.Contains(got, "while you were away") {
		t.Errorf("after the resumption came %s", got)
	}
	c.send("<r xmlns='urn:xmpp:sm:3'/>")
	c.expect("<a ")
	resumeWithToken(t, s, token, "no-such-id")
}

// resumeWithToken sends stream header, token and resumption in one flight.
func resumeWithToken(t *testing.T, s *Server, token, id string) *client {
	t.Helper()
	conn := tls.Client(dial(t, s.DirectAddr()), &tls.Config{ServerName: s.Domain, RootCAs: s.CA})
	if err := conn.Handshake(); err != nil {
		t.Fatal(err)
	}
	c := &client{Conn: conn, t: t}
	binding := exporter(t, c)
	c.send("<stream:stream from='anna@%s' to='%s' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"+
		"<authenticate xmlns='urn:xmpp:sasl:2' mechanism='HT-SHA-256-EXPR'><initial-response>%s</initial-response>%s<fast xmlns='urn:xmpp:fast:0'/>"+
		"<resume xmlns='urn:xmpp:sm:3' previd='%s' h='1'/><bind xmlns='urn:xmpp:bind:0'><tag>Kith</tag></bind></authenticate>",
		s.Domain, s.Domain, b64("anna\x00"+mac(token, "Initiator"+binding)), agent, id)
	features := c.expect("</stream:features>")
	if !strings.Contains(features, "HT-SHA-256-EXPR") {
		t.Errorf("FAST is missing in %s", features)
	}
	success := c.expect("</success>")
	if proof := unb64(t, part(t, success, `<additional-data>([^<]+)<`)); proof != mac(token, "Responder"+binding) {
		t.Error("the server's proof is wrong")
	}
	if id == "no-such-id" {
		if !strings.Contains(success, "<item-not-found") || !strings.Contains(success, "urn:xmpp:bind:0") {
			t.Errorf("a resumption that is not possible gave %s", success)
		}
	} else if !strings.Contains(success, "<resumed ") {
		t.Errorf("the resumption gave %s", success)
	}
	return c
}

// TestChannelBinding logs in with SCRAM-SHA-256-PLUS and tls-exporter, over SASL1.
func TestChannelBinding(t *testing.T) {
	s := StartProsody(t, Options{SASL2: true})
	s.AddUser(t, "anna", "secret-1")
	for _, right := range []bool{true, false} {
		c := startTLS(t, s)
		c.seen = ""
		binding := exporter(t, c)
		if !right {
			binding = strings.Repeat("x", 32)
		}
		first := "n=anna,r=0123456789"
		c.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256-PLUS'>%s</auth>", b64("p=tls-exporter,,"+first))
		challenge := unb64(t, part(t, c.expect("</challenge>"), `>([^<]+)</challenge>`))
		salted, err := pbkdf2.Key(sha256.New, "secret-1", []byte(unb64(t, part(t, challenge, `s=([^,]+)`))), scramIterations, 32)
		if err != nil {
			t.Fatal(err)
		}
		last := "c=" + b64("p=tls-exporter,,"+binding) + ",r=" + part(t, challenge, `r=([^,]+)`)
		key := mac(string(salted), "Client Key")
		stored := sha256.Sum256([]byte(key))
		all := fmt.Sprintf("%s,%s,%s", first, challenge, last)
		proof := []byte(mac(string(stored[:]), all))
		for i := range proof {
			proof[i] ^= key[i]
		}
		c.send("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</response>", b64(last+",p="+b64(string(proof))))
		if right {
			signature := unb64(t, part(t, c.expect("</success>"), `>([^<]+)</success>`))
			if signature != "v="+b64(mac(mac(string(salted), "Server Key"), all)) {
				t.Errorf("the server's signature is %s", signature)
			}
		} else {
			c.expect("<failure")
		}
	}
}

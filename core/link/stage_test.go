package link

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"hash"
	"regexp"
	"strings"
	"testing"

	"kith/core/coretest"
)

// stage is a server of which every word is known: what it offers, and how it goes wrong.
type stage struct {
	mechanisms []string // offered
	bindings   []string // offered (XEP-0440)
	iterations int      // 0: 4096
	first      string   // appended to SCRAM's first message
	signature  string   // instead of the right one
	inSuccess  bool     // the signature comes with the success, not in a challenge before it
	features   string   // behind the sign-in; empty: bind and sm
}

const (
	header = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' " +
		"from='example.test' id='1' version='1.0'>"
	sasl   = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
	sm     = "xmlns='urn:xmpp:sm:3'"
	usualF = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm " + sm + "/>"
)

func features(inner string) string { return "<stream:features>" + inner + "</stream:features>" }

// offers is what the server says before the sign-in.
func (s stage) offers() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<mechanisms %s>", sasl)
	for _, m := range s.mechanisms {
		fmt.Fprintf(&b, "<mechanism>%s</mechanism>", m)
	}
	b.WriteString("</mechanisms>")
	if s.bindings != nil {
		b.WriteString("<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>")
		for _, name := range s.bindings {
			fmt.Fprintf(&b, "<channel-binding type='%s'/>", name)
		}
		b.WriteString("</sasl-channel-binding>")
	}
	return features(b.String())
}

// greet accepts TLS and says what the server offers.
func (s stage) greet() []coretest.Step {
	return []coretest.Step{coretest.Secure(), coretest.Expect("<stream:stream"), coretest.Send(header + s.offers())}
}

// signIn lets a client in that knows the password, up to the features of the second stream.
func (s stage) signIn() []coretest.Step {
	run := &scramServer{stage: s}
	after := s.features
	if after == "" {
		after = usualF
	}
	steps := append(s.greet(),
		coretest.Answer("</auth>", run.first),
		coretest.Answer("</response>", run.final))
	if !s.inSuccess {
		steps = append(steps, coretest.Expect("<response"), coretest.Send("<success "+sasl+"/>"))
	}
	return append(steps, coretest.Expect("<stream:stream"), coretest.Send(header+features(after)))
}

// enter is signIn, and the rest up to a stream with stream management.
func (s stage) enter() []coretest.Step {
	bind := coretest.Answer("</bind></iq>", func(received string, _ *tls.ConnectionState) string {
		resource := regexp.MustCompile(`<resource>(.*)</resource>`).FindStringSubmatch(received)[1]
		return "<iq type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>juliet@example.test/" +
			resource + "</jid></bind></iq>"
	})
	steps := append(s.signIn(), bind)
	if s.features != "" {
		return steps
	}
	return append(steps, coretest.Expect("<enable"), coretest.Send("<enabled "+sm+" id='earlier' resume='true'/>"))
}

// reenter is signIn and a resumption that the client asks for with the count h, answered with the server's count.
func (s stage) reenter(h, answered int) []coretest.Step {
	return append(s.signIn(),
		coretest.Expect(fmt.Sprintf("previd='earlier' h='%d'", h)),
		coretest.Send(fmt.Sprintf("<resumed %s previd='earlier' h='%d'/>", sm, answered)))
}

// play starts a script with the steps and a client that connects to it by direct TLS.
func play(t testing.TB, timing timing, change func(*Config), steps ...[]coretest.Step) (*client, *coretest.Script) {
	var all []coretest.Step
	for _, s := range steps {
		all = append(all, s...)
	}
	script := coretest.StartScript(t, all...)
	cfg := Config{
		JID: "juliet@example.test", Password: password, Host: script.Host, Port: uint16(script.Port), DirectTLS: true,
		Resource: "kith", RootCAs: script.CA,
		Log: coretest.NewCanary(t, "juliet", password, "example.test", "body of a message"),
	}
	if change != nil {
		change(&cfg)
	}
	return connect(t, cfg, timing), script
}

// one makes a list of single steps.
func one(steps ...coretest.Step) []coretest.Step { return steps }

// scramServer is the server's side of SCRAM (RFC 5802), written apart from the client's.
type scramServer struct {
	stage
	hash              func() hash.Hash
	gs2, bare, server string
	salted            []byte
}

func (s *scramServer) mac(key []byte, text string) []byte {
	m := hmac.New(s.hash, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// first answers the client's first message.
func (s *scramServer) first(received string, _ *tls.ConnectionState) string {
	found := regexp.MustCompile(`mechanism='(SCRAM-(SHA-\d+)(-PLUS)?)'[^>]*>([^<]*)</auth>`).FindStringSubmatch(received)
	if found == nil {
		return "<failure " + sasl + "><invalid-mechanism/></failure>"
	}
	message, _ := base64.StdEncoding.DecodeString(found[4])
	parts := strings.SplitN(string(message), ",", 3)
	s.gs2, s.bare = parts[0]+","+parts[1]+",", parts[2]
	if plus := strings.HasPrefix(parts[0], "p="); plus != (found[3] != "") {
		return "<failure " + sasl + "><malformed-request/></failure>"
	}
	s.hash = scramHashes[found[2]]
	iterations := s.iterations
	if iterations == 0 {
		iterations = 4096
	}
	nonce := s.bare[strings.Index(s.bare, ",r=")+3:]
	s.salted, _ = pbkdf2.Key(s.hash, password, []byte("salt"), min(iterations, 1<<20), s.hash().Size())
	s.server = fmt.Sprintf("r=%sserver,s=%s,i=%d%s", nonce, base64.StdEncoding.EncodeToString([]byte("salt")), iterations, s.stage.first)
	return "<challenge " + sasl + ">" + base64.StdEncoding.EncodeToString([]byte(s.server)) + "</challenge>"
}

// final checks the client's proof and its channel binding, and proves itself.
func (s *scramServer) final(received string, state *tls.ConnectionState) string {
	failure := "<failure " + sasl + "><not-authorized/></failure>"
	encoded := regexp.MustCompile(`>([^<>]*)</response>`).FindStringSubmatch(received)[1]
	raw, _ := base64.StdEncoding.DecodeString(encoded)
	bare, proof, _ := strings.Cut(string(raw), ",p=")
	binding := s.gs2
	if name, ok := strings.CutPrefix(s.gs2, "p="); ok {
		name, _, _ = strings.Cut(name, ",")
		binding += serverBinding(name, state)
	}
	channel, _, _ := strings.Cut(strings.TrimPrefix(bare, "c="), ",")
	auth := s.bare + "," + s.server + "," + bare
	client := s.mac(s.salted, "Client Key")
	stored := s.hash()
	stored.Write(client)
	want := s.mac(stored.Sum(nil), auth)
	for i := range want {
		want[i] ^= client[i]
	}
	if channel != base64.StdEncoding.EncodeToString([]byte(binding)) || proof != base64.StdEncoding.EncodeToString(want) {
		return failure
	}
	answer := "v=" + base64.StdEncoding.EncodeToString(s.mac(s.mac(s.salted, "Server Key"), auth))
	if s.signature != "" {
		answer = s.signature
	}
	name := "challenge"
	if s.inSuccess {
		name = "success"
	}
	return fmt.Sprintf("<%s %s>%s</%s>", name, sasl, base64.StdEncoding.EncodeToString([]byte(answer)), name)
}

// serverBinding is the data of a channel binding as the server knows it.
func serverBinding(name string, state *tls.ConnectionState) string {
	if name == "tls-exporter" {
		data, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
		if err == nil {
			return string(data)
		}
	}
	return "another"
}

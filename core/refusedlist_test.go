package core

import (
	"testing"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
)

// hideList has somebody's server show the list of their devices to nobody but themselves.
func (p *person) hideList() {
	p.t.Helper()
	a := p.client.account(p.account)
	if err := (keyring{a}).configureNode(p.t.Context(), wire.NodeDevices, wire.PEPOptions(wire.AccessWhitelist)); err != nil {
		p.t.Fatal(err)
	}
}

// Who writes to us can be answered, although their server shows nobody the list of their devices.
func TestAnswerWithoutList(t *testing.T) {
	s := coretest.StartProsody(t, coretest.Options{})
	anna, ben := signUp(t, s, "anna"), signUp(t, s, "ben")
	ben.hideList()
	anna.reaches(anna.send(ben.jid, "canary to nobody"), model.Failed) // nothing is known of a device
	ben.reaches(ben.send(anna.jid, "canary question"), model.Sent)
	anna.gets(ben.jid, "canary question")

	anna.reaches(anna.send(ben.jid, "canary answer"), model.Sent)

	if m := ben.gets(anna.jid, "canary answer"); !m.Encrypted {
		t.Error("it came in clear")
	}
	if listed, err := anna.client.Devices.Listed(t.Context(), anna.account, ben.jid); listed || err != nil {
		t.Errorf("a list counts as received: %v, %v", listed, err)
	}

	second := signIn(t, s, ben.jid, ben.login.Password)
	second.hideList() // signing in has opened it
	second.reaches(second.send(anna.jid, "canary from the other device"), model.Sent)
	anna.gets(ben.jid, "canary from the other device")
	anna.reaches(anna.send(ben.jid, "canary to both"), model.Sent)
	ben.gets(anna.jid, "canary to both")
	second.gets(anna.jid, "canary to both")
}

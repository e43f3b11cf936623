package link

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"kith/core/coretest"
	"kith/core/model"
	"kith/core/wire"
)

const password = "correct horse 42"

// patient bounds waits that end much sooner when all is well.
const patient = 30 * time.Second

// briskly is the usual timing with short pauses between attempts.
func briskly() timing {
	t := usualTiming()
	t.retry, t.maxRetry = 10*time.Millisecond, 100*time.Millisecond
	t.farewell = 100 * time.Millisecond
	return t
}

// client is a Link in a test, which takes its events one by one.
type client struct {
	*Link
	t testing.TB
}

// configure is a Config for an account on a server, by STARTTLS.
func configure(t testing.TB, s *coretest.Server, jid model.JID) Config {
	log := coretest.NewCanary(t, string(jid), jid.Local()+"@", password, s.Domain, "body of a message")
	return Config{
		JID: jid, Password: password, Host: s.Host, Port: uint16(s.Port), Resource: "kith",
		RootCAs: s.CA, Log: log,
	}
}

// connect opens a Link that ends with the test, and watches over the texts of its errors.
func connect(t testing.TB, cfg Config, timing timing) *client {
	l := open(cfg, timing)
	t.Cleanup(func() { _ = l.Close() })
	return &client{l, t}
}

// next is the next event.
func (c *client) next() Event {
	c.t.Helper()
	select {
	case e, ok := <-c.Events():
		if !ok {
			c.t.Fatal("no more events")
		}
		if off, ok := e.(Offline); ok {
			c.clean(off.Err)
		}
		return e
	case <-time.After(patient):
		c.t.Fatal("no event")
		return nil
	}
}

// clean checks that an error's text holds nothing of the account or the network.
func (c *client) clean(err error) {
	c.t.Helper()
	cfg := c.cfg
	for _, secret := range []string{string(cfg.JID), cfg.JID.Domain(), string(cfg.Password), "127.0.0.1", fmt.Sprint(cfg.Port)} {
		if secret != "0" && strings.Contains(err.Error(), secret) {
			c.t.Errorf("error text holds %q: %v", secret, err)
		}
	}
}

// want takes the next event, which must be a T.
func want[T Event](c *client) T {
	c.t.Helper()
	e := c.next()
	got, ok := e.(T)
	if !ok {
		c.t.Fatalf("got %s, want %T", show(e), got)
	}
	return got
}

func show(e Event) string {
	switch e := e.(type) {
	case Offline:
		return fmt.Sprintf("Offline{%v}", e.Err)
	case Stanza:
		return "Stanza{" + e.Element.String() + "}"
	case Answer:
		return fmt.Sprintf("Answer{%s %v}", e.ID, e.Err)
	default:
		return fmt.Sprintf("%T%+v", e, e)
	}
}

// until takes events up to the first T, and handles the counted ones before it.
func until[T Event](c *client) T {
	c.t.Helper()
	for {
		switch e := c.next().(type) {
		case T:
			return e
		case Stanza, Answer:
			c.Handled(1)
		}
	}
}

// body takes stanzas up to the next message with a body, handles them, and returns the body.
func (c *client) body() string {
	c.t.Helper()
	for {
		s := until[Stanza](c)
		c.Handled(1)
		if b := s.Element.Child(wire.NSClient, "body"); b != nil {
			return b.Text()
		}
	}
}

// say sends a message.
func (c *client) say(to model.JID, body string) {
	c.t.Helper()
	m := wire.New(wire.NSClient, "message").Set("to", string(to)).Set("type", "chat").Set("id", body).
		Add(wire.New(wire.NSClient, "body").AddText(body))
	if err := c.Send(c.t.Context(), body, m.Append(nil, wire.NSClient)); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

// ask sends a Query and fails the test on an error.
func (c *client) query(iq wire.IQ) *wire.Element {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patient)
	defer cancel()
	e, err := c.Query(ctx, iq)
	if err != nil {
		c.t.Fatalf("query: %v", err)
	}
	return e
}

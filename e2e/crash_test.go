package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kith/core/coretest"
)

// exactlyOnce checks that k has each of the texts from 0 to n−1 once, and nothing else of that kind.
func exactlyOnce(t *testing.T, got []Message, prefix string, n int) {
	t.Helper()
	count := map[string]int{}
	for _, m := range got {
		switch m.Kind {
		case "unreadable":
			t.Errorf("a message could not be read: %+v", m)
		case "notice": // "Ben has a new device" and the like
			continue
		}
		count[m.Body]++
	}
	for i := range n {
		body := fmt.Sprint(prefix, i)
		if count[body] != 1 {
			t.Errorf("%s is there %d times", body, count[body])
		}
		delete(count, body)
	}
	if len(count) != 0 {
		t.Errorf("unexpected: %v", count)
	}
}

// TestServerRestart kills the server in the middle of a conversation.
func TestServerRestart(t *testing.T) {
	onEach(t, func(t *testing.T, s *coretest.Server) {
		p := newPair(t, s)
		const n = 60
		for i := range n {
			switch i {
			case n / 3:
				if strings.HasSuffix(t.Name(), "ejabberd") {
					// It acknowledges a message before the other side's archive has it, and loses it then when it is killed.
					p.ben.Wait("what Anna sent so far", func() bool { return incoming(p.ben.Messages(p.annaJ)) == i })
					p.anna.Wait("what Ben sent so far", func() bool { return incoming(p.anna.Messages(p.benJ)) == i })
				}
				s.Kill()
			case 2 * n / 3:
				s.Restart(t)
			}
			p.anna.Send(p.benJ, fmt.Sprint("restart-", i))
			p.ben.Send(p.annaJ, fmt.Sprint("answer-", i))
		}
		p.ben.Wait("all of Anna's messages", func() bool { return incoming(p.ben.Messages(p.annaJ)) >= n })
		p.anna.Wait("all of Ben's messages", func() bool { return incoming(p.anna.Messages(p.benJ)) >= n })
		p.anna.Online()
		p.ben.Online()
		exactlyOnce(t, keep(p.ben.Messages(p.annaJ), false), "restart-", n)
		exactlyOnce(t, keep(p.anna.Messages(p.benJ), false), "answer-", n)
		exactlyOnce(t, keep(p.anna.Messages(p.benJ), true), "restart-", n)
	})
}

// keep picks the outgoing or the incoming messages.
func keep(all []Message, outgoing bool) []Message {
	return slices.DeleteFunc(slices.Clone(all), func(m Message) bool { return m.Outgoing != outgoing })
}

func incoming(all []Message) int { return len(keep(all, false)) }

// TestKill kills Kith with kill -9 while a thousand messages arrive, several times, and finds each of them once.
func TestKill(t *testing.T) {
	const n = 1000
	p := newPair(t, coretest.StartProsody(t, coretest.Options{}))
	for i := range n {
		p.anna.Send(p.benJ, fmt.Sprint("flood-", i))
	}
	for _, share := range []int{n / 10, n / 3, n / 2, 4 * n / 5} {
		p.ben.Wait(fmt.Sprint(share, " messages"), func() bool { return len(p.ben.Messages(p.annaJ)) >= share })
		p.ben.Kill()
		p.ben = Start(t, p.program, p.ben.Dir, p.server.CAFile)
	}
	p.ben.WaitBody(p.annaJ, fmt.Sprint("flood-", n-1))
	p.ben.Wait("all messages", func() bool { return len(p.ben.All(p.annaJ)) >= n })
	all := p.ben.All(p.annaJ)
	exactlyOnce(t, all, "flood-", n)
	for i, body := range bodies(all) {
		if body != fmt.Sprint("flood-", i) {
			t.Errorf("place %d holds %s", i, body)
			break
		}
	}
	if status := p.ben.Stop(); status != 0 {
		t.Errorf("exit %d", status)
	}
}

// TestKillSender kills Kith with kill -9 while it sends, several times: what was accepted arrives once.
func TestKillSender(t *testing.T) {
	const n = 300
	p := newPair(t, coretest.StartProsody(t, coretest.Options{}))
	for i := range n {
		p.anna.Send(p.benJ, fmt.Sprint("sent-", i))
		if i%60 == 30 {
			p.anna.Kill()
			p.anna = Start(t, p.program, p.anna.Dir, p.server.CAFile)
		}
	}
	p.ben.WaitBody(p.annaJ, fmt.Sprint("sent-", n-1))
	p.ben.Wait("all messages", func() bool { return len(p.ben.Messages(p.annaJ)) >= n })
	exactlyOnce(t, p.ben.Messages(p.annaJ), "sent-", n)
	p.anna.Wait("an empty outbox", func() bool {
		var s struct{ Outbox int }
		p.anna.Must("stats", nil, &s)
		return s.Outbox == 0
	})
	exactlyOnce(t, p.anna.Messages(p.benJ), "sent-", n)
}

package link

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
)

// target is a place where the server may be.
type target struct {
	host   string
	port   uint16
	direct bool // TLS from the first byte (XEP-0368), else STARTTLS
}

func (t target) addr() string { return net.JoinHostPort(t.host, strconv.Itoa(int(t.port))) }

const (
	maxTargets  = 12
	usualPort   = 5222
	directLabel = "xmpps-client"
	plainLabel  = "xmpp-client"
)

// record is a target as DNS ranks it (RFC 2782).
type record struct {
	target
	priority, weight uint16
}

// lookup finds the places to try, best first: both SRV records, asked for at once and merged by priority and weight
// (XEP-0368 §3), else the domain itself on the usual port (RFC 6120 §3.2.2). The error is ErrNoServer when the domain says
// that it has no such service.
func (d *dialer) lookup(ctx context.Context) ([]target, error) {
	type answer struct {
		records []record
		none    bool // the service is decidedly not offered
	}
	answers := make(chan answer, 2)
	for _, label := range []string{directLabel, plainLabel} {
		d.start(func() {
			records, none := d.service(ctx, label)
			answers <- answer{records, none}
		})
	}
	var all []record
	none := false
	for range 2 {
		a := <-answers
		all = append(all, a.records...)
		none = none || a.none
	}
	if len(all) > 0 {
		return rank(all, rand.IntN), nil
	}
	if none {
		return nil, ErrNoServer
	}
	return []target{{host: d.domain, port: usualPort}}, nil
}

// service asks for one SRV record. A lookup that fails is the same as no record: what matters is verified by TLS.
func (d *dialer) service(ctx context.Context, label string) (records []record, none bool) {
	_, srvs, _ := d.resolver.LookupSRV(ctx, label, "tcp", d.domain)
	for _, srv := range srvs {
		host := strings.TrimSuffix(srv.Target, ".")
		if host == "" {
			none = len(srvs) == 1
			continue
		}
		t := target{host: host, port: srv.Port, direct: label == directLabel}
		records = append(records, record{t, srv.Priority, srv.Weight})
	}
	return records, none
}

// rank sorts by priority and draws by weight among equals (RFC 2782, "Usage rules"). draw(n) is a random number below n.
func rank(all []record, draw func(n int) int) []target {
	slices.SortStableFunc(all, func(a, b record) int {
		return cmp.Or(cmp.Compare(a.priority, b.priority), cmp.Compare(a.weight, b.weight))
	})
	var out []target
	for len(all) > 0 && len(out) < maxTargets {
		n, sum := 0, 0
		for n < len(all) && all[n].priority == all[0].priority {
			sum += int(all[n].weight)
			n++
		}
		pick, left := 0, draw(sum+1)
		for pick < n-1 && int(all[pick].weight) < left {
			left -= int(all[pick].weight)
			pick++
		}
		out = append(out, all[pick].target)
		all = slices.Delete(all, pick, pick+1)
	}
	return out
}

package crypto

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestRandomOrder sends 1,200 messages both ways through a network that reorders, loses, doubles and delays, and
// expects every message that arrives to be read exactly once.
func TestRandomOrder(t *testing.T) {
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1))
		a, b := talk(t)
		chaos(t, r, a.end(), b.end(), 1200)
	}
}

// end is one side of a conversation: send encrypts something random, open decrypts.
type end struct {
	send func() packet
	open func(packet) ([]byte, error)
}

func (d *device) end() end {
	return end{d.send, func(p packet) ([]byte, error) {
		o, err := d.open(p.data, p.preKey)
		return o.plain, err
	}}
}

func chaos(t *testing.T, r *rand.Rand, a, b end, n int) {
	t.Helper()
	type flying struct {
		packet
		to   end
		seen int
	}
	var air []*flying
	for sent := 0; sent < n || len(air) > 0; {
		if sent < n && (len(air) == 0 || r.IntN(3) > 0) {
			from, to := a, b
			if r.IntN(2) == 0 {
				from, to = b, a
			}
			sent++
			if p := from.send(); r.IntN(20) > 0 { // else lost
				air = append(air, &flying{packet: p, to: to})
			}
			continue
		}
		i := r.IntN(len(air))
		f := air[i]
		if r.IntN(10) > 0 { // else it comes again
			air[i] = air[len(air)-1]
			air = air[:len(air)-1]
		}
		f.seen++
		plain, err := f.to.open(f.packet)
		if f.seen == 1 && (err != nil || !bytes.Equal(plain, f.plain)) {
			t.Fatalf("message of %d bytes: %v", len(f.data), err)
		}
		if f.seen > 1 && err == nil {
			t.Fatal("a double was read again")
		}
	}
}

// TestSimultaneousStart lets both sides start a session before they hear of each other; nothing may be lost.
func TestSimultaneousStart(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		a, b := newDevice(t, 1), newDevice(t, 2)
		a.invite(b, 1)
		b.invite(a, 1)
		var toA, toB []packet
		for range 1 + r.IntN(4) {
			toB = append(toB, a.send())
			toA = append(toA, b.send())
		}
		r.Shuffle(len(toA), func(i, j int) { toA[i], toA[j] = toA[j], toA[i] })
		r.Shuffle(len(toB), func(i, j int) { toB[i], toB[j] = toB[j], toB[i] })
		for i := range toA {
			a.gets(toA[i])
			toB = append(toB, a.send()) // meanwhile
		}
		for _, p := range toB {
			b.gets(p)
		}
		chaos(t, r, a.end(), b.end(), 60)
	}
}

// TestSessionRestart starts over while messages of the old session are still on their way.
func TestSessionRestart(t *testing.T) {
	a, b := talk(t)
	old := []packet{a.send(), a.send(), a.send()}
	back := []packet{b.send(), b.send()}
	a.invite(b, 2)
	b.gets(a.send())
	b.gets(old[2])
	b.gets(old[0])
	a.gets(b.send())
	a.gets(back[1])
	a.gets(back[0])
	b.gets(old[1])
	chaos(t, rand.New(rand.NewPCG(9, 9)), a.end(), b.end(), 100)
}

// TestStatesAreBounded starts over more often than states are kept.
func TestStatesAreBounded(t *testing.T) {
	a, b := talk(t)
	for i := range 3 * maxStates {
		a.invite(b, uint32(1+i%20))
		b.gets(a.send())
	}
	if len(b.session.states) != maxStates || len(a.session.states) != maxStates {
		t.Fatalf("%d and %d states", len(a.session.states), len(b.session.states))
	}
	a.gets(b.send())
}

// TestHeartbeat: the receiver of a long monologue is told once per chain to answer.
func TestHeartbeat(t *testing.T) {
	a, b := talk(t)
	var due []int
	for i := range 120 {
		if b.gets(a.send()).reply {
			due = append(due, i)
		}
	}
	if len(due) != 1 || due[0] != heartbeat {
		t.Fatalf("asked to answer at %v", due)
	}
	a.gets(b.send())
	for i := range heartbeat + 1 {
		if b.gets(a.send()).reply != (i == heartbeat) {
			t.Fatalf("after the answer: message %d", i)
		}
	}
}

// TestExhausted: after 900 messages without an answer a session is not to be used any more.
func TestExhausted(t *testing.T) {
	a, b := talk(t)
	for range exhausted {
		if !a.session.ready() {
			t.Fatal("not ready too early")
		}
		a.send()
	}
	if a.session.ready() {
		t.Fatal("still ready")
	}
	b.gets(a.send()) // but what was sent so far can be read
}

// TestPrekeyHeaderUntilAnswered: every message carries the invitation until the other side has answered.
func TestPrekeyHeaderUntilAnswered(t *testing.T) {
	a, b := newDevice(t, 1), newDevice(t, 2)
	a.invite(b, 3)
	first, second := a.send(), a.send()
	if !first.preKey || !second.preKey {
		t.Fatal("no invitation")
	}
	b.gets(second) // the first one is late: same state, not a second session
	b.gets(first)
	if n := len(b.session.states); n != 1 {
		t.Fatalf("%d states", n)
	}
	a.gets(b.send())
	if a.send().preKey {
		t.Fatal("invitation after the answer")
	}
}

func TestSmallOrderTable(t *testing.T) {
	silence()
	ours := must(newKeyPair())
	for _, s := range smallOrder {
		p := pointOfHex(t, s)
		for _, top := range []byte{0, 0x80} {
			p[31] = p[31]&0x7f | top
			if !p.weak() {
				t.Errorf("%s not refused", s)
			}
			if _, err := sharedSecret(ours, p); err == nil {
				t.Errorf("%s has no small order", s)
			}
		}
	}
	if ours.public.weak() {
		t.Error("a good key is refused")
	}
}

func TestIdentityFromSeed(t *testing.T) {
	silence()
	// RFC 8032 §7.1 test 1: seed and Ed25519 public key; the Curve25519 key must be the birational image of the latter.
	seed := hexBytes(t, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
	pair, err := identityOf(seed)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := pair.public.fingerprint(), montgomery(t, seed); string(got) != want {
		t.Fatalf("identity %s, want %s", got, want)
	}
	p := must(newKeyPair()).public
	if !p.signed(pair.public, pair.sign(p)) {
		t.Fatal("own signature refused")
	}
	bad := pair.sign(p)
	bad[5] ^= 1
	if p.signed(pair.public, bad) || p.signed(pair.public, bad[:63]) || p.signed(p, pair.sign(p)) {
		t.Fatal("wrong signature accepted")
	}
}

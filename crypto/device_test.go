package crypto

import (
	"bytes"
	"crypto/rand"
	"testing"

	"kith/core/model"
)

// device is one end of a ratchet in memory, without a store: what the tests of the ratchet itself talk with.
type device struct {
	tb      testing.TB
	me      us
	signed  keyPair
	preKeys map[uint32]keyPair
	session *session
	skipped map[skippedAt]messageKeys
	order   []skippedAt
}

type skippedAt struct {
	ratchet point
	counter uint32
}

const signedID = 77

func newDevice(tb testing.TB, id model.DeviceID) *device {
	tb.Helper()
	silence()
	seed := make([]byte, 32)
	_, _ = rand.Read(seed)
	pair, err := identityOf(seed)
	if err != nil {
		tb.Fatal(err)
	}
	d := &device{tb: tb, me: us{pair, id}, preKeys: map[uint32]keyPair{}, skipped: map[skippedAt]messageKeys{}}
	d.signed = must(newKeyPair())
	for id := uint32(1); id <= 20; id++ {
		d.preKeys[id] = must(newKeyPair())
	}
	return d
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// invite starts a session of d with the other device, on its prekey number id.
func (d *device) invite(to *device, id uint32) {
	d.tb.Helper()
	st, err := invite(d.me.keyPair, offer{
		identity: to.me.public, signed: to.signed.public, signedID: signedID, preKey: to.preKeys[id].public, preKeyID: id,
	})
	if err != nil {
		d.tb.Fatal(err)
	}
	d.session = d.session.with(to.me.public, st)
}

type packet struct {
	plain  []byte
	data   []byte
	preKey bool
}

// send encrypts 32 random bytes.
func (d *device) send() packet {
	d.tb.Helper()
	p := packet{plain: make([]byte, 32)}
	_, _ = rand.Read(p.plain)
	next, data, preKey, err := d.session.seal(d.me, p.plain)
	if err != nil {
		d.tb.Fatal(err)
	}
	d.session, p.data, p.preKey = next, data, preKey
	return p
}

// open decrypts data and keeps what follows from it, when there is no error.
func (d *device) open(data []byte, preKey bool) (o opened, err error) {
	err = guard(func() error {
		o, err = d.parseAndOpen(data, preKey)
		return err
	})
	if err != nil {
		return opened{}, err
	}
	d.session = o.next
	for _, k := range o.skipped {
		at := skippedAt{k.ratchet, k.counter}
		d.skipped[at] = k.keys
		d.order = append(d.order, at)
	}
	for ; len(d.order) > maxSkipped; d.order = d.order[1:] {
		delete(d.skipped, d.order[0])
	}
	return o, nil
}

func (d *device) parseAndOpen(data []byte, preKey bool) (opened, error) {
	var used *skippedAt
	late := func(ratchet point, counter uint32) (messageKeys, bool, error) {
		at := skippedAt{ratchet, counter}
		k, ok := d.skipped[at]
		used = &at
		return k, ok, nil
	}
	o, err := d.parsed(data, preKey, late)
	if err == nil && o.late {
		delete(d.skipped, *used)
	}
	return o, err
}

func (d *device) parsed(data []byte, preKey bool, late lookup) (opened, error) {
	if preKey {
		inv, err := parseInvitation(data)
		if err != nil {
			return opened{}, err
		}
		return d.session.join(d.me, inv, late, d.private)
	}
	m, err := parseEnvelope(data)
	if err != nil {
		return opened{}, err
	}
	if d.session == nil {
		return opened{}, ErrNoSession
	}
	return d.session.open(d.me, m, late)
}

func (d *device) private(inv invitation) (signed, oneTime keyPair, err error) {
	one, ok := d.preKeys[inv.preKey]
	if !ok || inv.signed != signedID {
		return keyPair{}, keyPair{}, ErrNoSession
	}
	return d.signed, one, nil
}

// gets fails the test unless d reads p.
func (d *device) gets(p packet) opened {
	d.tb.Helper()
	o, err := d.open(p.data, p.preKey)
	if err != nil {
		d.tb.Fatalf("open: %v", err)
	}
	if !bytes.Equal(o.plain, p.plain) {
		d.tb.Fatal("another plain text")
	}
	return o
}

// talk is two devices that have heard of each other.
func talk(tb testing.TB) (a, b *device) {
	tb.Helper()
	a, b = newDevice(tb, 11), newDevice(tb, 22)
	a.invite(b, 1)
	b.gets(a.send())
	a.gets(b.send())
	return a, b
}

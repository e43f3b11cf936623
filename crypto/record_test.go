package crypto

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
)

func TestRecordRoundTrip(t *testing.T) {
	a, b := newDevice(t, 1), newDevice(t, 2)
	a.invite(b, 3)
	check := func(s *session) {
		t.Helper()
		got, err := parseRecord(s.record())
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, s) {
			t.Fatalf("got %+v\nwant %+v", got, s)
		}
	}
	check(a.session)
	b.gets(a.send())
	check(b.session)
	for range 2 * maxReceiving { // more chains than are kept
		a.gets(b.send())
		b.gets(a.send())
		for range heartbeat {
			a.send()
		}
	}
	b.gets(a.send())
	a.session.closed = true
	for i := range 2 * maxStates {
		check(a.session)
		check(b.session)
		a.invite(b, uint32(1+i%20))
		b.gets(a.send())
	}
}

func TestRecordSize(t *testing.T) {
	a, b := talk(t)
	for range 2 {
		b.gets(a.send())
		a.gets(b.send())
	}
	if n := len(b.session.record()); n > 500 {
		t.Fatalf("%d bytes", n)
	}
}

func TestDamagedRecord(t *testing.T) {
	a, b := talk(t)
	a.invite(b, 2)
	good := a.session.record()
	for n := range len(good) {
		if _, err := parseRecord(good[:n]); !errors.Is(err, errRecord) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	if _, err := parseRecord(append(bytes.Clone(good), 0)); !errors.Is(err, errRecord) {
		t.Fatalf("one byte more: %v", err)
	}
	newer := bytes.Clone(good)
	newer[0]++
	if _, err := parseRecord(newer); !errors.Is(err, errRecord) {
		t.Fatalf("newer format: %v", err)
	}
}

func FuzzRecord(f *testing.F) {
	a, b := talk(f)
	f.Add(a.session.record())
	a.invite(b, 2)
	f.Add(a.session.record())
	f.Add([]byte{recordFormat})
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		f.Add(mutate(r, a.session.record()))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseRecord(data)
		if err != nil {
			return
		}
		again, err := parseRecord(s.record())
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("not the same after a round trip: %v", err)
		}
	})
}

package crypto

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	prand "math/rand/v2"
	"os/exec"
	"strconv"
	"testing"

	"kith/core/wire"
)

// foreign is a device of python-oldmemo, which shares no code with libsignal. See testdata/peer.py.
type foreign struct {
	tb  testing.TB
	in  io.Writer
	out *bufio.Reader
}

type reply struct {
	Error     string            `json:"error"`
	Data      string            `json:"data"`
	Plain     string            `json:"plain"`
	PreKey    bool              `json:"prekey"`
	Identity  string            `json:"identity"`
	Signed    string            `json:"signed"`
	Signature string            `json:"signature"`
	SignedID  uint32            `json:"signed_id"`
	PreKeys   map[string]string `json:"prekeys"`
}

// startForeign needs the Debian package python3-oldmemo, which belongs to that system's own Python.
func startForeign(tb testing.TB) *foreign {
	tb.Helper()
	cmd := exec.Command("/usr/bin/python3", "testdata/peer.py")
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			tb.Errorf("python-oldmemo: %v (is python3-oldmemo installed?)", err)
		}
	})
	return &foreign{tb: tb, in: in, out: bufio.NewReader(out)}
}

func (f *foreign) do(command map[string]any) reply {
	f.tb.Helper()
	b, err := json.Marshal(command)
	if err != nil {
		f.tb.Fatal(err)
	}
	if _, err := f.in.Write(append(b, '\n')); err != nil {
		f.tb.Fatalf("python-oldmemo: %v (is python3-oldmemo installed?)", err)
	}
	line, err := f.out.ReadBytes('\n')
	if err != nil {
		f.tb.Fatalf("python-oldmemo: %v (is python3-oldmemo installed?)", err)
	}
	var r reply
	if err := json.Unmarshal(line, &r); err != nil {
		f.tb.Fatal(err)
	}
	return r
}

func (f *foreign) packet(plain []byte, r reply) packet {
	f.tb.Helper()
	if r.Error != "" {
		f.tb.Fatal(r.Error)
	}
	return packet{plain: plain, data: hexBytes(f.tb, r.Data), preKey: r.PreKey}
}

func (f *foreign) end() end {
	return end{
		send: func() packet {
			plain := random32()
			return f.packet(plain, f.do(map[string]any{"do": "send", "plain": hex.EncodeToString(plain)}))
		},
		open: func(p packet) ([]byte, error) {
			r := f.do(map[string]any{"do": "open", "data": hex.EncodeToString(p.data), "prekey": p.preKey})
			if r.Error != "" {
				return nil, errors.New(r.Error)
			}
			return hexBytes(f.tb, r.Plain), nil
		},
	}
}

func random32() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return b
}

// inviteTo starts a session of ours with the foreign device, after checking its bundle as Batch does.
func (d *device) inviteTo(f *foreign) {
	d.tb.Helper()
	r := f.do(map[string]any{"do": "bundle"})
	o, err := offerOf(wireBundle(d.tb, r))
	if err != nil {
		d.tb.Fatal(err)
	}
	st, err := invite(d.me.keyPair, o)
	if err != nil {
		d.tb.Fatal(err)
	}
	d.session = d.session.with(o.identity, st)
}

// inviteFrom lets the foreign device start a session with ours and returns its first message.
func (f *foreign) inviteFrom(d *device) packet {
	f.tb.Helper()
	keys := map[string]string{}
	for id, k := range d.preKeys {
		keys[strconv.Itoa(int(id))] = hex.EncodeToString(k.public.wire())
	}
	plain := random32()
	return f.packet(plain, f.do(map[string]any{"do": "invite", "plain": hex.EncodeToString(plain), "bundle": map[string]any{
		"identity": hex.EncodeToString(d.me.public.wire()), "signed": hex.EncodeToString(d.signed.public.wire()),
		"signature": hex.EncodeToString(d.me.sign(d.signed.public)), "signed_id": signedID, "prekeys": keys,
	}}))
}

// TestPythonOldmemo talks with python-oldmemo in random order, with losses, doubles and late messages, after either side
// or both at once started: everything that arrives must be read.
func TestPythonOldmemo(t *testing.T) {
	if testing.Short() {
		t.Skip("needs another implementation")
	}
	for seed := range uint64(5) {
		t.Run(strconv.Itoa(int(seed)), func(t *testing.T) {
			t.Parallel()
			r := prand.New(prand.NewPCG(seed, 3))
			d, f := newDevice(t, 5), startForeign(t)
			switch seed % 3 {
			case 0:
				d.inviteTo(f)
				mustOpen(t, f.end(), d.send())
			case 1:
				mustOpen(t, d.end(), f.inviteFrom(d))
			case 2: // both at once
				d.inviteTo(f)
				ours, theirs := d.send(), f.inviteFrom(d)
				mustOpen(t, d.end(), theirs)
				mustOpen(t, f.end(), ours)
			}
			chaos(t, r, d.end(), f.end(), 1000)
		})
	}
}

func mustOpen(t *testing.T, e end, p packet) {
	t.Helper()
	if plain, err := e.open(p); err != nil || string(plain) != string(p.plain) {
		t.Fatalf("first message: %v", err)
	}
}

func wireBundle(tb testing.TB, r reply) wire.Bundle {
	tb.Helper()
	b := wire.Bundle{
		IdentityKey: hexBytes(tb, r.Identity), SignedPreKey: hexBytes(tb, r.Signed), Signature: hexBytes(tb, r.Signature),
		SignedPreKeyID: r.SignedID, PreKeys: map[uint32][]byte{},
	}
	for id, key := range r.PreKeys {
		n, err := strconv.ParseUint(id, 10, 32)
		if err != nil {
			tb.Fatal(err)
		}
		b.PreKeys[uint32(n)] = hexBytes(tb, key)
	}
	return b
}

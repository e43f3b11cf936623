package storage

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"kith/core/model"
)

const devicePeer = model.JID("devices@example.org")

var (
	firstKey  = model.Fingerprint(strings.Repeat("1a", 32))
	secondKey = model.Fingerprint(strings.Repeat("2b", 32))
)

// omemoAccount is the account of a new chat.
func omemoAccount(t *testing.T, s *Store) model.AccountID {
	t.Helper()
	chat, err := s.Chat(newChat(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return chat.Account
}

func TestOMEMODevices(t *testing.T) {
	s := openTest(t)
	account := omemoAccount(t, s)
	at := time.UnixMilli(1_700_000_000_123).UTC()
	want := OMEMODevice{
		Device:   model.Device{JID: devicePeer, ID: 7, Fingerprint: firstKey, Active: true, Silent: true, FirstSeenMS: 5, LastSeenMS: 6},
		Failures: 3, IgnoredUntil: at, Healed: at.Add(time.Second), Rekeys: 2,
	}
	keyless := OMEMODevice{Device: model.Device{JID: devicePeer, ID: 2}}
	own := OMEMODevice{Device: model.Device{JID: devicePeer, ID: 9, Fingerprint: secondKey, Own: true, Trust: model.Verified}}
	update(t, s, func(tx *Tx) error {
		for _, d := range []OMEMODevice{want, keyless, own} {
			if err := tx.SaveOMEMODevice(account, d); err != nil {
				return err
			}
		}
		return tx.SetTrust(account, devicePeer, firstKey, model.Distrusted)
	})
	want.Trust = model.Distrusted
	got, err := s.OMEMODevices(account, devicePeer)
	if err != nil || !reflect.DeepEqual(got, []OMEMODevice{keyless, want, own}) {
		t.Fatalf("got %+v, %v", got, err)
	}
	plain, err := s.Devices(account, devicePeer)
	if err != nil || len(plain) != 3 || plain[1] != want.Device {
		t.Fatalf("got %+v, %v", plain, err)
	}
	if d, err := s.Device(account, devicePeer, 7); err != nil || d != want.Device {
		t.Fatalf("got %+v, %v", d, err)
	}
	for _, p := range []Peer{{account, devicePeer, 8}, {account, "other@example.org", 7}, {account + 1, devicePeer, 7}} {
		if _, err := s.Device(p.Account, p.JID, p.Device); !errors.Is(err, ErrNotFound) {
			t.Errorf("a device of somebody else: %v", err)
		}
	}
	update(t, s, func(tx *Tx) error {
		bad := want
		bad.Fingerprint = "xyz"
		if err := tx.SaveOMEMODevice(account, bad); err == nil || strings.Contains(err.Error(), "xyz") {
			t.Errorf("bad fingerprint: %v", err)
		}
		p := Peer{account, devicePeer, 7}
		if err := tx.SaveSession(p, []byte("session")); err != nil {
			return err
		}
		return tx.DeleteOMEMODevice(p)
	})
	if record, err := s.Session(Peer{account, devicePeer, 7}); err != nil || record != nil {
		t.Fatalf("the session of a deleted device: %v", err)
	}
	if trust, known, err := s.Trust(account, devicePeer, firstKey); err != nil || !known || trust != model.Distrusted {
		t.Fatalf("the trust of its key: %v, %v", trust, err)
	}
}

func TestTrustBelongsToTheKey(t *testing.T) {
	s := openTest(t)
	account := omemoAccount(t, s)
	verified := func(want bool) {
		t.Helper()
		if got, err := s.AnyVerified(account, devicePeer); err != nil || got != want {
			t.Fatalf("any verified: %v, %v", got, err)
		}
	}
	verified(false)
	if trust, known, err := s.Trust(account, devicePeer, firstKey); err != nil || known || trust != model.Undecided {
		t.Fatalf("unknown key: %v, %v, %v", trust, known, err)
	}
	update(t, s, func(tx *Tx) error {
		if err := tx.SetTrust(account, devicePeer, "", model.Verified); err == nil {
			t.Error("trusted no key")
		}
		if err := tx.SetTrust(account, devicePeer, firstKey, model.Blind); err != nil {
			return err
		}
		return tx.SetTrust(account, "other@example.org", secondKey, model.Verified)
	})
	verified(false)
	update(t, s, func(tx *Tx) error { return tx.SetTrust(account, devicePeer, secondKey, model.Verified) })
	verified(true)
	if trust, _, err := s.Trust(account, devicePeer, firstKey); err != nil || trust != model.Blind {
		t.Fatalf("the other key: %v, %v", trust, err)
	}
}

func TestOMEMOKeys(t *testing.T) {
	s := openTest(t)
	account := omemoAccount(t, s)
	if _, err := s.OMEMOIdentity(account); !errors.Is(err, ErrNotFound) {
		t.Fatalf("before the first use: %v", err)
	}
	at := time.UnixMilli(1_700_000_000_000).UTC()
	id := OMEMOIdentity{Account: account, Seed: []byte("seed"), Device: 3, Changed: 4, Offered: 5, Published: 6, Rotated: at, Generation: 7}
	signed := []SecretKey{
		{ID: 1, Secret: []byte("s1"), Signature: []byte("g1"), Made: at},
		{ID: 2, Secret: []byte("s2"), Signature: []byte("g2"), Made: at.Add(time.Hour)},
	}
	update(t, s, func(tx *Tx) error {
		err := tx.SaveOMEMOIdentity(id)
		for _, k := range signed {
			err = errors.Join(err, tx.AddSignedPreKey(account, k))
		}
		for i := range 3 {
			err = errors.Join(err, tx.AddPreKey(account, SecretKey{ID: uint32(i + 1), Secret: []byte{byte(i)}}))
		}
		if twice := tx.AddPreKey(account, SecretKey{ID: 1, Secret: []byte{9}}); !errors.Is(twice, ErrExists) {
			t.Errorf("a number twice: %v", twice)
		}
		return errors.Join(err, tx.UsePreKey(account, 2))
	})
	if got, err := s.OMEMOIdentity(account); err != nil || !reflect.DeepEqual(got, id) {
		t.Fatalf("got %+v, %v", got, err)
	}
	signed[0].Retired = signed[1].Made
	if got, err := s.SignedPreKeys(account); err != nil || !reflect.DeepEqual(got, []SecretKey{signed[1], signed[0]}) {
		t.Fatalf("got %+v, %v", got, err)
	}
	if got, err := s.PreKeys(account); err != nil || len(got) != 2 || got[0].ID != 1 || got[1].ID != 3 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if got, ok, err := s.PreKey(account, 2); err != nil || !ok || !bytes.Equal(got.Secret, []byte{1}) {
		t.Fatalf("the used one: %v, %v", ok, err)
	}
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.DeleteUsedPreKeys(account), tx.DeleteSignedPreKeys(account, at.Add(2*time.Hour)))
	})
	if _, ok, err := s.PreKey(account, 2); err != nil || ok {
		t.Fatalf("the used one is still there: %v", err)
	}
	if got, err := s.SignedPreKeys(account); err != nil || len(got) != 1 || got[0].ID != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestSkippedKeysAreBoundedPerDevice(t *testing.T) {
	s := openTest(t)
	account := omemoAccount(t, s)
	p, other := Peer{account, devicePeer, 1}, Peer{account, devicePeer, 2}
	ratchet := []byte("ratchet")
	keys := make([]SkippedKey, maxSkipped+5)
	for i := range keys {
		keys[i] = SkippedKey{Ratchet: ratchet, Counter: uint32(i), Keys: []byte{byte(i)}}
	}
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.AddSkippedKeys(other, keys[:1]), tx.AddSkippedKeys(p, keys), tx.DropSkippedKeys(p, ratchet, 500))
	})
	for counter, want := range map[uint32][]byte{4: nil, 5: {5}, 500: nil, 501: {byte(501 % 256)}, maxSkipped + 4: {byte((maxSkipped + 4) % 256)}} {
		if got, err := s.SkippedKeys(p, ratchet, counter); err != nil || !bytes.Equal(got, want) {
			t.Errorf("key %d: %v, %v", counter, got, err)
		}
	}
	if got, err := s.SkippedKeys(other, ratchet, 0); err != nil || len(got) != 1 {
		t.Errorf("the key of another device: %v, %v", got, err)
	}
	update(t, s, func(tx *Tx) error { return tx.DeleteSession(p) })
	if got, err := s.SkippedKeys(p, ratchet, 5); err != nil || got != nil {
		t.Errorf("after the session: %v, %v", got, err)
	}
}

func TestParked(t *testing.T) {
	s := openTest(t)
	chatID := newChat(t, s)
	chat, err := s.Chat(chatID)
	if err != nil {
		t.Fatal(err)
	}
	m := add(t, s, model.Message{Chat: chatID, From: chat.JID, Kind: model.Unreadable, Time: time.Now(), OriginID: "parked"})
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.Park(chat.Account, m.ID, chat.JID, []byte("<a/>")), tx.Park(chat.Account, 0, chat.JID, []byte("<b/>")))
	})
	got, err := s.Parked(chat.Account)
	if err != nil || len(got) != 2 || got[0].Message != m.ID || got[1].Message != 0 || string(got[1].XML) != "<b/>" || got[0].From != chat.JID {
		t.Fatalf("got %d, %v", len(got), err)
	}
	update(t, s, func(tx *Tx) error { return tx.Unpark(got[1].ID) })
	update(t, s, func(tx *Tx) error { return tx.DeleteChat(chatID) })
	if got, err := s.Parked(chat.Account); err != nil || len(got) != 0 {
		t.Fatalf("%d still parked, %v", len(got), err)
	}
}

func TestRemoveAccountRemovesKeys(t *testing.T) {
	s := openTest(t)
	account := omemoAccount(t, s)
	p := Peer{account, devicePeer, 1}
	update(t, s, func(tx *Tx) error {
		return errors.Join(
			tx.SaveOMEMOIdentity(OMEMOIdentity{Account: account, Seed: []byte("seed"), Device: 1}),
			tx.AddPreKey(account, SecretKey{ID: 1, Secret: []byte{1}}), tx.AddSignedPreKey(account, SecretKey{ID: 1, Secret: []byte{1}, Signature: []byte{1}}),
			tx.SaveOMEMODevice(account, OMEMODevice{Device: model.Device{JID: devicePeer, ID: 1}}),
			tx.SetTrust(account, devicePeer, firstKey, model.Blind), tx.SetListSeen(account, devicePeer, time.Now()),
			tx.SaveSession(p, []byte{1}), tx.AddSkippedKeys(p, []SkippedKey{{Ratchet: []byte{1}, Keys: []byte{1}}}),
			tx.Park(account, 0, devicePeer, []byte("<a/>")),
		)
	})
	update(t, s, func(tx *Tx) error { return tx.RemoveAccount(account) })
	for _, table := range []string{"identity", "prekey", "signed_prekey", "device", "trust", "list", "session", "skipped", "parked"} {
		var n int
		if err := s.reads.run.value([]any{&n}, "SELECT count(*) FROM omemo_"+table); err != nil || n != 0 {
			t.Errorf("%s: %d rows, %v", table, n, err)
		}
	}
}

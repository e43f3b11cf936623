package storage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"
)

func hold(t *testing.T, dir string) *Profile {
	t.Helper()
	p, err := Hold(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() }) // some tests close it themselves
	return p
}

func TestProfileLife(t *testing.T) {
	keyring.MockInit()
	dir := filepath.Join(t.TempDir(), "kith")
	p := hold(t, dir)
	if !p.New() || len(p.Slots()) != 0 {
		t.Fatal("a new profile is not new")
	}
	if _, err := Hold(dir); !errors.Is(err, ErrInUse) {
		t.Errorf("second instance: %v", err)
	}
	words := PassphraseSlot("correct horse")
	k, err := p.Create(words)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Create(words); !errors.Is(err, ErrExists) {
		t.Errorf("second key: %v", err)
	}
	s, err := p.Open(k)
	if err != nil {
		t.Fatal(err)
	}
	newChat(t, s)
	if err := errors.Join(s.Close(), p.Close()); err != nil {
		t.Fatal(err)
	}

	p = hold(t, dir)
	if p.New() {
		t.Error("the profile is new again")
	}
	if _, err := p.Unlock(PassphraseSlot("wrong")); !errors.Is(err, ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, err := p.Unlock(KeychainSlot()); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such slot: %v", err)
	}
	if err := p.AddSlot(testKey(t, 9), KeychainSlot()); !errors.Is(err, ErrWrongKey) {
		t.Errorf("slot for another key: %v", err)
	}
	if _, err := p.Open(testKey(t, 9)); !errors.Is(err, ErrWrongKey) {
		t.Errorf("open with another key: %v", err)
	}
	if _, err := p.Open(Key{}); !errors.Is(err, ErrWrongKey) {
		t.Errorf("open with no key: %v", err)
	}
	again, err := p.Unlock(words)
	if err != nil || !bytes.Equal(again.bytes(), k.bytes()) {
		t.Fatalf("unlock: %v", err)
	}
	s, err = p.Open(again)
	if err != nil {
		t.Fatal(err)
	}
	if accounts, err := s.Accounts(); err != nil || len(accounts) != 1 {
		t.Errorf("%d accounts, %v", len(accounts), err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{dbName, keysName, lockName} {
		if st, err := os.Stat(filepath.Join(dir, name)); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, st, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*.*.*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestSlots(t *testing.T) {
	keyring.MockInit()
	p := hold(t, t.TempDir())
	k, err := p.Create(KeychainSlot())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.RemoveSlot(Keychain); !errors.Is(err, ErrExists) {
		t.Errorf("the last slot: %v", err)
	}
	if err := p.AddSlot(k, PassphraseSlot("")); !errors.Is(err, ErrPassphrase) {
		t.Errorf("no words: %v", err)
	}
	for _, words := range []Slot{PassphraseSlot("first"), PassphraseSlot("second")} {
		if err := p.AddSlot(k, words); err != nil {
			t.Fatal(err)
		}
	}
	if got := p.Slots(); !slices.Equal(got, []SlotKind{Keychain, Passphrase}) {
		t.Errorf("slots are %v", got)
	}
	if _, err := p.Unlock(PassphraseSlot("first")); !errors.Is(err, ErrPassphrase) {
		t.Errorf("the old passphrase: %v", err)
	}
	for _, s := range []Slot{KeychainSlot(), PassphraseSlot("second")} {
		if got, err := p.Unlock(s); err != nil || !bytes.Equal(got.bytes(), k.bytes()) {
			t.Errorf("%v: %v", s.kind, err)
		}
	}
	name := p.ring.Slots[0].Name
	if err := p.AddSlot(k, KeychainSlot()); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Get(keychainService, name); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("the keychain still holds the key before: %v", err)
	}
	if got, err := p.Unlock(KeychainSlot()); err != nil || !bytes.Equal(got.bytes(), k.bytes()) {
		t.Errorf("the new keychain slot: %v", err)
	}
	name = p.ring.without(Passphrase)[0].Name
	if err := p.RemoveSlot(Keychain); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Get(keychainService, name); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("the keychain still holds the key: %v", err)
	}
	if err := p.RemoveSlot(Keychain); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func TestNoKeychain(t *testing.T) {
	keyring.MockInitWithError(errors.New("no service"))
	t.Cleanup(keyring.MockInit)
	p := hold(t, t.TempDir())
	if _, err := p.Create(KeychainSlot()); !errors.Is(err, ErrNoKeychain) {
		t.Errorf("error is %v", err)
	}
	if !p.New() {
		t.Error("a failed Create left a slot")
	}
}

func TestDatabaseWithoutKeysIsKept(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, dbName), []byte("sealed history"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := hold(t, dir).Create(PassphraseSlot("x")); !errors.Is(err, ErrExists) {
		t.Errorf("error is %v", err)
	}
}

func TestParseSlots(t *testing.T) {
	sealed := `"sealed":"` + strings.Repeat("A", 96) + `"`
	stretched := func(time, memory, threads int) string {
		return fmt.Sprintf(`{"format":1,"check":"AAAA","slots":[{"kind":"passphrase","stretch":{"salt":"AAAAAAAAAAAAAAAA","time":%d,"memory_kib":%d,"threads":%d},%s}]}`, time, memory, threads, sealed)
	}
	tests := []struct {
		name, text string
		want       error
	}{
		{"ours", stretched(3, 65536, 2), nil},
		{"keychain", `{"format":1,"slots":[{"kind":"keychain","name":"n",` + sealed + `}]}`, nil},
		{"too much memory", stretched(3, 1<<21, 2), ErrDamaged},
		{"too little memory", stretched(3, 8, 2), ErrDamaged},
		{"too long", stretched(1000, 65536, 2), ErrDamaged},
		{"no rounds", stretched(0, 65536, 2), ErrDamaged},
		{"no threads", stretched(3, 65536, 0), ErrDamaged},
		{"newer format", `{"format":2,"slots":[]}`, ErrNewer},
		{"newer slot", `{"format":1,"slots":[{"kind":"fingertip"}]}`, ErrNewer},
		{"no slots", `{"format":1}`, ErrDamaged},
		{"short seal", `{"format":1,"slots":[{"kind":"keychain","name":"n","sealed":"AAAA"}]}`, ErrDamaged},
		{"no stretch", `{"format":1,"slots":[{"kind":"passphrase",` + sealed + `}]}`, ErrDamaged},
		{"empty", ``, ErrDamaged},
		{"cut", `{"format":1,"sl`, ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := parseSlots([]byte(tt.text)); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func FuzzParseSlots(f *testing.F) {
	f.Add([]byte(`{"format":1,"check":"AAAA","slots":[{"kind":"keychain","name":"n","sealed":"` + strings.Repeat("A", 96) + `"}]}`))
	f.Add([]byte(`{"format":1,"slots":[{"kind":"passphrase","stretch":{"salt":"AAAAAAAAAAAAAAAA","time":3,"memory_kib":65536,"threads":2}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseSlots(b)
		if err != nil {
			return
		}
		for _, s := range r.Slots {
			if len(s.Sealed) != sealedKeyBytes || (s.Kind == Passphrase && !s.Stretch.valid()) {
				t.Errorf("accepted %v", s.Kind)
			}
		}
	})
}

// TestChangedSlotDoesNotOpen: what is beside the seal in keys.json is bound to it.
func TestChangedSlotDoesNotOpen(t *testing.T) {
	p := hold(t, t.TempDir())
	if _, err := p.Create(PassphraseSlot("words")); err != nil {
		t.Fatal(err)
	}
	p.ring.Slots[0].Stretch.Time++
	if _, err := p.Unlock(PassphraseSlot("words")); !errors.Is(err, ErrPassphrase) {
		t.Errorf("error is %v", err)
	}
}

func TestKeysHide(t *testing.T) {
	k := testKey(t, 'x')
	slot := PassphraseSlot("hunter2")
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "key", k, "slot", slot)
	js, err := json.Marshal(map[string]any{"key": k, "slot": slot})
	if err != nil {
		t.Fatal(err)
	}
	all := log.String() + string(js) + fmt.Sprintf("%v %+v %#v %s %x %v %#v", k, k, k, k, k, slot, slot)
	for _, secret := range []string{"xxxx", "7878", "120 120", "hunter2"} {
		if strings.Contains(all, secret) {
			t.Errorf("shows %s: %s", secret, all)
		}
	}
	k.Wipe()
	if !bytes.Equal(k.bytes(), make([]byte, keyBytes)) {
		t.Error("key is not wiped")
	}
}

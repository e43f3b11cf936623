package crypto

import (
	"errors"
	"fmt"
	"testing"

	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// A preview reads far ahead, in any number, and leaves everything to be decrypted in its turn as if it had not been.
func TestPreview(t *testing.T) {
	for _, answered := range []bool{false, true} {
		t.Run(fmt.Sprintf("answered %v", answered), func(t *testing.T) {
			ann, bob := pair(t)
			if answered {
				bob.reads("begin", ann, ann.to("begin", bobJID, bob))
				ann.reads("yes", bob, bob.to("yes", annJID, ann))
			}
			all := sealMany(ann, bob, maxAhead+500)
			p := NewPreview()
			open := func(from model.JID, x wire.Encrypted) (o Opened, err error) {
				bob.must(func(_ *storage.Tx, b *Batch) error { o, err = p.Open(b, from, x); return nil })
				return o, err
			}
			for i := len(all) - 50; i < len(all); i++ {
				o, err := open(annJID, all[i])
				if err != nil || string(o.Plain) != fmt.Sprint(i) {
					t.Fatalf("message %d: %v", i, err)
				}
			}
			if _, err := open("eve@example.org", all[len(all)-1]); answered && !errors.Is(err, ErrNoSession) {
				t.Errorf("read as another's message: %v", err)
			}
			forged := all[len(all)-1]
			forged.Payload = append([]byte{forged.Payload[0] ^ 1}, forged.Payload[1:]...)
			if _, err := open(annJID, forged); !errors.Is(err, ErrBad) {
				t.Errorf("a forged payload: %v", err)
			}
			for i, x := range all {
				bob.reads(fmt.Sprint(i), ann, x)
			}
			if _, err := bob.opens(annJID, all[len(all)-1]); !errors.Is(err, ErrDuplicate) {
				t.Errorf("a second time: %v", err)
			}
		})
	}
}

// A preview looks ahead only so far, and never costs more than that.
func TestPreviewIsBounded(t *testing.T) {
	ann, bob := pair(t)
	bob.reads("begin", ann, ann.to("begin", bobJID, bob))
	ann.reads("yes", bob, bob.to("yes", annJID, ann))
	x := sealMany(ann, bob, maxPreview+10)
	p := NewPreview()
	bob.must(func(_ *storage.Tx, b *Batch) error {
		if _, err := p.Open(b, annJID, x[len(x)-1]); !errors.Is(err, ErrBad) {
			t.Errorf("beyond the bound: %v", err)
		}
		if _, err := p.Open(b, annJID, x[maxPreview-10]); err != nil {
			t.Errorf("within the bound: %v", err)
		}
		return nil
	})
}

// sealMany encrypts the numbers from 0 to n−1 for bob's device.
func sealMany(ann, bob *user, n int) []wire.Encrypted {
	ann.tb.Helper()
	ann.to("first", bobJID, bob) // begins the session, and is lost
	d := bob.device()
	all := make([]wire.Encrypted, n)
	ann.must(func(_ *storage.Tx, b *Batch) (err error) {
		for i := range all {
			if all[i], err = b.Encrypt(fmt.Append(nil, i), []model.Device{d}); err != nil {
				return err
			}
		}
		return nil
	})
	return all
}

package crypto

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"kith/core/model"
	"kith/core/wire"
	"kith/storage"
)

// cpu is the time this process has computed so far.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const catchUpText = "A message of about the length that people write on average, give or take."

// BenchmarkCatchUp decrypts an archive of 10,000 messages from three devices, 200 in a transaction, in a real store. The
// time reported is computing time; the baseline is the payloads' AES-GCM alone.
func BenchmarkCatchUp(b *testing.B) {
	const total, page = 10_000, 200
	for range b.N {
		b.StopTimer()
		bob := newUser(b, bobJID)
		archive := archiveFor(b, bob, total)
		start, wall := cpu(), time.Now()
		b.StartTimer()
		for i := 0; i < total; i += page {
			bob.must(func(_ *storage.Tx, batch *Batch) error {
				for _, m := range archive[i : i+page] {
					if o, err := batch.Decrypt(m.from, m.x, bob.now); err != nil || len(o.Plain) != len(catchUpText) {
						return fmt.Errorf("message %d: %w", i, err)
					}
				}
				return nil
			})
		}
		b.StopTimer()
		used := cpu() - start
		b.ReportMetric(used.Seconds(), "cpu-s/10k")
		b.ReportMetric(time.Since(wall).Seconds(), "wall-s/10k")
		b.ReportMetric(float64(used)/float64(gcmAlone(b, total)), "x-gcm")
	}
}

type archived struct {
	from model.JID
	x    wire.Encrypted
}

// archiveFor is what three devices wrote to bob, who never answered.
func archiveFor(tb testing.TB, bob *user, n int) []archived {
	tb.Helper()
	var senders []*user
	for i := range 3 {
		u := newUser(tb, model.JID(fmt.Sprintf("friend%d@example.org", i)))
		u.knows(bob)
		senders = append(senders, u)
	}
	bob.knows(senders...)
	queues := make([][]archived, len(senders))
	for i, u := range senders {
		u.to("first", bobJID, bob)
		d := bob.device()
		for len(queues[i])*len(senders) < n {
			u.must(func(_ *storage.Tx, b *Batch) error {
				for range 500 {
					x, err := b.Encrypt([]byte(catchUpText), []model.Device{d})
					if err != nil {
						return err
					}
					queues[i] = append(queues[i], archived{u.account.JID, x})
				}
				return nil
			})
		}
	}
	out := make([]archived, 0, n)
	for i := 0; len(out) < n; i++ {
		out = append(out, queues[i%len(queues)][i/len(queues)])
	}
	return out
}

func gcmAlone(tb testing.TB, n int) time.Duration {
	tb.Helper()
	start := cpu()
	for range n {
		block := must(aes.NewCipher(make([]byte, 16)))
		aead := must(cipher.NewGCM(block))
		aead.Seal(nil, make([]byte, 12), []byte(catchUpText), nil)
	}
	return max(cpu()-start, time.Microsecond)
}

// BenchmarkDecrypt is the ratchet alone, without store and payload.
func BenchmarkDecrypt(b *testing.B) {
	x, y := talk(b)
	packets := make([]packet, b.N)
	for i := range packets {
		packets[i] = x.send()
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i, p := range packets {
		if _, err := y.open(p.data, p.preKey); err != nil {
			b.Fatalf("message %d: %v", i, err)
		}
	}
}

// BenchmarkEncrypt100 is one message for 100 devices, with one store transaction for all.
func BenchmarkEncrypt100(b *testing.B) {
	ann := newUser(b, annJID)
	ann.bundle()
	var ids []model.DeviceID
	for i := range 100 {
		ids = append(ids, model.DeviceID(i+1))
	}
	ann.must(func(_ *storage.Tx, batch *Batch) error { _, err := batch.SetDevices(bobJID, ids, ann.now); return err })
	var to []model.Device
	for _, id := range ids {
		d := newDevice(b, id)
		x := wire.Bundle{
			IdentityKey: d.me.public.wire(), SignedPreKey: d.signed.public.wire(), Signature: d.me.sign(d.signed.public),
			SignedPreKeyID: signedID, PreKeys: map[uint32][]byte{1: d.preKeys[1].public.wire()},
		}
		to = append(to, model.Device{JID: bobJID, ID: id})
		ann.must(func(_ *storage.Tx, batch *Batch) error { return batch.AddBundle(to[len(to)-1], x, ann.now) })
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		ann.must(func(_ *storage.Tx, batch *Batch) error { _, err := batch.Encrypt([]byte(catchUpText), to); return err })
	}
}

// BenchmarkForged is what a forged message costs that is refused.
func BenchmarkForged(b *testing.B) {
	x, y := talk(b)
	data := x.send().data
	for _, chain := range []string{"known ratchet key", "unknown ratchet key"} {
		if strings.HasPrefix(chain, "unknown") {
			other := must(newKeyPair()).public
			copy(data[4:36], other[:])
		}
		data[len(data)-1] ^= 1
		b.Run(chain, func(b *testing.B) {
			for range b.N {
				if _, err := y.parseAndOpen(data, false); err == nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}

// BenchmarkBegin is an empty batch, which every transaction of an account pays.
func BenchmarkBegin(b *testing.B) {
	ann := newUser(b, annJID)
	ann.device()
	b.ResetTimer()
	for range b.N {
		err := ann.store.Update(context.Background(), func(tx *storage.Tx) error {
			batch, err := ann.manager.Begin(tx, ann.account.ID, annJID)
			if err != nil {
				return err
			}
			return batch.Flush()
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kith/core/model"
)

// corpus makes messages of about 200 bytes with words as rare as in real text (Zipf), in chats as uneven as real ones.
type corpus struct {
	r           *rand.Rand
	word, chat  *rand.Zipf
	chats       []model.ChatID
	n           int
	now         time.Time
	fingerprint model.Fingerprint
}

func newCorpus(chats []model.ChatID) *corpus {
	r := rand.New(rand.NewPCG(3, 4))
	return &corpus{
		r: r, word: rand.NewZipf(r, 1.1, 4, 30000), chat: rand.NewZipf(r, 1.2, 3, uint64(len(chats)-1)), chats: chats,
		now: day.AddDate(-3, 0, 0), fingerprint: model.Fingerprint(strings.Repeat("0af9", 16)),
	}
}

func (c *corpus) next() model.Message {
	c.n++
	c.now = c.now.Add(time.Duration(c.r.IntN(60000)) * time.Millisecond)
	var b strings.Builder
	for b.Len() < 60+c.r.IntN(280) {
		switch c.r.IntN(40) {
		case 0:
			b.WriteString("東京の天気 ")
		case 1:
			b.WriteString("السلام عليكم ")
		case 2:
			b.WriteString("🎉 ")
		default:
			fmt.Fprintf(&b, "%s ", spell(c.word.Uint64()))
		}
	}
	out := c.r.IntN(2) == 0
	m := model.Message{
		Chat: c.chats[c.chat.Uint64()], Time: c.now, Outgoing: out, Body: b.String(),
		OriginID: fmt.Sprintf("%08x-%08x-%08x", c.r.Uint32(), c.r.Uint32(), c.n), ServerID: fmt.Sprintf("%016x%08x", c.r.Uint64(), c.n),
		Encrypted: true, Device: 77, Fingerprint: c.fingerprint, Trust: model.Blind, WantsReceipt: true, Markable: true,
	}
	if out {
		m.State = model.Read
	}
	return m
}

// spell is a pronounceable word for a number.
func spell(n uint64) string {
	const c, v = "bdfgklmnprstvz", "aeiou"
	var b []byte
	for {
		b = append(b, c[n%14], v[n/14%5])
		if n /= 70; n == 0 {
			return string(b)
		}
	}
}

func openBench(tb testing.TB, path string, sealed bool) *Store {
	tb.Helper()
	if sealed {
		return openAt(tb, path, testKey(tb, 1), writerCacheKiB)
	}
	s, err := open(path, nil, writerCacheKiB)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// makeChats makes an account with n chats.
func makeChats(tb testing.TB, s *Store, n int) []model.ChatID {
	tb.Helper()
	var ids []model.ChatID
	update(tb, s, func(tx *Tx) error {
		a := model.Account{JID: "own@example.test"}
		if err := tx.AddAccount(&a); err != nil {
			return err
		}
		for i := range n {
			peer := model.JID(fmt.Sprintf("friend%d@example.test", i))
			if err := tx.PutContact(model.Contact{Account: a.ID, JID: peer, Name: fmt.Sprintf("Friend %d", i)}); err != nil {
				return err
			}
			c, _, err := tx.EnsureChat(a.ID, peer)
			if err != nil {
				return err
			}
			ids = append(ids, c.ID)
		}
		return nil
	})
	return ids
}

func addBatch(tb testing.TB, s *Store, c *corpus, n int) {
	tb.Helper()
	update(tb, s, func(tx *Tx) error {
		for range n {
			m := c.next()
			if _, err := tx.AddMessage(&m); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkAdd: messages stored in batches of 50, sealed and in the clear by the same code, in turns.
func BenchmarkAdd(b *testing.B) {
	const batch, rounds = 50, 40
	for b.Loop() {
		var cpu, wall [2]time.Duration
		var stores [2]*Store
		var texts [2]*corpus
		for i := range stores {
			stores[i] = openBench(b, filepath.Join(b.TempDir(), dbName), i == 1)
			texts[i] = newCorpus(makeChats(b, stores[i], 500))
		}
		const n = 20
		for range rounds {
			for i, s := range stores {
				c, w := cpuTime(b), time.Now()
				for range n {
					addBatch(b, s, texts[i], batch)
				}
				cpu[i], wall[i] = cpu[i]+cpuTime(b)-c, wall[i]+time.Since(w)
			}
		}
		total := float64(n * rounds * batch)
		b.ReportMetric(float64(cpu[0])/float64(cpu[1]), "cpu-ratio")
		b.ReportMetric(float64(wall[0])/float64(wall[1]), "wall-ratio")
		b.ReportMetric(float64(wall[1].Microseconds())/total, "µs/message")
		b.ReportMetric(float64(wall[0].Microseconds())/total, "µs/message-plain")
		b.ReportMetric(float64(cpu[1].Microseconds())/total, "cpu-µs/message")
	}
}

// BenchmarkMillion reads from a history of KITH_BENCH_MESSAGES or a million messages in 500 chats, sealed and in the clear. The files
// are made once and kept in the system's folder for temporary files.
func BenchmarkMillion(b *testing.B) {
	for _, sealed := range []bool{false, true} {
		name := map[bool]string{false: "plain", true: "sealed"}[sealed]
		path := filepath.Join(os.TempDir(), fmt.Sprintf("kith-bench-%s-%d", name, benchMessages(b)), dbName)
		s := million(b, path, sealed)
		chats, err := s.Chats(0)
		if err != nil || len(chats) != 500 {
			b.Fatal(len(chats), err)
		}
		r := rand.New(rand.NewPCG(5, 6))
		pick := func() model.Chat { return chats[r.IntN(len(chats))] }
		reads := map[string]func(s *Store) (int, error){
			"newest": func(s *Store) (int, error) {
				m, err := s.Messages(pick().ID, model.Page{Limit: 50})
				return len(m), err
			},
			"back": func(s *Store) (int, error) {
				c := pick()
				m, err := s.Messages(c.ID, model.Page{Around: c.Last.ID - model.MessageID(r.Int64N(1<<36)), Limit: 50})
				return len(m) + 1, err
			},
			"chats": func(s *Store) (int, error) {
				c, err := s.Chats(0)
				return len(c), err
			},
		}
		for word, text := range map[string]string{"rare": spell(25000) + " ", "common": spell(1) + " ", "two": spell(900) + " " + spell(40) + " ", "cjk": "天気", "unfinished": "zok", "none": "xylophone"} {
			reads["search-"+word] = func(s *Store) (int, error) {
				m, err := s.Search(context.Background(), SearchQuery{Text: text, Limit: 50})
				return len(m), err
			}
			reads["searchchat-"+word] = func(s *Store) (int, error) {
				m, err := s.Search(context.Background(), SearchQuery{Text: text, Limit: 50, Chat: pick().ID})
				return len(m) + 1, err
			}
		}
		for what, read := range reads {
			b.Run(name+"/"+what, func(b *testing.B) {
				rows, start := 0, cpuTime(b)
				for b.Loop() {
					n, err := read(s)
					if err != nil {
						b.Fatal(err)
					}
					rows += n
				}
				b.ReportMetric(float64((cpuTime(b)-start).Microseconds())/float64(b.N), "cpu-µs")
				b.ReportMetric(float64(rows)/float64(b.N), "rows")
			})
		}
		for _, what := range []string{"newest", "back", "chats"} {
			b.Run(name+"/cold-"+what, func(b *testing.B) {
				var spent time.Duration
				for range b.N {
					evict(b, path)
					c, err := open(path, s.keys, writerCacheKiB)
					if err != nil {
						b.Fatal(err)
					}
					if _, err := c.Accounts(); err != nil { // schema and connection
						b.Fatal(err)
					}
					start := cpuTime(b)
					if _, err := reads[what](c); err != nil {
						b.Fatal(err)
					}
					spent += cpuTime(b) - start
					if err := c.Close(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(spent.Microseconds())/float64(b.N), "cpu-µs")
			})
		}
	}
}

// benchMessages is how large a history to make.
func benchMessages(b *testing.B) int {
	b.Helper()
	v := os.Getenv("KITH_BENCH_MESSAGES")
	if v == "" {
		return 1_000_000
	}
	n, err := strconv.Atoi(v)
	if err != nil || n <= 0 {
		b.Fatalf("KITH_BENCH_MESSAGES: %q is no number of messages", v)
	}
	return n
}

func million(b *testing.B, path string, sealed bool) *Store {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.Fatal(err)
	}
	s := openBench(b, path, sealed)
	if done, err := s.Setting("bench"); err != nil || done == "done" {
		return s
	}
	c := newCorpus(makeChats(b, s, 500))
	start, n := time.Now(), benchMessages(b)
	for range n / 250 {
		addBatch(b, s, c, 250)
	}
	b.Logf("%s: %.0f messages per second", filepath.Dir(path), float64(n)/time.Since(start).Seconds())
	if err := s.Idle(context.Background()); err != nil {
		b.Fatal(err)
	}
	update(b, s, func(tx *Tx) error { return tx.SetSetting("bench", "done") })
	return s
}

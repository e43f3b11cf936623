package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"kith/core/model"
)

func TestFold(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"case", "Hello WORLD", "hello world"},
		{"accents", "Crème brûlée à la Façon", "creme brulee a la facon"},
		{"accents written apart", "Cre\u0300me", "creme"},
		{"sharp s", "Straße GROẞ", "strasse gross"},
		{"plain forms", "Łódź smørrebrød Æther ıspanak", "lodz smorrebrod aether ispanak"},
		{"Vietnamese", "Đường Nguyễn", "duong nguyen"},
		{"Greek", "Οδυσσεύς", "οδυσσευσ"},
		{"Cyrillic", "Ёлка й", "елка и"},
		{"Arabic", "السَّلامُ عليكم إلى الـمـدرسة", "سلام عليكم الي مدرسه"},
		{"Hebrew points", "שָׁלוֹם", "שלום"},
		{"Han", "東京の天気", "東京 京の の天 天気 気 の 京 天 東"},
		{"kana keep their voice", "がカー", "がカ カー ー が カ"},
		{"half-width", "ｶﾞ Ａ１", "ガ a1"},
		{"Hangul", "한국어", "한국 국어 어 국 한"},
		{"Thai", "ไทย", "ไท ทย ย ท ไ"},
		{"Devanagari vowels stay", "हिन्दी", "हिन्दी"},
		{"emoji", "🎉❤️👍🏽", "emoji1f389 emoji2764 emoji1f44d"},
		{"joined emoji", "👩‍🚀", "emoji1f469 emoji1f680"},
		{"addresses", "https://example.org/a_b?c=1", "https example org a b c 1"},
		{"signs", " -- !?… ", ""},
		{"nothing", "", ""},
		{"joiners", "co\u00adop می\u200cخواهم", "coop ميخواهم"},
		{"broken text", "a\xffb", "a b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(fold(tt.text), " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestSearchWithoutSpaces: in scripts without spaces any part of a text is found, and nothing but what has it.
func TestSearchWithoutSpaces(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	r := rand.New(rand.NewPCG(8, 9))
	pieces := strings.Split("東 京 天 気 気 の か 手 機 。 ab 7 🎉", " ")
	texts := map[string]bool{}
	update(t, s, func(tx *Tx) error {
		for len(texts) < 150 {
			var b strings.Builder
			for range 1 + r.IntN(12) {
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
			if texts[b.String()] {
				continue
			}
			texts[b.String()] = true
			if _, err := tx.AddMessage(&model.Message{Chat: chat, Body: b.String(), Time: day}); err != nil {
				return err
			}
		}
		return nil
	})
	for range 500 {
		var b strings.Builder
		for range 1 + r.IntN(4) {
			b.WriteString(pieces[r.IntN(8)]) // those that are parts of no word
		}
		for _, in := range []model.ChatID{0, chat} {
			found, err := s.Search(context.Background(), SearchQuery{Text: b.String(), Limit: maxPage, Chat: in})
			if err != nil {
				t.Fatal(err)
			}
			for text := range texts {
				if has := slices.Contains(bodies(found), text); has != strings.Contains(text, b.String()) {
					t.Fatalf("%q finds %q: %v", b.String(), text, has)
				}
			}
		}
	}
	for _, tt := range []struct{ query, text string }{{"ab手", "ab手機"}, {"手ab", "東手ab"}, {"機手ab", "機手ab"}, {"気7", "天気7"}, {"7天", "7天気"}, {"手", "ab手機"}} {
		m := add(t, s, model.Message{Chat: chat, Body: tt.text, Time: day.Add(time.Hour)})
		found, err := s.Search(context.Background(), SearchQuery{Text: tt.query, Limit: 1})
		if err != nil || len(found) != 1 || found[0].ID != m.ID {
			t.Errorf("%q does not find %q, %v", tt.query, tt.text, err)
		}
	}
}

// TestPastedSearch: what is pasted into the search is found by its beginning, and does not make a query without bounds.
func TestPastedSearch(t *testing.T) {
	s := openTest(t)
	chat := newChat(t, s)
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "part%d/", i)
	}
	for _, text := range []string{b.String(), strings.Repeat("東京の天気", 50)} {
		m := add(t, s, model.Message{Chat: chat, Body: text + "end", Time: day})
		for _, in := range []model.ChatID{0, chat} {
			got, err := s.Search(context.Background(), SearchQuery{Text: text, Chat: in, Limit: 5})
			if err != nil || len(got) != 1 || got[0].ID != m.ID {
				t.Errorf("%d found, %v", len(got), err)
			}
		}
	}
	for _, text := range []string{strings.Repeat("ba.", 50000), strings.Repeat("東京の天気", 20000), strings.Repeat("word ", 50000), strings.Repeat("🎉", 50000)} {
		if match := (SearchQuery{Text: text}).match(); len(strings.Fields(match)) > 2*maxWords*maxParts {
			t.Errorf("%d words are looked for", len(strings.Fields(match)))
		}
	}
}

// FuzzFold: words hold nothing that the search language could take for its own, have bounded size, and fold to themselves.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"Straße", `"quoted" OR NEAR(x*)`, "東京", "🎉", "السلام", "\xff\xfe", strings.Repeat("x", 500)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, w := range fold(s) {
			if w == "" || len(w) > maxToken+utf8.UTFMax || strings.ContainsAny(w, " \"*():^+-{}") || strings.ToLower(w) != w {
				t.Errorf("word %q", w)
			}
		}
	})
}

// searchCorpus is what people write in ten scripts.
var searchCorpus = []string{
	"Wir treffen uns an der Straße zum Hauptbahnhof",
	"Die Crème brûlée im Café war großartig",
	"Meeting at 10:30, see https://example.org/plan-2026.pdf",
	"Don't forget the O'Reilly book",
	"明日は東京タワーに行きます",
	"今天天气很好",
	"カタカナとひらがな",
	"오늘 저녁에 만나요",
	"السلام عليكم، الكتاب على الطاولة",
	"ذهبتُ إلى المدرسة",
	"שלום, מה שלומך היום?",
	"שָׁבוּעַ טוֹב",
	"สวัสดีครับ วันนี้อากาศดี",
	"Tôi yêu Việt Nam và phở",
	"Đường Nguyễn Huệ",
	"Привет, Алёна! Ёлка готова",
	"Увидимся в четверг",
	"Γειά σου Οδυσσέα",
	"नमस्ते दुनिया",
	"Happy birthday 🎉🎂 to you ❤️",
	"👩‍🚀 on the way",
	"foo_bar_baz = qux(42)",
}

// openCorpus is a store with searchCorpus in one chat.
func openCorpus(t *testing.T) *Store {
	t.Helper()
	s := openTest(t)
	chat := newChat(t, s)
	update(t, s, func(tx *Tx) error {
		for i, body := range searchCorpus {
			if _, err := tx.AddMessage(&model.Message{Chat: chat, Body: body, Time: day.Add(time.Duration(i) * time.Minute)}); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func TestSearchOverScripts(t *testing.T) {
	s := openCorpus(t)
	tests := []struct {
		query string
		want  int // index into searchCorpus
	}{
		{"strasse", 0},
		{"STRASSE haupt", 0},
		{"bahnhof", 0},
		{"creme", 1},
		{"cafe", 1},
		{"brulee", 1},
		{"grossartig", 1},
		{"example.org", 2},
		{"plan-2026", 2},
		{"10:30", 2},
		{"don't", 3},
		{"o'reilly", 3},
		{"東京", 4},
		{"タワー", 4},
		{"行きます", 4},
		{"天气", 5},
		{"气", 5},
		{"ひらがな", 6},
		{"저녁", 7},
		{"만나", 7},
		{"كتاب", 8},
		{"الطاولة", 8},
		{"مدرسة", 9},
		{"ذهبت", 9},
		{"שלום", 10},
		{"שבוע", 11},
		{"อากาศ", 12},
		{"viet nam", 13},
		{"phở", 13},
		{"pho", 13},
		{"duong nguyen", 14},
		{"елка", 15},
		{"четв", 16},
		{"οδυσσεα", 17},
		{"नमस्ते", 18},
		{"🎉", 19},
		{"❤", 19},
		{"🚀", 20},
		{"bar_baz", 21},
	}
	hits := 0
	for _, tt := range tests {
		found, err := s.Search(context.Background(), SearchQuery{Text: tt.query, Limit: 5})
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(bodies(found), searchCorpus[tt.want]) {
			hits++
		} else if tt.query != "bahnhof" { // inside a compound: the price of an index of words
			t.Errorf("%s: found %q", tt.query, bodies(found))
		}
	}
	if hits < len(tests)-1 {
		t.Errorf("%d of %d", hits, len(tests))
	}
}

func TestSearchNarrows(t *testing.T) {
	s := openTest(t)
	var chats [3]model.ChatID
	update(t, s, func(tx *Tx) error {
		for i := range chats {
			a := model.Account{JID: model.JID(fmt.Sprintf("own%d@example.test", i/2))}
			if i != 1 {
				if err := tx.AddAccount(&a); err != nil {
					return err
				}
			} else {
				a.ID = 1
			}
			c, _, err := tx.EnsureChat(a.ID, model.JID(fmt.Sprintf("peer%d@example.test", i)))
			if err != nil {
				return err
			}
			chats[i] = c.ID
		}
		for i := range 30 {
			m := model.Message{Chat: chats[i%3], Body: fmt.Sprintf("common word%d", i), Time: day.Add(time.Duration(i) * time.Second)}
			if _, err := tx.AddMessage(&m); err != nil {
				return err
			}
		}
		return nil
	})
	find := func(q SearchQuery) []model.Message {
		t.Helper()
		got, err := s.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	words := func(ms []model.Message) string {
		var out []string
		for _, m := range ms {
			out = append(out, strings.TrimPrefix(m.Body, "common word"))
		}
		return strings.Join(out, " ")
	}
	first := find(SearchQuery{Text: "common", Limit: 4})
	tests := []struct {
		name  string
		query SearchQuery
		want  string
	}{
		{"newest first over all chats", SearchQuery{Text: "common", Limit: 4}, "29 28 27 26"},
		{"next page", SearchQuery{Text: "common", Limit: 4, Before: first[3].ID}, "25 24 23 22"},
		{"one chat", SearchQuery{Text: "common", Limit: 3, Chat: chats[1]}, "28 25 22"},
		{"one account", SearchQuery{Text: "common", Limit: 4, Account: 1}, "28 27 25 24"},
		{"chat of another account", SearchQuery{Text: "common", Limit: 4, Account: 2, Chat: chats[0]}, ""},
		{"two words", SearchQuery{Text: "word7 common", Limit: 9}, "7"},
		{"two words in a chat", SearchQuery{Text: "word7 common", Limit: 9, Chat: chats[1]}, "7"},
		{"two words, the first unfinished", SearchQuery{Text: "common word", Limit: 3, Chat: chats[1]}, "28 25 22"},
		{"two words, one not there", SearchQuery{Text: "common uncommon", Limit: 9, Chat: chats[1]}, ""},
		{"three words in a chat", SearchQuery{Text: "common word7 com", Limit: 9, Chat: chats[1]}, "7"},
		{"three words in another chat", SearchQuery{Text: "common word7 com", Limit: 9, Chat: chats[0]}, ""},
		{"page of two words in a chat", SearchQuery{Text: "common word", Limit: 2, Chat: chats[1], Before: first[1].ID}, "25 22"},
		{"unfinished", SearchQuery{Text: "COMM", Limit: 1}, "29"},
		{"finished by a space", SearchQuery{Text: "COMM ", Limit: 1}, ""},
		{"too short to be unfinished", SearchQuery{Text: "co", Limit: 1}, ""},
		{"unfinished in the middle", SearchQuery{Text: "comm word7", Limit: 9}, ""},
		{"no words", SearchQuery{Text: " ?! ", Limit: 9}, ""},
		{"no limit", SearchQuery{Text: "common"}, ""},
		{"search language", SearchQuery{Text: `common" OR body:"word7`, Limit: 9}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := words(find(tt.query)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Search(ctx, SearchQuery{Text: "common", Limit: 1}); err == nil {
		t.Error("a search goes on after its context ended")
	}
}

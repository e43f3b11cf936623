package lang

import (
	"encoding/json"
	"slices"
	"testing"

	"golang.org/x/text/language"
)

// speak has a made-up translation chosen for the length of a test.
func speak(t *testing.T, tag language.Tag, file string) {
	t.Helper()
	c := catalogue{tag: tag}
	if err := json.Unmarshal([]byte(file), &c.texts); err != nil {
		t.Fatal(err)
	}
	chosen = c
	t.Cleanup(func() { chosen = catalogue{} })
}

func TestEnglish(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{T("Try again"), "Try again"},
		{T("{name} is {state}", "state", "{name}", "name", "Ben {n}"), "Ben {n} is {name}"}, // values stay as they are
		{T("{name} is gone and { stays", "name", "Ben"), "Ben is gone and "},
		{N(1, "{n} message", "{n} messages"), "1 message"},
		{N(0, "{n} message", "{n} messages"), "0 messages"},
		{N(12345, "{name}: {n} message", "{name}: {n} messages", "name", "Ben"), "Ben: 12,345 messages"},
		{T("{name} is muted", "name", "محمد 🎉"), "\u2068محمد 🎉\u2069 is muted"}, // else the sentence would begin at its end
		{Words("Sun|Mon|Tue")[1], "Mon"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 100000: "100,000", 1234567: "1,234,567", -5: "0"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
	speak(t, language.French, `{"1,234": "1\u202f234"}`)
	if got := Number(1234567); got != "1\u202f234\u202f567" {
		t.Errorf("French: %q", got)
	}
}

// TestForms asks for the plural forms of a language with four of them; what is missing is English.
func TestForms(t *testing.T) {
	speak(t, language.Polish, `{
		"Try again": "Spróbuj ponownie",
		"Sun|Mon": "nd.|pon.",
		"{n} messages from {name}": {"one": "{n} wiadomość od {name}", "few": "{n} wiadomości od {name}", "many": "od {name} {n} wiadomości", "other": "?"},
		"{n} chats": {"other": "czaty: {n}"}
	}`)
	for n, want := range map[int]string{
		1: "1 wiadomość od Anna", 3: "3 wiadomości od Anna", 12: "od Anna 12 wiadomości", 22: "22 wiadomości od Anna",
	} {
		if got := N(n, "{n} message from {name}", "{n} messages from {name}", "name", "Anna"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	for _, c := range []struct{ got, want string }{
		{T("Try again"), "Spróbuj ponownie"},
		{T("Not translated"), "Not translated"},
		{Words("Sun|Mon")[1], "pon."},
		{N(5, "{n} chat", "{n} chats"), "czaty: 5"},
		{N(1, "{n} person", "{n} people"), "1 person"},
		{N(2, "{n} person", "{n} people"), "2 people"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// TestChoose takes the files that are there.
func TestChoose(t *testing.T) {
	t.Cleanup(func() { chosen = catalogue{} })
	for locale, want := range map[string]string{
		"de": "de", "de-AT": "de", "gsw-CH": "de", "en": "und", "en-GB": "und", "ja": "und", "C": "und", "": "und", "no such thing": "und",
	} {
		chosen = catalogue{}
		if err := Choose(locale); err != nil {
			t.Errorf("%s: %v", locale, err)
		}
		if got := chosen.tag.String(); got != want {
			t.Errorf("%q chooses %s, want %s", locale, got, want)
		}
	}
	tags, err := translated()
	if err != nil || !slices.Contains(tags, language.German) {
		t.Errorf("languages %v, %v", tags, err)
	}
	for _, tag := range tags {
		if _, err := read(tag); err != nil {
			t.Errorf("%s: %v", tag, err)
		}
	}
}

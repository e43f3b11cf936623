package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

var update = flag.Bool("update", false, "write assets/lang/en.json from the code")

const englishFile = "assets/lang/en.json"

// text is one that people read, as a call of app/lang has it.
type text struct {
	one, other string // one is empty where nothing is counted
	at         string
}

// speaking are the folders in which every text is one that people read, unless it stands in notShown.
var speaking = []string{"app", "app/platform", "app/screen", "app/view", "app/widget"}

// notShown are the words in these folders that nobody reads: names of screens, settings, colours, and what the system wants.
var notShown = []string{
	"Kith",                                                                                        // a name in every language
	"chats", "signin", "details", "chat", "newchat", "callcheck", "settings", "unlock", "refused", // screens, for the test hook
	"system", "light", "dark", "yes", "no", "ui.appearance", "ui.text_size", "notify.previews", // in the store
	"expired", "not-yet", "foreign", "other-name", // core's words for certificates
	"xmpp", "https", "http", "mailto", "window.json",
	"chat ", "ask ", "call ", // what keys begin with
	"accept", "decline", "write", // answers on notifications
	"name@example.org",        // in no language an address of somebody
	"LeftShift", "RightShift", // keys
	"org.freedesktop.Notifications", "/org/freedesktop/Notifications", "im.kith.Kith", ".GetCapabilities", ".Notify",
	".CloseNotification", ".ActionInvoked", ".NotificationClosed", "body-markup", "category", "im.received", "desktop-entry",
	"suppress-sound", "default", "urgency",
	"org.freedesktop.secrets", "org.freedesktop.DBus.", "ListNames", "ListActivatableNames", "darwin", "windows",
	"_NET_WM_PID", "_NET_WM_USER_TIME", // of X11
	"Fyne error:  failed to watch theme settings", "  Cause: ", "  At: ", // the toolkit's own
}

// quiet are the packages and methods whose arguments are not for people: they make errors and logs, or take texts apart.
var quiet = []string{"errors", "fmt", "strings", "os", "net", "strconv", "Warn", "Error", "Info"}

// wordy finds what may be language.
var wordy = regexp.MustCompile(`\pL\pL`)

// place is where a value stands in a text.
var place = regexp.MustCompile(`\{([a-z]+)\}`)

// TestTexts holds the code against en.json: whatever people read goes through app/lang and stands there, and nothing else does.
func TestTexts(t *testing.T) {
	texts := collect(t)
	if *update {
		writeEnglish(t, texts)
	}
	have := readTexts(t, englishFile)
	for _, x := range texts {
		want := map[string]string{"other": x.other}
		if x.one != "" {
			want["one"] = x.one
		}
		if got := have[x.other]; len(got) != len(want) || got["other"] != x.other || got["one"] != x.one {
			t.Errorf("%s: %q is not so in %s. run: go test -run TestTexts . -update", x.at, x.other, englishFile)
		}
	}
	for key := range have {
		if !slices.ContainsFunc(texts, func(x text) bool { return x.other == key }) {
			t.Errorf("%s: nobody says %q. run: go test -run TestTexts . -update", englishFile, key)
		}
	}
}

// TestTranslations holds each translation against the English texts: no text that is not there, the same places for values,
// as many words in a list, and every plural form that the language has.
func TestTranslations(t *testing.T) {
	english := readTexts(t, englishFile)
	files, err := filepath.Glob("assets/lang/*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("translations: %v, %v", files, err)
	}
	for _, name := range files {
		tag := strings.TrimSuffix(filepath.Base(name), ".json")
		if parsed, err := language.Parse(tag); err != nil || parsed.String() != tag {
			t.Errorf("%s: the name is no language: %v", name, err)
		}
		have := readTexts(t, name)
		for key, forms := range have {
			source, ok := english[key]
			if !ok {
				t.Errorf("%s: nobody says %q", name, key)
				continue
			}
			wanted := []string{"other"}
			if len(source) > 1 {
				wanted = pluralForms(language.Make(tag))
			}
			checkForms(t, name, key, forms, wanted)
		}
		for key := range english {
			if have[key] == nil {
				t.Logf("%s: not translated: %q", name, key)
			}
		}
	}
}

// checkForms looks at one text of a translation.
func checkForms(t *testing.T, name, key string, forms map[string]string, wanted []string) {
	t.Helper()
	if len(forms) != len(wanted) {
		t.Errorf("%s: %q has %d forms, not %q", name, key, len(forms), wanted)
	}
	for _, form := range wanted {
		s := forms[form]
		want, got := places(key), places(s)
		if form != "other" { // "one", in some languages also others, may say the number in words
			want, got = without(want, "n"), without(got, "n")
		}
		if s == "" || strings.TrimSpace(s) != s || !slices.Equal(want, got) || strings.Count(s, "|") != strings.Count(key, "|") {
			t.Errorf("%s: the form %q of %q is %q: it is empty, or its {places} or words are not the same", name, form, key, s)
		}
	}
}

// places are the names of the values in a text, each once, in order of the alphabet.
func places(s string) []string {
	var names []string
	for _, m := range place.FindAllStringSubmatch(s, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(names, func(s string) bool { return s == name })
}

// pluralForms are the forms that whole numbers have in a language.
func pluralForms(tag language.Tag) []string {
	names := map[plural.Form]string{
		plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
	}
	forms := []string{"other"}
	for n := range 1001 {
		if f := names[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]; !slices.Contains(forms, f) {
			forms = append(forms, f)
		}
	}
	return forms
}

// readTexts reads a file of texts; one that is not counted has only the form "other".
func readTexts(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	texts := map[string]map[string]string{}
	for key, value := range raw {
		var forms map[string]string
		var s string
		if json.Unmarshal(value, &s) == nil {
			forms = map[string]string{"other": s}
		} else if err := json.Unmarshal(value, &forms); err != nil {
			t.Fatalf("%s: %q: %v", name, key, err)
		}
		texts[key] = forms
	}
	return texts
}

// writeEnglish writes the texts in the order of the code, which shows translators what belongs together.
func writeEnglish(t *testing.T, texts []text) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("{\n")
	done := map[string]bool{}
	for _, x := range texts {
		if done[x.other] {
			continue
		}
		if len(done) > 0 {
			b.WriteString(",\n")
		}
		done[x.other] = true
		b.WriteString("  " + quoted(t, x.other) + ": ")
		if x.one == "" {
			b.WriteString(quoted(t, x.other))
		} else {
			b.WriteString("{\n    \"one\": " + quoted(t, x.one) + ",\n    \"other\": " + quoted(t, x.other) + "\n  }")
		}
	}
	b.WriteString("\n}\n")
	if err := os.WriteFile(englishFile, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func quoted(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

// collector goes through the code for texts.
type collector struct {
	t      *testing.T
	file   file
	texts  []text
	unused []string // of notShown
}

// collect finds all texts in the code, and complains about those that do not go through app/lang.
func collect(t *testing.T) []text {
	t.Helper()
	c := &collector{t: t, unused: slices.Clone(notShown)}
	for _, f := range sources(t) {
		own := f.folder == "app/lang" || slices.Contains(speaking, f.folder)
		if own && !f.test && !strings.HasPrefix(f.path, "app/control") { // the test hook answers tests
			c.file = f
			ast.Inspect(f.tree, c.visit)
		}
	}
	for _, s := range c.unused {
		t.Errorf("texts_test.go: notShown has %q, which is nowhere", s)
	}
	return c.texts
}

// visit looks at a node; it says whether to look into it.
func (c *collector) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.Field:
		return n.Tag == nil // which is for the machine
	case *ast.CallExpr:
		from, called := callee(n)
		if from == "lang" || from == "" && called == "T" && c.file.folder == "app/lang" {
			c.call(n, called)
			return false
		}
		if slices.Contains(quiet, from) || slices.Contains(quiet, called) {
			c.within(n.Args)
			return false
		}
	case *ast.BasicLit:
		c.literal(n)
	}
	return true
}

// within looks into what a quiet call is given, but not at its own words.
func (c *collector) within(args []ast.Expr) {
	for _, a := range args {
		switch a := a.(type) {
		case *ast.BasicLit:
		case *ast.BinaryExpr:
			c.within([]ast.Expr{a.X, a.Y})
		default:
			ast.Inspect(a, c.visit)
		}
	}
}

// literal is a text that does not go through app/lang.
func (c *collector) literal(n *ast.BasicLit) {
	s := unquoted(n)
	c.unused = without(c.unused, s)
	if c.file.folder != "app/lang" && wordy.MatchString(s) && !slices.Contains(notShown, s) {
		c.t.Errorf("%s: %q does not go through app/lang; if nobody reads it, notShown in texts_test.go is its place", c.file.at(n), s)
	}
}

// call is a text that does: its words are in the code, and each of its places gets a value.
func (c *collector) call(n *ast.CallExpr, called string) {
	x, args, given := text{at: c.file.at(n)}, n.Args, []string(nil)
	switch called {
	case "T", "Words":
		x.other, args = unquoted(args[0]), args[1:]
	case "N":
		x.one, x.other, args, given = unquoted(args[1]), unquoted(args[2]), args[3:], []string{"n"}
	default:
		return
	}
	for i, a := range args {
		if i%2 == 0 {
			given = append(given, unquoted(a))
		} else {
			ast.Inspect(a, c.visit)
		}
	}
	slices.Sort(given)
	if x.other == "" || called == "N" && x.one == "" || !slices.Equal(given, places(x.other)) {
		c.t.Errorf("%s: the text has to stand here as it is, and each of its {places} gets one value: %q, %q", x.at, x.other, given)
	}
	c.texts = append(c.texts, x)
}

// callee is what a call calls: the package or the value before the dot, if it is a name, and the name behind it.
func callee(n *ast.CallExpr) (from, called string) {
	switch f := n.Fun.(type) {
	case *ast.Ident:
		return "", f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			from = x.Name
		}
		return from, f.Sel.Name
	}
	return "", ""
}

// unquoted is what a literal says; "" for what is none.
func unquoted(n ast.Expr) string {
	if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
		if s, err := strconv.Unquote(l.Value); err == nil {
			return s
		}
	}
	return ""
}

package main

import (
	"slices"
	"strings"
	"testing"
)

// mayImport says which of the project's folders a folder may import; a parent does not stand for its children. A folder that
// has no row fails. ARCHITECTURE.md explains the directions.
var mayImport = map[string][]string{
	".":               {"app", "app/platform", "app/view", "calls", "core", "core/model", "storage"},
	"app":             {"app/lang", "app/platform", "app/screen", "app/text", "app/theme", "app/view", "app/widget", "assets", "core", "core/model", "storage"},
	"app/golden":      {},
	"app/headless":    {"app/platform", "calls", "core", "core/model", "storage"},
	"app/lang":        {"assets"},
	"app/platform":    {"app/lang", "assets", "core/model"},
	"app/screen":      {"app/lang", "app/platform", "app/text", "app/theme", "app/view", "app/widget", "assets", "core/model"},
	"app/text":        {},
	"app/theme":       {"app/text", "assets"},
	"app/view":        {"app/lang", "calls", "calls/nat", "core", "core/model"},
	"app/widget":      {"app/lang", "app/platform", "app/text", "app/theme", "app/view", "assets", "core/model"},
	"assets":          {},
	"calls":           {"calls/audio", "calls/echo", "calls/hardware", "calls/media", "calls/nat", "calls/sdp", "calls/session", "calls/transport", "calls/video", "core/model", "core/wire"},
	"calls/audio":     {},
	"calls/echo":      {"calls/audio"},
	"calls/hardware":  {"calls/audio", "calls/echo", "calls/video"},
	"calls/media":     {"calls/audio", "calls/echo", "calls/rate", "calls/video"},
	"calls/nat":       {},
	"calls/rate":      {},
	"calls/sdp":       {"core/wire"},
	"calls/session":   {"core/model", "core/wire"},
	"calls/transport": {"calls/media", "calls/sdp", "core/model", "core/wire"}, // model: for its tests
	"calls/video":     {},
	"core":            {"calls", "calls/media", "calls/session", "core/link", "core/model", "core/wire", "crypto", "storage"},
	"core/coretest":   {"core/model"},
	"core/link":       {"core/model", "core/wire"},
	"core/model":      {},
	"core/wire":       {"core/model"},
	"crypto":          {"core/model", "core/wire", "storage"},
	"demo":            {"core/coretest", "core/model", "e2e"},
	"e2e":             {"calls/video", "core/coretest", "core/link", "core/model", "core/wire"}, // link and wire for the baseline of a benchmark, video to know a picture in a photograph
	"storage":         {"core/model"},
}

// mayUse says who may import what from outside: the longest prefix counts, "*" means everybody. What has no row is not used;
// docs/decisions/0009-libraries.md says why each is there and under which licence.
var mayUse = map[string][]string{
	"fyne.io/fyne/v2":                 {"app", "app/platform", "app/screen", "app/theme", "app/widget"},
	"github.com/ebitengine/purego":    {"calls/hardware"},
	"github.com/gen2brain/malgo":      {"calls/hardware"},
	"github.com/go-gl/glfw":           {"app"},
	"github.com/go-text/typesetting":  {"app/text", "app/theme", "app/widget"},
	"github.com/godbus/dbus/v5":       {"app/platform", "calls/hardware"},
	"github.com/jezek/xgb":            {"app/platform", "calls/hardware"},
	"github.com/mattn/go-sqlite3":     {"storage"},
	"github.com/pion/ice/v4":          {"calls/transport"},
	"github.com/pion/interceptor":     {"calls/media"},
	"github.com/pion/logging":         {"calls/media", "calls/nat", "calls/transport"}, // of nat: in tests
	"github.com/pion/rtcp":            {"calls/media", "calls/rate"},
	"github.com/pion/rtp":             {"calls/media"},
	"github.com/pion/stun/v4":         {"calls/nat"},
	"github.com/pion/transport/v4":    {"calls/media", "calls/nat", "calls/transport"}, // its simulated network, in tests
	"github.com/pion/webrtc/v4":       {"calls/media", "calls/sdp", "calls/transport"}, // in tests of sdp
	"github.com/rivo/uniseg":          {"app/text", "app/widget"},
	"github.com/thesyncim/gopus":      {"calls/audio"},
	"github.com/zalando/go-keyring":   {"storage"},
	"filippo.io/edwards25519":         {"crypto"},
	"go.mau.fi/libsignal":             {"crypto"},
	"google.golang.org/protobuf":      {"crypto"},
	"golang.org/x/crypto":             {"core/coretest", "core/link", "crypto", "storage"},
	"golang.org/x/image":              {"app/text", "app/theme", "app/widget"},
	"golang.org/x/net/dns/dnsmessage": {"core/coretest", "core/link"},
	"golang.org/x/net/idna":           {"core/link", "core/model"},
	"golang.org/x/sys":                {"app/platform", "calls/hardware", "storage"},
	"golang.org/x/text":               {"*"},
	"mellium.im/xmpp/color":           {"app/theme", "app/widget"},
	"mellium.im/xmpp/jid":             {"*"},
}

// TestImports holds every import against the two tables above.
func TestImports(t *testing.T) {
	for _, f := range sources(t) {
		own, ok := mayImport[f.folder]
		if !ok {
			t.Errorf("%s: folder %s has no row in arch_test.go", f.path, f.folder)
			continue
		}
		if f.test {
			own = append(slices.Clone(own), f.folder, "app/golden", "core/coretest", "calls/hardware") // the last for synthetic devices
		}
		for _, path := range f.imports() {
			if complaint := checkImport(f.folder, path, own); complaint != "" {
				t.Errorf("%s imports %s: %s", f.path, path, complaint)
			}
		}
	}
}

// checkImport says what is wrong with an import; "" when nothing is.
func checkImport(folder, path string, own []string) string {
	first, rest, _ := strings.Cut(path, "/")
	switch {
	case first == "kith":
		if !slices.Contains(own, rest) {
			return "its row in arch_test.go does not allow that"
		}
	case strings.Contains(first, "."):
		users := usersOf(path)
		if !slices.Contains(users, "*") && !slices.Contains(users, folder) {
			return "only these may: " + strings.Join(users, " ")
		}
	}
	return ""
}

// usersOf finds the row with the longest prefix.
func usersOf(path string) []string {
	best := ""
	for prefix := range mayUse {
		if (path == prefix || strings.HasPrefix(path, prefix+"/")) && len(prefix) > len(best) {
			best = prefix
		}
	}
	return mayUse[best]
}

// TestImportRules proves that the check refuses what it is there for.
func TestImportRules(t *testing.T) {
	for _, c := range []struct {
		folder, path string
		allowed      bool
	}{
		{"core/link", "kith/core/wire", true},
		{"core/wire", "kith/core/link", false},
		{"core/model", "kith/core", false},
		{"app/view", "kith/app/widget", false},
		{"app/view", "fyne.io/fyne/v2/widget", false},
		{"app/widget", "fyne.io/fyne/v2/widget", true},
		{"app/headless", "kith/app/widget", false},
		{"core", "github.com/mattn/go-sqlite3", false},
		{"storage", "github.com/mattn/go-sqlite3", true},
		{"core", "go.mau.fi/libsignal/session", false},
		{"core", "mellium.im/xmpp/jid", true},
		{"core", "mellium.im/xmpp/mux", false},
		{"core", "example.org/unknown", false},
		{"core", "log/slog", true},
	} {
		complaint := checkImport(c.folder, c.path, mayImport[c.folder])
		if (complaint == "") != c.allowed {
			t.Errorf("%s importing %s: %q, allowed should be %v", c.folder, c.path, complaint, c.allowed)
		}
	}
}

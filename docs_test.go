package main

import (
	"go/ast"
	"go/token"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The sizes that a reader can hold in the head; see CONTRIBUTING.md.
const (
	maxFileLines     = 500
	maxFunctionLines = 60
	maxMethods       = 25
	maxParameters    = 5
)

// goStatements says where a goroutine may be started: whoever starts one waits for it in its Close, so the places are few.
// A folder that ends with a slash stands for all its files.
var goStatements = []string{
	"core/account.go", "core/link/link.go", "app/app.go", // one per account, link and window; the rest is theirs
	"calls/manager.go",                 // one of its own, and one per call
	"calls/hardware/synthetic.go",      // its camera
	"calls/hardware/camera.go",         // one per camera
	"calls/hardware/camera_windows.go", // one per camera waits for pictures, and one ends a camera that is stuck
	"calls/hardware/screen.go",         // one per screen
	"calls/hardware/screen_linux.go",   // one per screen of a portal
	"calls/hardware/sound.go",          // a device that is gone is let go beside the call: it may never come back
	"calls/media/session.go",           // what a call's sound and picture need; Close waits for all of it
	"core/link/dial.go",                // addresses are tried side by side; dial waits for all of them
	"app/headless/rpc.go",              // long calls beside short ones
	"core/coretest/", "demo/", "e2e/",  // programs that tests start and wait for
}

// stateAllowed is the package-level state that cannot be avoided, and why.
var stateAllowed = map[string]string{
	"calls/hardware.filming": "Objective-C calls back by way of a class, of which there is one in a program",
	"app/lang.chosen":        "one language is spoken by the whole process, and set before there is anything to say",
	"storage.keysInUse":      "SQLite calls back from C, where there is no receiver",
	"crypto.silenced":        "libsignal's logger is one for the whole process",
}

// TestComments demands a package comment for each package and a comment on every exported name.
func TestComments(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		documented[f.folder] = documented[f.folder] || packageComment(f)
		for _, d := range f.tree.Decls {
			checkComment(t, f, d)
		}
	}
	for folder, ok := range documented {
		if !ok {
			t.Errorf("%s: no file has a package comment", folder)
		}
	}
}

// packageComment says whether the file carries a real one: "Package name …", or "Command name …" for programs.
func packageComment(f file) bool {
	text := f.tree.Doc.Text()
	if f.tree.Name.Name == "main" {
		return len(text) > 40
	}
	return strings.HasPrefix(text, "Package "+f.tree.Name.Name+" ")
}

func checkComment(t *testing.T, f file, d ast.Decl) {
	t.Helper()
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && exportedReceiver(d) && d.Doc.Text() == "" {
			t.Errorf("%s: %s has no comment", f.at(d), d.Name.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if name := uncommented(d, s); name != "" {
				t.Errorf("%s: %s has no comment", f.at(s), name)
			}
		}
	}
}

// uncommented is the exported name that a declaration leaves unexplained. The comment of a group speaks for its members.
func uncommented(d *ast.GenDecl, s ast.Spec) string {
	switch s := s.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() && s.Doc.Text()+s.Comment.Text()+d.Doc.Text() == "" {
			return s.Name.Name
		}
	case *ast.ValueSpec:
		for _, n := range s.Names {
			if n.IsExported() && s.Doc.Text()+s.Comment.Text()+d.Doc.Text() == "" {
				return n.Name
			}
		}
	}
	return ""
}

// exportedReceiver says whether a function is one, or a method of an exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	return d.Recv == nil || ast.IsExported(receiver(d))
}

// receiver is the name of a method's type.
func receiver(d *ast.FuncDecl) string {
	e := d.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// TestFileSizes bounds the lines of every source file.
func TestFileSizes(t *testing.T) {
	for _, name := range projectFiles(t, ".go", ".c", ".h", ".sh", ".lua", ".py") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(text), "\n"); lines > maxFileLines {
			t.Errorf("%s has %d lines, more than %d", name, lines, maxFileLines)
		}
	}
}

// TestShapes bounds functions, parameters and types, and forbids init and package-level state.
func TestShapes(t *testing.T) {
	methods := map[string]int{}
	for _, f := range sources(t) {
		for _, d := range f.tree.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				checkFunction(t, f, d)
				if d.Recv != nil && !f.test {
					methods[f.folder+"."+receiver(d)]++
				}
			case *ast.GenDecl:
				checkState(t, f, d)
			}
		}
	}
	for name, n := range methods {
		if n > maxMethods {
			t.Errorf("%s has %d methods, more than %d", name, n, maxMethods)
		}
	}
}

func checkFunction(t *testing.T, f file, d *ast.FuncDecl) {
	t.Helper()
	if d.Recv == nil && d.Name.Name == "init" {
		t.Errorf("%s: init runs behind the reader's back; call it by name", f.at(d))
	}
	if f.test {
		return
	}
	if n := f.set.Position(d.End()).Line - f.set.Position(d.Pos()).Line + 1; n > maxFunctionLines {
		t.Errorf("%s: %s has %d lines, more than %d", f.at(d), d.Name.Name, n, maxFunctionLines)
	}
	if n := d.Type.Params.NumFields(); n > maxParameters {
		t.Errorf("%s: %s takes %d parameters, more than %d", f.at(d), d.Name.Name, n, maxParameters)
	}
}

// checkState refuses package-level variables that are set later: errors, tables and embedded files have their value at once.
func checkState(t *testing.T, f file, d *ast.GenDecl) {
	t.Helper()
	if d.Tok != token.VAR || f.test {
		return
	}
	for _, s := range d.Specs {
		v := s.(*ast.ValueSpec)
		embedded := strings.Contains(comments(d.Doc)+comments(v.Doc), "//go:embed")
		name := v.Names[0].Name
		if len(v.Values) == 0 && !embedded && name != "_" && stateAllowed[f.folder+"."+name] == "" {
			t.Errorf("%s: %s is package-level state", f.at(s), name)
		}
	}
}

// comments is a group's raw text, with directives.
func comments(g *ast.CommentGroup) string {
	var b strings.Builder
	if g != nil {
		for _, c := range g.List {
			b.WriteString(c.Text + "\n")
		}
	}
	return b.String()
}

// TestGoStatements allows goroutines only in the places above.
func TestGoStatements(t *testing.T) {
	for _, f := range sources(t) {
		if f.test || mayStart(f.path) {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			if g, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%s: a goroutine is started here; see goStatements in docs_test.go", f.at(g))
			}
			return true
		})
	}
}

func mayStart(name string) bool {
	return slices.ContainsFunc(goStatements, func(place string) bool {
		return name == place || strings.HasSuffix(place, "/") && strings.HasPrefix(name, place)
	})
}

// row is a line of the table in docs/xeps.md: XEP | version | what | files | tests.
var row = regexp.MustCompile(`(?m)^\| (?:\[)?(XEP-\d{4}|RFC \d{4})`)

// TestXEPs holds docs/xeps.md against the tree: what it names exists, and no codec is missing in it.
func TestXEPs(t *testing.T) {
	text, err := os.ReadFile("docs/xeps.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	if len(row.FindAllString(page, -1)) < 10 {
		t.Fatal("docs/xeps.md: the table was not found")
	}
	for _, m := range regexp.MustCompile("`([a-z0-9/_]+\\.go)`").FindAllStringSubmatch(page, -1) {
		if _, err := os.Stat(m[1]); err != nil {
			t.Errorf("docs/xeps.md names %s, which is not there", m[1])
		}
	}
	for _, f := range sources(t) {
		base := path.Base(f.path)
		if f.folder == "core/wire" && strings.HasPrefix(base, "xep") && !f.test && !strings.Contains(page, "`"+f.path+"`") {
			t.Errorf("docs/xeps.md has no row for %s", f.path)
		}
	}
}

// TestLibraries demands that every module that go.mod requires directly is explained with its licence.
func TestLibraries(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("docs/decisions/0009-libraries.md")
	if err != nil {
		t.Fatal(err)
	}
	direct := regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(mod), -1)
	if len(direct) < 5 {
		t.Fatalf("go.mod: %d direct requirements found", len(direct))
	}
	for _, m := range direct {
		if !strings.Contains(string(page), m[1]) {
			t.Errorf("docs/decisions/0009-libraries.md does not name %s", m[1])
		}
	}
}

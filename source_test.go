package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// file is one Go file of the project, whatever system it is built for.
type file struct {
	path   string // from the root, with slashes
	folder string // "." at the root
	test   bool
	tree   *ast.File
	set    *token.FileSet
}

// at is where a node stands, as "core/x.go:12".
func (f file) at(n ast.Node) string {
	p := f.set.Position(n.Pos())
	return f.path + ":" + strconv.Itoa(p.Line)
}

// imports are the paths that the file names.
func (f file) imports() []string {
	var paths []string
	for _, s := range f.tree.Imports {
		paths = append(paths, strings.Trim(s.Path.Value, `"`))
	}
	return paths
}

// projectFiles lists the project's files with one of the extensions, without what other modules, builds and runs left there.
func projectFiles(t *testing.T, extensions ...string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() {
			return skipFolder(name)
		}
		if slices.Contains(extensions, path.Ext(name)) {
			found = append(found, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// skipFolder leaves out hidden folders, test data, build results and nested modules.
func skipFolder(name string) error {
	if name == "." {
		return nil
	}
	base := path.Base(name)
	if base[0] == '.' || base == "testdata" || name == "bin" || name == "demo/out" {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

// sources parses every Go file. It reads files and does not ask `go list`, so that the files of all systems are checked on each.
func sources(t *testing.T) []file {
	t.Helper()
	var all []file
	set := token.NewFileSet()
	for _, name := range projectFiles(t, ".go") {
		tree, err := parser.ParseFile(set, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, file{
			path: name, folder: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), tree: tree, set: set,
		})
	}
	return all
}

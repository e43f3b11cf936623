package wire_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"kith/core/wire"
)

// stamp is the time that the examples tell.
var stamp = time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)

// load reads an example. White space between elements, which the files have for the reader's sake, is left out.
func load(t testing.TB, name string) *wire.Element {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := wire.Parse(string(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return unindent(e)
}

func unindent(e *wire.Element) *wire.Element {
	out := &wire.Element{Space: e.Space, Local: e.Local, Attrs: e.Attrs}
	for _, n := range e.Nodes {
		switch {
		case n.Element != nil:
			out.Add(unindent(n.Element))
		case strings.TrimSpace(n.Text) != "":
			out.AddText(n.Text)
		}
	}
	return out
}

func parse(t testing.TB, s string) *wire.Element {
	t.Helper()
	e, err := wire.Parse(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return e
}

// example is a file under testdata, or XML itself, and what it means.
type example[T any] struct {
	in   string
	want T
}

func (x example[T]) element(t *testing.T) *wire.Element {
	if strings.HasPrefix(x.in, "<") {
		return parse(t, x.in)
	}
	return load(t, x.in)
}

// understands checks that each example is read as what it means.
func understands[T any](t *testing.T, read func(*wire.Element) (T, bool), examples ...example[T]) {
	t.Helper()
	for _, x := range examples {
		got, ok := read(x.element(t))
		if !ok || !reflect.DeepEqual(got, x.want) {
			t.Errorf("%s: got %+v, %v; want %+v", x.in, got, ok, x.want)
		}
	}
}

// refuses checks that each XML is refused.
func refuses[T any](t *testing.T, read func(*wire.Element) (T, bool), in ...string) {
	t.Helper()
	for _, s := range in {
		if got, ok := read(parse(t, s)); ok {
			t.Errorf("%.200s: got %+v, want it refused", s, got)
		}
	}
	if got, ok := read(nil); ok {
		t.Errorf("nothing: got %+v, want it refused", got)
	}
}

// writes checks that e is written as the example, to the letter but for white space between elements.
func writes(t *testing.T, name string, e *wire.Element) {
	t.Helper()
	if got, want := dump(e), dump(load(t, name)); got != want {
		t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
	}
}

// always makes a reader that cannot refuse fit the functions above.
func always[T any](read func(*wire.Element) T) func(*wire.Element) (T, bool) {
	return func(e *wire.Element) (T, bool) { return read(e), true }
}

// given makes a reader that returns nil for what it refuses fit them.
func given[T any](read func(*wire.Element) *T) func(*wire.Element) (*T, bool) {
	return func(e *wire.Element) (*T, bool) {
		v := read(e)
		return v, v != nil
	}
}

// survive is the property that every codec has: no element makes it panic, and what it understood it understands again after
// having written it. write may be nil for what only servers write.
func survive[T any](t *testing.T, e *wire.Element, read func(*wire.Element) (T, bool), write func(T) *wire.Element) {
	t.Helper()
	v, ok := read(e)
	if !ok || write == nil {
		return
	}
	once := write(v)
	again, ok := read(parse(t, once.String()))
	if !ok {
		t.Fatalf("not understood again: %s", once)
	}
	if a, b := dump(once), dump(write(again)); a != b {
		t.Fatalf("written as %s, then as %s", a, b)
	}
}

// fuzz runs survive on whatever element the fuzzer finds, and on each part of it.
func fuzz(f *testing.F, folder string, check func(*testing.T, *wire.Element)) {
	files, err := filepath.Glob("testdata/" + folder + "/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatal("no examples", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := wire.Parse(s)
		if err != nil {
			return
		}
		check(t, nil)
		check(t, e)
		for c := range e.Children() {
			check(t, c)
		}
	})
}

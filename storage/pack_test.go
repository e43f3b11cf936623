package storage

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
)

// packed is one row of each type of column.
type packed struct {
	low, high, null int64
	text, empty     string
	blobKind        byte
	blob, nothing   string
	real            int64
	last            bool
}

func takePacked(c *cells, p *packed) {
	p.low, p.high, p.null = c.int(), c.int(), c.int()
	p.text, p.empty = c.text(), c.text()
	p.blobKind, _, p.blob = c.next()
	p.nothing, p.real, p.last = c.text(), c.int(), c.bool()
}

func TestPack(t *testing.T) {
	s := openTest(t)
	want := packed{
		low: math.MinInt64, high: math.MaxInt64, text: "a\x00b東\xff", blobKind: cellBlob, blob: "\x00\x01\xfe", last: true,
	}
	row := func(text any) []any {
		return []any{want.low, want.high, nil, text, "", []byte(want.blob), []byte{}, 1.5, true}
	}
	const query = "SELECT pack(?,?,?,?,?,?,?,?,?)"
	got, err := getPacked(s.reads.run, takePacked, query, row(want.text)...)
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	want.text = strings.Repeat("long", 1<<20)
	if got, err := getPacked(s.reads.run, takePacked, query, row(want.text)...); err != nil || got != want {
		t.Errorf("a long text: %d bytes, %v", len(got.text), err)
	}
	for _, other := range []string{"SELECT pack()", "SELECT pack(1,2)", "SELECT pack(1,2,3,'a','b','c','d',5,6,7)", "SELECT 'text'"} {
		if _, err := getPacked(s.reads.run, takePacked, other); !errors.Is(err, errOtherColumns) {
			t.Errorf("%s: %v", other, err)
		}
	}
	if _, err := getPacked(s.reads.run, takePacked, "SELECT pack(1) WHERE 0"); !errors.Is(err, ErrNotFound) {
		t.Errorf("no row: %v", err)
	}
}

// TestGather: all rows of a list come, in their order, and their memory is asked for once.
func TestGather(t *testing.T) {
	s := openTest(t)
	take := func(c *cells, text *string) { *text = c.text() }
	const rows = "SELECT pack(value) AS row FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i, printf('%.*c', i, 'x') AS value FROM n)"
	for _, n := range []int{1, 2, 500, 3000} {
		got, err := listPacked(context.Background(), s.reads.run, take, rows+" ORDER BY i DESC LIMIT 1000", n)
		if err != nil || len(got) != min(n, 1000) {
			t.Fatalf("%d rows of %d, %v", len(got), n, err)
		}
		for i, text := range got {
			if text != strings.Repeat("x", n-i) {
				t.Fatalf("row %d of %d has %d bytes", i, n, len(text))
			}
		}
	}
	if got, err := listPacked(context.Background(), s.reads.run, take, rows+" WHERE i > 3", 3); err != nil || len(got) != 0 {
		t.Errorf("no rows: %d, %v", len(got), err)
	}
	for _, other := range []string{"SELECT pack(1, 2) AS row", "SELECT pack() AS row", "SELECT 'text' AS row", "SELECT NULL AS row"} {
		if _, err := listPacked(context.Background(), s.reads.run, take, other); !errors.Is(err, errOtherColumns) {
			t.Errorf("%s: %v", other, err)
		}
	}
}

// TestPackIsOurs: no view or trigger can call these functions, should somebody plant one.
func TestPackIsOurs(t *testing.T) {
	s := openTest(t)
	for _, function := range []string{"pack", "gather"} {
		if err := s.run("CREATE VIEW planted_" + function + " AS SELECT " + function + "(jid) AS p FROM account"); err != nil {
			t.Fatal(err)
		}
		if err := s.run("SELECT p FROM planted_" + function); err == nil {
			t.Errorf("a view may call %s", function)
		}
	}
}

// FuzzCells: whatever a row holds, taking it apart ends, within its bounds.
func FuzzCells(f *testing.F) {
	f.Add("")
	f.Add("\x01\x02\x00\x00\x00\x00\x00\x00\x00")
	f.Add("\x03\x02\x00\x00\x00\x00\x00\x00\x00ab")
	f.Add("\x04\xff\xff\xff\xff\xff\xff\xff\xffab")
	f.Add("\x03\x03\x00\x00\x00\x00\x00\x00\x00ab")
	f.Fuzz(func(t *testing.T, row string) {
		c := cells{row: row}
		sum := 0
		for !c.short && c.at < len(row) {
			_, _, text := c.next()
			sum += len(text)
		}
		if sum > len(row) || c.at > len(row) {
			t.Errorf("%d bytes of text, at %d of %d", sum, c.at, len(row))
		}
	})
}

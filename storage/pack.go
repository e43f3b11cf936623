package storage

import (
	"context"
	"errors"
)

// cells are the columns of one row that pack (pack.c) put into one value, taken from left to right. What is taken as text shares
// the row's memory. Taking more than there is gives zeros; unpack tells.
type cells struct {
	row   string
	at    int
	short bool
}

// SQLite's numbers of types.
const (
	cellInteger = 1
	cellText    = 3
	cellBlob    = 4
)

const cellHeader = 1 + 8

var errOtherColumns = errors.New("row has other columns than asked for")

// unpack reads a packed row with take, which takes all its columns.
func unpack[T any](row string, take func(*cells, *T), out *T) error {
	c := cells{row: row}
	take(&c, out)
	return c.end()
}

// end says whether all was taken and nothing was missing.
func (c *cells) end() error {
	if c.short || c.at != len(c.row) {
		return errOtherColumns
	}
	return nil
}

// getPacked reads one row of a query whose only column is pack(…); ErrNotFound when there is none.
func getPacked[T any](r *runner, take func(*cells, *T), query string, args ...any) (out T, err error) {
	var row string
	if err = r.value([]any{&row}, query, args...); err == nil {
		err = unpack(row, take, &out)
	}
	return out, err
}

// listPacked reads all rows of a query whose only column is pack(…) AS row; ctx ends it. They cross from SQLite in one piece, whose
// memory they share. If their order matters, the query has a LIMIT: SQLite drops the order of an inner query without one.
func listPacked[T any](ctx context.Context, r *runner, take func(*cells, *T), query string, args ...any) ([]T, error) {
	s, err := r.stmt("SELECT gather(row) FROM (" + query + ")")
	if err != nil {
		return nil, err
	}
	var c cells
	if err := s.QueryRowContext(ctx, args...).Scan(&c.row); err != nil {
		return nil, r.failed(err)
	}
	n := c.int()
	if n < 0 || n > int64(len(c.row)) {
		return nil, errOtherColumns
	}
	out := make([]T, n)
	for i := range out {
		take(&c, &out[i])
	}
	return out, c.end()
}

// next takes a column: its type, and its number or text.
func (c *cells) next() (kind byte, n int64, text string) {
	if len(c.row)-c.at < cellHeader {
		c.short = true
		return 0, 0, ""
	}
	kind, n = c.row[c.at], number(c.row[c.at+1:])
	c.at += cellHeader
	if kind != cellText && kind != cellBlob {
		return kind, n, ""
	}
	if n < 0 || n > int64(len(c.row)-c.at) {
		c.short = true
		return 0, 0, ""
	}
	text = c.row[c.at : c.at+int(n)]
	c.at += int(n)
	return kind, n, text
}

// number is the first 8 bytes, the lowest first. The compiler makes one load of it.
func number(s string) int64 {
	_ = s[7]
	return int64(s[0]) | int64(s[1])<<8 | int64(s[2])<<16 | int64(s[3])<<24 | int64(s[4])<<32 | int64(s[5])<<40 | int64(s[6])<<48 | int64(s[7])<<56
}

// int is a number; NULL is 0.
func (c *cells) int() int64 {
	kind, n, _ := c.next()
	if kind != cellInteger {
		return 0
	}
	return n
}

func (c *cells) bool() bool { return c.int() != 0 }

// text is a text; NULL is empty.
func (c *cells) text() string {
	_, _, s := c.next()
	return s
}

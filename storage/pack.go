package storage

import (
	"context"
	"encoding/binary"
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
func unpack[T any](c *cells, row string, take func(*cells, *T), out *T) error {
	*c = cells{row: row}
	take(c, out)
	if c.short || c.at != len(row) {
		return errOtherColumns
	}
	return nil
}

// getPacked reads one row of a query whose only column is pack(…); ErrNotFound when there is none.
func getPacked[T any](r *runner, take func(*cells, *T), query string, args ...any) (out T, err error) {
	var row string
	if err = r.value([]any{&row}, query, args...); err == nil {
		err = unpack(new(cells), row, take, &out)
	}
	return out, err
}

// listPacked reads all rows of such a query; ctx ends it. Room for what they hold is made once, when their number is known.
func listPacked[T any](ctx context.Context, r *runner, take func(*cells, *T), query string, args ...any) ([]T, error) {
	rows, err := listUntil(ctx, r, scanTexts(), query, args...)
	if err != nil {
		return nil, err
	}
	out := make([]T, len(rows))
	var c cells
	for i, row := range rows {
		if err := unpack(&c, row, take, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// scanTexts reads rows of one text.
func scanTexts() func(scanner, *string) error {
	var text string
	places := []any{&text}
	return func(row scanner, out *string) error {
		err := row.Scan(places...)
		*out = text
		return err
	}
}

// next takes a column: its type, and its number or text.
func (c *cells) next() (kind byte, n int64, text string) {
	var head [8]byte
	if len(c.row)-c.at < cellHeader {
		c.short = true
		return 0, 0, ""
	}
	kind = c.row[c.at]
	copy(head[:], c.row[c.at+1:])
	n = int64(binary.NativeEndian.Uint64(head[:]))
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

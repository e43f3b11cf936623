package wire

import (
	"math"
	"strconv"
)

// NSRSM is the namespace of result set management (XEP-0059 v1.0).
const NSRSM = "http://jabber.org/protocol/rsm"

// Paging asks for a part of a result (XEP-0059 §2).
type Paging struct {
	Max    int    // at most that many; 0: as the other side likes
	Count  bool   // none, only how many there are (§2.7)
	After  string // those behind this id
	Before string // those before this id, the last Max of them
	Last   bool   // the last Max of all; instead of Before
}

// Element is the child of a query; nil when nothing is asked.
func (p Paging) Element() *Element {
	if p == (Paging{}) {
		return nil
	}
	e := New(NSRSM, "set")
	if p.Max > 0 || p.Count {
		e.Add(text(NSRSM, "max", strconv.Itoa(p.Max)))
	}
	if p.After != "" {
		e.Add(text(NSRSM, "after", p.After))
	}
	if p.Before != "" || p.Last {
		e.Add(text(NSRSM, "before", p.Before))
	}
	return e
}

// ResultSet says which part of a result came (XEP-0059 §2).
type ResultSet struct {
	First, Last string // ids of the first and last of this part; empty when it is empty
	Count       int    // of the whole result; -1 when not told
}

// ParseResultSet reads the set out of an answer's payload. ok is false when there is none; the rest is then as for an empty
// part.
func ParseResultSet(payload *Element) (s ResultSet, ok bool) {
	e := payload.Child(NSRSM, "set")
	s = ResultSet{First: short(childText(e, NSRSM, "first")), Last: short(childText(e, NSRSM, "last")), Count: -1}
	if n, ok := number(childText(e, NSRSM, "count"), math.MaxInt32); ok {
		s.Count = int(n)
	}
	return s, e != nil
}

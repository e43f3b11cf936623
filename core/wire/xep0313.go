package wire

import (
	"time"

	"kith/core/model"
)

// Features of message archives (XEP-0313 v1.1.3).
const (
	NSArchive       = "urn:xmpp:mam:2"
	ArchiveExtended = NSArchive + "#extended" // BeforeID and AfterID are understood
)

// ArchiveQuery asks an archive for messages (XEP-0313 §4). The zero value of a field asks for nothing.
type ArchiveQuery struct {
	ID                string    // names the query in its results
	With              model.JID // only those with this address; bare: with any of its resources
	Start, End        time.Time
	BeforeID, AfterID string // only where ArchiveExtended is announced
	Paging            Paging
	Flip              bool // the page comes in the opposite order (§4.3); who does not know of it does not care
}

// Element is the payload of an IQ of type set.
func (q ArchiveQuery) Element() *Element {
	var fields []Field
	add := func(name, value string) {
		if value != "" {
			fields = append(fields, Value1(name, value))
		}
	}
	add("with", string(q.With))
	if !q.Start.IsZero() {
		add("start", FormatTime(q.Start))
	}
	if !q.End.IsZero() {
		add("end", FormatTime(q.End))
	}
	add("before-id", q.BeforeID)
	add("after-id", q.AfterID)
	e := New(NSArchive, "query").SetIf("queryid", q.ID)
	if len(fields) > 0 {
		e.Add(Submit(NSArchive, fields...).Element())
	}
	e.Add(q.Paging.Element())
	if q.Flip {
		e.Add(New(NSArchive, "flip-page"))
	}
	return e
}

// ArchiveResult is one message of an answer (XEP-0313 §4.2). Message is nil where the archive removed it; its place counts
// all the same.
type ArchiveResult struct {
	QueryID string
	ID      string // the archive's own name of the message; never empty
	Forwarded
}

// ParseArchiveResult takes a result out of a message. Only the archive that was asked may send one, and only while that query
// is open: the caller must check the From of the outer message and QueryID (XEP-0313 §8.2).
func ParseArchiveResult(message *Element) (r ArchiveResult, ok bool) {
	e := message.Child(NSArchive, "result")
	r.QueryID, r.ID = short(e.Attr("queryid")), short(e.Attr("id"))
	r.Forwarded, ok = ParseForwarded(e)
	return r, ok && r.ID != ""
}

// ArchiveFin ends an answer (XEP-0313 §4.2, §4.3).
type ArchiveFin struct {
	Complete bool // nothing lies beyond this part in the direction of paging
	Stable   bool // asking again gives the same
	Set      ResultSet
}

// ParseArchiveFin reads the payload of the IQ that ends an answer.
func ParseArchiveFin(payload *Element) (f ArchiveFin, ok bool) {
	if !payload.Is(NSArchive, "fin") {
		return ArchiveFin{}, false
	}
	f.Complete = boolean(payload.Attr("complete"))
	stable, told := payload.attr("", "stable")
	f.Stable = !told || boolean(stable)
	f.Set, _ = ParseResultSet(payload)
	return f, true
}

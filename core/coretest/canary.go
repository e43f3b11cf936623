package coretest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

// canary is a slog.Handler that keeps everything and looks for words that must not be logged.
type canary struct {
	*canaryLog
	prefix string // attributes given with With, and open groups, as text
}

// canaryLog is what all loggers made from one canary share.
type canaryLog struct {
	mu        sync.Mutex
	records   []string
	forbidden []string
	forms     [][][]byte // of each forbidden word
}

// NewCanary returns a logger of every level, and fails the test at its end when a forbidden word (an address, a body, a
// password, a key) was logged: in a message or an attribute, at any depth, as text, hexadecimal, base64 or a list of bytes.
// The failing record is shown.
func NewCanary(tb testing.TB, forbidden ...string) *slog.Logger {
	tb.Helper()
	log := &canaryLog{forbidden: forbidden}
	for _, word := range forbidden {
		if word == "" {
			tb.Fatal("canary: a forbidden word is empty")
		}
		list := strings.Trim(fmt.Sprint([]byte(word)), "[]")
		log.forms = append(log.forms, append(formsOf(word), []byte(list)))
	}
	tb.Cleanup(func() {
		if hit := log.hit(); hit != "" {
			tb.Error(hit)
		}
	})
	return slog.New(canary{canaryLog: log})
}

// hit tells of the first record with a forbidden word; empty for none.
func (l *canaryLog) hit() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, record := range l.records {
		for i, forms := range l.forms {
			if containsAny([]byte(record), forms) {
				return fmt.Sprintf("the log holds %q, in: %s", l.forbidden[i], record)
			}
		}
	}
	return ""
}

func (canary) Enabled(context.Context, slog.Level) bool { return true }

func (c canary) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	b.WriteString(r.Level.String() + " " + r.Message + c.prefix)
	r.Attrs(func(a slog.Attr) bool {
		writeAttr(&b, a)
		return true
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records = append(c.records, b.String())
	return nil
}

func (c canary) WithAttrs(attrs []slog.Attr) slog.Handler {
	var b strings.Builder
	for _, a := range attrs {
		writeAttr(&b, a)
	}
	c.prefix += b.String()
	return c
}

func (c canary) WithGroup(name string) slog.Handler {
	c.prefix += " " + name + "."
	return c
}

// writeAttr writes a value as any handler might: as fmt does, and as JSON, which follows pointers and encodes bytes.
func writeAttr(b *strings.Builder, a slog.Attr) {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		fmt.Fprintf(b, " %s.", a.Key)
		for _, inner := range v.Group() {
			writeAttr(b, inner)
		}
		return
	}
	fmt.Fprintf(b, " %s=%+v", a.Key, v.Any())
	if v.Kind() != slog.KindAny {
		return
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v.Any()); err == nil { // what JSON cannot hold, no handler writes as JSON
		b.WriteString(" " + text.String())
	}
}

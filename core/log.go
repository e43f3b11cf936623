package core

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// logText is how much of a text attribute a log line keeps.
const logText = 80

// NewLog is the only way Kith makes a logger: a text handler that writes numbers, flags, times, short strings and error
// texts, and of everything else (structs, slices, pointers) only the type's name, so that no address, body or key that
// hides in a nested value can reach a log.
func NewLog(w io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: safeAttr}))
}

func safeAttr(_ []string, a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(short(a.Value.String()))
	case slog.KindAny:
		switch v := a.Value.Any().(type) {
		case error:
			a.Value = slog.StringValue(short(v.Error()))
		case time.Duration, slog.Level, *slog.Source:
		default:
			a.Value = slog.StringValue(fmt.Sprintf("%T", v))
		}
	case slog.KindBool, slog.KindDuration, slog.KindFloat64, slog.KindInt64, slog.KindTime, slog.KindUint64, slog.KindGroup, slog.KindLogValuer:
	}
	return a
}

func short(s string) string {
	if len(s) > logText {
		return s[:logText] + "…"
	}
	return s
}

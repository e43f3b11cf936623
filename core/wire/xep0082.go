package wire

import "time"

// Years beyond these are mistakes or mischief; storage could not sort them.
const (
	minYear = 1970
	maxYear = 2100
)

// ParseTime parses a DateTime (XEP-0082 §3.2). It refuses other years than 1970 to 2100.
func ParseTime(s string) (time.Time, bool) {
	const longest = 64
	if len(s) > longest {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, s)
	t = t.UTC()
	return t, err == nil && t.Year() >= minYear && t.Year() <= maxYear
}

// FormatTime writes a DateTime in UTC with milliseconds.
func FormatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

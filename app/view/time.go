package view

import "time"

// Clock is the time of day as bubbles show it: "14:05".
func Clock(t, now time.Time) string { return t.In(now.Location()).Format("15:04") }

// ListTime is the time in a list of chats: "14:05" today, then "Yesterday", "Fri" within six days, "3 May" within this
// year, else "3 May 2024". It is empty for the zero time.
func ListTime(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(now.Location())
	switch d := daysBetween(t, now); {
	case d == 0:
		return t.Format("15:04")
	case d == 1:
		return "Yesterday"
	case d > 1 && d < 7:
		return t.Format("Mon")
	case t.Year() == now.Year():
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// DayName is the text of a day line: "Today", "Yesterday", "Friday" within six days, "Friday 3 May", "3 May 2024".
func DayName(t, now time.Time) string {
	t = t.In(now.Location())
	switch d := daysBetween(t, now); {
	case d == 0:
		return "Today"
	case d == 1:
		return "Yesterday"
	case d > 1 && d < 7:
		return t.Format("Monday")
	case t.Year() == now.Year():
		return t.Format("Monday 2 January")
	}
	return t.Format("2 January 2006")
}

// daysBetween counts the midnights from t to now in now's location; negative when t lies in the future.
func daysBetween(t, now time.Time) int {
	return int(dayNumber(now) - dayNumber(t.In(now.Location())))
}

// dayNumber counts calendar days, so that a day of 23 or 25 hours is still one day.
func dayNumber(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
}

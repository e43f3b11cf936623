package view

import (
	"strconv"
	"time"

	"kith/app/lang"
)

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
		return Clock(t, now)
	case d == 1:
		return lang.T("Yesterday")
	case d > 1 && d < 7:
		return lang.Words("Sun|Mon|Tue|Wed|Thu|Fri|Sat")[t.Weekday()]
	case t.Year() == now.Year():
		return lang.T("{day} {month}", "day", strconv.Itoa(t.Day()), "month", shortMonth(t))
	}
	return lang.T("{day} {month} {year}", "day", strconv.Itoa(t.Day()), "month", shortMonth(t), "year", strconv.Itoa(t.Year()))
}

// DayName is the text of a day line: "Today", "Yesterday", "Friday" within six days, "Friday 3 May", "3 May 2024".
func DayName(t, now time.Time) string {
	t = t.In(now.Location())
	switch d := daysBetween(t, now); {
	case d == 0:
		return lang.T("Today")
	case d == 1:
		return lang.T("Yesterday")
	case d > 1 && d < 7:
		return weekday(t)
	case t.Year() == now.Year():
		return lang.T("{weekday} {day} {month}", "weekday", weekday(t), "day", strconv.Itoa(t.Day()), "month", month(t))
	}
	return lang.T("{day} {month} {year}", "day", strconv.Itoa(t.Day()), "month", month(t), "year", strconv.Itoa(t.Year()))
}

func weekday(t time.Time) string {
	return lang.Words("Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday")[t.Weekday()]
}

// month is the name of a month as it stands beside a day.
func month(t time.Time) string {
	return lang.Words("January|February|March|April|May|June|July|August|September|October|November|December")[t.Month()-1]
}

func shortMonth(t time.Time) string {
	return lang.Words("Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec")[t.Month()-1]
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

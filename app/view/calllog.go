package view

import (
	"strconv"
	"strings"
	"time"

	"kith/app/lang"
	"kith/core/model"
)

// CallSign is the picture that stands beside a call in a chat.
type CallSign uint8

// The signs of calls.
const (
	NoSign    CallSign = iota
	CallIn             // somebody else called
	CallOut            // we called
	CallMiss           // nobody here took it
	VideoCall          // one with a picture that was not missed
)

// callOf is what a chat keeps of a call; a record that cannot be read is one of which nothing is known.
func callOf(m *model.Message) model.CallRecord {
	r, _ := model.ParseCallRecord(m.Body)
	return r
}

// CallText is a call in one line: what became of it.
func CallText(m *model.Message) string {
	r := callOf(m)
	switch {
	case m.Kind == model.MissedCall:
		return either(r.Video, lang.T("Missed video call"), lang.T("Missed call"))
	case r.End == model.HungUp && r.Duration > 0:
		d := DurationText(r.Duration)
		return either(r.Video, lang.T("Video call, {duration}", "duration", d), lang.T("Call, {duration}", "duration", d))
	}
	became := callEnds(m.Outgoing)[r.End]
	if became == "" {
		return either(r.Video, lang.T("Video call"), lang.T("Call"))
	}
	return either(r.Video, lang.T("Video call: {what}", "what", became), lang.T("Call: {what}", "what", became))
}

// callEnds says in some words what became of a call; what is not there needs no word.
func callEnds(outgoing bool) map[model.CallEnd]string {
	ends := map[model.CallEnd]string{
		model.Declined: lang.T("declined"), model.Elsewhere: lang.T("answered on another device"), model.Unreachable: lang.T("no connection"),
		model.Insecure: lang.T("not safe, so ended"), model.Unsupported: lang.T("not possible with their app"), model.CallFailed: lang.T("did not work"),
		model.Crossed: lang.T("you both called at the same time"),
	}
	if outgoing {
		ends[model.Busy] = lang.T("busy")
		ends[model.NoAnswer], ends[model.Cancelled] = lang.T("no answer"), lang.T("cancelled")
	}
	return ends
}

// DurationText is how long a call took, in one piece: "45 s", "3 min 5 s", "1 h 20 min".
func DurationText(d time.Duration) string { return strings.ReplaceAll(durationText(d), " ", "\u00a0") }

func durationText(d time.Duration) string {
	h, m, s := int(d/time.Hour), int(d/time.Minute)%60, int(d/time.Second)%60
	switch {
	case h > 0:
		return lang.T("{h} h {m} min", "h", strconv.Itoa(h), "m", strconv.Itoa(m))
	case m > 0 && s > 0:
		return lang.T("{m} min {s} s", "m", strconv.Itoa(m), "s", strconv.Itoa(s))
	case m > 0:
		return lang.T("{m} min", "m", strconv.Itoa(m))
	}
	return lang.T("{s} s", "s", strconv.Itoa(s))
}

func either[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}

// called adds the row of a call.
func (b *builder) called(m *model.Message) {
	r := callOf(m)
	row := Row{
		Key: rowKey(m.ID, CallRow), Kind: CallRow, Message: m.ID, Text: CallText(m), Time: Clock(m.Time, b.now), Outgoing: m.Outgoing,
		First: true, Last: true, Call: callSign(m, r.Video),
	}
	switch {
	case !b.t.callable || r.End == model.NotEnded:
	case m.Outgoing:
		row.Action = either(r.Video, CallAgainVideo, CallAgain)
	default:
		row.Action = either(r.Video, CallBackVideo, CallBack)
	}
	b.add(row)
}

func callSign(m *model.Message, video bool) CallSign {
	switch {
	case m.Kind == model.MissedCall:
		return CallMiss
	case video:
		return VideoCall
	case m.Outgoing:
		return CallOut
	}
	return CallIn
}

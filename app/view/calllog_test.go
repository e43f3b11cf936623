package view

import (
	"strings"
	"testing"
	"time"

	"kith/core"
	"kith/core/model"
)

func calledMessage(outgoing bool, r model.CallRecord) model.Message {
	at := time.Date(2026, 5, 3, 11, 0, 0, 0, time.UTC)
	return model.Message{Chat: 1, ID: model.MessageIDAt(1, at), Time: at, Kind: r.Kind(outgoing), Outgoing: outgoing, Body: r.String()}
}

func TestCallText(t *testing.T) {
	long := 3*time.Minute + 5*time.Second
	for _, c := range []struct {
		outgoing bool
		record   model.CallRecord
		want     string
		sign     CallSign
		action   Action
	}{
		{false, model.CallRecord{End: model.HungUp, Duration: long}, "Call, 3 min 5 s", CallIn, CallBack},
		{true, model.CallRecord{End: model.HungUp, Duration: long, Video: true}, "Video call, 3 min 5 s", VideoCall, CallAgainVideo},
		{false, model.CallRecord{End: model.Cancelled, Video: true}, "Missed video call", CallMiss, CallBackVideo},
		{false, model.CallRecord{End: model.NoAnswer}, "Missed call", CallMiss, CallBack},
		{true, model.CallRecord{End: model.NoAnswer}, "Call: no answer", CallOut, CallAgain},
		{true, model.CallRecord{End: model.Cancelled}, "Call: cancelled", CallOut, CallAgain},
		{false, model.CallRecord{End: model.Declined}, "Call: declined", CallIn, CallBack},
		{true, model.CallRecord{End: model.Crossed}, "Call: you both called at the same time", CallOut, CallAgain},
		{true, model.CallRecord{End: model.Busy, Video: true}, "Video call: busy", VideoCall, CallAgainVideo},
		{false, model.CallRecord{End: model.Busy}, "Missed call", CallMiss, CallBack},
		{false, model.CallRecord{End: model.Elsewhere}, "Call: answered on another device", CallIn, CallBack},
		{true, model.CallRecord{End: model.Unreachable}, "Call: no connection", CallOut, CallAgain},
		{true, model.CallRecord{}, "Call", CallOut, NoAction},
		{false, model.CallRecord{End: model.HungUp}, "Call", CallIn, CallBack},
	} {
		m := calledMessage(c.outgoing, c.record)
		c.want = strings.NewReplacer("3 min 5 s", "3\u00a0min\u00a05\u00a0s").Replace(c.want)
		if got := CallText(&m); got != c.want {
			t.Errorf("%+v is %q, want %q", c.record, got, c.want)
		}
		tl := NewTimeline(model.Chat{ID: 1, Name: "Anna"}, []model.Message{m}, m.Time)
		if r := tl.Row(tl.Len() - 1); r.Action != NoAction {
			t.Errorf("%q offers a call where there are none", r.Text)
		}
		tl.SetCallable(true)
		if r := tl.Row(tl.Len() - 1); r.Kind != CallRow || r.Call != c.sign || r.Action != c.action || r.Text != c.want {
			t.Errorf("%+v makes %+v", c.record, r)
		}
	}
}

// TestCallBroken takes a record that is none.
func TestCallBroken(t *testing.T) {
	m := calledMessage(false, model.CallRecord{})
	m.Body = "nonsense of a future version"
	if got := CallText(&m); got != "Call" {
		t.Errorf("%q", got)
	}
}

func TestDurationText(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 45 * time.Second: "45 s", time.Minute: "1 min", 61 * time.Second: "1 min 1 s", 80*time.Minute + time.Second: "1 h 20 min", 25 * time.Hour: "25 h 0 min",
	} {
		if got := DurationText(d); got != strings.ReplaceAll(want, " ", "\u00a0") {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

// TestCallInList shows calls as the newest message of a chat: one that was missed stands out.
func TestCallInList(t *testing.T) {
	for _, c := range []struct {
		end        model.CallEnd
		lead, line string
	}{{model.Cancelled, "Missed call", ""}, {model.Declined, "", "Call: declined"}} {
		chats := NewChats()
		m := calledMessage(false, model.CallRecord{End: c.end})
		chats.Apply(core.ChatChanged{Chat: model.Chat{ID: 1, Name: "Anna", Last: m}})
		if r := chats.Rows(m.Time)[0]; r.Lead != c.lead || r.Line != c.line {
			t.Errorf("%v: %q and %q", c.end, r.Lead, r.Line)
		}
	}
}

package view

import (
	"strings"
	"testing"

	"kith/core/model"
)

// A device that was given up stands with those that are not in use, counts for nothing, and the chat says so.
func TestSilentDevices(t *testing.T) {
	now := at(t, "2026-05-08 14:10:00")
	silent := model.Device{JID: "ben@example.test", ID: 7, Fingerprint: "aa", Active: true, Silent: true, Trust: model.Verified}
	alive := model.Device{JID: "ben@example.test", ID: 9, Fingerprint: "bb", Active: true, Trust: model.Blind}
	rows := DeviceRows([]model.Device{silent, alive}, now)
	if len(rows) != 2 || rows[0].Device.ID != 9 || rows[1].State != "Does not answer" || !rows[1].Inactive {
		t.Errorf("rows: %+v", rows)
	}
	if s := ShieldOf(model.Chat{Encryption: model.OMEMO}, Keys{[]model.Device{silent}, true}); s != ShieldNobody {
		t.Errorf("only a silent device: %v", s)
	}
	m := message(1, now, model.NoticeSilent)
	m.Kind, m.Device = model.Notice, 7
	text := "Device 7 no longer answers. It gets no new messages until it does."
	wantRows(t, NewTimeline(model.Chat{ID: 1, Name: "Ben", Complete: true, Last: m}, []model.Message{m}, now), "-- Today", "! "+text)
	r := ChatRow{}
	if lastLine(&r, model.Chat{Last: m}); r.Line != text {
		t.Errorf("the list of chats says %q", r.Line)
	}
}

func TestTooMuchText(t *testing.T) {
	if text := FaultText(model.TooMuch, "Ben"); !strings.HasPrefix(text, "Ben sent something too large") || FaultAction(model.TooMuch, false) != NoAction {
		t.Errorf("%q", text)
	}
}

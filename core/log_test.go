package core

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"kith/core/model"
)

func TestLogHidesValues(t *testing.T) {
	var out strings.Builder
	log := NewLog(&out, slog.LevelDebug)
	msg := model.Message{From: "anna@example.org", Body: "canary body"}
	acc := model.Account{JID: "anna@example.org", Password: "canary password"}
	log.Info("things", "message", msg, "pointer", &msg, "slice", []model.Message{msg}, "account", acc,
		"jid", model.JID("anna@example.org"), "secret", model.Secret("canary secret"), "jids", []model.JID{"anna@example.org"},
		"map", map[string]string{"canary": "canary"}, "n", 7, "err", errors.New("read: timeout"))
	log.WithGroup("group").Info("grouped", slog.Group("inner", "message", msg))
	for _, word := range []string{"anna@", "canary body", "canary password", "canary secret", "canary:"} {
		if strings.Contains(out.String(), word) {
			t.Errorf("the log holds %q: %s", word, out.String())
		}
	}
	for _, word := range []string{"n=7", "read: timeout", "model.Message"} {
		if !strings.Contains(out.String(), word) {
			t.Errorf("the log lacks %q: %s", word, out.String())
		}
	}
}

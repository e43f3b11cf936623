package main

import (
	"context"
	"maps"
	"runtime/debug"
	"slices"
)

// allMethods is everything that can be called. What Kith cannot do yet is not here and answers "method not found".
func allMethods(s *server) []method {
	c := s.client
	return slices.Concat(
		accountMethods(c.Accounts),
		contactMethods(c),
		chatMethods(chats{c.Chats, c.Accounts}),
		deviceMethods(c),
		callMethods(c),
		[]method{quick("stats", statsMethod(c)), quick("rpc.discover", s.discover)},
	)
}

// notifications are what the server tells unasked.
func notifications() []string {
	return []string{
		"account.state", "call", "chat.reload", "chat.removed", "contact.request", "contact.removed", "device.new", "message",
		"message.removed", "presence", "sync", "typing",
	}
}

type none struct{}

// catalogue is the answer of rpc.discover, in the shape of an OpenRPC document.
type catalogue struct {
	OpenRPC string `json:"openrpc"`
	Info    struct {
		Title   string `json:"title"`
		Version string `json:"version"`
	} `json:"info"`
	Methods       []entry  `json:"methods"`
	Notifications []string `json:"x-notifications"`
}

type entry struct {
	Name   string      `json:"name"`
	Params []parameter `json:"params"`
}

type parameter struct {
	Name     string `json:"name"`
	Required bool   `json:"required"`
	Schema   struct {
		Type string `json:"type"`
	} `json:"schema"`
}

func (s *server) discover(context.Context, none) (catalogue, error) {
	c := catalogue{OpenRPC: "1.3.2", Notifications: notifications()}
	c.Info.Title, c.Info.Version = "kith-headless", version()
	for _, name := range slices.Sorted(maps.Keys(s.methods)) {
		e := entry{Name: name, Params: []parameter{}}
		for _, f := range fields(s.methods[name].params) {
			p := parameter{Name: f.name, Required: f.required}
			p.Schema.Type = f.kind
			e.Params = append(e.Params, p)
		}
		c.Methods = append(c.Methods, e)
	}
	return c, nil
}

// version is what the build knows about itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

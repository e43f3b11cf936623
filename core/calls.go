package core

import (
	"context"
	"image"
	"slices"
	"sync"

	"kith/calls"
	"kith/calls/media"
	"kith/calls/session"
	"kith/core/model"
	"kith/storage"
)

// Calls is the calls of all accounts that are going on (decision 18). What was, stands in the chats.
type Calls struct {
	Trial  Trial
	Strays Strays

	c       *Client
	manager *calls.Manager // nil: this program makes no calls
	devices *calls.Devices // nil: there is nothing to choose

	mu   sync.Mutex
	live map[model.CallID]model.Call
}

// CallStats are a call's figures.
type CallStats = calls.Stats

// CallFinding is what a check found.
type CallFinding = calls.Finding

// The devices of this system that calls can be made with, and what they are for.
type (
	CallDevice     = calls.Device
	CallDeviceKind = calls.DeviceKind
)

// CallPicture is what is known of a picture without drawing it.
type CallPicture = media.Shape

// SettingRelay is the key of the stored choice whether calls lead through relays also with contacts: "yes", or anything else for no.
const SettingRelay = "calls.relay"

// Start calls the other side of a chat. ErrOffline without a connection, ErrBusy during another call, ErrNoRelay when the other side
// must not see our addresses and the server has no relay.
func (c *Calls) Start(ctx context.Context, chatID model.ChatID, video bool) (model.CallID, error) {
	chat, err := c.c.store.Chat(chatID)
	if err != nil {
		return "", err
	}
	a, err := c.c.online(chat.Account)
	if err != nil {
		return "", err
	}
	if c.manager == nil || chat.JID == a.own {
		return "", ErrNoCalls
	}
	if c.engaged() {
		return "", ErrBusy
	}
	id := model.CallID(stanzaID())
	var peer session.Peer
	if err := a.change(ctx, func(r *receiver) (err error) {
		peer, err = callers{r}.peer(chat.JID)
		return err
	}); err != nil {
		return "", err
	}
	if peer.Relay && !calls.Relayed(a.services.get(ctx, a)) {
		return "", ErrNoRelay
	}
	if err := a.change(ctx, func(r *receiver) error { return callers{r}.placed(chatID, id, video) }); err != nil {
		return "", err
	}
	c.show(model.Call{ID: id, Account: a.id, Chat: chatID, Outgoing: true, Video: video, Camera: video})
	c.manager.Put(session.Place{Key: session.Key{Account: a.id, ID: id}, Own: a.fullJID(), Peer: peer, Video: video})
	return id, nil
}

// Accept takes a call that rings, with or without a picture of ours.
func (c *Calls) Accept(_ context.Context, id model.CallID, video bool) error {
	return c.put(id, func(k session.Key) session.Event { return session.Take{Key: k, Video: video} })
}

// Decline refuses a call that rings.
func (c *Calls) Decline(_ context.Context, id model.CallID) error {
	return c.put(id, func(k session.Key) session.Event { return session.Decline{Key: k} })
}

// HangUp ends a call in whatever phase it is.
func (c *Calls) HangUp(_ context.Context, id model.CallID) error {
	return c.put(id, func(k session.Key) session.Event { return session.HangUp{Key: k} })
}

// Mute silences our microphone, or opens it again.
func (c *Calls) Mute(_ context.Context, id model.CallID, on bool) error {
	return c.set(id, session.Muted, on)
}

// Camera turns our picture on or off. In a call without pictures the other side is asked first.
func (c *Calls) Camera(_ context.Context, id model.CallID, on bool) error {
	return c.set(id, session.Camera, on)
}

// Screen shows our screen in place of the camera, or no longer.
func (c *Calls) Screen(_ context.Context, id model.CallID, on bool) error {
	return c.set(id, session.Screen, on)
}

// Hold stops sound and picture both ways, and goes on with them.
func (c *Calls) Hold(_ context.Context, id model.CallID, on bool) error {
	return c.set(id, session.OnHold, on)
}

// AnswerVideo says whether the picture that the other side asked to add is wanted.
func (c *Calls) AnswerVideo(_ context.Context, id model.CallID, yes bool) error {
	return c.put(id, func(k session.Key) session.Event { return session.AnswerVideo{Key: k, Yes: yes} })
}

func (c *Calls) set(id model.CallID, what session.Switch, on bool) error {
	return c.put(id, func(k session.Key) session.Event { return session.Set{Key: k, What: what, On: on} })
}

func (c *Calls) put(id model.CallID, ev func(session.Key) session.Event) error {
	call, ok := c.get(id)
	if !ok {
		return ErrNotFound
	}
	c.manager.Put(ev(session.Key{Account: call.Account, ID: id}))
	return nil
}

func (c *Calls) get(id model.CallID) (model.Call, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	call, ok := c.live[id]
	return call, ok
}

// engaged says whether a call is going on, or is being placed.
func (c *Calls) engaged() bool {
	return slices.ContainsFunc(c.List(), func(o model.Call) bool { return o.Outgoing || o.Phase != model.Ringing })
}

// List is the calls that have not ended.
func (c *Calls) List() []model.Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]model.Call, 0, len(c.live))
	for _, call := range c.live {
		out = append(out, call)
	}
	return out
}

// Picture draws the newest picture of a call, ours or theirs, stretched to the size of into, unless its number is the one that was
// seen; with into nil it tells only the shape. ErrNotFound once the call is over.
func (c *Calls) Picture(id model.CallID, own bool, into *image.RGBA, seen uint64) (CallPicture, error) {
	call, ok := c.get(id)
	if !ok {
		return CallPicture{}, ErrNotFound
	}
	shape, err := c.manager.Picture(session.Key{Account: call.Account, ID: id}, own, into, seen)
	if err != nil {
		return CallPicture{}, ErrNotFound
	}
	return shape, nil
}

// Stats gives the figures of a call that is going on.
func (c *Calls) Stats(id model.CallID) (CallStats, error) {
	call, ok := c.get(id)
	if !ok {
		return CallStats{}, ErrNotFound
	}
	s, err := c.manager.Stats(session.Key{Account: call.Account, ID: id})
	if err != nil {
		return CallStats{}, ErrNotFound
	}
	return s, nil
}

// RelayOnly says whether calls lead through relays also with contacts, who then do not see our addresses.
func (c *Calls) RelayOnly(context.Context) (bool, error) {
	v, err := c.c.store.Setting(SettingRelay)
	return v == "yes", err
}

// SetRelayOnly stores the choice, for the calls from now on.
func (c *Calls) SetRelayOnly(ctx context.Context, on bool) error {
	v := "no"
	if on {
		v = "yes"
	}
	return c.c.store.Update(ctx, func(tx *storage.Tx) error { return tx.SetSetting(SettingRelay, v) })
}

// Check tries everything that a call of an account needs, and calls found with what it sees, on the caller's goroutine. ErrBusy during a
// call.
func (c *Calls) Check(ctx context.Context, id model.AccountID, found func(CallFinding)) error {
	if c.manager == nil {
		return ErrNoCalls
	}
	if c.engaged() {
		return ErrBusy
	}
	if _, err := c.c.online(id); err != nil {
		return err
	}
	return c.manager.Check(ctx, id, found)
}

// settingDevices are the keys of the chosen devices, by kind.
var settingDevices = [...]string{calls.Microphones: "calls.microphone", calls.Speakers: "calls.speaker", calls.Cameras: "calls.camera"}

// Devices is every device that can be chosen; none where there is nothing to choose.
func (c *Calls) Devices(context.Context) ([]CallDevice, error) {
	if c.devices == nil {
		return nil, nil
	}
	return c.devices.List(), nil
}

// Choose takes another device of a kind, also in a call that goes on, and from now on. With an empty name it is what the system prefers.
func (c *Calls) Choose(ctx context.Context, kind CallDeviceKind, name string) error {
	if c.devices == nil || int(kind) >= len(settingDevices) {
		return ErrNotFound
	}
	c.devices.Choose(kind, name)
	return c.c.store.Update(ctx, func(tx *storage.Tx) error { return tx.SetSetting(settingDevices[kind], name) })
}

// recall chooses the devices that were chosen before.
func (c *Calls) recall() error {
	for kind, key := range settingDevices {
		name, err := c.c.store.Setting(key)
		if err != nil {
			return err
		}
		c.devices.Choose(CallDeviceKind(kind), name)
	}
	return nil
}

// Play plays a sound of 48 kHz on the chosen speaker, once or again and again, until stop is called.
func (c *Calls) Play(samples []int16, again bool) (stop func()) {
	if c.devices == nil {
		return func() {}
	}
	return c.devices.Play(samples, again)
}

// NetworkChanged has every call look for new paths: this machine's addresses are others now.
func (c *Calls) NetworkChanged() {
	if c.manager != nil {
		c.manager.Put(session.Moved{})
	}
}

// show keeps how a call stands, and tells the subscriptions. It returns how it stood.
func (c *Calls) show(call model.Call) (before model.Call) {
	c.mu.Lock()
	before = c.live[call.ID]
	if c.live[call.ID] = call; call.Phase == model.Ended {
		delete(c.live, call.ID)
	}
	c.mu.Unlock()
	c.c.feed.put(CallChanged{Call: call})
	return before
}

package view

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"kith/app/lang"
	"kith/core/model"
)

// Calls are the calls that are going on, and the last one of ours until it was seen how it ended.
type Calls struct {
	all []model.Call
}

// Apply takes over how a call stands. One that rang here and is over is forgotten; of one that was taken, its end is shown.
func (c *Calls) Apply(call model.Call) {
	i := c.index(call.ID)
	taken := call.Outgoing || i >= 0 && c.all[i].Phase != model.Ringing || call.Phase == model.CallConnecting || call.Phase == model.Talking
	switch {
	case i >= 0 && c.all[i].Phase == model.Ended: // its last word was said
	case call.Phase == model.Ended && (!taken || call.End == model.Crossed): // the call that it gave way to is shown
		c.Forget(call.ID)
	case i >= 0:
		c.all[i] = call
	default:
		c.all = append(c.all, call)
	}
}

// Forget drops a call.
func (c *Calls) Forget(id model.CallID) {
	c.all = slices.DeleteFunc(c.all, func(x model.Call) bool { return x.ID == id })
}

// Get is a call by its ID.
func (c *Calls) Get(id model.CallID) (model.Call, bool) {
	if i := c.index(id); i >= 0 {
		return c.all[i], true
	}
	return model.Call{}, false
}

// Ringing is the call that waits for the person to take it, the oldest first.
func (c *Calls) Ringing() (model.Call, bool) {
	return c.first(func(x model.Call) bool { return x.Phase == model.Ringing && !x.Outgoing })
}

// Shown is the call that has the window: the newest that is ours, or was taken.
func (c *Calls) Shown() (model.Call, bool) {
	for _, x := range slices.Backward(c.all) {
		if x.Outgoing || x.Phase != model.Ringing {
			return x, true
		}
	}
	return model.Call{}, false
}

// Busy says whether a call is going on, so that there can't be another.
func (c *Calls) Busy() bool {
	_, yes := c.first(func(x model.Call) bool { return x.Phase != model.Ended })
	return yes
}

// Engaged says whether a call that was placed or taken here is going on.
func (c *Calls) Engaged() bool {
	shown, ok := c.Shown()
	return ok && shown.Phase != model.Ended
}

func (c *Calls) first(is func(model.Call) bool) (model.Call, bool) {
	if i := slices.IndexFunc(c.all, is); i >= 0 {
		return c.all[i], true
	}
	return model.Call{}, false
}

func (c *Calls) index(id model.CallID) int {
	return slices.IndexFunc(c.all, func(x model.Call) bool { return x.ID == id })
}

// CallFace is a call as its window shows it. It is comparable: equal ones look alike.
type CallFace struct {
	Call    model.CallID
	Address model.JID
	Name    string
	State   string // how far it is, or for how long they talk
	Phase   model.Phase
	Video   bool

	Shield  Shield // ShieldUnknown before there is anything to say
	Secrecy string // the word beside the shield
	Explain string // what it means

	Notice string // what is to be known: a poor line, who is muted or on hold
	Urgent bool   // the notice is about the line
	Lost   bool   // it carries nothing, and another way is looked for
	Ask    string // the other side would like to turn on video

	Remote, Own                   bool // there is a picture
	Muted, Camera, Screen, OnHold bool

	Advice string // of a call that is over: what can be done
	Again  bool   // another try makes sense
	Stays  bool   // until the person has seen why
}

// FaceOf shows a call with somebody.
func FaceOf(c model.Call, name string, address model.JID, now time.Time) CallFace {
	name = Line(name)
	f := CallFace{
		Call: c.ID, Address: address, Name: name, Phase: c.Phase, Video: c.Video, State: callState(c, now),
		Muted: c.Muted, Camera: c.Camera, Screen: c.Screen, OnHold: c.OnHold,
	}
	brief := Brief(name)
	if c.Phase == model.Ended {
		f.State, f.Advice, f.Stays = endWords(c, brief)
		f.Again = c.End != model.Elsewhere && c.End != model.Insecure
		return f
	}
	f.Shield, f.Secrecy, f.Explain = secrecyWords(c.Secrecy, brief)
	f.Own = c.Camera || c.Screen
	if c.Phase == model.Talking {
		f.Remote = c.PeerPicture && !c.PeerOnHold
		f.Notice, f.Urgent = callNotice(c, brief)
		f.Lost = c.Quality == model.BrokenLine
		if c.VideoAsked {
			f.Ask = lang.T("{name} would like to turn on video", "name", brief)
		}
	}
	return f
}

func callState(c model.Call, now time.Time) string {
	switch {
	case c.Phase == model.CallConnecting:
		return lang.T("Connecting…")
	case c.Phase == model.Talking && c.Quality == model.BrokenLine:
		return lang.T("Reconnecting…")
	case c.Phase == model.Talking && c.OnHold:
		return lang.T("On hold")
	case c.Phase == model.Talking:
		return CallClock(now.Sub(c.Since))
	case !c.Outgoing:
		return either(c.Video, lang.T("Incoming video call"), lang.T("Incoming call"))
	case c.Reached:
		return lang.T("Ringing…")
	}
	return lang.T("Calling…")
}

// CallClock is for how long somebody talks: "0:07", "3:05", "1:02:09".
func CallClock(d time.Duration) string {
	d = max(d, 0)
	h, m, s := int(d/time.Hour), int(d/time.Minute)%60, int(d/time.Second)%60
	if h > 0 {
		return fmt.Sprintf("%d:%02d:%02d", h, m, s)
	}
	return fmt.Sprintf("%d:%02d", m, s)
}

// secrecyWords says what protects a call, and what that means.
func secrecyWords(s model.Secrecy, name string) (shield Shield, word, explain string) {
	switch s {
	case model.CallEncrypted:
		return ShieldEncrypted, lang.T("Encrypted"), lang.T("Sound and picture are encrypted between your device and {name}'s. Their app did not prove with the keys of your chat whose device that is, so ask something that only {name} knows if it matters.", "name", name)
	case model.CallChecked:
		return ShieldEncrypted, lang.T("Encrypted"), lang.T("Sound and picture are encrypted between your device and {name}'s, with the keys of your chat. Compare these once in the details of the chat, and calls are verified, too.", "name", name)
	case model.CallVerified:
		return ShieldVerified, lang.T("Verified"), lang.T("Sound and picture are encrypted between your device and one of {name}'s whose key you have compared. Nobody in between can listen or watch.", "name", name)
	case model.NoSecrecy:
	}
	return ShieldUnknown, "", ""
}

// callNotice is the one thing to be known while they talk; what hinders them comes first.
func callNotice(c model.Call, name string) (words string, line bool) {
	gear := gearNotice(c)
	switch {
	case c.Quality == model.BrokenLine:
		return lang.T("The connection was lost. Looking for another way…"), true
	case gear != "":
		return gear, true
	case c.OnHold:
		return lang.T("{name} can't hear or see you", "name", name), false
	case c.PeerOnHold:
		return lang.T("{name} put the call on hold", "name", name), false
	case c.NoPicture:
		return lang.T("The picture found no way to {name}. You can turn on video again.", "name", name), false
	case c.Quality == model.SoundLine:
		return lang.T("Your connection is too slow for your picture; {name} hears you", "name", name), true
	case c.Quality == model.LossyLine && c.Video:
		return lang.T("Your connection loses packets; the picture is smaller"), true
	case c.Quality == model.LossyLine:
		return lang.T("Your connection loses packets; words may be missing"), true
	case c.Quality == model.SlowLine && c.Video:
		return lang.T("Your connection is slow; the picture is smaller"), true
	case c.Quality == model.SlowLine:
		return lang.T("Your connection is slow"), true
	case c.NoScreen:
		return lang.T("Your screen can't be shared. Look in your system's privacy settings whether Kith may see it; then try again."), false
	case c.NoCamera && !c.Camera && c.CameraDenied:
		return deniedWords(Camera, runtime.GOOS), false
	case c.NoCamera && !c.Camera:
		return lang.T("Your camera can't be used. Plug one in, or close what else uses it; then turn it on again."), false
	case c.Camera && !c.Video:
		return lang.T("{name} is asked to turn on video", "name", name), false
	case c.Screen && c.Video:
		return lang.T("{name} sees your screen", "name", name), false
	case c.Muted:
		return lang.T("You are muted. Hold the space bar to talk."), false
	case c.PeerMuted:
		return lang.T("{name} is muted", "name", name), false
	}
	return "", false
}

// gearNotice is what is missing to be heard and to hear; empty for nothing.
func gearNotice(c model.Call) string {
	deaf, dumb := c.NoSpeaker, c.NoMicrophone && !c.Muted
	switch {
	case deaf && dumb && !c.MicrophoneDenied:
		return lang.T("No microphone and no speaker can be used. Plug in a headset: the call goes on with it.")
	case dumb && c.MicrophoneDenied:
		return deniedWords(Microphone, runtime.GOOS)
	case dumb:
		return lang.T("You are not heard: no microphone can be used. Plug one in: the call goes on with it.")
	case deaf:
		return lang.T("You hear nothing: no speaker can be used. Plug one in: the call goes on with it.")
	}
	return ""
}

// endWords says why a call is over, what can be done, and whether that has to be seen.
func endWords(c model.Call, name string) (why, advice string, stays bool) {
	switch c.End {
	case model.HungUp:
		return lang.T("Call ended"), "", false
	case model.Cancelled:
		return lang.T("Call cancelled"), "", false
	case model.Elsewhere:
		return lang.T("Answered on another device"), "", false
	case model.NoAnswer:
		return lang.T("No answer"), lang.T("Try again later, or write a message: {name} will see that you called.", "name", name), true
	case model.Declined:
		return lang.T("Can't talk now"), lang.T("Write a message, or try again later."), true
	case model.Busy:
		return lang.T("In another call"), lang.T("Try again in a few minutes, or write a message."), true
	case model.Unreachable:
		return lang.T("No connection"), lang.T("Your devices found no way to each other. Try another network; “Check calls” in the settings says what is wrong here."), true
	case model.Insecure:
		return lang.T("Not safe"), lang.T("The call did not come with the keys of {name}, so Kith ended it. Compare keys with {name} before you call again.", "name", name), true
	case model.Unsupported:
		if !c.Video {
			return lang.T("Not possible"), lang.T("{name}'s app can't take calls from Kith. Write a message instead.", "name", name), true
		}
		return lang.T("Not possible"), lang.T("{name}'s app can't take this kind of call. Try it without video, or write a message.", "name", name), true
	case model.Crossed:
		return lang.T("You both called at the same time"), "", false
	case model.CallFailed, model.NotEnded:
	}
	return lang.T("The call did not work"), lang.T("Try again. If it stays so, restart Kith."), true
}

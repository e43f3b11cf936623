package view

import (
	"strconv"

	"kith/core/model"
)

// FaultText says in one sentence what a fault means for the person, and what to do next; who is the other side's name. It
// is empty for NoFault.
func FaultText(f model.Fault, who string) string {
	if who == "" {
		who = "The other side"
	}
	switch f {
	case model.NoFault:
		return ""
	case model.NoSession:
		return who + " sent something this device can't read yet. Asking for it again…"
	case model.NotForUs:
		return "This message was sent to your other devices before this one was added."
	case model.BadMessage:
		return "A message from " + who + " arrived damaged and can't be read. Ask them to send it again."
	case model.OldFormat:
		return who + "'s app protects messages in an outdated way that Kith refuses. Ask them to update it."
	case model.NoDevices:
		return who + " can't receive protected messages yet. Ask them to sign in with an app that can, then try again."
	case model.UndecidedTrust:
		return who + " has a new device. Check it, then this message goes out."
	case model.Refused:
		return "The server did not deliver this message. Try again in a while."
	case model.Unknown:
		return who + " sent something protected in a way that Kith does not know. Ask them to choose another encryption in their app."
	case model.TooMuch:
		return who + " sent something too large for Kith to show. Ask them to send it another way."
	case model.KeyChanged:
		return "This message does not come from the device that it names. Ask " + who + " in person whether it is theirs."
	}
	return "Something went wrong with this message. Try again."
}

// FaultAction is the word on the link beside the fault: "Try again" where the person can send once more, "Check" where a
// device waits for a decision, "Reset" where new keys may help; empty where nothing can be done here.
func FaultAction(f model.Fault, outgoing bool) string {
	switch f {
	case model.UndecidedTrust:
		return "Check"
	case model.NoSession, model.BadMessage:
		if !outgoing {
			return "Reset"
		}
	case model.NotForUs, model.OldFormat, model.Unknown, model.KeyChanged, model.TooMuch:
		if !outgoing {
			return ""
		}
	case model.NoFault, model.NoDevices, model.Refused:
	}
	if outgoing {
		return "Try again"
	}
	return ""
}

// NoticeText says in one sentence what happened to a chat.
func NoticeText(m *model.Message) string {
	if m.Body == model.NoticeSilent {
		return "Device " + strconv.FormatUint(uint64(m.Device), 10) + " no longer answers. It gets no new messages until it does."
	}
	return Line(m.Body)
}

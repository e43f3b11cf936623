package view

import (
	"kith/app/lang"
	"kith/core/model"
)

// FaultText says in one sentence what a fault means for the person, and what to do next; who is the other side's name. It
// is empty for NoFault.
func FaultText(f model.Fault, who string) string {
	if who == "" {
		who = lang.T("The other side")
	}
	switch f {
	case model.NoFault:
		return ""
	case model.NoSession:
		return lang.T("{name} sent something this device can't read yet. Asking for it again…", "name", who)
	case model.NotForUs:
		return lang.T("This message was sent to your other devices before this one was added.")
	case model.BadMessage:
		return lang.T("A message from {name} arrived damaged and can't be read. Ask them to send it again.", "name", who)
	case model.OldFormat:
		return lang.T("{name}'s app protects messages in an outdated way that Kith refuses. Ask them to update it.", "name", who)
	case model.NoDevices:
		return lang.T("{name} can't receive protected messages yet. Ask them to sign in with an app that can, then try again.", "name", who)
	case model.UndecidedTrust:
		return lang.T("{name} has a new device. Check it, then this message goes out.", "name", who)
	case model.Refused:
		return lang.T("The server did not deliver this message. Try again in a while.")
	case model.Unknown:
		return lang.T("{name} sent something protected in a way that Kith does not know. Ask them to choose another encryption in their app.", "name", who)
	case model.TooMuch:
		return lang.T("{name} sent something too large for Kith to show. Ask them to send it another way.", "name", who)
	case model.KeyChanged:
		return lang.T("This message does not come from the device that it names. Ask {name} in person whether it is theirs.", "name", who)
	}
	return lang.T("Something went wrong with this message. Try again.")
}

// FaultAction is what can be done about a fault: TryAgain where the person can send once more, CheckDevice where a device
// waits for a decision, ResetKeys where new keys may help.
func FaultAction(f model.Fault, outgoing bool) Action {
	switch f {
	case model.UndecidedTrust:
		return CheckDevice
	case model.NoSession, model.BadMessage:
		if !outgoing {
			return ResetKeys
		}
	case model.NotForUs, model.OldFormat, model.Unknown, model.KeyChanged, model.TooMuch:
		if !outgoing {
			return NoAction
		}
	case model.NoFault, model.NoDevices, model.Refused:
	}
	if outgoing {
		return TryAgain
	}
	return NoAction
}

// NoticeText says in one sentence what happened to a chat.
func NoticeText(m *model.Message) string {
	if m.Body == model.NoticeSilent {
		return lang.T("{device} no longer answers. It gets no new messages until it does.", "device", deviceName(m.Device))
	}
	return Line(m.Body)
}

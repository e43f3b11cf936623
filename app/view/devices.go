package view

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"kith/app/lang"
	"kith/core/model"
)

// Shield is what the small shield of a chat says.
type Shield uint8

// The shields. The zero value promises nothing.
const (
	ShieldUnknown   Shield = iota // the devices are not known yet
	ShieldSoon                    // there are devices, but no key of theirs was seen yet: that comes with the first message
	ShieldEncrypted               // encrypted; the keys were trusted unseen
	ShieldVerified                // encrypted, and every device was compared by the person
	ShieldAttention               // a new device waits for a decision; sending waits for it
	ShieldNobody                  // the other side has no device that can read encrypted messages
	ShieldClear                   // the person chose to write without encryption
)

// Text is the one word, or the few, beside the shield.
func (s Shield) Text() string {
	switch s {
	case ShieldUnknown, ShieldSoon:
		return lang.T("Will be encrypted")
	case ShieldEncrypted:
		return lang.T("Encrypted")
	case ShieldVerified:
		return lang.T("Verified")
	case ShieldAttention:
		return lang.T("New device")
	case ShieldNobody:
		return lang.T("Can't be encrypted yet")
	case ShieldClear:
		return lang.T("Not encrypted")
	}
	return ""
}

// Explain is the sentence under the shield in the details.
func (s Shield) Explain(who string) string {
	who = Brief(who)
	switch s {
	case ShieldEncrypted:
		return lang.T("Only you and {name} can read what you write. Compare the keys once to be sure that nobody listens in between.", "name", who)
	case ShieldVerified:
		return lang.T("Only you and {name} can read what you write. You have compared the keys.", "name", who)
	case ShieldAttention:
		return lang.T("{name} uses a device that you have not seen before. Nothing is sent until you have decided whether it is theirs.", "name", who)
	case ShieldNobody:
		return lang.T("{name} can't receive encrypted messages yet. Ask them to sign in with an app that can.", "name", who)
	case ShieldClear:
		return lang.T("Messages in this chat are sent without protection: the servers in between can read them.")
	case ShieldUnknown, ShieldSoon:
	}
	return lang.T("What you write here is only sent encrypted. {name}'s keys are fetched when you send the first message.", "name", who)
}

// Keys are somebody's devices, as far as they are known.
type Keys struct {
	Devices []model.Device
	Listed  bool // the list of them was received: there are no others
}

// ShieldOf sums up a chat's encryption and the devices of its other side.
func ShieldOf(chat model.Chat, k Keys) Shield {
	if chat.Encryption == model.Clear {
		return ShieldClear
	}
	known, verified, trusted, unseen := 0, 0, 0, 0 // devices
	for _, d := range k.Devices {
		if !d.Active || d.Silent {
			continue
		}
		known++
		switch {
		case d.Fingerprint == "":
			unseen++ // it asks for a decision as soon as it is seen
		case d.Trust == model.Undecided:
			return ShieldAttention
		case d.Trust == model.Verified:
			verified++
			trusted++
		case d.Trust == model.Blind:
			trusted++
		}
	}
	switch {
	case known == 0 && (k.Listed || chat.Last.Outgoing && chat.Last.Fault == model.NoDevices):
		return ShieldNobody
	case known == 0:
		return ShieldUnknown
	case known == unseen:
		return ShieldSoon
	case verified > 0 && verified == trusted && unseen == 0:
		return ShieldVerified
	}
	return ShieldEncrypted
}

// DeviceRow is one device as the details show it.
type DeviceRow struct {
	Device   model.Device
	Name     string // "Device 4711"
	State    string // "Verified", "Trusted", …
	Seen     string // "Since 3 May", "Last message Yesterday"
	This     bool   // the very device that shows this
	Decide   bool   // waits for the person
	Inactive bool
}

// DeviceRows lists devices: this one first, then those that wait for a decision, active ones by age, then inactive ones.
// Devices whose key was never seen are left out, as there is nothing to compare.
func DeviceRows(devices []model.Device, now time.Time) []DeviceRow {
	var rows []DeviceRow
	for _, d := range devices {
		if d.Fingerprint == "" {
			continue
		}
		rows = append(rows, DeviceRow{
			Device: d, Name: deviceName(d.ID), State: trustText(d), Seen: seenText(d, now),
			This: d.Own, Decide: d.Active && !d.Own && d.Trust == model.Undecided, Inactive: (!d.Active || d.Silent) && !d.Own,
		})
	}
	slices.SortStableFunc(rows, func(a, b DeviceRow) int {
		return cmp.Or(
			compareBool(b.This, a.This), compareBool(b.Decide, a.Decide), compareBool(a.Inactive, b.Inactive),
			cmp.Compare(a.Device.FirstSeenMS, b.Device.FirstSeenMS), cmp.Compare(a.Device.ID, b.Device.ID),
		)
	})
	return rows
}

// deviceName is how a device is called: it has a number and no other name.
func deviceName(id model.DeviceID) string {
	return lang.T("Device {number}", "number", strconv.FormatUint(uint64(id), 10))
}

func trustText(d model.Device) string {
	switch {
	case d.Own:
		return lang.T("This device")
	case !d.Active:
		return lang.T("No longer used")
	case d.Silent:
		return lang.T("Does not answer")
	}
	switch d.Trust {
	case model.Verified:
		return lang.T("Verified")
	case model.Blind:
		return lang.T("Trusted")
	case model.Distrusted:
		return lang.T("Not trusted")
	case model.Undecided:
	}
	return lang.T("New, not checked")
}

func seenText(d model.Device, now time.Time) string {
	switch {
	case d.LastSeenMS > 0:
		return lang.T("Last message {day}", "day", ListTime(time.UnixMilli(d.LastSeenMS), now))
	case d.FirstSeenMS > 0:
		return lang.T("Since {day}", "day", ListTime(time.UnixMilli(d.FirstSeenMS), now))
	}
	return ""
}

// Undecided counts the devices that wait for the person.
func Undecided(devices []model.Device) int {
	n := 0
	for _, d := range devices {
		if d.Active && !d.Own && d.Fingerprint != "" && d.Trust == model.Undecided {
			n++
		}
	}
	return n
}

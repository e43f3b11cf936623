package model

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// CallID names a call: the session id that its devices agree on (XEP-0353 §3, XEP-0166 §7).
type CallID string

// Phase is how far a call has come.
type Phase uint8

// The phases, in their order.
const (
	Ringing        Phase = iota // proposed; nobody has taken it
	CallConnecting              // taken; the devices look for a way to each other
	Talking
	Ended
)

var phaseNames = [...]string{"ringing", "connecting", "talking", "ended"}

// String is the name that kith-headless uses.
func (p Phase) String() string { return phaseNames[p&3] }

// CallEnd says how a call ended. The zero value is a call that has not.
type CallEnd uint8

// The ends.
const (
	NotEnded    CallEnd = iota
	HungUp              // somebody hung up after they had talked
	Cancelled           // whoever called gave up before it was taken; for whoever was called, a missed call
	NoAnswer            // nobody took it in time; for whoever was called, a missed call
	Declined            // whoever was called did not want it
	Busy                // whoever was called was in another call; for them, a missed call
	Elsewhere           // taken, or declined, on another device of ours
	Unreachable         // no way between the devices was found, or it was lost and did not come back
	Insecure            // the other side's keys were not what they had to be
	Unsupported         // the other side speaks nothing that we speak
	Crossed             // gave way to a call that the other side placed at the same moment
	CallFailed          // anything else
)

var endNames = [...]string{"", "hung-up", "cancelled", "no-answer", "declined", "busy", "elsewhere", "unreachable", "insecure", "unsupported", "crossed", "failed"}

// String is the name that kith-headless uses; empty for NotEnded.
func (e CallEnd) String() string {
	if int(e) < len(endNames) {
		return endNames[e]
	}
	return fmt.Sprintf("end(%d)", uint8(e))
}

// Secrecy is what protects a call's sound and picture. Nothing less than Encrypted is ever sent.
type Secrecy uint8

// The secrecies.
const (
	NoSecrecy     Secrecy = iota // not agreed yet
	CallEncrypted                // DTLS-SRTP; whose keys these are was not checked end to end
	CallChecked                  // the keys came over OMEMO, from a device that is trusted blindly
	CallVerified                 // the keys came over OMEMO, from a device that the person verified
)

var secrecyNames = [...]string{"none", "encrypted", "checked", "verified"}

// String is the name that kith-headless uses.
func (s Secrecy) String() string { return secrecyNames[s&3] }

// Quality is how well a call's line carries it.
type Quality uint8

// The qualities, from good to gone.
const (
	GoodLine   Quality = iota
	SlowLine           // carries less than the picture needs: it was made smaller
	LossyLine          // loses packets
	SoundLine          // carries sound alone: our picture is not sent
	BrokenLine         // nothing comes through; a way is being looked for
)

var qualityNames = [...]string{"good", "slow", "lossy", "sound", "broken"}

// String is the name that kith-headless uses.
func (q Quality) String() string { return qualityNames[min(q, BrokenLine)] }

// Call is a call as it stands now.
type Call struct {
	ID       CallID
	Account  AccountID
	Chat     ChatID
	Outgoing bool
	Phase    Phase
	Reached  bool // outgoing and Ringing: a device of the other side rings
	Video    bool // asked for with a picture, or one was added since

	Muted, Camera, Screen, OnHold bool // ours: microphone silent, picture sent, screen sent, held
	PeerMuted, PeerOnHold         bool
	PeerPicture                   bool // the other side sends a picture
	NoMicrophone, NoSpeaker       bool // none can be used now; others are tried
	NoCamera, NoScreen            bool // ours could not be used, and was turned off
	MicrophoneDenied              bool // with NoMicrophone: the system does not let Kith use it
	CameraDenied                  bool // with NoCamera: the same
	NoPicture                     bool // a picture that was to be added found no way, and the call goes on without
	VideoAsked                    bool // the other side would like to add a picture, and waits for an answer

	Secrecy Secrecy
	Quality Quality
	Since   time.Time // when they began to talk; zero before
	End     CallEnd
}

// CallRecord is what a chat keeps of a call: the Body of a Message of the kind Called or MissedCall.
type CallRecord struct {
	Video    bool
	End      CallEnd // NotEnded: it is going on, or this device never heard how it ended
	Duration time.Duration
}

// String packs the record into a Body: "video hung-up 185", "audio cancelled 0".
func (r CallRecord) String() string {
	media, end := "audio", r.End.String()
	if r.Video {
		media = "video"
	}
	if end == "" {
		end = "open"
	}
	return fmt.Sprintf("%s %s %d", media, end, int(r.Duration/time.Second))
}

// ParseCallRecord is the inverse of String; ok is false for anything else.
func ParseCallRecord(s string) (r CallRecord, ok bool) {
	part := strings.Split(s, " ")
	if len(part) != 3 || part[0] != "audio" && part[0] != "video" {
		return CallRecord{}, false
	}
	seconds, err := strconv.ParseUint(part[2], 10, 31)
	if err != nil {
		return CallRecord{}, false
	}
	r = CallRecord{Video: part[0] == "video", Duration: time.Duration(seconds) * time.Second}
	if part[1] == "open" {
		return r, true
	}
	for i, name := range endNames {
		if name != "" && name == part[1] {
			r.End = CallEnd(i)
			return r, true
		}
	}
	return CallRecord{}, false
}

// Kind is that of the message that keeps the record: MissedCall when somebody else placed the call and no device of ours took it.
func (r CallRecord) Kind(outgoing bool) Kind {
	if !outgoing && (r.End == Cancelled || r.End == NoAnswer || r.End == Busy) {
		return MissedCall
	}
	return Called
}

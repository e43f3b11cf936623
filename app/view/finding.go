package view

import (
	"kith/calls"
	"kith/calls/nat"
	"kith/core"
)

// FindingOf is what core found of a part as a step of the check, and how loud the microphone hears; ok is false where a step is not
// over.
func FindingOf(f core.CallFinding) (found CheckFinding, level float32, ok bool) {
	found.State = CheckGood
	switch f.Part {
	case calls.PartMicrophone:
		found.Step, level = CheckMicrophone, Loudness(f.Level)
		if level < voiceLevel {
			found.State, found.Fault = CheckBad, NotHeard
		}
	case calls.PartCamera:
		found.Step = CheckCamera
	case calls.PartSpeaker:
		found.Step = CheckSpeaker
	case calls.PartServer, calls.PartRelay:
		found.Step, found.Router = CheckNetwork, f.NAT
	}
	switch f.Fault {
	case calls.NoDevice:
		found.State, found.Fault = CheckBad, NotThere
	case calls.Denied:
		found.State, found.Fault = CheckBad, NotAllowed
	case calls.NothingIn:
		found.State, found.Fault = CheckBad, NotHeard
	case calls.NoServices:
		found.Fault = NoRelay
		if f.NAT == nat.Blocked {
			found.State = CheckBad
		}
	case calls.NoWay:
		found.State, found.Fault = CheckBad, NoWay
	case calls.NoFault:
	}
	return found, level, f.Done && f.Part != calls.PartServer // the relay says more
}

// faintest is the level in dBFS at which a meter begins.
const faintest = 60

// Loudness is a level in dBFS as meters show it, 0…1; 0 dBFS itself is what none was measured is told as.
func Loudness(dbfs float64) float32 {
	if dbfs >= 0 {
		return 0
	}
	return float32(max((dbfs+faintest)/faintest, 0))
}

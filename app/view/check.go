package view

import (
	"runtime"

	"kith/app/lang"
	"kith/calls/nat"
)

// CheckStep is a part of the check of calls.
type CheckStep uint8

// The steps, in their order.
const (
	CheckMicrophone CheckStep = iota
	CheckCamera
	CheckSpeaker
	CheckNetwork
	checkSteps
)

// CheckState is how far a step is.
type CheckState uint8

// The states.
const (
	CheckWaiting CheckState = iota // something is still to be found out, or to be said by the person
	CheckGood
	CheckBad // Text says what to do
)

// CheckFault is what is wrong with a step.
type CheckFault uint8

// The faults.
const (
	NoFaultFound CheckFault = iota
	NotThere                // there is no such hardware
	NotAllowed              // the system does not let Kith use it
	InUse                   // another program has it
	NotHeard                // the microphone is silent; or the person did not hear the tone
	Offline                 // no account is connected
	NoRelay                 // the server has no relay: calls only find each other where networks let them
	NoWay                   // not even the relay is reached
)

// CheckFinding is what was found out about a step by trying it.
type CheckFinding struct {
	Step   CheckStep
	State  CheckState
	Fault  CheckFault // when it is bad, or worth knowing though it is good
	Router nat.Kind   // of the network
}

// Check is the check of calls: what has been found so far.
type Check struct {
	found [checkSteps]CheckFinding
	means CheckMeans
	level float32 // of the microphone now, 0…1
	tone  bool    // the test tone was played, and the person is asked
}

// CheckMeans is what the screen has beside words.
type CheckMeans struct {
	Picture bool // of our own camera
	Tone    bool // can be played again
}

// voiceLevel is that of a voice.
const voiceLevel = 0.08

// NewCheck begins a check.
func NewCheck(means CheckMeans) *Check { return &Check{means: means} }

// Found takes over what was found out about a step. A tone that was played is nothing good yet: the person is asked.
func (c *Check) Found(f CheckFinding) {
	if f.Step >= checkSteps {
		return
	}
	if f.Step == CheckSpeaker && f.State == CheckGood {
		c.Played()
		return
	}
	c.found[f.Step] = f
}

// Level takes over how loud the microphone hears now, 0…1: a voice is proof enough.
func (c *Check) Level(level float32) {
	c.level = min(max(level, 0), 1)
	if m := &c.found[CheckMicrophone]; c.level > voiceLevel && (m.State != CheckBad || m.Fault == NotHeard) {
		*m = CheckFinding{Step: CheckMicrophone, State: CheckGood}
	}
}

// Played says that the test tone was played: now the person is asked.
func (c *Check) Played() {
	c.tone = true
	c.found[CheckSpeaker] = CheckFinding{Step: CheckSpeaker}
}

// Heard is the person's answer.
func (c *Check) Heard(yes bool) {
	c.found[CheckSpeaker] = CheckFinding{Step: CheckSpeaker, State: CheckGood}
	if !yes {
		c.found[CheckSpeaker] = CheckFinding{Step: CheckSpeaker, State: CheckBad, Fault: NotHeard}
	}
}

// CheckRow is a step as the screen shows it. It is comparable.
type CheckRow struct {
	Step        CheckStep
	State       CheckState
	Title, Text string
	Meter       bool    // the microphone hears…
	Level       float32 // …so much
	Picture     bool    // the camera's is shown
	Play        string  // the button that plays the tone; empty for none
	Asks        bool    // whether the tone was heard
}

// Rows are all steps.
func (c *Check) Rows() []CheckRow {
	titles := [...]string{lang.T("Microphone"), lang.T("Camera"), lang.T("Speaker"), lang.T("Network")}
	rows := make([]CheckRow, checkSteps)
	for i := range rows {
		f := c.found[i]
		rows[i] = CheckRow{Step: CheckStep(i), State: f.State, Title: titles[i], Text: c.words(CheckStep(i), f)}
	}
	usable := func(f CheckFinding) bool { return f.State != CheckBad || f.Fault == NotHeard }
	if m := &rows[CheckMicrophone]; usable(c.found[CheckMicrophone]) {
		m.Meter, m.Level = true, c.level
	}
	rows[CheckCamera].Picture = rows[CheckCamera].State == CheckGood && c.means.Picture
	if s := &rows[CheckSpeaker]; usable(c.found[CheckSpeaker]) {
		s.Asks = c.tone && s.State == CheckWaiting
		switch {
		case !c.means.Tone:
		case c.tone:
			s.Play = lang.T("Play it again")
		default:
			s.Play = lang.T("Play a tone")
		}
	}
	return rows
}

// words say what was found, and what to do about it.
func (c *Check) words(step CheckStep, f CheckFinding) string {
	switch {
	case f.State == CheckBad && step == CheckNetwork:
		return networkFault(f)
	case f.State == CheckBad:
		return gearFault(step, f.Fault)
	}
	good := f.State == CheckGood
	switch step {
	case CheckMicrophone:
		return either(good, lang.T("You are heard."), lang.T("Say something."))
	case CheckCamera:
		seen := either(c.means.Picture, lang.T("This is what others see."), lang.T("The camera works."))
		return either(good, seen, lang.T("Waiting for the first picture…"))
	case CheckSpeaker:
		if c.tone && !good {
			return lang.T("Did you hear it?")
		}
		return either(good, lang.T("You hear others."), either(c.means.Tone, lang.T("Play a tone, and listen."), lang.T("A tone comes in a moment: listen.")))
	case CheckNetwork:
		return either(good, networkWords(f), lang.T("Looking for a way…"))
	case checkSteps:
	}
	return ""
}

// networkWords say how calls get through.
func networkWords(f CheckFinding) string {
	switch {
	case f.Fault == NoRelay && f.Router == nat.Strict:
		return lang.T("Your router makes it hard for calls to go directly, and your server has no relay to help: some calls will not find a way. Whoever runs the server can add one.")
	case f.Fault == NoRelay:
		return lang.T("Calls work from here, but your server has no relay: with some networks they will not find a way. Whoever runs the server can add one.")
	case f.Router == nat.Strict:
		return lang.T("Calls get through. Your router seldom lets them go directly, so most go by your server's relay.")
	case f.Router == nat.Blocked:
		return lang.T("Calls get through, but this network slows them down: they have to go by your server's relay over TCP. Another network may sound better.")
	}
	return lang.T("Calls get through, also where networks are strict.")
}

func networkFault(f CheckFinding) string {
	switch {
	case f.Fault == Offline:
		return lang.T("You are offline. Connect to the internet, and this goes on by itself.")
	case f.Fault == NoRelay:
		return lang.T("This network lets no calls through directly, and your server has no relay to help. Try another network, such as that of your phone.")
	}
	return lang.T("This network lets no calls through. Try another one, such as that of your phone.")
}

// gearFault says what to do about hardware that does not work.
func gearFault(step CheckStep, f CheckFault) string {
	texts := map[CheckFault][3]string{
		NotThere: {
			lang.T("There is no microphone. Plug one in, or a headset."),
			lang.T("There is no camera. Calls work without; to be seen, plug one in."),
			lang.T("There is no speaker. Plug one in, or a headset."),
		},
		NotAllowed: {
			deniedWords(Microphone, runtime.GOOS),
			deniedWords(Camera, runtime.GOOS),
			lang.T("Kith may not use the speaker. Allow it in the settings of this computer."),
		},
		InUse: {
			lang.T("Another program uses the microphone. Close it, then try again."),
			lang.T("Another program uses the camera. Close it, then try again."),
			lang.T("Another program uses the speaker. Close it, then try again."),
		},
		NotHeard: {
			lang.T("Nothing is heard. Is the microphone switched off, or turned down? Else choose another one below."),
			lang.T("The camera gives no picture. Is it covered? Else choose another one below."),
			lang.T("Turn the sound of this computer up, or choose another speaker below, and try again."),
		},
	}
	if t, ok := texts[f]; ok && step < CheckNetwork {
		return t[step]
	}
	return lang.T("It does not work. Unplug it, plug it in again, and try once more.")
}

// Package session is the agreement about calls: who rings, who takes it, what is exchanged, how it ends. It speaks Jingle Message
// Initiation (XEP-0353 v0.8.0) and Jingle (XEP-0166 v1.1.2) with RTP (XEP-0167), but sees neither a network nor a microphone.
//
// A Desk holds every call of this installation and is a pure function over time: Handle takes what happened, and the time it
// is, and returns what is to be done, in order. It has no goroutine, no lock and no clock of its own; Deadline tells when it wants to be
// asked again. What a peer may send is judged here: whatever comes in whatever order, a call ends clearly, costs a bounded
// amount, and never sends sound or picture that the person did not start.
//
// A call between us and one other person is `call`; its files follow its life: ring.go (who takes it), setup.go (the Jingle
// session), talk.go (what may change while it lasts), end.go.
package session

// Package calls makes calls: a Manager owns every call of this installation. What the network, the person, the transports and the
// media tell goes as events into a session.Desk (calls/session), and what that wants done is carried out: call messages and
// Jingle through the Signaler, transports and media by a line per call.
//
// The Manager's goroutine owns the Desk; each call's line has one goroutine, which owns its transports. Put never blocks, so
// whoever receives stanzas can hand them on at once. Nothing here knows a server or a window.
package calls

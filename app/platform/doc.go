// Package platform is what the desktop gives and the toolkit does not: notifications that can be replaced, taken back,
// answered and clicked, and whether there is a keychain; for these there is one type, Desktop, and a file per system. Bell has
// the tones of calls; Unstick frees the toolkit where the window system keeps it waiting, and Unasked keeps a window that comes by itself from
// taking the keyboard.
//
//	linux                  org.freedesktop.Notifications 1.2 and org.freedesktop.secrets over D-Bus
//	windows, darwin, …     nothing yet: Available is false and every call does nothing
//
// A missing session bus or notification service is no error: Kith works without. Nothing here keeps the texts it is given,
// writes them to a file or logs them. No goroutine is started but those of the D-Bus connection, which Close ends.
package platform

// Note is one notification. A later one with the same Key takes its place.
type Note struct {
	Key         string // what it is about; Next returns it when the person opens or answers the notification
	Title, Body string // plain text
	Silent      bool
	Answers     []Answer // buttons, where the service has some
	Urgent      bool     // stays until it is answered or taken back, as a call that rings
}

// Answer is a button of a notification.
type Answer struct {
	Key   string // what Reply says when it is pressed
	Label string
}

// Reply is what the person did with a notification.
type Reply struct {
	Note   string // its Key
	Answer string // the Key of the button; empty: the notification itself was opened
}

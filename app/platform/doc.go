// Package platform is what the desktop gives and the toolkit does not: notifications that can be replaced, taken back and
// clicked, and whether there is a keychain. There is one type, Desktop, and a file per system.
//
//	linux                  org.freedesktop.Notifications 1.2 and org.freedesktop.secrets over D-Bus
//	windows, darwin, …     nothing yet: Available is false and every call does nothing
//
// A missing session bus or notification service is no error: Kith works without. Nothing here keeps the texts it is given,
// writes them to a file or logs them. No goroutine is started but those of the D-Bus connection, which Close ends.
package platform

// Note is one notification. A later one with the same Key takes its place.
type Note struct {
	Key         string // what it is about; Next returns it when the person opens the notification
	Title, Body string // plain text
	Silent      bool
}

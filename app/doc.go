// Package app is Kith's interface: the window, the pump that carries core's events to it, notifications, and the sentences
// for errors. What the screens show is made in app/view, how they look in app/screen and app/widget.
//
// Three kinds of goroutines run beside the toolkit's own, all started in app.go and waited for before Run returns: the pump
// (Subscription.Next, then one loop.wait, the only door from core to the screens), the actions goroutine, which does
// what the person asked for one after the other so that the window never waits for the disk, and one for each action that
// waits for the network. Everything else in this package runs on the toolkit's goroutine. What goes there goes through loop, which
// also puts it to sleep (decision 16).
//
// It never uses the toolkit's notifications or preferences: both write what they are given to disk in clear.
package app

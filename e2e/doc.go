// Package e2e drives whole programs: kith-headless as people's scripts run it, against real servers and other people's
// clients. The package itself is the driver (Build, Start, Kith), which the demo uses too; what is proved with it stands in
// the tests.
//
// A Kith may be used from one goroutine at a time. Its two goroutines, which read the program's output, end with the
// program; Stop, Kill and the test's end wait for them.
//
// It knows nothing of the core: only the program's flags, lines and exit statuses.
package e2e

package main

import (
	"os"
	"os/exec"

	"kith/e2e"
)

// openDisplay takes the person's own screen when it can be driven, else an invisible one.
func openDisplay(s *stage, hidden bool) (d e2e.Display, own bool) {
	for _, program := range []string{"xdotool", "import"} {
		if _, err := exec.LookPath(program); err != nil {
			s.Fatalf("%s is missing. run: make deps", program)
		}
	}
	mine := os.Getenv("DISPLAY")
	switch {
	case os.Getenv("WAYLAND_DISPLAY") != "":
		s.Logf("programs may not drive others on Wayland: the windows are on an invisible screen")
	case mine != "" && !hidden && exec.Command("xdotool", "getdisplaygeometry").Run() == nil:
		s.Logf("the windows are on your screen: please keep your hands off for a minute")
		return e2e.NewDisplay(s, mine), true
	}
	return e2e.Invisible(s), false
}

// Command kith is a private messenger on the open XMPP network. It opens the profile folder, shows the window and ends when
// the window is closed; everything it stores is encrypted.
//
// The exit code is 0, or 1 when it could not start, 2 for wrong flags, 3 when another Kith holds the profile.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"kith/app"
	"kith/app/platform"
	"kith/storage"
)

func main() { os.Exit(run()) }

func run() int {
	cfg, dir, err := flags()
	if err != nil {
		fmt.Fprintln(os.Stderr, "kith:", err)
		return 2
	}
	if err := app.ChooseLanguage(); err != nil {
		fmt.Fprintln(os.Stderr, "kith:", err)
		return 1
	}
	if err := platform.StartNoBus(); err != nil {
		fmt.Fprintln(os.Stderr, "kith:", err)
		return 1
	}
	if err := app.FindScreen(); err != nil {
		fmt.Fprintln(os.Stderr, "kith:", err)
		return 1
	}
	profile, err := storage.Hold(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, "kith:", app.Sentence(err))
		app.Refuse(err)
		if errors.Is(err, storage.ErrInUse) {
			return 3
		}
		return 1
	}
	cfg.Profile, cfg.Dir = profile, dir
	if err := errors.Join(app.Run(context.Background(), cfg), profile.Close()); err != nil {
		cfg.Core.Log.Error("end", "err", err)
		return 1
	}
	return 0
}

//go:build !android && (linux || freebsd || netbsd || openbsd)

package app

import (
	"errors"

	"github.com/go-gl/glfw/v3.4/glfw"

	"kith/app/lang"
)

// FindScreen fails where there is no screen to show a window on: the toolkit breaks off there. Its error is a sentence.
func FindScreen() error {
	err := glfw.Init()
	glfw.Terminate() // the toolkit has settings of its own to begin with
	if err != nil {
		return errors.New(lang.T("Kith finds no screen to show its window on. Start it from your desktop. Where there is none, kith-headless does the same."))
	}
	return nil
}

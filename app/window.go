package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
)

// frameName is the file in the profile that remembers the window. It lies outside the encrypted store, as it is wanted
// before the store is open, and holds nothing but numbers.
const frameName = "window.json"

// frame is how the window was left.
type frame struct {
	Width  float32 `json:"width"`
	Height float32 `json:"height"`
	Scale  int     `json:"scale,omitempty"` // the text size, in percent
}

// firstFrame is the window of a new profile.
func firstFrame() frame { return frame{Width: 1000, Height: 740, Scale: 100} }

// readFrame returns the remembered window, or the first one when there is none or what is there makes no sense.
func readFrame(dir string) frame {
	b, err := os.ReadFile(filepath.Join(dir, frameName))
	f := frame{}
	if err != nil || json.Unmarshal(b, &f) != nil || f.Width < 320 || f.Height < 400 || f.Width > 20000 || f.Height > 20000 {
		return firstFrame()
	}
	if f.Scale < 80 || f.Scale > 160 {
		f.Scale = 100
	}
	return f
}

// writeFrame remembers the window. A profile folder that is gone is no error: there is nothing to remember it for.
func writeFrame(dir string, f frame) error {
	b, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("encode window size: %w", err)
	}
	err = os.WriteFile(filepath.Join(dir, frameName), b, 0o600)
	var path *fs.PathError
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.As(err, &path):
		return fmt.Errorf("write window size: %w", path.Err) // without the path, which may hold a name
	}
	return fmt.Errorf("write window size: %w", err)
}

// ParseSize reads a size as "1000x740".
func ParseSize(s string) (fyne.Size, error) {
	var w, h int
	if n, err := fmt.Sscanf(s, "%dx%d", &w, &h); err != nil || n != 2 || w < 320 || h < 400 || w > 20000 || h > 20000 {
		return fyne.Size{}, errors.New("parse size: want WIDTHxHEIGHT, at least 320x400")
	}
	return fyne.NewSize(float32(w), float32(h)), nil
}

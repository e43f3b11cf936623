package view

import (
	"fmt"
	"strconv"

	"kith/core"
)

// Appearance is which colours the windows have.
type Appearance uint8

// The appearances.
const (
	System Appearance = iota // as the desktop has it
	Light
	Dark
)

var appearanceNames = [...]string{"system", "light", "dark"}

// String is the word in the store and on the command line.
func (a Appearance) String() string { return appearanceNames[min(int(a), 2)] }

// ParseAppearance is the inverse of String.
func ParseAppearance(s string) (Appearance, error) {
	for i, n := range appearanceNames {
		if n == s {
			return Appearance(i), nil
		}
	}
	return System, fmt.Errorf("parse appearance: want system, light or dark")
}

// Settings is what the person chose about this installation. The zero value is not the default; see ReadSettings.
type Settings struct {
	Appearance Appearance
	TextSize   int  // percent of the usual size, 80…160
	Previews   bool // notifications show who wrote and what
	Receipts   bool // others learn what was read
	Relay      bool // calls lead through a relay also with contacts
}

// The keys of the settings in the store.
const (
	keyAppearance = "ui.appearance"
	keyTextSize   = "ui.text_size"
	keyPreviews   = "notify.previews"
	keyReceipts   = core.SettingReceipts
	keyRelay      = core.SettingRelay
)

// TextSizes are the sizes to choose from, in percent.
func TextSizes() []int { return []int{85, 100, 115, 130, 150} }

// ReadSettings reads the settings through load, which returns "" for a key that was never stored. What is missing or
// damaged has its default: the system's colours, the usual size, no previews, receipts on, calls by the shortest way.
func ReadSettings(load func(key string) (string, error)) (Settings, error) {
	s := Settings{TextSize: 100, Receipts: true}
	for _, key := range []string{keyAppearance, keyTextSize, keyPreviews, keyReceipts, keyRelay} {
		v, err := load(key)
		if err != nil {
			return s, fmt.Errorf("read settings: %w", err)
		}
		s.set(key, v)
	}
	return s, nil
}

func (s *Settings) set(key, v string) {
	switch key {
	case keyAppearance:
		if a, err := ParseAppearance(v); err == nil {
			s.Appearance = a
		}
	case keyTextSize:
		if n, err := strconv.Atoi(v); err == nil {
			s.TextSize = min(max(n, 80), 160)
		}
	case keyPreviews:
		s.Previews = v == "yes"
	case keyReceipts:
		s.Receipts = v != "no"
	case keyRelay:
		s.Relay = v == "yes"
	}
}

// Pairs are the keys and values to store.
func (s Settings) Pairs() [][2]string {
	return [][2]string{
		{keyAppearance, s.Appearance.String()},
		{keyTextSize, strconv.Itoa(s.TextSize)},
		{keyPreviews, yesNo(s.Previews)},
		{keyReceipts, yesNo(s.Receipts)},
		{keyRelay, yesNo(s.Relay)},
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

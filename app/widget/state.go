package widget

import (
	"fyne.io/fyne/v2"

	"kith/app/theme"
	"kith/core/model"
)

// stateIcon is the sign of how far a message got, and whether it asks for attention.
func stateIcon(s model.State) (icon string, alarm bool) {
	switch s {
	case model.Pending:
		return theme.IconClock, false
	case model.Sent:
		return theme.IconTick, false
	case model.Delivered, model.Read:
		return theme.IconTicks, false
	case model.Failed:
		return theme.IconFailed, true
	}
	return theme.IconClock, false
}

// stateColor is the sign's colour where quiet is that of the time beside it and loud that of the text: read stands out.
func stateColor(s model.State, quiet, loud fyne.ThemeColorName) fyne.ThemeColorName {
	if s == model.Read {
		return loud
	}
	return quiet
}

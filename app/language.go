package app

import (
	"fyne.io/fyne/v2/lang"

	own "kith/app/lang"
)

// ChooseLanguage takes the language that the system is set to, for all that people read. It comes before everything that is
// shown. What the toolkit says by itself follows the same setting.
func ChooseLanguage() error { return own.Choose(lang.SystemLocale().String()) }

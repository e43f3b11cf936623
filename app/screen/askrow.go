package screen

import (
	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/widget"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

const askHeight float32 = 112

// askRow is somebody who asks to be a contact.
type askRow struct {
	base.BaseWidget
	avatar          *widget.Avatar
	name            *widget.Line
	words           *widget.Line
	accept, decline *widget.Button
	yes, no         func()
	content         fyne.CanvasObject
}

func newAskRow() *askRow {
	r := &askRow{
		avatar: widget.NewAvatar("", "", theme.AvatarList),
		name:   widget.NewLine("", widget.Ink{Size: theme.TextBody, Line: 20, Color: theme.Text, Bold: true}),
		words:  widget.NewLine(lang.T("Wants to be your contact"), widget.Ink{Size: theme.TextSecond, Line: 20, Color: theme.Muted}),
	}
	r.accept = widget.NewButton(lang.T("Accept"), widget.PrimaryLook, func() { r.yes() })
	r.decline = widget.NewButton(lang.T("Decline"), widget.SecondaryLook, func() { r.no() })
	r.content = padded(20, 8, stack(8,
		across(12, 1, r.avatar, stack(0, r.name, r.words)),
		across(8, 2, r.accept, r.decline, gap(0))))
	r.ExtendBaseWidget(r)
	return r
}

func (r *askRow) set(c model.Contact, yes, no func()) {
	r.yes, r.no = yes, no
	r.avatar.Set(string(c.JID), view.ContactName(c), false)
	r.name.SetText(string(c.JID)) // whole: a name alone could be anybody's
}

// CreateRenderer is the toolkit's.
func (r *askRow) CreateRenderer() fyne.WidgetRenderer { return base.NewSimpleRenderer(r.content) }

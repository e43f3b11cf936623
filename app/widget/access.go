package widget

import (
	"strings"

	"fyne.io/fyne/v2"

	"kith/app/lang"
	"kith/core/model"
)

// What screen readers say. The widgets that can be pressed bring their labels along; here are the roles, and the labels of
// those that are read.

// AccessibilityRole is that of a button.
func (p *press) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityRole is that of a link.
func (l *Link) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleLink }

// AccessibilityLabel is what the field is for, never what stands in it.
func (e *entry) AccessibilityLabel() string {
	if e.name != "" {
		return e.name
	}
	return strings.TrimPrefix(e.PlaceHolder, thin)
}

// AccessibilityRole is that of text, as there is none for what is written in.
func (e *entry) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is the text.
func (l *Line) AccessibilityLabel() string { return l.text }

// AccessibilityRole is that of text.
func (l *Line) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is the text.
func (b *TextBlock) AccessibilityLabel() string { return b.source }

// AccessibilityRole is that of text.
func (b *TextBlock) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is the message, who wrote it, when, and how far it got.
func (b *Bubble) AccessibilityLabel() string { return speaks(b.row) }

// AccessibilityRole is that of text.
func (b *Bubble) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is the text.
func (s *Strip) AccessibilityLabel() string { return s.row.Text }

// AccessibilityRole is that of text.
func (s *Strip) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// region is the name of a part of a screen.
type region string

// AccessibilityLabel is the name.
func (r region) AccessibilityLabel() string { return string(r) }

// AccessibilityRole is that of a container.
func (r region) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// speaks is a row in words.
func speaks(r Row) string {
	s := r.Text
	if r.Time != "" {
		s += ", " + r.Time
	}
	if r.Outgoing && r.Kind == BubbleRow {
		s = lang.T("You: {text}", "text", s) + ", " + stateWord(r.State)
	}
	if r.Clear && r.Kind == BubbleRow {
		s += ", " + lang.T("not protected")
	}
	if r.Fault != "" {
		s += ". " + r.Fault
	}
	return s
}

func stateWord(s model.State) string {
	switch s {
	case model.Pending:
		return lang.T("waiting")
	case model.Sent:
		return lang.T("sent")
	case model.Delivered:
		return lang.T("delivered")
	case model.Read:
		return lang.T("read")
	case model.Failed:
		return lang.T("not sent")
	}
	return ""
}

package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// StartActions are what the screen for a new chat asks for.
type StartActions struct {
	Back   func()
	Check  func(typed string) view.AddressCheck
	People func(typed string) []model.Contact // contacts that match
	Start  func(j model.JID, add bool)        // add: to the contacts too
	Person func(model.Contact)
}

// Start asks whom to write to.
type Start struct {
	object  fyne.CanvasObject
	field   *widget.Field
	warning *widget.TextBlock
	add     *toggle
	button  *widget.Button
	head    fyne.CanvasObject // of people
	people  *list
	actions StartActions
}

const startWidth float32 = 520

// NewStart makes the screen.
func NewStart(a StartActions) *Start {
	n := &Start{actions: a, field: widget.NewField(lang.T("Their address"), "name@example.org"), warning: fault("")}
	n.warning.Hide()
	n.add = newToggle(lang.T("Add to my contacts: we see when the other is online"), true)
	n.button = widget.NewButton(lang.T("Start chat"), widget.PrimaryLook, n.start)
	n.button.Disable()
	n.field.OnChanged, n.field.OnSubmit = n.typed, n.start
	n.people = newList(func(int) fyne.CanvasObject { return n.people.chatRow(n.field.Focus) })
	n.head = caption(lang.T("Your contacts"))
	form := padded(paneX, 4, stack(12, n.field, n.warning, n.add.object, n.button, gap(4), n.head))
	n.object = container.New(&filling{2}, paneTop(lang.T("New chat"), startWidth, a.Back),
		centred(0, 0, startWidth+2*paneX, form), centred(0, 0, startWidth+2*paneX, n.people))
	n.list("")
	return n
}

// Object is what to show.
func (n *Start) Object() fyne.CanvasObject { return n.object }

// Focus gives the address the keyboard.
func (n *Start) Focus() { n.field.Focus() }

// Fail shows why a chat could not be started.
func (n *Start) Fail(sentence string) { n.field.SetError(sentence) }

func (n *Start) typed(text string) {
	c := n.actions.Check(text)
	n.field.SetError("")
	say(n.warning, c.Warning)
	enable(c.JID != "", n.button)
	n.list(text)
	n.object.Refresh()
}

func (n *Start) start() {
	c := n.actions.Check(n.field.Text())
	if c.JID == "" {
		n.field.SetError(c.Problem)
		return
	}
	n.actions.Start(c.JID, n.add.on)
}

func (n *Start) list(text string) {
	var rows []listRow
	for _, c := range n.actions.People(text) {
		item := widget.ChatItem{
			Address: string(c.JID), Name: view.ContactName(c), Line: string(c.JID), Online: c.Presence == model.Available,
		}
		rows = append(rows, listRow{key: c.JID, height: theme.RowHeight, fill: fillRow(item, false, func() { n.actions.Person(c) })})
	}
	show(n.head, len(rows) > 0)
	n.people.set(rows)
}

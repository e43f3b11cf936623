package widget

import (
	"flag"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"kith/app/golden"
	"kith/app/theme"
	"kith/core/model"
)

var _ = flag.Bool("update", false, "write the pictures in testdata anew")

// capture compares what an object looks like with the picture of that name.
func capture(t *testing.T, name string, o fyne.CanvasObject, w, h float32) {
	t.Helper()
	golden.Compare(t, name, show1(t, o, w, h).Canvas().Capture())
}

// everyKind is a timeline with every kind of row.
func everyKind() *Timeline {
	l := &list{[]Row{
		{Key: 1, Kind: DayRow, Text: "Today"},
		{Key: 2, Text: "Did you see the photos from the lake?", Time: "13:52", First: true},
		{Key: 3, Text: "The children swam all day ☀️", Time: "13:52", Last: true},
		{Key: 4, Text: "See https://kith.im/p/1234. It was the best day of the whole summer.", Time: "13:58", Outgoing: true, First: true, Last: true, State: model.Read},
		{Key: 5, Kind: GapRow, Text: "Some messages are missing here", Action: "Load"},
		{Key: 6, Text: "🎉👍🏽", Time: "14:03", First: true, Last: true, Clear: true},
		{Key: 7, Kind: UnreadableRow, Text: "Ben sent something this device can't read yet. Asking for it again…", Action: "Reset"},
		{Key: 8, Text: "Shall we meet at six?", Time: "14:04", Outgoing: true, First: true, Last: true, State: model.Failed, Fault: "This message was not sent.", Action: "Try again"},
		{Key: 9, Kind: NoticeRow, Text: "Anna has a new device."},
		{Key: 10, Kind: UnreadRow, Text: "1 new message"},
		{Key: 11, Text: "Yes!", Time: "14:05", Outgoing: true, First: true, Last: true, State: model.Pending},
	}}
	return NewTimeline(l.source())
}

// chatList is some rows of the chat list.
func chatList() fyne.CanvasObject {
	items := []ChatItem{
		{Address: "anna@example.org", Name: "Anna Larsson", Time: "14:05", Line: "Grandma is on her way! 🎉", Online: true},
		{Address: "ben@example.org", Name: "Ben", Time: "12:10", Lead: "Draft: ", Line: "see you on Saturday", Unread: 3},
		{Address: "lena@example.org", Name: "Lena Grünwald-Hernández von Lichtenstein", Time: "Thu", Line: "page 84, second paragraph is the one", Sent: true, State: model.Read},
	}
	column := container.NewVBox(NewSearchField("Search messages and people"))
	for i, it := range items {
		r := NewChatRow(it, nil)
		r.Set(it, i == 0)
		column.Add(r)
	}
	banner := NewBanner()
	banner.Set("Waiting for the network ·", "Try now", func() {})
	column.Add(banner)
	column.Add(NewComposer("Message"))
	return container.NewStack(canvas.NewRectangle(theme.Color(theme.Side)), column)
}

// foundBubbles are messages to which a search has led: two just now, and one a while ago.
func foundBubbles() fyne.CanvasObject {
	column := container.NewVBox()
	for i, r := range []Row{
		{Text: "Grandma bakes the cake 🎂", Time: "13:52", First: true, Last: true},
		{Text: "Who brings the cake? See https://kith.im/cake", Time: "13:58", Outgoing: true, First: true, Last: true, State: model.Read},
		{Text: "The cake was a dream", Time: "14:04", First: true, Last: true},
	} {
		b := NewBubble()
		b.Set(r, 420)
		b.setFound(&found{words: wordsOf("cake"), lit: i < 2})
		column.Add(b)
	}
	return container.NewStack(canvas.NewRectangle(theme.Color(theme.Background)), column)
}

// form is some fields and buttons.
func form() fyne.CanvasObject {
	address, password := NewField("Your address", ""), NewPassword("Password", "")
	address.SetText("anna@example.org")
	password.SetText("secret")
	password.SetError("That password was not accepted by example.org. Check it and try again.")
	off := NewButton("Wait", PrimaryLook, nil)
	off.Disable()
	return container.NewVBox(address, password, NewButton("Sign in", PrimaryLook, nil), NewButton("Create an account", SecondaryLook, nil),
		NewButton("Delete", DangerLook, nil), off, NewCard("Encryption", NewLine("Verified by you", Ink{Size: 14, Color: theme.Text})))
}

// TestLook holds the widgets against pictures that somebody looked at.
func TestLook(t *testing.T) {
	for name, mode := range map[string]theme.Mode{"light": theme.Light, "dark": theme.Dark} {
		t.Run(name, func(t *testing.T) {
			start(t, mode)
			capture(t, "timeline-"+name, NewRoot(everyKind()), 560, 560)
			capture(t, "list-"+name, chatList(), 320, 400)
			capture(t, "found-"+name, foundBubbles(), 420, 190)
			capture(t, "form-"+name, NewRoot(form()), 320, 480)
		})
	}
}

// TestTimelineOnPhone shows the same rows in a narrow view: nothing may reach beyond its edges.
func TestTimelineOnPhone(t *testing.T) {
	start(t, theme.Light)
	tl := everyKind()
	show1(t, tl, 320, 700)
	for _, s := range tl.shown {
		if s.bubble == nil {
			continue
		}
		sh := s.bubble.shape
		if sh.x < 0 || sh.x+sh.width > 320 || sh.text.Width > sh.width || sh.faultX < 0 {
			t.Errorf("row %d reaches from %v to %v of 320", s.m.row.Key, sh.x, sh.x+sh.width)
		}
	}
}

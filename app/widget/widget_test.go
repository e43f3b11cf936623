package widget

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"kith/app/theme"
	"kith/core/model"
)

func mouse(x, y float32) *desktop.MouseEvent {
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: desktop.MouseButtonPrimary}
}

func drag(x, y float32) *fyne.DragEvent {
	return &fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}}
}

func key(name fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: name} }

// show1 shows one object in a window of its own.
func show1(t *testing.T, o fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	win := test.NewTempWindow(t, o)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}

func TestButton(t *testing.T) {
	start(t, theme.Light)
	n := 0
	b := NewButton("Sign in", PrimaryLook, func() { n++ })
	show1(t, b, 200, 60)
	test.Tap(b)
	b.TypedKey(key(fyne.KeyReturn))
	b.TypedKey(key(fyne.KeySpace))
	b.TypedKey(key(fyne.KeyA))
	b.Disable()
	test.Tap(b)
	b.TypedKey(key(fyne.KeyReturn))
	if n != 3 {
		t.Errorf("pressed %d times, want 3", n)
	}
	b.FocusGained()
	if b.ring.StrokeColor != theme.Color(theme.Primary) {
		t.Error("the focus cannot be seen")
	}
}

func TestFocusOrder(t *testing.T) {
	start(t, theme.Light)
	a, b := NewButton("A", PrimaryLook, nil), NewIconButton(theme.IconPlus, "B", nil)
	row := NewChatRow(ChatItem{Name: "Anna"}, nil)
	w := show1(t, container.NewVBox(a, b, row), 300, 300)
	for _, want := range []fyne.Focusable{a, b, row} {
		w.Canvas().FocusNext()
		if w.Canvas().Focused() != want {
			t.Errorf("the focus is at %T, want %T", w.Canvas().Focused(), want)
		}
	}
}

func TestComposer(t *testing.T) {
	start(t, theme.Light)
	c := NewComposer("Message")
	var sent []string
	escaped, up := 0, 0
	c.OnSend = func(s string) { sent = append(sent, s) }
	c.OnEscape = func() { escaped++ }
	c.OnUp = func() { up++ }
	w := show1(t, container.NewBorder(nil, c, nil, nil), 400, 500)
	c.Focus()
	e := c.entry
	if w.Canvas().Focused() != fyne.Focusable(e) {
		t.Fatal("the composer does not take the focus")
	}
	e.TypedKey(key(fyne.KeyUp))
	e.TypedKey(key(fyne.KeyReturn))
	if len(sent) != 0 || !c.send.Disabled() || up != 1 {
		t.Error("an empty message was sent, or Up was not passed on")
	}
	test.Type(e, "hello")
	low := c.MinSize().Height
	e.KeyDown(key(desktop.KeyShiftLeft))
	e.TypedKey(key(fyne.KeyReturn))
	e.KeyUp(key(desktop.KeyShiftLeft))
	test.Type(e, "there")
	if c.Text() != "hello\nthere" || c.MinSize().Height <= low {
		t.Errorf("text %q, height %v after %v", c.Text(), c.MinSize().Height, low)
	}
	e.TypedKey(key(fyne.KeyReturn))
	if len(sent) != 1 || sent[0] != "hello\nthere" || c.Text() != "" || c.MinSize().Height != low {
		t.Errorf("sent %q, left %q", sent, c.Text())
	}
	c.SetText(strings.Repeat("line\n", 50))
	six := c.MinSize().Height
	c.SetText(strings.Repeat("line\n", 5) + "line")
	if c.MinSize().Height != six {
		t.Errorf("50 lines are %v high, 6 are %v", six, c.MinSize().Height)
	}
	e.TypedKey(key(fyne.KeyEscape))
	test.Tap(c.send)
	if escaped != 1 || len(sent) != 2 {
		t.Errorf("escaped %d times, sent %d messages", escaped, len(sent))
	}
}

// TestTabPassesTheEye types into one field, presses Tab and types on: it must not be the eye that gets it.
func TestTabPassesTheEye(t *testing.T) {
	start(t, theme.Light)
	one, two := NewPassword("Password", ""), NewPassword("The same once more", "")
	c := show1(t, container.NewVBox(one, two), 300, 300).Canvas()
	one.Focus()
	one.entry.TypedKey(key(fyne.KeyTab))
	if c.Focused() != two.entry {
		t.Errorf("Tab leads to %T", c.Focused())
	}
	two.entry.KeyDown(key("LeftShift"))
	two.entry.TypedKey(key(fyne.KeyTab))
	if c.Focused() != one.eye {
		t.Errorf("Shift+Tab leads back to %T", c.Focused())
	}
}

func TestFieldAndSearch(t *testing.T) {
	start(t, theme.Light)
	f := NewPassword("Password", "")
	submitted := 0
	f.OnSubmit = func() { submitted++ }
	show1(t, container.NewVBox(f), 300, 200)
	low := f.MinSize().Height
	f.SetError("That password was not accepted.")
	if f.MinSize().Height <= low || !f.fault.Visible() {
		t.Error("the error takes no room")
	}
	test.Tap(f.eye)
	if f.entry.Password {
		t.Error("the eye does not show the password")
	}
	f.entry.TypedKey(key(fyne.KeyReturn))
	if submitted != 1 {
		t.Error("Enter does nothing")
	}
	s := NewSearchField("Search")
	cancelled := 0
	s.OnCancel = func() { cancelled++ }
	show1(t, s, 300, 40)
	test.Type(s.entry, "abc")
	s.entry.TypedKey(key(fyne.KeyEscape))
	if s.Text() != "" || cancelled != 0 {
		t.Error("Escape does not empty the field first")
	}
	s.entry.TypedKey(key(fyne.KeyEscape))
	if cancelled != 1 {
		t.Error("Escape in an empty field is not told")
	}
}

// What a field or a button has no use for is the window's.
func TestWindowKeys(t *testing.T) {
	start(t, theme.Light)
	f, b := NewField("Name", ""), NewButton("Go", PrimaryLook, nil)
	w := show1(t, container.NewVBox(f, b), 300, 600)
	escaped := 0
	w.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeyEscape {
			escaped++
		}
	})
	for i, o := range []fyne.Focusable{f.entry, b} {
		w.Canvas().Focus(o)
		o.TypedKey(key(fyne.KeyEscape))
		o.TypedKey(key(fyne.KeyUp))
		if escaped != i+1 {
			t.Errorf("%T: Escape came to the window %d times, want %d", o, escaped, i+1)
		}
	}
	const ctrl, alt = fyne.KeyModifierControl, fyne.KeyModifierAlt
	for _, c := range []struct {
		shortcut fyne.Shortcut
		want     bool
	}{
		{&fyne.ShortcutCopy{}, true},
		{&fyne.ShortcutPaste{}, true},
		{&fyne.ShortcutUndo{}, true},
		{&desktop.CustomShortcut{KeyName: fyne.KeyLeft, Modifier: ctrl}, true},
		{&desktop.CustomShortcut{KeyName: fyne.KeyBackspace, Modifier: ctrl}, true},
		{&desktop.CustomShortcut{KeyName: fyne.KeyK, Modifier: ctrl}, false},
		{&desktop.CustomShortcut{KeyName: fyne.KeyComma, Modifier: ctrl}, false},
		{&desktop.CustomShortcut{KeyName: fyne.KeyUp, Modifier: alt}, false},
	} {
		if got := edits(c.shortcut); got != c.want {
			t.Errorf("%s edits: %v", c.shortcut.ShortcutName(), got)
		}
	}
}

func TestTextBlock(t *testing.T) {
	start(t, theme.Light)
	b := NewTextBlock("see https://kith.im/x now", Ink{Size: 15, Line: 20, Color: theme.Text})
	opened := ""
	b.OnLink = func(url string) { opened = url }
	show1(t, b, 400, 100)
	b.Tapped(&fyne.PointEvent{Position: fyne.NewPos(60, 10)})
	if opened != "https://kith.im/x" {
		t.Errorf("opened %q", opened)
	}
	b.MouseMoved(mouse(60, 10))
	if b.Cursor() != desktop.PointerCursor {
		t.Error("no hand over a link")
	}
	b.DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(3, 10)})
	if b.Selected() != "see" {
		t.Errorf("a double click selects %q", b.Selected())
	}
	if len(b.sel.spans(&b.laid)) != 1 || !b.marks[0].Visible() {
		t.Error("the selection is not marked")
	}
	narrow, wide := b.Height(60), b.Height(400)
	if wide != 20 || narrow <= wide {
		t.Errorf("%v high at 400, %v at 60", wide, narrow)
	}
}

func TestChatRow(t *testing.T) {
	start(t, theme.Light)
	opened, stepped := 0, 0
	r := NewChatRow(ChatItem{Address: "a@b", Name: strings.Repeat("long name ", 30), Time: "14:05", Lead: "Draft: ", Line: "see you", Unread: 120}, func() { opened++ })
	r.OnStep = func(by int) { stepped += by }
	show1(t, r, 320, 68)
	test.Tap(r)
	r.TypedKey(key(fyne.KeyReturn))
	r.TypedKey(key(fyne.KeyDown))
	if opened != 2 || stepped != 1 {
		t.Errorf("opened %d times, stepped %d", opened, stepped)
	}
	if r.name.laid.Width > r.name.Size().Width+1 || r.name.Size().Width > 240 {
		t.Errorf("the name takes %v of %v", r.name.laid.Width, r.name.Size().Width)
	}
	if r.badge.line.Text() != "99+" || r.line.Position().X <= r.lead.Position().X {
		t.Error("the badge or the draft is wrong")
	}
	if !strings.Contains(r.AccessibilityLabel(), "unread") {
		t.Error("unread messages are not spoken")
	}
	r.Resize(fyne.NewSize(72, 68))
	if r.name.Visible() {
		t.Error("the rail shows a name")
	}
}

func TestAvatarInitial(t *testing.T) {
	for in, want := range map[string]string{
		"anna": "A", "  (ben)": "B", "王小明": "王", "محمد": "م", "": "?", "...": "?", "🎉 party": "🎉", "éa": "É", "1st": "1",
		"a" + strings.Repeat("\u0301", 500): "A",
	} {
		if got := initial(in); got != want {
			t.Errorf("%.20q: %q, want %q", in, got, want)
		}
	}
}

// TestAvatarLetter holds letters of other scripts to the height of Latin ones.
func TestAvatarLetter(t *testing.T) {
	start(t, theme.Light)
	top := func(name string) float32 {
		a := NewAvatar("anna@example.org", name, 48)
		show1(t, a, 48, 48)
		return a.letter.Position().Y
	}
	latin := top("Anna")
	for _, name := range []string{"محمد", "王小明", "שרה", "สมชาย"} {
		if got := top(name); got > latin || got < latin-8 {
			t.Errorf("%q stands at %v, a Latin letter at %v", name, got, latin)
		}
	}
}

func TestMenu(t *testing.T) {
	start(t, theme.Light)
	row := NewChatRow(ChatItem{Name: "Anna"}, nil)
	w := show1(t, row, 300, 300)
	picked := ""
	items := []MenuItem{{Label: "Copy", Pressed: func() { picked = "Copy" }}, {Label: "Delete", Danger: true, Pressed: func() { picked = "Delete" }}}
	ShowMenu(row, fyne.NewPos(290, 290), items...)
	m, ok := w.Canvas().Overlays().Top().(*menu)
	if !ok {
		t.Fatal("no menu")
	}
	if end := m.box.Position().AddXY(m.box.Size().Width, m.box.Size().Height); end.X > 300 || end.Y > 300 {
		t.Errorf("the menu reaches to %v", end)
	}
	m.TypedKey(key(fyne.KeyDown))
	m.TypedKey(key(fyne.KeyDown))
	m.TypedKey(key(fyne.KeyReturn))
	if picked != "Delete" || w.Canvas().Overlays().Top() != nil {
		t.Errorf("picked %q, open %v", picked, w.Canvas().Overlays().Top() != nil)
	}
	ShowMenu(row, fyne.NewPos(5, 5), items...)
	w.Canvas().Overlays().Top().(*menu).TypedKey(key(fyne.KeyEscape))
	if w.Canvas().Overlays().Top() != nil {
		t.Error("Escape does not close the menu")
	}
}

// TestCallMenu opens above what it belongs to, however much room there is below, and shows a level beside its label.
func TestCallMenu(t *testing.T) {
	start(t, theme.Light)
	b := NewCallButton(theme.IconSettings, "More", "", GlassLook, nil)
	root := container.NewWithoutLayout(b)
	w := show1(t, root, 400, 500)
	place(b, 100, 200, 56, 78)
	meter := NewMeter()
	meter.Set(0.5)
	ShowCallMenu(b, MenuItem{Label: "Headset", Meter: meter}, MenuItem{Label: "Put on hold"})
	m, ok := w.Canvas().Overlays().Top().(*menu)
	if !ok {
		t.Fatal("no menu")
	}
	if end := m.box.Position().Y + m.box.Size().Height; end > 200 || end < 180 {
		t.Errorf("the menu ends at %v, the button begins at 200", end)
	}
	label, _ := m.rows[0].line, meter
	if right := label.Position().X + label.Size().Width; label.Width() > label.Size().Width || meter.Position().X < right || meter.Size().Width < 40 {
		t.Errorf("the meter stands at %v, %v wide, the label ends at %v", meter.Position(), meter.Size().Width, right)
	}
}

func TestRoot(t *testing.T) {
	start(t, theme.Light)
	b := NewIconButton(theme.IconPlus, "New chat", nil)
	root := NewRoot(container.NewWithoutLayout(b))
	place(b, 10, 10, 40, 40)
	show1(t, root, 400, 300)
	if rootOf(b) != root {
		t.Fatal("the root is not found")
	}
	pressed := 0
	root.Toast("Deleted.", "Undo", func() { pressed++ })
	if !root.toast.Visible() || root.toast.Size().Width < 100 {
		t.Error("no toast")
	}
	test.Tap(root.toast.action)
	if pressed != 1 || root.toast.Visible() {
		t.Error("the toast's link does nothing, or the toast stays")
	}
	root.tip.over(b, root, "New chat")
	if end := root.tip.Position().X; end < 4 || root.tip.Position().Y < 50 {
		t.Errorf("the tip stands at %v", root.tip.Position())
	}
	var got fyne.Size
	root.OnResized(func(s fyne.Size) { got = s })
	root.Resize(fyne.NewSize(500, 300))
	if got.Width != 500 {
		t.Errorf("told of a size of %v", got)
	}
}

func TestBanner(t *testing.T) {
	start(t, theme.Light)
	b := NewBanner()
	w := show1(t, container.NewVBox(b), 300, 100)
	if b.Visible() {
		t.Error("an empty banner takes room")
	}
	n := 0
	b.Set("Waiting for the network", "Try now", func() { n++ })
	test.Tap(b.action)
	if !b.Visible() || n != 1 {
		t.Error("the banner's link does nothing")
	}
	b.SetProgress("Fetching messages", 0.5)
	w.Resize(fyne.NewSize(300, 120))
	if b.action.Visible() || b.track.Size().Width != 150 {
		t.Errorf("half of 300 is %v", b.track.Size().Width)
	}
	// A sentence that is too long for one line is not cut: it wraps, and the link stands below it.
	one := b.Height(300)
	b.Set("The certificate of example.org has run out. Check this device's date; if it is right, ask whoever runs the server.", "Try now", func() {})
	if h := b.Height(300); h < 2*one || b.Height(1500) != one {
		t.Errorf("%v high at 300, %v at 1500, one line is %v", h, b.Height(1500), one)
	}
	b.Resize(fyne.NewSize(300, b.Height(300)))
	if below := b.line.Position().Y + b.line.Size().Height; b.action.Position().Y < below || b.action.Position().Y+b.action.Size().Height > b.Size().Height {
		t.Errorf("the link at %v, the words end at %v", b.action.Position().Y, below)
	}
	if words := b.line.Size().Width + b.line.Position().X; words > 300 {
		t.Errorf("the words end at %v of 300", words)
	}
	b.Set("", "", nil)
	if b.Visible() {
		t.Error("the banner stays")
	}
}

func TestSpoken(t *testing.T) {
	start(t, theme.Light)
	for _, c := range []struct {
		widget fyne.Accessible
		label  string
		role   fyne.AccessibleRole
	}{
		{NewButton("Sign in", PrimaryLook, nil), "Sign in", fyne.AccessibleRoleButton},
		{NewIconButton(theme.IconPlus, "New chat", nil), "New chat", fyne.AccessibleRoleButton},
		{NewLink("Load", nil), "Load", fyne.AccessibleRoleLink},
		{NewLine("Anna", Ink{}), "Anna", fyne.AccessibleRoleText},
		{NewTextBlock("words", Ink{}), "words", fyne.AccessibleRoleText},
		{NewPassword("Password", "").entry, "Password", fyne.AccessibleRoleText},
		{NewComposer("Message").entry, "Message", fyne.AccessibleRoleText},
		{NewDayLine("Today"), "Today", fyne.AccessibleRoleText},
		{NewTimeline((&list{}).source()), "Messages", fyne.AccessibleRoleContainer},
	} {
		if c.widget.AccessibilityLabel() != c.label || c.widget.AccessibilityRole() != c.role {
			t.Errorf("%T says %q as a %s", c.widget, c.widget.AccessibilityLabel(), c.widget.AccessibilityRole())
		}
	}
	if NewComposer("Message").entry.AcceptsTab() {
		t.Error("nobody gets out of the composer with Tab")
	}
	b := NewBubble()
	b.Set(Row{Text: "Yes", Time: "14:05", Outgoing: true, State: model.Failed, Fault: "It was not sent.", Clear: true}, 400)
	if got := b.AccessibilityLabel(); got != "You: Yes, 14:05, not sent, not protected. It was not sent." {
		t.Errorf("a failed message says %q", got)
	}
}

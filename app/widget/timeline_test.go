package widget

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"kith/app/theme"
	"kith/core/model"
)

// start makes an application with Kith's look for a test.
func start(t testing.TB, mode theme.Mode) {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(mode))
}

// list is a source that tests change.
type list struct{ rows []Row }

func (l *list) source() Source {
	return Source{Len: func() int { return len(l.rows) }, Row: func(i int) Row { return l.rows[i] }}
}

// message makes a row whose height depends on its key.
func message(key int) Row {
	return Row{
		Key: int64(key), Text: fmt.Sprintf("%d %s", key, strings.Repeat("some words ", key*7%19)), Time: "12:00",
		Outgoing: key%3 == 0, First: key%2 == 0, Last: key%2 == 1, State: model.Sent,
	}
}

func messages(from, to int) []Row {
	var out []Row
	for k := from; k < to; k++ {
		out = append(out, message(k))
	}
	return out
}

// view shows a timeline of 600 by 500.
func view(t testing.TB, l *list) *Timeline {
	t.Helper()
	tl := NewTimeline(l.source())
	w := test.NewTempWindow(t, tl)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(600, 500))
	return tl
}

// tops says where each row in sight stands.
func tops(tl *Timeline) map[int64]float32 {
	out := map[int64]float32{}
	for _, s := range tl.inSight() {
		out[s.key] = s.y
	}
	return out
}

// unmoved fails when a row that was in sight before stands elsewhere now.
func unmoved(t *testing.T, what string, before, after map[int64]float32) {
	t.Helper()
	common := 0
	for key, y := range before {
		if now, ok := after[key]; ok {
			common++
			if now-y > 0.01 || y-now > 0.01 {
				t.Errorf("%s: row %d moved from %v to %v", what, key, y, now)
			}
		}
	}
	if common == 0 {
		t.Errorf("%s: nothing that was in sight is", what)
	}
}

func lowest(tl *Timeline) *slot { return tl.shown[0] }

func TestTimelineStandsStill(t *testing.T) {
	start(t, theme.Light)
	l := &list{messages(1000, 1200)}
	tl := view(t, l)
	tl.scroll(3000)
	changes := []struct {
		name   string
		change func()
	}{
		{"newer rows", func() { l.rows = append(l.rows, messages(1200, 1230)...) }},
		{"older rows", func() { l.rows = append(messages(900, 1000), l.rows...) }},
		{"a row above grows", func() { l.rows[3].Text += strings.Repeat(" and more", 60) }},
		{"a row below grows", func() { l.rows[len(l.rows)-1].Text += strings.Repeat(" and more", 60) }},
		{"rows below vanish", func() { l.rows = l.rows[:len(l.rows)-10] }},
		{"rows above vanish", func() { l.rows = l.rows[40:] }},
		{"the lowest row in sight vanishes", func() {
			i, _ := tl.index(tl.pos.key, tl.pos.at)
			l.rows = append(append([]Row(nil), l.rows[:i]...), l.rows[i+1:]...)
		}},
	}
	for _, c := range changes {
		before := tops(tl)
		c.change()
		tl.Reload()
		unmoved(t, c.name, before, tops(tl))
		if tl.AtBottom() {
			t.Errorf("%s: the view thinks it is at the bottom", c.name)
		}
	}
}

func TestTimelineStandsStillAtTheLastRow(t *testing.T) {
	start(t, theme.Light)
	l := &list{messages(0, 50)}
	tl := view(t, l)
	tl.scroll(20) // the last row is still the lowest in sight
	if tl.pos.at != 49 || tl.AtBottom() {
		t.Fatalf("at row %d, bottom %v", tl.pos.at, tl.AtBottom())
	}
	before := tops(tl)
	l.rows = append(l.rows, message(50))
	tl.Reload()
	unmoved(t, "append", before, tops(tl))
}

func TestTimelineFollows(t *testing.T) {
	start(t, theme.Light)
	l := &list{messages(0, 100)}
	tl := view(t, l)
	var told []bool
	tl.OnBottom = func(yes bool) { told = append(told, yes) }
	for k := 100; k < 120; k++ {
		l.rows = append(l.rows, message(k))
		tl.Reload()
		if s := lowest(tl); s.m.row.Key != int64(k) || s.y+s.m.height != 500-bottomPad {
			t.Fatalf("row %d ends at %v and is %d", k, s.y+s.m.height, s.m.row.Key)
		}
	}
	tl.scroll(1000)
	tl.ScrollToBottom()
	if !tl.AtBottom() || lowest(tl).m.row.Key != 119 {
		t.Error("not at the bottom after the jump")
	}
	if fmt.Sprint(told) != "[false true]" {
		t.Errorf("told %v", told)
	}
	left := 0
	tl.OnLeave = func() { left++ }
	tl.scroll(1000)
	tl.jump.Tapped(nil)
	if !tl.AtBottom() || tl.jump.Visible() || left != 1 {
		t.Errorf("the button that vanishes: at the bottom %v, visible %v, the keyboard given on %d times", tl.AtBottom(), tl.jump.Visible(), left)
	}
	if key, ok := tl.Newest(); !ok || key != 119 {
		t.Errorf("newest in sight %d", key)
	}
}

func TestTimelineShort(t *testing.T) {
	start(t, theme.Light)
	l := &list{}
	tl := view(t, l)
	if len(tl.shown) != 0 {
		t.Error("an empty timeline shows something")
	}
	l.rows = messages(0, 3)
	tl.Reload()
	for _, dy := range []float32{50, -50, 1e6, -1e6} {
		tl.scroll(dy)
		if s := lowest(tl); s.m.row.Key != 2 || s.y+s.m.height != 500-bottomPad {
			t.Errorf("after %v the last of three rows ends at %v", dy, s.y+s.m.height)
		}
	}
	l.rows = nil
	tl.Reload()
	if len(tl.shown) != 0 {
		t.Error("an emptied timeline shows something")
	}
}

func TestTimelineEnds(t *testing.T) {
	start(t, theme.Light)
	l := &list{messages(0, 200)}
	tl := view(t, l)
	tl.Oldest()
	top := tl.shown[len(tl.shown)-1]
	if top.m.row.Key != 0 || top.y != 0 {
		t.Errorf("the oldest row is %d at %v", top.m.row.Key, top.y)
	}
	before := tops(tl)
	tl.scroll(500)
	unmoved(t, "beyond the oldest", before, tops(tl))
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	if !tl.AtBottom() {
		t.Error("End does not lead to the bottom")
	}
}

func TestTimelineScrollTo(t *testing.T) {
	start(t, theme.Light)
	l := &list{messages(0, 5000)}
	tl := view(t, l)
	for _, key := range []int64{4000, 17, 2500, 4990} {
		if !tl.ScrollTo(key) {
			t.Fatalf("row %d is not there", key)
		}
		y, ok := tops(tl)[key]
		i, _ := tl.index(key, 0)
		if middle := y + tl.rowHeight(i)/2; !ok || key < 4990 && (middle < 249 || middle > 251) {
			t.Errorf("row %d stands at %v", key, middle)
		}
	}
	if tl.ScrollTo(9999) {
		t.Error("a row that does not exist was found")
	}
}

func TestTimelineRealisesLittle(t *testing.T) {
	start(t, theme.Light)
	const n = 100_000
	measured := 0
	tl := NewTimeline(Source{Len: func() int { return n }, Row: func(i int) Row { measured++; return message(i) }})
	w := test.NewTempWindow(t, tl)
	w.Resize(fyne.NewSize(800, 900))
	for range 300 {
		tl.scroll(97)
	}
	tl.Oldest()
	tl.ScrollToBottom()
	if made := len(tl.all()); made > 40 || made < 5 {
		t.Errorf("%d objects exist for %d rows", made, n)
	}
	if len(tl.cache) > 2000 {
		t.Errorf("%d rows were measured", len(tl.cache))
	}
}

func TestTimelineAsksOnce(t *testing.T) {
	start(t, theme.Light)
	l := &list{messages(1000, 1060)}
	tl := view(t, l)
	older, newer := 0, 0
	tl.OnOlder = func() { older++ }
	tl.OnNewer = func() { newer++ }
	tl.SetMore(true, true)
	tl.Oldest()
	tl.scroll(-10)
	tl.scroll(10)
	if older != 1 || newer != 0 {
		t.Fatalf("at the top: asked %d and %d times", older, newer)
	}
	l.rows = append([]Row{{Key: -1, Kind: TopRow, Text: "Loading earlier messages…"}}, l.rows...)
	tl.Reload()
	if older != 1 {
		t.Error("the row that says so made it ask again")
	}
	l.rows = append(messages(960, 1000), l.rows[1:]...)
	tl.Reload()
	tl.Oldest()
	if older != 2 {
		t.Errorf("after a page: asked %d times", older)
	}
	tl.SetMore(false, true)
	tl.ScrollToBottom()
	tl.scroll(5)
	if older != 2 || newer != 1 || tl.AtBottom() {
		t.Errorf("at the end of the window: asked %d and %d times, bottom %v", older, newer, tl.AtBottom())
	}
	latest := 0
	tl.OnLatest = func() { latest++ }
	tl.Latest()
	if latest != 1 {
		t.Error("the newest rows were not asked for")
	}
}

func TestTimelineRowsChangeInPlace(t *testing.T) {
	start(t, theme.Light)
	l := &list{messages(0, 30)}
	tl := view(t, l)
	b := lowest(tl).bubble
	l.rows[29].State = model.Failed
	l.rows[29].Outgoing = true
	l.rows[29].Fault, l.rows[29].Action = "This message was not sent.", "Try again"
	pressed := int64(-1)
	tl.OnAction = func(key int64) { pressed = key }
	tl.Reload()
	if lowest(tl).bubble != b {
		t.Error("a changed row got another object")
	}
	if !b.action.Visible() || b.action.label != "Try again" {
		t.Fatal("no link under a failed message")
	}
	test.Tap(b.action)
	if pressed != 29 {
		t.Errorf("pressed row %d", pressed)
	}
	l.rows[29].Fault, l.rows[29].Action, l.rows[29].State = "", "", model.Sent
	tl.Reload()
	if b.action.Visible() || b.fault.Visible() {
		t.Error("the fault stays after it is mended")
	}
}

func TestTimelineShowsMore(t *testing.T) {
	start(t, theme.Light)
	l := &list{[]Row{message(1), {Key: 2, Text: strings.Repeat("x", 7000), Time: "1:00"}, message(3)}}
	tl := view(t, l)
	tl.ScrollTo(2)
	b := tl.shown[0].bubble
	if !b.more.Visible() || b.row.Key != 2 {
		t.Fatal("a huge text is not clipped")
	}
	y, shown := tl.shown[0].y, b.shape.text.End
	test.Tap(b.more)
	if b.more.Visible() || b.shape.text.End != 7000 || shown >= 7000 {
		t.Errorf("after Show more %d bytes are shown, before %d", b.shape.text.End, shown)
	}
	if now := tops(tl)[2]; now != y {
		t.Errorf("its top moved from %v to %v", y, now)
	}
}

func TestTimelineSelection(t *testing.T) {
	start(t, theme.Light)
	l := &list{messages(0, 40)}
	tl := view(t, l)
	block := lowest(tl).bubble.block
	block.MouseDown(mouse(0, 5))
	block.Dragged(drag(5000, 5000))
	all := strings.TrimSpace(block.source)
	if got := tl.Selected(); got != all || got == "" {
		t.Fatalf("selected %q", got)
	}
	tl.TypedShortcut(&fyne.ShortcutCopy{})
	if got := fyne.CurrentApp().Clipboard().Content(); got != all {
		t.Errorf("copied %q", got)
	}
	other := tl.shown[1].bubble.block
	other.MouseDown(mouse(0, 5))
	if block.Selected() != "" {
		t.Error("two texts are selected at once")
	}
	other.Dragged(drag(40, 5))
	tl.scroll(5000)
	if tl.Selected() != "" {
		t.Error("a text out of sight is selected")
	}
}

func BenchmarkTimelineScroll(b *testing.B) {
	start(b, theme.Light)
	const n = 100_000
	tl := NewTimeline(Source{Len: func() int { return n }, Row: message})
	w := test.NewTempWindow(b, tl)
	w.Resize(fyne.NewSize(800, 720))
	b.ReportAllocs()
	var steps []time.Duration
	for b.Loop() {
		if tl.pos.at < 100 {
			tl.ScrollToBottom()
		}
		before := time.Now()
		tl.scroll(40)
		steps = append(steps, time.Since(before))
	}
	slices.Sort(steps)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(steps[len(steps)*999/1000]), "p99.9-ms")
	b.ReportMetric(ms(steps[len(steps)-1]), "worst-ms")
}

// BenchmarkRow lays out one row, with the real fonts: an everyday one as the baseline for the huge ones.
func BenchmarkRow(b *testing.B) {
	start(b, theme.Light)
	for _, c := range []struct{ name, text string }{
		{"Everyday", "Did you see the photos from the lake? The children swam all day ☀️"},
		{"LongLine", strings.Repeat("x", 100_000)},
		{"Families", strings.Repeat("👨‍👩‍👧‍👦", 2000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				shapeOf(Row{Key: 1, Text: c.text, Time: "12:00"}, 800, 0)
			}
		})
	}
}

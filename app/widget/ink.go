package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"kith/app/text"
	"kith/app/theme"
)

// Ink is how a text is written. The zero value of Line means 4/3 of Size.
type Ink struct {
	Size  float32
	Line  float32 // the height of a line
	Color fyne.ThemeColorName
	Link  fyne.ThemeColorName // of links; empty: as Color, underlined
	Bold  bool                // weight 600
	Title bool                // weight 700
}

func (k Ink) line() float32 {
	if k.Line > 0 {
		return k.Line
	}
	return float32(int(k.Size*4/3 + 0.5))
}

func (k Ink) style() fyne.TextStyle { return fyne.TextStyle{Bold: k.Bold} }

// source is the font of s when it is not the theme's.
func (k Ink) source(s string, kind text.Kind) fyne.Resource {
	if kind == text.Emoji {
		return theme.EmojiFont()
	}
	return theme.FontOf(s, k.weight())
}

func (k Ink) weight() theme.Weight {
	switch {
	case k.Title:
		return theme.Bold
	case k.Bold:
		return theme.SemiBold
	}
	return theme.Regular
}

// measure is the width of a run.
func (k Ink) measure(s string, kind text.Kind) float32 {
	size, _ := fyne.CurrentApp().Driver().RenderedTextSize(s, k.Size, k.style(), k.source(s, kind))
	return size.Width
}

// top is how far below the top of its line a run begins, so that all runs stand on one line.
func (k Ink) top(kind text.Kind) float32 {
	driver := fyne.CurrentApp().Driver()
	size, plain := driver.RenderedTextSize("x", k.Size, k.style(), k.source("x", text.Plain))
	top := (k.line() - size.Height) / 2
	if kind == text.Emoji {
		_, own := driver.RenderedTextSize("😀", k.Size, k.style(), theme.EmojiFont())
		top += plain - own
	}
	return top
}

// drop is how much too low the toolkit draws a run.
func (k Ink) drop(r *text.Run) float32 {
	if r.Kind != text.Plain {
		return 0
	}
	return k.Size * theme.Drop(r.Text)
}

// page draws a layout with the toolkit's texts, which it keeps and uses again.
type page struct {
	texts []*canvas.Text
	drops []float32 // how much higher each has to stand because of its fonts
	used  int
}

// set makes the texts show a layout and says which objects they are.
func (p *page) set(l *text.Layout, k Ink) {
	p.used = 0
	for _, line := range l.Lines {
		for i := range line.Runs {
			if r := &line.Runs[i]; r.Text != "" && r.Kind != text.Space {
				p.run(r, k)
			}
		}
	}
	for _, t := range p.texts[p.used:] {
		t.Text = ""
		show(t, false)
	}
}

func (p *page) run(r *text.Run, k Ink) {
	if p.used == len(p.texts) {
		p.texts = append(p.texts, &canvas.Text{})
		p.drops = append(p.drops, 0)
	}
	t := p.texts[p.used]
	p.drops[p.used] = k.drop(r)
	p.used++
	show(t, true)
	name, style := k.Color, k.style()
	if r.URL != "" {
		style.Underline = true
		if k.Link != "" {
			name = k.Link
		}
	}
	c, source := theme.Color(name), k.source(r.Text, r.Kind)
	if t.Text == r.Text && t.Color == c && t.TextStyle == style && t.FontSource == source && t.TextSize == k.Size {
		return
	}
	t.Text, t.Color, t.TextStyle, t.FontSource, t.TextSize = r.Text, c, style, source, k.Size
	t.Refresh()
}

// layout moves the texts to where the layout has them, from x, y on.
func (p *page) layout(l *text.Layout, k Ink, x, y float32) {
	n := 0
	plain, emoji, known := k.top(text.Plain), float32(0), false
	for i, line := range l.Lines {
		for j := range line.Runs {
			r := &line.Runs[j]
			if r.Text == "" || r.Kind == text.Space || n >= p.used {
				continue
			}
			top := plain
			if r.Kind == text.Emoji {
				if !known { // not before: the first question loads 8 MB of pictures
					emoji, known = k.top(text.Emoji), true
				}
				top = emoji
			}
			t := p.texts[n]
			t.Move(fyne.NewPos(x+r.X, y+float32(i)*k.line()+top-p.drops[n]))
			n++
			t.Resize(fyne.NewSize(r.Width, 1))
		}
	}
}

func (p *page) objects(to []fyne.CanvasObject) []fyne.CanvasObject {
	for _, t := range p.texts {
		to = append(to, t)
	}
	return to
}

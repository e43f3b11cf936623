package screen

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core/model"
)

// card is a titled box around a column.
func card(name string, objects ...fyne.CanvasObject) *fyne.Container {
	g := newGround(theme.Background)
	g.radius, g.edge = theme.CardRadius, theme.Line
	all := objects
	if name != "" {
		all = append([]fyne.CanvasObject{caption(name)}, objects...)
	}
	return container.NewStack(g, padded(14, 12, stack(8, all...)))
}

// deviceName is a device in two lines: what it is called, and below it what it is worth and since when it is known.
func deviceName(r view.DeviceRow, colour fyne.ThemeColorName) *fyne.Container {
	state := widget.NewLine(r.State, widget.Ink{Size: theme.TextSmall, Line: 18, Color: colour})
	seen := ""
	if r.Seen != "" {
		seen = "· " + r.Seen
	}
	return stack(0, widget.NewLine(r.Name, widget.Ink{Size: theme.TextSecond, Line: 20, Color: theme.Text}),
		across(4, 1, sized(state, state.Width()+1), small(seen)))
}

// sized gives a line, which asks for no width, the width of its text.
func sized(o fyne.CanvasObject, width float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(width, 1))
	return container.NewStack(r, o)
}

// strong is a line of body text in bold.
func strong(s string) *widget.Line {
	return widget.NewLine(s, widget.Ink{Size: theme.TextBody, Line: 20, Color: theme.Text, Bold: true})
}

// small is a line of secondary text.
func small(s string) *widget.Line {
	return widget.NewLine(s, widget.Ink{Size: theme.TextSmall, Line: 18, Color: theme.Muted})
}

// icon is a line icon of the theme.
func icon(name string, size float32, colour fyne.ThemeColorName) *canvas.Image {
	i := canvas.NewImageFromResource(theme.Icon(name, colour))
	i.FillMode = canvas.ImageFillContain
	i.SetMinSize(fyne.NewSquareSize(size))
	return i
}

// plain is a paragraph in the colour of text.
func plain(s string) *widget.TextBlock {
	return widget.NewTextBlock(s, widget.Ink{Size: theme.TextSecond, Line: theme.LineHeight, Color: theme.Text})
}

// paneX is how far what stands in a pane is kept away from its edges.
const paneX float32 = 20

// paneTop is the line above a pane whose column is at most so wide: its name, and the way out.
func paneTop(name string, width float32, leave func()) fyne.CanvasObject {
	return centred(paneX, 10, width, across(8, 0, heading(name), widget.NewIconButton(theme.IconClose, lang.T("Close (Esc)"), leave)))
}

// scrolled is a pane that scrolls, below its top.
func scrolled(top, body fyne.CanvasObject) *fyne.Container {
	return container.New(&filling{1}, top, widget.NewScroll(body))
}

// confirm is a button that asks once more in its own place before it does what cannot be undone.
func confirm(label, question, yes string, do func()) fyne.CanvasObject {
	var box *fyne.Container
	var first *widget.Button
	asked := stack(8, plain(question))
	flip := func(ask bool) {
		show(first, !ask)
		show(asked, ask)
		box.Refresh()
	}
	first = widget.NewButton(label, widget.SecondaryLook, func() { flip(true) })
	asked.Add(across(8, 2, widget.NewButton(yes, widget.DangerLook, func() { flip(false); do() }),
		widget.NewButton(lang.T("Keep"), widget.SecondaryLook, func() { flip(false) }), gap(0)))
	asked.Hide()
	box = stack(0, first, asked)
	return box
}

// fingerprint shows a key as people compare it: eight groups of eight, in two columns that read line by line.
func fingerprint(f model.Fingerprint) fyne.CanvasObject {
	blocks := f.Blocks()
	rows := stack(2)
	for i := 0; i+1 < len(blocks); i += 2 {
		t := &canvas.Text{
			Text: spaced(blocks[i]) + "   " + spaced(blocks[i+1]), TextSize: theme.TextSecond,
			TextStyle: fyne.TextStyle{Monospace: true}, Color: theme.Color(theme.Text), Alignment: fyne.TextAlignCenter,
		}
		rows.Add(t)
	}
	return rows
}

// spaced halves a group, as four characters are easier to read aloud than eight.
func spaced(block string) string { return strings.ToUpper(block[:4] + " " + block[4:]) }

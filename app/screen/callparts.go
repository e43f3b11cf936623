package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"kith/app/lang"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
)

// callShield is the word that says what protects a call; pressed, it explains itself.
type callShield struct {
	object *pressable
	image  *canvas.Image
	word   *widget.Line
	room   *canvas.Rectangle // a line asks for no width by itself
}

func newCallShield(pressed func()) *callShield {
	s := &callShield{image: icon(theme.IconShield, 14, theme.CallMuted), word: widget.NewLine("", shieldInk(theme.CallMuted))}
	s.room = canvas.NewRectangle(theme.Color(theme.Transparent))
	s.object = newPressable(across(5, 1, s.image, container.New(&inset{}, s.room, s.word)), lang.T("What protects this call"), pressed)
	return s
}

func shieldInk(colour fyne.ThemeColorName) widget.Ink { return callInk(theme.TextSmall, 18, colour) }

func (s *callShield) set(f view.CallFace) {
	sign, colour := theme.IconShield, theme.CallMuted
	if f.Shield == view.ShieldVerified {
		sign, colour = theme.IconShieldCheck, theme.CallPrimary
	}
	s.word.Set(f.Secrecy, shieldInk(colour))
	s.room.SetMinSize(fyne.NewSize(s.word.Width()+1, 18))
	s.image.Resource = theme.Icon(sign, colour)
	s.image.Refresh()
}

// callNote is the one thing that is to be known during a call.
type callNote struct {
	object *fyne.Container
	words  *widget.TextBlock
	text   string
}

// The room in a note.
const (
	noteX    float32 = 16
	noteY    float32 = 8
	noteMost float32 = 440
)

func newCallNote() *callNote {
	n := &callNote{words: callWords(theme.CallText)}
	n.object = container.New(noteLayout{n}, callPane(), n.words)
	return n
}

func (n *callNote) set(text string, urgent bool) {
	colour := theme.CallText
	if urgent {
		colour = theme.CallWarning
	}
	n.text = text
	n.words.SetInk(callInk(theme.TextSecond, theme.LineHeight, colour))
	n.words.SetText(text)
}

// sizeFor is how large the note is where there is room for a width.
func (n *callNote) sizeFor(width float32) fyne.Size {
	ink := callInk(theme.TextSecond, theme.LineHeight, theme.CallText)
	w := min(widget.NewLine(n.text, ink).Width()+1, width-2*noteX, noteMost-2*noteX)
	w = balanced(n.words, w)
	return fyne.NewSize(w+2*noteX, n.words.Height(w)+2*noteY)
}

// noteLayout places the words of a note on its ground.
type noteLayout struct{ note *callNote }

// Layout is the toolkit's.
func (l noteLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	l.note.words.Move(fyne.NewPos(noteX, noteY))
	l.note.words.Resize(size.SubtractWidthHeight(2*noteX, 2*noteY))
}

// MinSize is the toolkit's.
func (noteLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

// callAsk is a question, or an explanation, with its buttons.
type callAsk struct {
	object *fyne.Container
	words  *widget.TextBlock
}

const (
	askWidth float32 = 360
	askGap   float32 = 12 // between the words and the buttons
)

// newCallAsk makes a question; an empty yes leaves that button out.
func newCallAsk(yes, no string, answer func(yes bool)) *callAsk {
	a := &callAsk{words: callWords(theme.CallText)}
	leave := widget.NewButton(no, widget.LinkLook, func() { answer(false) })
	leave.SetColor(theme.CallPrimary)
	buttons := []fyne.CanvasObject{leave}
	if yes != "" {
		buttons = append(buttons, widget.NewButton(yes, widget.PrimaryLook, func() { answer(true) }))
	}
	body := container.New(askLayout{a}, a.words, container.New(shares{}, buttons...))
	a.object = container.New(&inset{}, callPane(), padded(16, 14, body))
	return a
}

func (a *callAsk) set(text string) { a.words.SetText(text) }

// sizeFor is how large the question is where there is room for a width.
func (a *callAsk) sizeFor(width float32) fyne.Size {
	w := min(width, askWidth)
	return fyne.NewSize(w, a.words.Height(w-32)+askGap+theme.ButtonHeight+28)
}

// askLayout places the words above the buttons.
type askLayout struct{ ask *callAsk }

// Layout is the toolkit's.
func (l askLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := balanced(l.ask.words, size.Width)
	h := l.ask.words.Height(w)
	objects[0].Move(fyne.NewPos((size.Width-w)/2, 0))
	objects[0].Resize(fyne.NewSize(w, h))
	objects[1].Move(fyne.NewPos(0, h+askGap))
	objects[1].Resize(fyne.NewSize(size.Width, theme.ButtonHeight))
}

// MinSize is the toolkit's.
func (askLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

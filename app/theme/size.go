package theme

import (
	"fyne.io/fyne/v2"
	toolkit "fyne.io/fyne/v2/theme"
)

// Sizes of text.
const (
	TextBody   float32 = 15 // messages, names
	TextSecond float32 = 14 // the second line of a row, search
	TextSmall  float32 = 13 // labels, errors, banners
	TextTime   float32 = 12 // times in lists, day lines, badges
	TextMeta   float32 = 11 // times in bubbles
	TextHead   float32 = 16 // the name above a chat
	TextPane   float32 = 20 // the title of a pane
	TextPage   float32 = 24 // the title of a page
	LineHeight float32 = 20 // of TextBody
)

// Sizes of shapes.
const (
	Grid         float32 = 4
	RowHeight    float32 = 68
	RowRadius    float32 = 12
	CardRadius   float32 = 12
	AvatarList   float32 = 48
	AvatarHeader float32 = 36
	AvatarGroup  float32 = 32
	AvatarLarge  float32 = 88
	AvatarCall   float32 = 112
	AvatarMini   float32 = 72 // in the small window of a call
	BubbleRadius float32 = 18
	BubbleInner  float32 = 6   // corners at the speaker's side
	BubbleMax    float32 = 460 // and at most BubblePart of the timeline
	BubblePart   float32 = 0.78
	GroupGap     float32 = 2  // between messages of one group
	SpeakerGap   float32 = 10 // between speakers
	HeaderHeight float32 = 60
	SearchHeight float32 = 36
	FieldHeight  float32 = 44
	ButtonHeight float32 = 40
	RoundButton  float32 = 40
	CallButton   float32 = 56 // and where there is no room for its label:
	CallNarrow   float32 = 44
	CallMini     float32 = 36
	ButtonRadius float32 = 10
	SideWidth    float32 = 320
	DetailsWidth float32 = 300
)

// sizes are those of the toolkit's own widgets, of which the text entry is the only one always in sight.
var sizes = map[fyne.ThemeSizeName]float32{
	toolkit.SizeNameText:               TextBody,
	toolkit.SizeNameCaptionText:        TextSmall,
	toolkit.SizeNameSubHeadingText:     TextPane,
	toolkit.SizeNameHeadingText:        TextPage,
	toolkit.SizeNamePadding:            4,
	toolkit.SizeNameInnerPadding:       8,
	toolkit.SizeNameInputBorder:        2, // as wide is the caret; the border itself is left out
	toolkit.SizeNameInputRadius:        ButtonRadius,
	toolkit.SizeNameButtonRadius:       ButtonRadius,
	toolkit.SizeNameSelectionRadius:    3,
	toolkit.SizeNameScrollBar:          8,
	toolkit.SizeNameScrollBarSmall:     3,
	toolkit.SizeNameSeparatorThickness: 1,
}

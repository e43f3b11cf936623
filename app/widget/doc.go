// Package widget is everything on Kith's screens that the toolkit lacks: the timeline of a chat, its bubbles, text that runs
// in every direction, avatars, the chat list's rows, the composer, fields, buttons, menus.
//
// A widget shows what it is given and tells what the person did; it knows no chat, no account and no store. All of it runs on
// the toolkit's own goroutine: constructors, setters and callbacks alike. Widgets look up colours by name whenever they are
// refreshed, so a change of the theme reaches all of them. Every widget that can be pressed takes the keyboard focus and
// shows it.
//
// What there is:
//
//	Root         the content of a window: NewRoot(screen), SetContent, SetOver, Toast(sentence, action, pressed), OnResized
//	Timeline     the rows of a chat: NewTimeline(Source{Len, Row}), Reload after any change, SetMore(older, newer), SetUnread,
//	             SetSource, ScrollTo(key), ScrollToBottom, Latest, Oldest, AtBottom, Newest, Selected,
//	             SetFound(key, words), ClearFound;
//	             OnOlder, OnNewer, OnLatest, OnBottom, OnAction, OnLink, OnMenu, OnKey, OnRune
//	Row          what a row of a timeline is: BubbleRow, UnreadableRow, NoticeRow, DayRow, UnreadRow, GapRow, TopRow
//	Bubble       one message by itself: NewBubble, Set(row, width)
//	Strip        a row that is no message: NewDayLine, NewUnreadLine, NewNotice, NewGapBar
//	ChatRow      a row of the chat list: NewChatRow(ChatItem, pressed), Set(item, selected), OnStep, OnMenu
//	Composer     NewComposer(placeholder), SetText, Text, SetLock(safe, tip), Type(rune), Insert, Focus;
//	             OnSend, OnChanged, OnEscape, OnLock, OnUp, OnPage
//	Banner       the strip above a chat: NewBanner, Set(words, action, pressed), SetProgress(words, done)
//	TextBlock    text of several lines, selectable: NewTextBlock(text, Ink), SetText, Copy, OnLink
//	Line         text of one line with an ellipsis: NewLine(text, Ink), SetText, SetAlign
//	Ink          how text is written: Size, Line, Color (a name of the theme), Bold (600), Title (700)
//	Avatar       NewAvatar(address, name, size), Set(address, name, online), SetSize
//	Badge        NewBadge(n), Set(n, quiet)
//	Button       NewButton(label, PrimaryLook | SecondaryLook | DangerLook | LinkLook, pressed)
//	IconButton   NewIconButton(icon, tip, pressed), NewFilledIconButton
//	Link         a word that can be pressed: NewLink(label, pressed)
//	Field        NewField(title, placeholder), NewPassword; Text, SetText, SetError, Focus; OnChanged, OnSubmit
//	SearchField  NewSearchField(placeholder); OnChanged, OnSubmit, OnCancel, OnDown
//	Card         a titled box: NewCard(title, items...), SetItems
//	EmptyState   NewEmptyState(icon, title, words, action, pressed)
//	Icon         a line icon that takes no presses: NewIcon(name, colour, size), Set
//	Picture      pictures that follow each other: NewPicture(cover, radius), SetFrames(Frames), SetMirror; OnSeen
//	CallButton   a round button on the ground of a call: NewCallButton(icon, label, tip, look, pressed), Set, SetSize, SetOver,
//	             SetLevel
//	Halo         light around who speaks: NewHalo(diameter), Set(level), SetCore
//	Meter        a bar for how loud something is: NewMeter, Set(level)
//	Afloat       what can be dragged into the corners: NewAfloat(object), Place, SetCorner; OnStir
//	ShowMenu     a menu at a place: ShowMenu(object, position, MenuItem{Icon, Label, Danger, Meter, Pressed}...);
//	             ShowCallMenu(object, items...) above an object of a call
package widget

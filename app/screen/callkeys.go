package screen

import (
	"time"
	"unicode"

	"fyne.io/fyne/v2"

	"kith/app/theme"
	"kith/app/widget"
	"kith/core/model"
)

// SetMini says whether the call stands in the small window.
func (c *Call) SetMini(yes bool) {
	if c.bar.small != yes {
		c.bar.small = yes
		c.explained = false
		size := theme.AvatarCall
		if yes {
			size = theme.AvatarMini
		}
		c.avatar.SetSize(size)
		c.halo.SetCore(size)
		c.draw()
	}
}

func (c *Call) mini() bool { return c.bar.small }

// Corner is where our own picture rests.
func (c *Call) Corner() widget.Corner { return c.float.Corner() }

// SetCorner has our own picture rest where it was put before. Call it before the call is shown.
func (c *Call) SetCorner(at widget.Corner) { c.float.SetCorner(at) }

// Enlarge fills the screen, or no longer; the small window becomes the large one.
func (c *Call) Enlarge() {
	switch {
	case c.mini():
		c.actions.Mini()
	case c.face.Phase != model.Ended:
		c.setFull(!c.full)
	}
}

func (c *Call) setFull(yes bool) {
	if c.full != yes {
		c.full = yes
		c.actions.Full(yes)
	}
}

// Rune does what a letter stands for: M mutes, V is the camera, S the screen, D the devices, W the small window, F the whole screen.
// A key that is held does it once.
func (c *Call) Rune(r rune) {
	now := time.Now()
	again := r == c.typed && now.Sub(c.typedAt) < repeatTime
	c.typed, c.typedAt = r, now
	if again || c.face.Phase == model.Ended {
		return
	}
	c.stir()
	switch unicode.ToLower(r) {
	case 'm':
		c.toggleMute()
	case 'v':
		c.actions.Camera(!c.face.Camera)
	case 's':
		if c.face.Phase == model.Talking {
			c.actions.Screen(!c.face.Screen)
		}
	case 'd':
		c.More()
	case 'w':
		c.actions.Mini()
	case 'f':
		c.Enlarge()
	}
}

// repeatTime is more than systems wait before a key that is held repeats.
const repeatTime = time.Second

// Escape leaves what lies over the call; the call itself it never ends.
func (c *Call) Escape() {
	switch {
	case c.explained:
		c.explained = false
		c.draw()
	case c.full:
		c.setFull(false)
	case c.face.Phase == model.Ended:
		c.actions.Close()
	case c.mini():
		c.actions.Mini()
	}
}

// KeyDown lets somebody who is muted speak for as long as the space bar is held.
func (c *Call) KeyDown(k *fyne.KeyEvent) {
	c.stir()
	if k.Name == fyne.KeySpace && c.face.Muted && !c.talking && c.face.Phase == model.Talking {
		c.talking = true
		c.actions.Mute(false)
	}
}

// KeyUp ends what KeyDown began.
func (c *Call) KeyUp(k *fyne.KeyEvent) {
	c.typed = 0
	if k.Name == fyne.KeySpace {
		c.Release()
	}
}

// Release mutes again whoever spoke by holding a key: without the keyboard, nobody hears of its end.
func (c *Call) Release() {
	if c.talking {
		c.talking = false
		c.actions.Mute(true)
	}
}

// toggleMute mutes, or no longer. Whoever presses the button while holding the key wants to stay heard.
func (c *Call) toggleMute() {
	c.talking = false
	c.actions.Mute(!c.face.Muted)
}

package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"kith/app/lang"
	"kith/app/platform"
	"kith/app/screen"
	"kith/app/theme"
	"kith/app/view"
	"kith/app/widget"
	"kith/core"
	"kith/core/model"
	"kith/storage"
)

// Config is what the program hands to the interface.
type Config struct {
	Profile    *storage.Profile // held; Run does not close it
	Dir        string           // of the profile
	Passphrase model.Secret     // tried first; empty: the keychain is, and then the person
	Size       fyne.Size        // of the window; zero: as it was left
	Appearance view.Appearance  // overrides the person's choice unless System
	Core       core.Options     // Log is required
	Control    string           // socket of the test hook; only in builds with the tag kithtest
}

// App is the window, and what is in it.
type App struct {
	cfg     Config
	log     *slog.Logger
	toolkit fyne.App
	window  fyne.Window
	root    *widget.Root
	desktop *platform.Desktop
	crew    *crew
	frame   frame
	front   bool          // the main window has the keyboard
	where   string        // the name of the screen, for the test hook
	escape  func()        // what Escape does on the screen
	quit    chan struct{} // capacity 1: the person wants to end

	opened opened // written by the action that opens the profile, which close waits for
	home   *home  // nil until the chats, or the way to them, are shown
}

// closeTime bounds what is done after the window is gone.
const closeTime = 10 * time.Second

// Run shows the window. It returns only when it cannot; when the person has closed the window and everything that was started
// has ended, the process ends.
func Run(ctx context.Context, cfg Config) error {
	signals := asked()
	a := &App{cfg: cfg, log: cfg.Core.Log, frame: readFrame(cfg.Dir), escape: func() {}, quit: make(chan struct{}, 1)}
	if cfg.Size.IsZero() {
		cfg.Size = fyne.NewSize(a.frame.Width, a.frame.Height)
	}
	if a.frame.Scale != 100 { // else the toolkit's own setting counts
		if err := setScale(a.frame.Scale); err != nil {
			return err
		}
	}
	hush()
	a.toolkit = fyneapp.NewWithID(platform.AppID)
	a.toolkit.SetIcon(theme.AppIcon())
	a.setAppearance(view.System)
	a.window = a.toolkit.NewWindow("Kith")
	a.root = widget.NewRoot(screen.NewBlank())
	a.window.SetPadded(false)
	a.window.SetContent(a.root)
	a.window.Resize(cfg.Size)
	a.desktop = platform.Open(ctx)
	a.crew = newCrew(ctx, a.log, a.tick)
	a.watchFocus()
	a.addKeys()
	a.window.SetMaster()
	if err := a.listen(); err != nil {
		return err
	}
	a.toolkit.Lifecycle().SetOnStarted(func() {
		endOn(a.quit, signals, a.close, a.log)
		watchPointer(a.window)
		watchFront(a.window, a.setFront)
		a.start()
	})
	a.window.ShowAndRun()
	a.crew.loop.over.Store(true)
	a.end() // the toolkit has ended by itself: that is as good a reason
	time.Sleep(2 * closeTime)
	return errors.New("the window is gone, and what was begun does not end")
}

// close ends everything in the order that loses nothing: what the person does, actions, connections, store. It runs on a
// goroutine of its own.
func (a *App) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	unsaved := a.leave()
	a.crew.end()
	errs := []error{unsaved(ctx)}
	errs = append(errs, a.desktop.Close(ctx))
	if a.opened.store != nil {
		errs = append(errs, a.opened.client.Close(), a.opened.store.Close())
	}
	a.opened.key.Wipe()
	return errors.Join(append(errs, writeFrame(a.cfg.Dir, a.frame))...)
}

// leaveTime is how long the toolkit may take to hide the window. It does not answer at all when it has ended by itself.
const leaveTime = 3 * time.Second

// leave notes the size of the window for the next start, hides it, and says what is left to be stored.
func (a *App) leave() (unsaved func(context.Context) error) {
	left := make(chan func(context.Context) error, 1)
	a.crew.loop.do(func() {
		unsaved := func(context.Context) error { return nil }
		if a.home != nil {
			unsaved = a.home.unsaved()
			a.home.phone.shut()
		}
		if s := a.window.Canvas().Size(); s.Width >= leastWidth && s.Height >= leastHeight {
			a.frame.Width, a.frame.Height = s.Width, s.Height
		}
		left <- unsaved
		a.window.Hide()
	})
	select {
	case unsaved = <-left:
		return unsaved
	case <-time.After(leaveTime):
		return func(context.Context) error { return nil }
	}
}

// setScale passes the text size to the toolkit, which reads it from its environment whenever the look changes.
func setScale(percent int) error {
	return os.Setenv("FYNE_SCALE", strconv.FormatFloat(float64(percent)/100, 'f', 2, 64))
}

// setTextSize draws everything larger or smaller, in a window that keeps its size on the screen.
func (a *App) setTextSize(percent int, choice view.Appearance) {
	a.frame.Scale = percent
	if err := setScale(percent); err != nil {
		a.fail(err)
		return
	}
	c := a.window.Canvas()
	size, before := c.Size(), c.Scale()
	a.setAppearance(choice) // has the toolkit look at the scale
	by := before / c.Scale()
	a.window.Resize(fyne.NewSize(max(size.Width*by, leastWidth), max(size.Height*by, leastHeight)))
}

// The least size of a window that is remembered or asked for.
const (
	leastWidth  float32 = 320
	leastHeight float32 = 400
)

// setAppearance takes the person's choice of colours; a choice on the command line wins.
func (a *App) setAppearance(choice view.Appearance) {
	if a.cfg.Appearance != view.System {
		choice = a.cfg.Appearance
	}
	mode := theme.System
	switch choice {
	case view.Light:
		mode = theme.Light
	case view.Dark:
		mode = theme.Dark
	case view.System:
	}
	a.toolkit.Settings().SetTheme(theme.New(mode))
}

// show changes the screen; escape is what Escape does there.
func (a *App) show(name string, o fyne.CanvasObject, escape func()) {
	a.where, a.escape = name, escape
	a.root.SetContent(o)
	screen.Settle(a.root)
}

// fail shows what went wrong, once, for some seconds. The log has it too, without a word of what anybody wrote.
func (a *App) fail(err error) {
	s := sentence(err, "")
	if s == "" {
		return
	}
	a.log.Warn("action did not work", "err", err)
	a.root.Toast(s, "", nil)
}

// after is the end of an action that has nothing to show but what went wrong.
func (a *App) after(_ struct{}, err error) { a.fail(err) }

// end closes the window and ends the program.
func (a *App) end() {
	select {
	case a.quit <- struct{}{}:
	default: // it ends already
	}
}

// Refuse shows why Kith cannot start, in a window with nothing else, and returns when it is closed.
func Refuse(err error) {
	hush()
	toolkit := fyneapp.NewWithID(platform.AppID)
	toolkit.SetIcon(theme.AppIcon())
	toolkit.Settings().SetTheme(theme.New(theme.System))
	w := toolkit.NewWindow("Kith")
	r := screen.NewRefusal(lang.T("Kith can't start"), Sentence(err), lang.T("Close"), w.Close)
	root := widget.NewRoot(r.Object())
	w.SetContent(root)
	w.Resize(fyne.NewSize(480, 420))
	w.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeyEscape {
			w.Close()
		}
	})
	toolkit.Lifecycle().SetOnStarted(func() { screen.Settle(root); r.Focus() })
	w.ShowAndRun()
}

// Sentence says in plain words why a start did not work.
func Sentence(err error) string { return refusal(err) }

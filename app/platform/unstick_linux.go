//go:build !android

package platform

import (
	"io"
	"os"
	"slices"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// What of the tree of windows is looked at: a window manager puts frames around ours.
const (
	deepest     = 4
	mostWindows = 4096
)

// Unstick frees the toolkit where it waits for a window of ours that nobody shows, as one that the window manager keeps for another
// desktop: GLFW waits in glfwShowWindow for VisibilityNotify, and as long as any other event waits it never gives up, at the
// price of most of a core. It tells GLFW what it waits for; where nothing waits for that, it is passed over. It asks the X server and may be called
// from any goroutine.
func Unstick() {
	xgb.Logger.SetOutput(io.Discard)
	conn, err := xgb.NewConn()
	if err != nil {
		return // there is no X server, or it takes nobody any more
	}
	defer conn.Close()
	pid, err := atom(conn, "_NET_WM_PID")
	if err != nil {
		return
	}
	for _, w := range windows(conn) {
		if !ours(conn, w, pid) || viewable(conn, w) {
			continue
		}
		event := xproto.VisibilityNotifyEvent{Window: w, State: xproto.VisibilityUnobscured}
		_ = xproto.SendEventChecked(conn, false, w, xproto.EventMaskNoEvent, string(event.Bytes())).Check() // it has gone meanwhile
	}
}

// Unasked tells the window manager that nobody asked for a window of ours, so that it gives it no keyboard when it shows it: _NET_WM_USER_TIME
// of EWMH 1.5. Call it when there is the window and it is not shown yet. It asks the X server and may be called from any goroutine.
func Unasked(window uintptr) {
	xgb.Logger.SetOutput(io.Discard)
	conn, err := xgb.NewConn()
	if err != nil {
		return // there is no X server, or it takes nobody any more
	}
	defer conn.Close()
	if time, err := atom(conn, "_NET_WM_USER_TIME"); err == nil {
		none := make([]byte, 4)
		_ = xproto.ChangePropertyChecked(conn, xproto.PropModeReplace, xproto.Window(window), time, xproto.AtomCardinal, 32, 1, none).Check() // it has gone meanwhile
	}
}

func atom(conn *xgb.Conn, name string) (xproto.Atom, error) {
	a, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, err
	}
	return a.Atom, nil
}

// windows are those that can be ours, from the screen's own down.
func windows(conn *xgb.Conn) (all []xproto.Window) {
	level := []xproto.Window{xproto.Setup(conn).DefaultScreen(conn).Root}
	for range deepest {
		var next []xproto.Window
		for _, w := range level {
			if tree, err := xproto.QueryTree(conn, w).Reply(); err == nil && len(all)+len(next) < mostWindows {
				next = append(next, tree.Children...)
			}
		}
		all, level = slices.Concat(all, next), next
	}
	return all
}

// ours says whether this process has made a window.
func ours(conn *xgb.Conn, w xproto.Window, pid xproto.Atom) bool {
	p, err := xproto.GetProperty(conn, false, w, pid, xproto.AtomCardinal, 0, 1).Reply()
	return err == nil && p.Format == 32 && len(p.Value) >= 4 && xgb.Get32(p.Value) == uint32(os.Getpid())
}

func viewable(conn *xgb.Conn, w xproto.Window) bool {
	a, err := xproto.GetWindowAttributes(conn, w).Reply()
	return err != nil || a.MapState == xproto.MapStateViewable
}

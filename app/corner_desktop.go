//go:build !android && !ios && !wasm

package app

import (
	"image"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// cornerEdge is what a window keeps away from the edges of its corner.
const cornerEdge = 24

// screenOf is what windows may use of the screen that a window has its middle on; empty where the system does not tell. Call it on the
// toolkit's goroutine.
func screenOf(shown fyne.Window) (area image.Rectangle) {
	w, ok := shown.(interface{ RunWithContext(func()) })
	if !ok {
		return area
	}
	w.RunWithContext(func() {
		window := glfw.GetCurrentContext()
		x, y := window.GetPos()
		width, height := window.GetSize()
		for _, m := range glfw.GetMonitors() {
			left, top, wide, high := m.GetWorkarea()
			r := image.Rect(left, top, left+wide, top+high)
			if area.Empty() || image.Pt(x+width/2, y+height/2).In(r) {
				area = r
			}
		}
	})
	return area
}

// toCorner puts a window into the lower right corner of an area, where it is least in the way. Under Wayland windows have no say in where
// they are. Call it when the window is there, on the toolkit's goroutine.
func toCorner(shown fyne.Window, area image.Rectangle) {
	w, ok := shown.(interface{ RunWithContext(func()) })
	if !ok || area.Empty() {
		return
	}
	w.RunWithContext(func() {
		window := glfw.GetCurrentContext()
		width, height := window.GetSize()
		window.SetPos(area.Max.X-width-cornerEdge, area.Max.Y-height-cornerEdge)
	})
}

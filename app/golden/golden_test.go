package golden

import (
	"image"
	"image/color"
	"image/draw"
	"testing"
)

func TestDifference(t *testing.T) {
	white := image.NewNRGBA(image.Rect(0, 0, 400, 300))
	draw.Draw(white, white.Bounds(), image.White, image.Point{}, draw.Src)
	with := func(r image.Rectangle) image.Image {
		c := image.NewNRGBA(white.Bounds())
		draw.Draw(c, c.Bounds(), white, image.Point{}, draw.Src)
		draw.Draw(c, r, image.NewUniform(color.Black), image.Point{}, draw.Src)
		return c
	}
	for _, c := range []struct {
		name string
		got  image.Image
		bad  bool
	}{
		{"the same", with(image.Rectangle{}), false},
		{"a point", with(image.Rect(10, 10, 12, 12)), false},
		{"a letter", with(image.Rect(90, 90, 94, 102)), true},
		{"in the last square, which is cut", with(image.Rect(392, 290, 400, 300)), true},
		{"another size", image.NewNRGBA(image.Rect(0, 0, 400, 301)), true},
	} {
		if d, at := Difference(c.got, white); (d > most) != c.bad {
			t.Errorf("%s: %.4f at %v", c.name, d, at)
		}
	}
}

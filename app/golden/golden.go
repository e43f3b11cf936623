// Package golden holds what is drawn against pictures that somebody has looked at. It is for tests alone: they draw with the
// toolkit's software driver, which finds no fonts but ours, so that a picture is the same on every machine.
//
// The pictures lie in the folder testdata of the package that is tested; `go test -update` writes them anew. It runs on the
// test's goroutine and keeps no state.
package golden

import (
	"errors"
	"flag"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Tile is the side of the squares that are compared one by one: in the mean over a whole window a word that is missing
// would be lost.
const Tile = 40

// most is how far a square may be from the one that was looked at, as the mean over its points, 0…1. Another processor
// rounds the edges of letters another way; a letter that is missing makes more.
const most = 0.01

// Compare fails the test when a picture is not what testdata/NAME.png holds. The one that was drawn is then kept among the
// artifacts of the test.
func Compare(t *testing.T, name string, got image.Image) {
	t.Helper()
	path := filepath.Join("testdata", name+".png")
	if updating() {
		write(t, path, got)
		return
	}
	want, err := read(path)
	if err != nil {
		t.Fatalf("%v; after looking at what is drawn: go test -update", err)
	}
	if d, at := Difference(got, want); d > most {
		write(t, filepath.Join(t.ArtifactDir(), name+".png"), got)
		t.Errorf("%s differs by %.3f at %v; after looking at the picture in %s: go test -update", name, d, at, t.ArtifactDir())
	}
}

// updating says whether the flag -update was given.
func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

func read(path string) (image.Image, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("there is no picture yet")
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}

func write(t *testing.T, path string, img image.Image) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// Difference is the mean distance of the points in the square where two pictures differ most, and where that square is. It
// is 1 for pictures of different sizes.
func Difference(a, b image.Image) (worst float64, at image.Point) {
	all := a.Bounds()
	if all.Size() != b.Bounds().Size() {
		return 1, all.Min
	}
	by := b.Bounds().Min.Sub(all.Min)
	for y := all.Min.Y; y < all.Max.Y; y += Tile {
		for x := all.Min.X; x < all.Max.X; x += Tile {
			square := image.Rect(x, y, x+Tile, y+Tile).Intersect(all)
			if d := distance(a, b, square, by); d > worst {
				worst, at = d, square.Min
			}
		}
	}
	return worst, at
}

// distance is the mean over the colours of the points in a square; in b it lies by further.
func distance(a, b image.Image, square image.Rectangle, by image.Point) float64 {
	sum := 0
	for y := square.Min.Y; y < square.Max.Y; y++ {
		for x := square.Min.X; x < square.Max.X; x++ {
			p, q := point(a, x, y), point(b, x+by.X, y+by.Y)
			for _, d := range []int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B)} {
				sum += max(d, -d)
			}
		}
	}
	return float64(sum) / float64(3*255*Tile*Tile)
}

func point(img image.Image, x, y int) color.NRGBA {
	return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
}

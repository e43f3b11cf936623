package hardware

import (
	"slices"
	"testing"
)

// TestForm reads formats, which may be anything.
func TestForm(t *testing.T) {
	good := podThing(objectFormat, 4, property{formatMedia, pod(podID, mediaVideo)}, property{formatPixels, pod(podID, pixelsRGBX)},
		property{formatSize, pod(podRectangle, 320, 200)})
	if f, err := readForm(good); err != nil || f != (castForm{320, 200, 0}) {
		t.Errorf("a format is read as %v, %v", f, err)
	}
	for i, offer := range castFormats() {
		if f, err := readForm(offer); err != nil || f != (castForm{1920, 1080, 2}) {
			t.Errorf("the preferred of offer %d is %v, %v", i, f, err)
		}
	}
	for i := range good {
		if f, err := readForm(good[:i]); err == nil {
			t.Errorf("%d of its bytes are %v", i, f)
		}
	}
	for name, b := range map[string][]byte{
		"no size":          podThing(objectFormat, 4, property{formatPixels, pod(podID, pixelsRGBX)}),
		"no pixels":        podThing(objectFormat, 4, property{formatSize, pod(podRectangle, 320, 200)}),
		"strange pixels":   podThing(objectFormat, 4, property{formatPixels, pod(podID, 3)}, property{formatSize, pod(podRectangle, 320, 200)}),
		"too large":        podThing(objectFormat, 4, property{formatPixels, pod(podID, 8)}, property{formatSize, pod(podRectangle, 20000, 200)}),
		"nothing of it":    podThing(objectFormat, 4, property{formatPixels, pod(podID, 8)}, property{formatSize, pod(podRectangle, 0, 200)}),
		"something else":   podThing(objectMeta, 4, property{formatPixels, pod(podID, 8)}, property{formatSize, pod(podRectangle, 320, 200)}),
		"a size too small": podThing(objectFormat, 4, property{formatPixels, pod(podID, 8)}, property{formatSize, pod(podRectangle, 320)}),
	} {
		if f, err := readForm(b); err == nil {
			t.Errorf("%s: %v", name, f)
		}
	}
}

// FuzzForm: no format is too strange.
func FuzzForm(f *testing.F) {
	for _, offer := range castFormats() {
		f.Add(offer)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		form, err := readForm(b)
		if err == nil && (form.width < 1 || form.height < 1 || form.width > mostScreenSide || form.height > mostScreenSide || !slices.Contains([]int{0, 2}, form.red)) {
			t.Errorf("%v", form)
		}
	})
}

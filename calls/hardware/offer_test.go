package hardware

import "testing"

// TestPick chooses among what cameras offer.
func TestPick(t *testing.T) {
	size := func(format uint32, width, height int) offer {
		return offer{format: format, width: width, height: height}
	}
	paced := func(format uint32, fps int) offer { return offer{format, 640, 480, fps} }
	laptop := []offer{
		size(mjpeg, 1280, 720), size(mjpeg, 640, 360), size(mjpeg, 1920, 1080), size(mjpeg, 3840, 2160),
		size(yuyv, 640, 360), size(yuyv, 640, 480), size(yuyv, 1280, 720), size('H', 1280, 720), size(yuyv, 160, 120),
	}
	for name, c := range map[string]struct {
		offers []offer
		want   wish
		is     offer
	}{
		"small and cheap":          {laptop, wish{640, 360, 30}, size(yuyv, 640, 360)},
		"large, as JPEG":           {laptop, wish{1280, 720, 30}, size(mjpeg, 1280, 720)},
		"the next larger":          {laptop, wish{800, 450, 30}, size(mjpeg, 1280, 720)},
		"more than a frame can be": {laptop, wish{3840, 2160, 30}, size(mjpeg, 1920, 1080)},
		"planes before pairs":      {[]offer{size(yuyv, 640, 480), size(nv12, 640, 480)}, wish{640, 480, 30}, size(nv12, 640, 480)},
		"only larger than wanted":  {[]offer{size(yuyv, 1280, 720)}, wish{320, 180, 30}, size(yuyv, 1280, 720)},
		"only smaller than wanted": {[]offer{size(yuyv, 160, 120), size(yuyv, 320, 240)}, wish{640, 360, 30}, size(yuyv, 320, 240)},
		"of several paces":         {[]offer{paced(yuyv, 5), paced(yuyv, 25), paced(yuyv, 60), paced(yuyv, 15)}, wish{640, 480, 30}, paced(yuyv, 25)},
		"pixels of colours last":   {[]offer{size(bgrx, 640, 480), size(yuyv, 640, 480)}, wish{640, 480, 30}, size(yuyv, 640, 480)},
		"nothing known":            {[]offer{size('H', 640, 480), size(yuyv, 0, 0)}, wish{640, 360, 30}, size(yuyv, 640, 360)},
	} {
		if o := pick(c.offers, c.want); o != c.is {
			t.Errorf("%s: %+v, not %+v", name, o, c.is)
		}
	}
}

// TestTellApart numbers cameras of the same name.
func TestTellApart(t *testing.T) {
	all := tellApart([]foundCamera{{"Webcam", "a"}, {"Other", "b"}, {"Webcam", "c"}, {"Webcam", "d"}})
	if all[0].name != "Webcam" || all[1].name != "Other" || all[2].name != "Webcam (2)" || all[3].name != "Webcam (3)" {
		t.Errorf("%v", all)
	}
}

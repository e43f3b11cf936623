package e2e

import (
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"
)

// An invisible screen has a window manager that looks after windows from the beginning: one that is opened before is lost.
func TestInvisibleIsManaged(t *testing.T) {
	t.Parallel()
	if out, err := Invisible(t).try("get_num_desktops"); err != nil { // which is what a manager tells when it is there
		t.Errorf("there is no window manager yet: %v %s", err, out)
	}
}

// elsewhere has the window manager keep each window for the second desktop.
const elsewhere = `<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
	<desktops><number>2</number></desktops>
	<applications><application class="*"><desktop>2</desktop></application></applications>
</openbox_config>`

// TestOnAnotherDesktop: Kith starts where nobody looks, as a rule of the window manager can say. It works all the same, and is painted when
// somebody comes.
func TestOnAnotherDesktop(t *testing.T) {
	t.Parallel()
	d := unmanaged(t)
	rules := filepath.Join(t.TempDir(), "rc.xml")
	if err := os.WriteFile(rules, []byte(elsewhere), 0o600); err != nil {
		t.Fatal(err)
	}
	d.manage("--config-file", rules)
	w := d.launch("anna", program(t, windowed), t.TempDir(), Place{0, 0, 900, 700})
	w.On("signin")
	d.Tool("set_desktop", "1")
	w.appears()
	w.Until("a button that is painted", func() bool {
		return w.points(t, image.Rect(0, 0, 900, 600), func(c color.NRGBA) bool { return max(c.R, c.G, c.B)-min(c.R, c.G, c.B) > 0x60 }) > 1000
	})
}

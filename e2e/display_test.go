package e2e

import "testing"

// An invisible screen has a window manager that looks after windows from the beginning: one that is opened before is lost.
func TestInvisibleIsManaged(t *testing.T) {
	t.Parallel()
	if out, err := Invisible(t).try("get_num_desktops"); err != nil { // which is what a manager tells when it is there
		t.Errorf("there is no window manager yet: %v %s", err, out)
	}
}

//go:build !unix

package media_test

import "time"

// processorTime is not looked at here.
func processorTime() time.Duration { return 0 }

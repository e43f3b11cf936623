package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"kith/core/coretest"
)

// used is the CPU time and the resident memory of a process (proc(5)).
func used(tb coretest.TB, pid int) (cpu time.Duration, rssMiB float64) {
	tb.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		tb.Fatalf("%v", err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+2:]))
	for _, i := range []int{11, 12} { // utime, stime in hundredths of a second
		ticks, err := strconv.Atoi(fields[i])
		if err != nil {
			tb.Fatalf("%v", err)
		}
		cpu += time.Duration(ticks) * 10 * time.Millisecond
	}
	pages, err := strconv.Atoi(fields[21])
	if err != nil {
		tb.Fatalf("%v", err)
	}
	return cpu, float64(pages) * float64(os.Getpagesize()) / (1 << 20)
}

package coretest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ownGroup puts the program into a process group of its own, so that all it starts ends with it, and has the kernel
// end it when the test is killed before its Cleanup.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

func killGroup(p *os.Process) {
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL) // fails only when all of it has ended
}

// usage adds up the memory and processor time of the process group pgid, from /proc/*/stat (proc_pid_stat(5)).
func usage(pgid int) (rssKiB int64, cpu time.Duration) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // fails for a bad pattern only
	const (
		ticksPerSecond = 100 // USER_HZ: fixed in the kernel's interface
		pgrp           = 2   // the indexes count from behind the name in brackets, which may hold spaces
		utime          = 11
		stime          = 12
		rss            = 21
	)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			continue // it ended meanwhile
		}
		fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		if len(fields) <= rss || fields[pgrp] != strconv.Itoa(pgid) {
			continue
		}
		number := func(i int) int64 {
			n, _ := strconv.ParseInt(fields[i], 10, 64) // the kernel writes numbers
			return n
		}
		rssKiB += number(rss) * int64(os.Getpagesize()) / 1024
		cpu += time.Duration(number(utime)+number(stime)) * time.Second / ticksPerSecond
	}
	return rssKiB, cpu
}

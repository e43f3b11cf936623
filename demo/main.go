// Command demo shows Kith at work, from nothing: it starts a private server on this machine, opens the windows of two
// people, Anna and Ben, signs them in and lets them talk, compares a key, calls, closes everything, and looks for what nobody
// else may have seen. `make demo` runs it. The pictures, what each side stored and what the server saw stay in demo/out.
//
//	demo [-hidden] [-out DIR]
//
// The windows are driven by real keys and clicks, through xdotool: on your own screen when it is an X11 display, else (or
// with -hidden) on an invisible one. The server listens on 127.0.0.1 only; nothing is left running and nothing is
// installed. The exit status is 0 only when everything was as it should be.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	hidden := flag.Bool("hidden", false, "use an invisible screen even when there is a visible one")
	out := flag.String("out", filepath.Join("demo", "out"), "`folder` for pictures and findings; it is emptied first")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if !run(ctx, *hidden, *out) {
		os.Exit(1)
	}
}

// run plays the demo on a stage of its own, and clears the stage also when it is interrupted.
func run(ctx context.Context, hidden bool, out string) bool {
	s, err := newStage()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		return false
	}
	defer s.clear()
	var after func()
	if !finishes(ctx, func() { after = play(s, hidden, out) }) {
		fmt.Fprintln(os.Stderr, "demo: interrupted")
		return false
	}
	good := s.summary()
	if after != nil {
		finishes(ctx, after) // or not: then the person has pressed Ctrl+C, as told
	}
	return good
}

// finishes says whether an act came to its end before it was interrupted. An act that fails ends its goroutine.
func finishes(ctx context.Context, act func()) bool {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		act()
	}()
	select {
	case <-ended:
		return true
	case <-ctx.Done():
		return false
	}
}

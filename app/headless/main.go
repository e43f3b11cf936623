// Command kith-headless is Kith without a window: the same core and store as the app, driven by JSON-RPC 2.0 over stdin
// and stdout, one object a line. It is what scripts, bots and tests use. It links no toolkit.
//
//	kith-headless -profile DIR [-passphrase-file FILE] [-log LEVEL] [-media synthetic[:HZ]]
//
// rpc.discover lists the methods and notifications (rpc.go says how calls are ordered). Logs go to stderr and hold no
// addresses and no texts. A profile is used by one process at a time. The end of stdin, SIGINT or SIGTERM is the orderly
// end: what was accepted is on disk, what could not be sent yet is sent after the next start.
//
// Exit status: 0 orderly end, 1 something failed, 2 wrong flags, 3 the profile is in use, 4 the profile cannot be
// unlocked.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"kith/app/platform"
	"kith/calls"
	"kith/core"
	"kith/storage"
)

// The exit statuses that callers may rely on.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitInUse  = 3
	exitLocked = 4
)

func main() {
	// A reader that goes away shall end us in good order, by the error of the write and not by the signal.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// options are the flags.
type options struct {
	profile    string
	passphrase string // file
	level      slog.Level
	media      calls.Flag
}

func parseFlags(args []string, stderr io.Writer) (options, error) {
	var o options
	o.level = slog.LevelWarn
	f := flag.NewFlagSet("kith-headless", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.profile, "profile", "", "the profile's `folder`; made when it is not there")
	f.StringVar(&o.passphrase, "passphrase-file", "", "a `file` whose first line is the profile's passphrase; without it the system's keychain is used")
	f.Var(&o.media, "media", "what calls are made `with`: system, none, or synthetic[:HZ], a tone and a moving pattern, which measures what comes (default none)")
	f.TextVar(&o.level, "log", o.level, "least `level` of what is logged: debug, info, warn or error")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if o.profile == "" || f.NArg() > 0 {
		err := errors.New("-profile is required, and nothing but flags")
		complain(stderr, err)
		f.Usage()
		return o, err
	}
	return o, nil
}

// run is the whole program. It returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parseFlags(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		return exitUsage
	}
	if err := platform.StartNoBus(); err != nil {
		complain(stderr, err)
		return exitFailed
	}
	if err := serveProfile(ctx, o, stdin, stdout, core.NewLog(stderr, o.level)); err != nil {
		complain(stderr, err)
		return status(err)
	}
	return exitOK
}

// complain tells the person; when that fails there is nobody to tell.
func complain(stderr io.Writer, err error) { _, _ = fmt.Fprintln(stderr, "kith-headless:", err) }

// status is the exit status for an error.
func status(err error) int {
	switch {
	case errors.Is(err, storage.ErrInUse):
		return exitInUse
	case errors.Is(err, storage.ErrPassphrase), errors.Is(err, storage.ErrNoKeychain), errors.Is(err, errPassphraseFile):
		return exitLocked
	default:
		return exitFailed
	}
}

// serveProfile holds the profile from its lock to its release and answers calls in between.
func serveProfile(ctx context.Context, o options, stdin io.Reader, stdout io.Writer, log *slog.Logger) (err error) {
	profile, err := storage.Hold(o.profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, profile.Close()) }()
	key, err := unlock(profile, o.passphrase)
	if err != nil {
		return err
	}
	store, err := profile.Open(key)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	client, err := core.Open(ctx, store, core.Options{Log: log, Hardware: o.media.Hardware})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	return newServer(client, stdout).serve(ctx, stdin)
}

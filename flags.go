package main

import (
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"kith/app"
	"kith/app/view"
	"kith/calls"
	"kith/core"
	"kith/core/model"
)

// version is set by the linker in releases.
var version = "development"

// flags reads the command line. It ends the program itself for -version and -help.
func flags() (cfg app.Config, dir string, err error) {
	f := flag.NewFlagSet("kith", flag.ExitOnError)
	f.StringVar(&dir, "profile", "", "`folder` with everything that Kith keeps (default: kith in the user's data folder)")
	level := f.String("log", "warn", "`level` of the log on standard error: debug, info, warn or error")
	pass := f.String("passphrase-file", "", "`file` whose first line unlocks the profile, or protects a new one")
	size := f.String("size", "", "size of the window as `WxH` (default: as it was left)")
	theme := f.String("theme", "system", "colours: system, light or dark")
	roots := f.String("ca-file", "", "`file` with certificates to trust instead of the system's")
	with := calls.Flag{}
	f.Var(&with, "media", "what calls are made `with`: system, none, or synthetic[:HZ], a tone and a moving pattern (default system)")
	show := f.Bool("version", false, "print the version and end")
	app.ControlFlag(f, &cfg)
	if err := f.Parse(os.Args[1:]); err != nil {
		return cfg, "", err
	}
	if *show {
		fmt.Println("kith", version, goVersion())
		os.Exit(0)
	}
	if f.NArg() > 0 {
		return cfg, "", errors.New("takes no arguments besides flags; see -help")
	}
	var errs [7]error
	dir, errs[0] = profileDir(dir)
	cfg.Core, errs[1] = logTo(*level)
	if with.String() == "" {
		errs[6] = with.Set("system")
	}
	cfg.Core.Hardware = with.Hardware
	cfg.Passphrase, errs[2] = firstLine(*pass)
	if *size != "" {
		cfg.Size, errs[3] = app.ParseSize(*size)
	}
	cfg.Appearance, errs[4] = view.ParseAppearance(*theme)
	cfg.Core.RootCAs, errs[5] = certificates(*roots)
	return cfg, dir, errors.Join(errs[:]...)
}

func goVersion() string {
	if b, ok := debug.ReadBuildInfo(); ok {
		return b.GoVersion
	}
	return ""
}

// profileDir is the folder asked for, else kith in the system's folder for programs' files.
func profileDir(asked string) (string, error) {
	if asked != "" {
		return filepath.Abs(asked)
	}
	base, err := dataDir()
	if err != nil {
		return "", errors.New("no home folder; give one with -profile")
	}
	return filepath.Join(base, "kith"), nil
}

// dataDir is where the XDG Base Directory Specification 0.8 has programs keep their data, or this system's place for it.
func dataDir() (string, error) {
	if runtime.GOOS != "linux" {
		return os.UserConfigDir()
	}
	if d := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(d) {
		return d, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share"), err
}

func logTo(level string) (core.Options, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return core.Options{}, errors.New("-log wants debug, info, warn or error")
	}
	return core.Options{Log: core.NewLog(os.Stderr, l)}, nil
}

// firstLine reads a passphrase; an empty name gives none.
func firstLine(name string) (model.Secret, error) {
	if name == "" {
		return "", nil
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("read passphrase: %w", err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	line = strings.TrimSuffix(line, "\r")
	if line == "" {
		return "", errors.New("the passphrase file is empty")
	}
	return model.Secret(line), nil
}

// certificates reads who may sign servers' certificates; an empty name means whom the system trusts.
func certificates(name string) (*x509.CertPool, error) {
	if name == "" {
		return nil, nil
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read certificates: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, errors.New("no certificate in the -ca-file")
	}
	return pool, nil
}

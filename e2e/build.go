package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Build compiles a command of the project, as "./app/headless", with the tags that everything is built with, and returns
// the program's path in dir. root is the project's folder.
func Build(root, command, dir string, flags ...string) (string, error) {
	program := filepath.Join(dir, "kith-"+filepath.Base(command))
	args := append([]string{"build", "-tags", "sqlite_fts5,no_emoji", "-o", program}, flags...)
	cmd := exec.Command("go", append(args, command)...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", command, err, strings.TrimSpace(string(out)))
	}
	return program, nil
}

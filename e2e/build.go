package e2e

import (
	"fmt"
	"os/exec"
	"strings"
)

// Build compiles a command of the project, as "./app/headless", into the file program, with the tags that everything is
// built with; a -tags among flags replaces them. root is the project's folder.
func Build(root, command, program string, flags ...string) error {
	args := append([]string{"build", "-tags", "sqlite_fts5,no_emoji,no_animations", "-o", program}, flags...)
	cmd := exec.Command("go", append(args, command)...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", command, err, strings.TrimSpace(string(out)))
	}
	return nil
}

//go:build !linux

package e2e

import (
	"context"
	"errors"
	"os/exec"
)

// namespacesWork says whether this machine lets us make namespaces.
func namespacesWork() error { return errors.New("only Linux has them") }

func namespaceMain([]string) int { return 125 }

func (n *network) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, name, args...)
}

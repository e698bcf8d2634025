package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is stamped by the build.
var version = "dev"

// commands is the command line.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Run the server."`
	Demo    demoCommand    `cmd:"" help:"Run the SecureCart organization, seeded and ready to sign in."`
	Admin   adminCommand   `cmd:"" help:"Break-glass administration on the server's own machine."`
	Audit   auditCommand   `cmd:"" help:"Read the event trail."`
	Policy  policyCommand  `cmd:"" help:"Decide and check policies, without a server."`
	Export  exportCommand  `cmd:"" help:"Write the organization to a file, read through AWS's APIs."`
	Test    testCommand    `cmd:"" help:"Check what people expect of the organization: who can do what, and who cannot."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// streams is where commands write and what they inherit.
type streams struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string
	program        string // how this program was called
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ(), program: os.Args[0]})
	stop()
	os.Exit(code)
}

// run parses and executes a command line, and returns the exit status.
func run(ctx context.Context, args []string, io streams) int {
	var cli commands
	exit := -1
	parser, err := kong.New(&cli,
		kong.Name("gatehouse"),
		kong.Description("A self-hosted IAM Identity Center: one sign-in, short-lived access to every account."),
		kong.Writers(io.stdout, io.stderr),
		kong.Exit(func(code int) { exit = code }), // --help
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return fail(io, err)
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintf(io.stderr, "gatehouse: %v\nRun `gatehouse --help` for the commands.\n", err)
		return 2
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(io); err != nil {
		return fail(io, err)
	}
	return 0
}

func fail(io streams, err error) int {
	var usage usageError
	if errors.As(err, &usage) {
		fmt.Fprintf(io.stderr, "gatehouse: %v\n", err)
		return 2
	}
	fmt.Fprintf(io.stderr, "gatehouse: %v\n", err)
	return 1
}

// usageError is a command line that parses but makes no sense.
type usageError struct{ error }

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// debianAWS is version 2.9 of the AWS CLI: it knows no endpoint setting at all.
const debianAWS = "/usr/bin/aws"

// awsCLI is that program, of one home, in the network of one server.
type awsCLI struct {
	t    testing.TB
	net  *network
	home *home
	env  []string
}

func newAWSCLI(t testing.TB, s *server) *awsCLI {
	t.Helper()
	needFile(t, "the AWS CLI of Debian", debianAWS)
	return &awsCLI{t: t, net: newNetwork(t, s), home: newHome(t)}
}

func (c *awsCLI) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := c.net.command(ctx, debianAWS, args...)
	cmd.Env = append(c.home.environment(
		"AWS_CA_BUNDLE="+c.net.caFile(), "AWS_PAGER=", "AWS_DEFAULT_OUTPUT=json", "AWS_DEFAULT_REGION="+region,
		"PYTHONUNBUFFERED=1", "AWS_MAX_ATTEMPTS=2", namespaceVariable+"="+c.net.dir,
	), c.env...)
	return cmd
}

// run gives what the command printed; an error carries what it complained of.
func (c *awsCLI) run(args ...string) (string, error) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	var stdout, stderr strings.Builder
	cmd := c.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("aws %s: %w\n%s%s", strings.Join(args, " "), err, &stdout, &stderr)
	}
	return stdout.String(), nil
}

// must is run for commands that have to work; it decodes their JSON into out unless out is nil.
func (c *awsCLI) must(out any, args ...string) {
	c.t.Helper()
	text, err := c.run(args...)
	if err != nil {
		c.t.Fatal(err)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal([]byte(text), out); err != nil {
		c.t.Fatalf("aws %s printed %q: %v", strings.Join(args, " "), text, err)
	}
}

// refused runs a command that must fail with the error code, and returns the complaint.
func (c *awsCLI) refused(code string, args ...string) string {
	c.t.Helper()
	out, err := c.run(args...)
	if err == nil {
		c.t.Fatalf("aws %s works, want %s:\n%s", strings.Join(args, " "), code, out)
	}
	if !strings.Contains(err.Error(), "("+code+")") {
		c.t.Fatalf("want %s, got %v", code, err)
	}
	return err.Error()
}

var userCodePattern = regexp.MustCompile(`\b[A-Z]{4}-[A-Z]{4}\b`)

// pendingLogin is an `aws sso login` that waits for its approval.
type pendingLogin struct {
	c        *awsCLI
	Code     string
	finished chan error
	said     *lockedBuffer
}

// startLogin runs `aws sso login` until it shows its code.
func (c *awsCLI) startLogin(profile string) *pendingLogin {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 3*time.Minute)
	cmd := c.command(ctx, "sso", "login", "--no-browser", "--profile", profile)
	l := &pendingLogin{c: c, finished: make(chan error, 1), said: &lockedBuffer{}}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		cancel()
		c.t.Fatal(err)
	}
	cmd.Stderr = l.said
	if err := cmd.Start(); err != nil {
		cancel()
		c.t.Fatal(err)
	}
	code := make(chan string, 1)
	go func() {
		defer cancel()
		lines := bufio.NewScanner(io.TeeReader(stdout, l.said))
		for lines.Scan() {
			if found := userCodePattern.FindString(lines.Text()); found != "" {
				select {
				case code <- found:
				default: // it was shown before
				}
			}
		}
		close(code)
		l.finished <- cmd.Wait()
	}()
	l.Code = <-code
	if l.Code == "" {
		c.t.Fatalf("aws sso login shows no code: %v\n%s", <-l.finished, l.said)
	}
	return l
}

// wait returns the login's end.
func (l *pendingLogin) wait() error {
	l.c.t.Helper()
	if err := <-l.finished; err != nil {
		return fmt.Errorf("aws sso login: %w\n%s", err, l.said)
	}
	return nil
}

// login signs the person in on the command line.
func (c *awsCLI) login(p *person, profile string) {
	c.t.Helper()
	l := c.startLogin(profile)
	pg := p.decide("/device?user_code="+l.Code, "allow")
	if !pg.has("Approved") {
		c.t.Fatalf("the device page ends at %s: %s", pg.URL, pg.text())
	}
	if err := l.wait(); err != nil {
		c.t.Fatal(err)
	}
}

// identity is who the command line is with the profile.
func (c *awsCLI) identity(profile string) string {
	c.t.Helper()
	var out struct{ Account, UserId, Arn string }
	c.must(&out, "sts", "get-caller-identity", "--profile", profile)
	return out.Arn
}

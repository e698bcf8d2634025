package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// What `gatehouse demo` fixes.
const (
	management = "111111111111"
	dev        = "222222222222"
	staging    = "333333333333"
	production = "444444444444"
	region     = "us-east-1"
)

const readyWithin = 30 * time.Second

// program is the gatehouse binary, built once for all tests.
var program struct {
	once sync.Once
	dir  string
	path string
	err  error
}

func gatehouse(t testing.TB) string {
	t.Helper()
	program.once.Do(func() {
		if program.path = os.Getenv("GATEHOUSE_E2E_BINARY"); program.path != "" {
			return
		}
		if program.dir, program.err = os.MkdirTemp("", "gatehouse-e2e-"); program.err != nil {
			return
		}
		program.path = filepath.Join(program.dir, "gatehouse")
		cmd := exec.Command("go", "build", "-trimpath", "-o", program.path, "./cmd/gatehouse")
		cmd.Dir = ".."
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			program.err = fmt.Errorf("go build ./cmd/gatehouse: %w\n%s", err, out)
		}
	})
	if program.err != nil {
		t.Fatal(program.err)
	}
	return program.path
}

// account of the demo's JSON line: somebody who can sign in.
type account struct {
	Username   string   `json:"username"`
	Password   string   `json:"password"`
	TOTPSecret string   `json:"totp_secret"`
	Groups     []string `json:"groups"`
}

// ready is the line that `gatehouse demo --json` prints when it can be used.
type ready struct {
	URL             string    `json:"url"`
	StartURL        string    `json:"start_url"`
	Region          string    `json:"region"`
	InstanceARN     string    `json:"instance_arn"`
	IdentityStoreID string    `json:"identity_store_id"`
	DataDir         string    `json:"data_dir"`
	Users           []account `json:"users"`
}

// server is one running gatehouse.
type server struct {
	ready
	Link    string // of `serve`: the one-time link of the first administrator
	Metrics string // address of the metrics listener

	t        testing.TB
	engine   engine
	args     []string
	env      []string
	cmd      *exec.Cmd
	log      *lockedBuffer
	exited   chan struct{}
	listener string // host:port it was given, so that a restart answers at the same place
	people   map[string]*person
}

// startDemo starts the SecureCart organization. With an empty dir nothing is kept.
func startDemo(t testing.TB, e engine, dir string) *server {
	t.Helper()
	s := newServer(t, e, []string{"demo", "--json"}, dir)
	s.start()
	return s
}

// startServe starts an instance of one's own, which is empty at first.
func startServe(t testing.TB, e engine, dir string, env ...string) *server {
	t.Helper()
	s := newServer(t, e, []string{"serve"}, dir)
	s.env = append(s.env, env...)
	s.DataDir = dir
	s.start()
	return s
}

func newServer(t testing.TB, e engine, args []string, dir string) *server {
	t.Helper()
	s := &server{
		t: t, engine: e, log: &lockedBuffer{}, people: map[string]*person{},
		listener: freeAddress(t), Metrics: freeAddress(t),
	}
	s.args = append(args, "--listen", s.listener, "--metrics", s.Metrics)
	if dir != "" {
		s.args = append(s.args, "--data", dir)
	}
	if url := e.database(t); url != "" {
		s.args = append(s.args, "--database", url)
	}
	s.env = cleanEnvironment()
	t.Cleanup(func() {
		s.end(syscall.SIGTERM)
		if t.Failed() {
			keepArtifact(t, "server.log", []byte(s.log.String()))
			t.Logf("the server's last words:\n%s", lastLines(s.log.String(), 40))
		}
	})
	return s
}

// start runs the program and waits until it is ready; a fault fails the test.
func (s *server) start() {
	s.t.Helper()
	cmd := exec.Command(gatehouse(s.t), s.args...)
	cmd.Env = s.env
	cmd.Stderr = s.log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.cmd, s.exited = cmd, make(chan struct{})
	lines := make(chan string, 64)
	go func() {
		defer close(s.exited)
		scanner := bufio.NewScanner(stdout)
		scanner.Buffer(nil, 1<<20)
		for scanner.Scan() {
			select {
			case lines <- scanner.Text():
			default: // nobody waits for what is said later
			}
		}
		close(lines)
		if err := cmd.Wait(); err != nil {
			s.log.say(fmt.Sprintf("the process ended: %v\n", err))
		}
	}()
	s.waitReady(lines)
}

func (s *server) waitReady(lines <-chan string) {
	s.t.Helper()
	deadline := time.After(readyWithin)
	if s.args[0] == "serve" {
		s.URL = "http://" + s.listener
		s.waitHealthy(lines)
		return
	}
	for {
		select {
		case line, open := <-lines:
			if !open {
				<-s.exited
				s.t.Fatalf("gatehouse %s ended before it was ready:\n%s", strings.Join(s.args, " "), s.log)
			}
			if err := json.Unmarshal([]byte(line), &s.ready); err == nil && s.URL != "" {
				return
			}
		case <-deadline:
			s.t.Fatalf("gatehouse %s is not ready after %s:\n%s", strings.Join(s.args, " "), readyWithin, s.log)
		}
	}
}

var linkPattern = regexp.MustCompile(`https?://\S+/\S+`)

// waitHealthy waits for /readyz and picks up the one-time link from what serve printed.
func (s *server) waitHealthy(lines <-chan string) {
	s.t.Helper()
	for deadline := time.Now().Add(readyWithin); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		s.collectLink(lines)
		select {
		case <-s.exited:
			s.t.Fatalf("gatehouse %s ended before it was ready:\n%s", strings.Join(s.args, " "), s.log)
		default:
		}
		resp, err := http.Get(s.URL + "/readyz")
		if err != nil {
			continue
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			s.collectLink(lines)
			return
		}
	}
	s.t.Fatalf("gatehouse %s is not ready after %s:\n%s", strings.Join(s.args, " "), readyWithin, s.log)
}

func (s *server) collectLink(lines <-chan string) {
	for {
		select {
		case line, open := <-lines:
			if !open {
				return
			}
			if link := linkPattern.FindString(line); link != "" && s.Link == "" {
				s.Link = link
			}
		default:
			return
		}
	}
}

// end sends the signal and waits. Ending a server that has ended is nothing.
func (s *server) end(sig syscall.Signal) {
	s.t.Helper()
	if s.cmd == nil {
		return
	}
	if err := s.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Errorf("signal %v: %v", sig, err)
	}
	select {
	case <-s.exited:
	case <-time.After(20 * time.Second):
		s.t.Errorf("the server did not end within 20 s of %v:\n%s", sig, lastLines(s.log.String(), 20))
		if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			s.t.Errorf("kill: %v", err)
		}
		<-s.exited
	}
	s.cmd = nil
}

// restart ends the server with the signal and starts it again on the same address and data.
func (s *server) restart(sig syscall.Signal) {
	s.t.Helper()
	s.end(sig)
	s.start()
}

// asServe ends the demo and runs its organization with `gatehouse serve`, as in production and with
// everything that can be logged.
func (s *server) asServe() {
	s.t.Helper()
	s.end(syscall.SIGTERM)
	s.args = append([]string{"serve"}, slices.DeleteFunc(s.args[1:], func(a string) bool { return a == "--json" })...)
	s.env = append(s.env, "GATEHOUSE_LOG_LEVEL=debug")
	s.start()
}

// user returns the demo's person of a group, such as "SecureCart-Developers".
func (s *server) user(group string) *person {
	s.t.Helper()
	for _, a := range s.Users {
		if !slices.Contains(a.Groups, group) {
			continue
		}
		if s.people[a.Username] == nil {
			s.people[a.Username] = newPerson(s.t, s.URL, a)
		}
		return s.people[a.Username]
	}
	s.t.Fatalf("the demo has nobody in %s: %+v", group, s.Users)
	return nil
}

// freeAddress returns a loopback address with a port nobody listens on at the moment.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// cleanEnvironment is the environment without settings that would leak into what is tested.
func cleanEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(kv string) bool {
		for _, prefix := range []string{"AWS_", "GATEHOUSE_", "BOTO_", "HTTP_PROXY=", "HTTPS_PROXY=", "http_proxy=", "https_proxy="} {
			if strings.HasPrefix(kv, prefix) {
				return true
			}
		}
		return false
	})
}

// keepArtifact stores a file for people to look at, when a folder for that is given.
func keepArtifact(t testing.TB, name string, data []byte) {
	t.Helper()
	dir := artifactDir(t)
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Errorf("artifact: %v", err)
	}
}

// artifactDir is this test's folder for artefacts, or "" when none are kept.
func artifactDir(t testing.TB) string {
	t.Helper()
	root := os.Getenv("GATEHOUSE_E2E_ARTIFACTS")
	if root == "" {
		return ""
	}
	dir := filepath.Join(root, strings.NewReplacer("/", "_", " ", "_").Replace(t.Name()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// lockedBuffer collects output that is read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	buf strings.Builder
}

var _ io.Writer = (*lockedBuffer)(nil)

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) say(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf.WriteString(text)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

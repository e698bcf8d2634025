package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// engine is a database that the product runs on.
type engine string

const (
	sqlite   engine = "sqlite"
	postgres engine = "postgres"
)

// engines returns what GATEHOUSE_E2E_DATABASE asks for.
func engines(t testing.TB) []engine {
	t.Helper()
	switch v := os.Getenv("GATEHOUSE_E2E_DATABASE"); v {
	case "sqlite":
		return []engine{sqlite}
	case "postgres":
		return []engine{postgres}
	case "", "both":
		return []engine{sqlite, postgres}
	default:
		t.Fatalf("GATEHOUSE_E2E_DATABASE=%s: want sqlite, postgres or both", v)
		return nil
	}
}

// onEachEngine runs the test once for each database.
func onEachEngine(t *testing.T, f func(t *testing.T, e engine)) {
	t.Helper()
	for _, e := range engines(t) {
		t.Run(string(e), func(t *testing.T) { f(t, e) })
	}
}

// database makes a fresh database and returns its address; "" for SQLite, which lies in the data
// directory of the server.
func (e engine) database(t testing.TB) string {
	t.Helper()
	if e == sqlite {
		return ""
	}
	need(t, "PostgreSQL 15", sharedPostgres.start())
	url, err := sharedPostgres.create()
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// postgresCluster is a private PostgreSQL for one run of the tests, on a Unix socket in a temporary
// folder; it takes no TCP connections.
type postgresCluster struct {
	once sync.Once
	err  error
	dir  string
	cmd  *exec.Cmd

	mu sync.Mutex
	n  int
}

var sharedPostgres postgresCluster

const postgresBin = "/usr/lib/postgresql/15/bin"

func (c *postgresCluster) start() error {
	c.once.Do(func() { c.err = c.launch() })
	return c.err
}

func (c *postgresCluster) launch() error {
	if _, err := os.Stat(filepath.Join(postgresBin, "postgres")); err != nil {
		return err
	}
	// A short path: a socket's address has 108 bytes at most.
	dir, err := os.MkdirTemp("/tmp", "gh-pg-")
	if err != nil {
		return err
	}
	c.dir = dir
	if os.Geteuid() == 0 {
		if out, err := exec.Command("chown", "postgres:", dir).CombinedOutput(); err != nil {
			return fmt.Errorf("chown: %w: %s", err, out)
		}
	}
	data := filepath.Join(dir, "data")
	initdb := asPostgres(filepath.Join(postgresBin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust",
		"-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	// The tests end processes with SIGKILL, never the machine: what was committed is in memory that
	// survives, so the cluster need not wait for the disk.
	c.cmd = asPostgres(filepath.Join(postgresBin, "postgres"), "-D", data, "-k", dir,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB")
	c.cmd.Stdout, c.cmd.Stderr = log, log
	if err := c.cmd.Start(); err != nil {
		return errors.Join(err, log.Close())
	}
	if err := log.Close(); err != nil {
		return err
	}
	return c.waitUp(filepath.Join(dir, "log"))
}

func (c *postgresCluster) waitUp(logFile string) error {
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err := exec.Command(filepath.Join(postgresBin, "pg_isready"), "-q", "-h", c.dir).Run(); err == nil {
			return nil
		}
	}
	said, err := os.ReadFile(logFile)
	return errors.Join(fmt.Errorf("PostgreSQL did not start: %s", said), err)
}

// asPostgres runs a program as the user postgres when we are root, which PostgreSQL refuses to run as.
func asPostgres(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	if os.Geteuid() == 0 {
		cmd = exec.Command("runuser", append([]string{"-u", "postgres", "--", name}, args...)...)
	}
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
	return cmd
}

func (c *postgresCluster) create() (string, error) {
	c.mu.Lock()
	c.n++
	name := fmt.Sprintf("gatehouse_%d", c.n)
	c.mu.Unlock()
	out, err := c.psql("postgres", `create database "`+name+`"`)
	if err != nil {
		return "", fmt.Errorf("create database: %w: %s", err, out)
	}
	return fmt.Sprintf("postgres://postgres@/%s?host=%s", name, c.dir), nil
}

// psql runs one statement and returns what it printed.
func (c *postgresCluster) psql(database, statement string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, filepath.Join(postgresBin, "psql"), "-X", "-q", "-At", "-h", c.dir, "-U", "postgres", "-d", database, "-c", statement).CombinedOutput()
	return string(out), err
}

// dump returns the whole content of the database behind url, as text.
func (c *postgresCluster) dump(url string) ([]byte, error) {
	return exec.Command(filepath.Join(postgresBin, "pg_dump"), "--inserts", url).Output()
}

func (c *postgresCluster) stop() error {
	if c.dir == "" {
		return nil
	}
	if c.cmd != nil && c.cmd.Process != nil {
		// The pid file names the server itself; our child may be runuser.
		if err := c.stopServer(); err != nil {
			return err
		}
		if err := c.cmd.Wait(); err != nil {
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				return err
			}
		}
	}
	return os.RemoveAll(c.dir)
}

func (c *postgresCluster) stopServer() error {
	pidFile, err := os.ReadFile(filepath.Join(c.dir, "data", "postmaster.pid"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var pid int
	if _, err := fmt.Sscan(strings.SplitN(string(pidFile), "\n", 2)[0], &pid); err != nil {
		return err
	}
	return syscall.Kill(pid, syscall.SIGQUIT)
}

func TestPrivatePostgres(t *testing.T) {
	need(t, "PostgreSQL 15", sharedPostgres.start())
	first, err := sharedPostgres.create()
	if err != nil {
		t.Fatal(err)
	}
	second, err := sharedPostgres.create()
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Errorf("two servers would share %s", first)
	}
	if _, err := sharedPostgres.dump(first); err != nil {
		t.Errorf("dump: %v", err)
	}
}

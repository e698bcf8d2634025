package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/gatehouse-idc/gatehouse/bench/running"
)

// options are the command line.
type options struct {
	binary   string
	database string
	keep     string
	size     float64
	samples  int
	only     string
	json     bool
}

func main() {
	var o options
	flag.StringVar(&o.binary, "binary", "", "a gatehouse program to measure instead of building one")
	flag.StringVar(&o.database, "database", "", "sqlite:PATH or postgres://... of an empty database (default: in the data directory)")
	flag.StringVar(&o.keep, "keep", "", "data directory to leave, or to measure if an earlier run filled it")
	flag.Float64Var(&o.size, "size", 1, "part of the whole that is made")
	flag.IntVar(&o.samples, "samples", 101, "calls of each row; medians are shown")
	flag.StringVar(&o.only, "only", "", "measure only calls whose name contains this, and no provisioning")
	flag.BoolVar(&o.json, "json", false, "print JSON")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "gatehouse-scale-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if o.binary == "" {
		if o.binary, err = running.Build(ctx, dir); err != nil {
			return err
		}
	}
	data := o.keep
	if data == "" {
		data = filepath.Join(dir, "data")
	}
	r := &report{Database: "SQLite"}
	if o.database != "" {
		r.Database = o.database[:max(0, slices.Index([]byte(o.database), ':'))]
	}
	if err := fill(ctx, o, data, r); err != nil {
		return err
	}
	if err := measure(ctx, o, data, r); err != nil {
		return err
	}
	if o.json {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	return r.write(os.Stdout)
}

// start runs the demo on a data directory.
func start(ctx context.Context, o options, data string) (*running.Product, error) {
	var flags []string
	if o.database != "" {
		flags = []string{"--database", o.database}
	}
	return running.StartDemo(ctx, o.binary, data, flags...)
}

// person is the one whose portal is measured: nobody who administers.
func person(w running.World) (running.User, error) {
	for _, u := range w.Users {
		if !slices.Contains(u.Groups, "SecureCart-Ops") {
			return u, nil
		}
	}
	return running.User{}, errors.New("the demo has nobody but operators")
}

// shapeFile says in a data directory what it was filled with.
const shapeFile = "scale.json"

// fill makes the data, unless they are there.
func fill(ctx context.Context, o options, data string, r *report) error {
	if text, err := os.ReadFile(filepath.Join(data, shapeFile)); err == nil {
		return json.Unmarshal(text, &r.Shape)
	}
	p, err := start(ctx, o, data)
	if err != nil {
		return err
	}
	who, err := person(p.World)
	if err := errors.Join(err, p.Process.End()); err != nil {
		return err
	}
	url := o.database
	if url == "" {
		url = "sqlite:" + filepath.Join(data, "gatehouse.db")
	}
	r.Shape = sized(o.size)
	began := time.Now()
	if err := generate(ctx, url, who.Username, r.Shape, progress); err != nil {
		return err
	}
	r.Filled = time.Since(began)
	text, err := json.Marshal(r.Shape)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(data, shapeFile), text, 0o600)
}

func measure(ctx context.Context, o options, data string, r *report) (err error) {
	p, err := start(ctx, o, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Process.End()) }()
	r.Ready = p.Process.Took
	c, err := connect(ctx, o, data, p, r.Shape)
	if err != nil {
		return err
	}
	for _, call := range c.calls() {
		if !strings.Contains(call.name, o.only) {
			continue
		}
		progress("%-60s", call.name)
		took, err := sample(ctx, call, o.samples)
		if err != nil {
			return fmt.Errorf("%s: %w", call.name, err)
		}
		r.Calls = append(r.Calls, measured{Name: call.name, Median: took[len(took)/2], P99: took[len(took)*99/100], Budget: call.budget})
	}
	if o.only == "" {
		if r.Provisioned, err = c.provision(ctx, progress); err != nil {
			return fmt.Errorf("provisioning: %w", err)
		}
	}
	r.RSS, err = p.Process.RSS()
	return err
}

// sample times a call again and again; the first time, in which caches fill, does not count.
func sample(ctx context.Context, c call, n int) ([]time.Duration, error) {
	took := make([]time.Duration, 0, n)
	for i := range n + 1 {
		began := time.Now()
		if err := c.do(ctx); err != nil {
			return nil, err
		}
		if i > 0 {
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	return took, nil
}

// connect takes administrator credentials from the server's own machine, and signs the person in.
func connect(ctx context.Context, o options, data string, p *running.Product, s shape) (*clients, error) {
	out, err := exec.CommandContext(ctx, o.binary, "admin", "credentials", "--data", data).Output()
	if err != nil {
		return nil, fmt.Errorf("administrator credentials: %w", err)
	}
	var admin struct{ AccessKeyID, SecretAccessKey, SessionToken string }
	if err := json.Unmarshal(out, &admin); err != nil {
		return nil, err
	}
	who, err := person(p.World)
	if err != nil {
		return nil, err
	}
	b, err := running.NewBrowser(p.URL, who)
	if err != nil {
		return nil, err
	}
	client, err := b.Register(ctx)
	if err != nil {
		return nil, err
	}
	login, err := running.NewLogin(ctx, p, client, b, "")
	if err != nil {
		return nil, fmt.Errorf("signing in: %w", err)
	}
	return newClients(ctx, p.URL, login.AccessToken, aws.Credentials{AccessKeyID: admin.AccessKeyID, SecretAccessKey: admin.SecretAccessKey, SessionToken: admin.SessionToken}, s)
}

// progress tells somebody at a terminal what is going on.
func progress(format string, args ...any) {
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprintf(os.Stderr, "\r\x1b[K"+format, args...)
	}
}

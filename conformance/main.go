package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// options are the command line and the environment.
type options struct {
	endpoint, accessKey, secret, sessionToken, accessToken, startURL string

	region   string
	binary   string
	models   string
	cases    string
	services string
	only     string
	output   string
	require  string
	json     bool
	peer     bool
	quiet    bool
	within   time.Duration
}

func main() {
	o := options{endpoint: os.Getenv("ENDPOINT"), accessKey: or(os.Getenv("ACCESS_KEY"), "AKIAIOSFODNN7EXAMPLE"), secret: or(os.Getenv("SECRET"), "secret"),
		sessionToken: os.Getenv("SESSION_TOKEN"), accessToken: os.Getenv("ACCESS_TOKEN"), startURL: os.Getenv("START_URL")}
	flag.StringVar(&o.endpoint, "endpoint", o.endpoint, "ask this endpoint instead of a demo of its own (ENDPOINT; credentials: ACCESS_KEY, SECRET, SESSION_TOKEN; for the portal ACCESS_TOKEN and START_URL)")
	flag.StringVar(&o.region, "region", "us-east-1", "Region that requests are signed for")
	flag.StringVar(&o.binary, "binary", "", "a gatehouse program to start instead of building one")
	flag.StringVar(&o.models, "models", "models", "folder of the service models")
	flag.StringVar(&o.cases, "cases", "conformance/cases", "folder of the behaviour cases")
	flag.StringVar(&o.services, "services", "", "only these services, separated by commas")
	flag.StringVar(&o.only, "only", "", "only operations and cases whose name contains this")
	flag.StringVar(&o.output, "o", "", "write the page to this file, as Markdown")
	flag.StringVar(&o.require, "require", "", "fail below 100 % for these services, separated by commas; \"served\": for all, of the operations that are there")
	flag.BoolVar(&o.json, "json", false, "print JSON")
	flag.BoolVar(&o.peer, "peer", false, "ask moto, too, where it is installed")
	flag.BoolVar(&o.quiet, "quiet", false, "show no progress")
	flag.DurationVar(&o.within, "within", 10*time.Minute, "give up after this long")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := measure(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// measure asks the targets and writes the page.
func measure(ctx context.Context, o options) error {
	ctx, cancel := context.WithTimeout(ctx, o.within)
	defer cancel()
	starts := []func() (*target, error){func() (*target, error) { return startDemo(ctx, o.binary) }}
	if o.endpoint != "" {
		starts[0] = func() (*target, error) { return named(o), nil }
	}
	if o.peer {
		starts = append(starts, func() (*target, error) { return startMoto(ctx) })
	}
	var reports []*report
	for _, start := range starts {
		r, err := ask(ctx, o, start)
		if err != nil {
			return err
		}
		reports = append(reports, r)
	}
	if err := write(o, reports); err != nil {
		return err
	}
	return missed(o, reports[0])
}

// ask starts a target, runs everything against it and stops it.
func ask(ctx context.Context, o options, start func() (*target, error)) (r *report, err error) {
	t, err := start()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.stop()) }()
	return run(ctx, o, t)
}

func write(o options, reports []*report) error {
	if o.output != "" {
		if err := os.WriteFile(o.output, []byte(markdown(reports)), 0o644); err != nil {
			return err
		}
	}
	if o.json {
		e := json.NewEncoder(os.Stdout)
		e.SetIndent("", "  ")
		return e.Encode(reports)
	}
	for _, r := range reports {
		if _, err := fmt.Print(r.text()); err != nil {
			return err
		}
	}
	return nil
}

// missed says which required service is below 100 %.
func missed(o options, r *report) error {
	var below []string
	for _, s := range r.Services {
		switch {
		case o.require == "served" && s.failed() > 0:
			below = append(below, s.Service)
		case strings.Contains(","+o.require+",", ","+s.Service+",") && s.failed()+s.ProbesLost > 0:
			below = append(below, s.Service)
		}
	}
	if below == nil {
		return nil
	}
	return fmt.Errorf("below 100 %%: %s", strings.Join(below, ", "))
}

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/gatehouse-idc/gatehouse/bench/running"
)

// options are the command line.
type options struct {
	binary   string
	duration time.Duration
	rounds   int
	starts   int
	only     string
	peer     bool
	json     bool
}

// The numbers of connections of every row.
func connections() []int { return []int{16, 64} }

func main() {
	var o options
	ceiling := flag.Bool("ceiling", false, "be the ceiling server (started by this program itself)")
	flag.StringVar(&o.binary, "binary", "", "a gatehouse program to measure instead of building one")
	flag.DurationVar(&o.duration, "duration", 4*time.Second, "length of one measurement")
	flag.IntVar(&o.rounds, "rounds", 3, "measurements of each row; medians are shown")
	flag.IntVar(&o.starts, "starts", 5, "starts of each kind; medians are shown")
	flag.StringVar(&o.only, "only", "", "measure only the product's rows whose name contains this; ceilings and peer always run")
	flag.BoolVar(&o.peer, "peer", true, "measure moto where it is installed")
	flag.BoolVar(&o.json, "json", false, "print JSON")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run := func() error { return measure(ctx, o) }
	if *ceiling {
		run = func() error { return serveCeiling(ctx, os.Stdout) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		stop()
		os.Exit(1)
	}
}

// measure runs everything and prints the report.
func measure(ctx context.Context, o options) (err error) {
	runtime.GOMAXPROCS(1) // one client thread, as load generators have
	dir, err := os.MkdirTemp("", "gatehouse-load-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if o.binary == "" {
		if o.binary, err = running.Build(ctx, dir); err != nil {
			return err
		}
	}
	r := newReport(o)
	if r.Starts, err = measureStarts(ctx, o, dir); err != nil {
		return err
	}
	if err := measureLoad(ctx, o, dir, r); err != nil {
		return err
	}
	if o.json {
		return r.writeJSON(os.Stdout)
	}
	return r.writeTable(os.Stdout)
}

// measureLoad starts the servers and measures every row, round by round.
func measureLoad(ctx context.Context, o options, dir string, r *report) (err error) {
	var started []*running.Process
	defer func() {
		for _, p := range started {
			err = errors.Join(err, p.End())
		}
	}()
	ceiling, err := startCeiling(ctx)
	if err != nil {
		return err
	}
	started = append(started, ceiling.process)
	product, err := startSeeded(ctx, o.binary, filepath.Join(dir, "load"))
	if err != nil {
		return err
	}
	started = append(started, product.Process)
	if err := r.idle("gatehouse", product.Process); err != nil {
		return err
	}
	if err := product.prepare(ctx, 64); err != nil {
		return err
	}
	rows := append(ceiling.rows(), product.rows(o.only)...)
	if o.peer {
		peer, err := startPeer(ctx)
		switch {
		case errors.Is(err, errNoPeer):
			r.Notes = append(r.Notes, err.Error()+": only ceilings are compared")
		case err != nil:
			return err
		default:
			started = append(started, peer.process)
			if err := r.idle(peerName, peer.process); err != nil {
				return err
			}
			r.Peer = peer.version
			rows = append(rows, peer.rows()...)
		}
	}
	for round := range o.rounds {
		probe, err := probeDisk(dir)
		if err != nil {
			return err
		}
		r.Disk = append(r.Disk, probe)
		for _, row := range rows {
			for _, n := range connections() {
				progress("round %d/%d  %-40s c%-4d", round+1, o.rounds, row.name, n)
				m, err := row.run(ctx, n, o.duration)
				if err != nil {
					return fmt.Errorf("%s at %d connections: %w", row.name, n, err)
				}
				r.add(row, n, m)
			}
		}
	}
	progress("%70s\r", "")
	for name, p := range map[string]*running.Process{"ceiling": ceiling.process, "gatehouse": product.Process} {
		if err := r.loaded(name, p); err != nil {
			return err
		}
	}
	return nil
}

// progress tells somebody at a terminal what is going on.
func progress(format string, args ...any) {
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprintf(os.Stderr, "\r"+format, args...)
	}
}

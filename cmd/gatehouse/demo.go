package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/demo"
	"github.com/gatehouse-idc/gatehouse/internal/server"
)

type demoCommand struct {
	Run demoRunCommand `cmd:"" default:"withargs" hidden:"" help:"Run the demo."`
	OTP demoOTPCommand `cmd:"" name:"otp" help:"Print the current authenticator code of a person of the demo."`
}

type demoRunCommand struct {
	Listen   string `help:"Loopback address to listen on." default:"127.0.0.1:8080" placeholder:"ADDR"`
	Data     string `help:"Keep the organization in this directory; without it, it is gone at the end." placeholder:"DIR"`
	Database string `help:"sqlite:PATH or postgres://... (default: in the data directory)." placeholder:"URL"`
	Metrics  string `help:"Address of the metrics listener (default: none)." placeholder:"ADDR"`
	JSON     bool   `name:"json" help:"Print one JSON line when ready, and nothing else."`
}

// Run serves the demo until it is told to stop.
func (c *demoRunCommand) Run(ctx context.Context, io streams) (err error) {
	if host, _, splitErr := net.SplitHostPort(c.Listen); splitErr != nil {
		return usageError{fmt.Errorf("--listen %s is not HOST:PORT", c.Listen)}
	} else if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usageError{fmt.Errorf("the demo listens on loopback only, not on %s: its passwords are printed; use `gatehouse serve` for others to reach", host)}
	}
	dir, cleanUp, err := c.dataDir()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cleanUp()) }()
	cfg, err := config.Load("", nil, c.settings(dir))
	if err != nil {
		return err
	}
	srv, err := server.Build(ctx, cfg, server.Options{Log: newLog(io, cfg), Version: version, Demo: true})
	if err != nil {
		return err
	}
	return c.serve(ctx, io, srv)
}

// serve runs the server, seeds it, and says when it is ready.
func (c *demoRunCommand) serve(ctx context.Context, io streams, srv *server.Server) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	stopped := make(chan error, 1)
	go func() { stopped <- srv.Run(ctx) }()
	world, err := demo.Open(ctx, srv)
	if err == nil {
		err = c.announce(io, world)
	}
	if err != nil {
		stop()
	}
	return errors.Join(err, <-stopped)
}

func (c *demoRunCommand) announce(io streams, world *demo.World) error {
	if err := demo.Remember(world); err != nil {
		fmt.Fprintf(io.stderr, "gatehouse: `gatehouse demo otp` will need --data %s: %v\n", world.DataDir, err)
	}
	if c.JSON {
		return json.NewEncoder(io.stdout).Encode(world)
	}
	return demo.Print(io.stdout, world, io.program)
}

// dataDir returns the directory and what to do with it at the end.
func (c *demoRunCommand) dataDir() (dir string, cleanUp func() error, err error) {
	if c.Data != "" {
		dir, err := filepath.Abs(c.Data)
		return dir, func() error { return nil }, err
	}
	dir, err = os.MkdirTemp("", "gatehouse-demo-")
	return dir, func() error { return os.RemoveAll(dir) }, err
}

func (c *demoRunCommand) settings(dir string) map[string]string {
	set := map[string]string{
		"data_dir": dir, "listen": c.Listen, "metrics_listen": c.Metrics, "region": "us-east-1",
		"management_account_id": demo.Management, "alias": demo.Alias, "organization": "SecureCart", "log.level": "warn", "log.format": "text",
	}
	if c.Database != "" {
		set["database"] = c.Database
	}
	return set
}

type demoOTPCommand struct {
	User string `arg:"" help:"User name, such as dana."`
	Data string `help:"Data directory of the demo (default: the one started last)." placeholder:"DIR"`
}

// Run prints the code that the person's authenticator app would show now.
func (c *demoOTPCommand) Run(io streams) error {
	code, left, err := demo.Code(c.Data, c.User)
	if err != nil {
		return err
	}
	fmt.Fprintln(io.stdout, code)
	fmt.Fprintf(io.stderr, "good for %d more seconds, once\n", left)
	return nil
}

package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/server"
)

type serveCommand struct {
	Config    string `help:"Configuration file (YAML)." placeholder:"FILE" type:"existingfile"`
	Data      string `help:"Directory of the database, the master key and the control socket." placeholder:"DIR"`
	Listen    string `help:"Address to listen on." placeholder:"ADDR"`
	PublicURL string `name:"public-url" help:"How browsers and clients reach this server." placeholder:"URL"`
	Database  string `help:"sqlite:PATH or postgres://..." placeholder:"URL"`
	Metrics   string `help:"Address of the metrics listener; \"off\" for none." placeholder:"ADDR"`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context, io streams) error {
	cfg, err := config.Load(c.Config, io.environ, c.settings())
	if err != nil {
		return err
	}
	srv, err := server.Build(ctx, cfg, server.Options{Log: newLog(io, cfg), Version: version})
	if err != nil {
		return err
	}
	if link := srv.FirstAdministratorLink(); link != "" {
		fmt.Fprintf(io.stdout, "\nThis is the first start. The first administrator sets a password and registers a second factor here,\n"+
			"once, within 24 hours:\n\n    %s\n\n", link)
	}
	fmt.Fprintf(io.stdout, "Gatehouse is ready: %s/start\n", srv.URL())
	return srv.Run(ctx)
}

// settings are the flags that were given, under their names in the file.
func (c *serveCommand) settings() map[string]string {
	set := map[string]string{}
	for name, value := range map[string]string{
		"data_dir": c.Data, "listen": c.Listen, "public_url": c.PublicURL, "database": c.Database, "metrics_listen": c.Metrics,
	} {
		if value != "" {
			set[name] = value
		}
	}
	if c.Metrics == "off" {
		set["metrics_listen"] = ""
	}
	return set
}

func newLog(io streams, cfg *config.Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Log.Level)); err != nil {
		level = slog.LevelInfo // config has checked the name
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.Log.Format == "text" {
		return slog.New(slog.NewTextHandler(io.stderr, options))
	}
	return slog.New(slog.NewJSONHandler(io.stderr, options))
}

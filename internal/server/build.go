package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/control"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/metrics"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/store/sqlstore"
)

// Options are what does not come from the configuration file.
type Options struct {
	Log     *slog.Logger
	Version string
	Clock   clock.Clock // nil: the system's
	IDs     *ids.Source // nil: random
	// Demo marks every page, and leaves out the first administrator.
	Demo bool
}

// Server is a built server; Run serves it.
type Server struct {
	*Services
	cfg     *config.Config
	log     *slog.Logger
	version string

	listener net.Listener
	control  net.Listener
	metricsL net.Listener
	proxies  net.Listener
	metrics  *metrics.Metrics
	doors    *doors
	link     string // of the first administrator, at the first start
}

// Build opens everything: listeners first, because the address belongs to the
// public URL; then database, keys and instance; then services and doors. What
// was opened is closed again when a later step fails.
func Build(ctx context.Context, cfg *config.Config, o Options) (_ *Server, err error) {
	s := &Server{cfg: cfg, log: o.Log, version: o.Version}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.IDs == nil {
		o.IDs = ids.Random()
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := s.listen(); err != nil {
		return nil, err
	}
	st, err := sqlstore.Open(ctx, sqlstore.Options{URL: cfg.Database, Clock: o.Clock, Logger: o.Log})
	if err != nil {
		return nil, err
	}
	s.Services = &Services{Store: st, Clock: o.Clock, IDs: o.IDs}
	if s.Keys, err = openKeys(ctx, cfg, st, o); err != nil {
		return nil, err
	}
	instance, first, err := openInstance(ctx, cfg, s.Services)
	if err != nil {
		return nil, err
	}
	s.Instance = instance
	s.metrics = metrics.New(o.Version, s.countJobs)
	s.build(cfg, s.metrics)
	if err := s.buildTrails(ctx, cfg); err != nil {
		return nil, err
	}
	if s.doors, err = s.open(cfg, o, s.metrics); err != nil {
		return nil, err
	}
	if first && !o.Demo {
		if s.link, err = s.firstAdministrator(ctx, cfg.PublicURL); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// listen opens the listeners and completes the public URL.
func (s *Server) listen() (err error) {
	if s.listener, err = net.Listen("tcp", s.cfg.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if s.cfg.PublicURL == "" {
		scheme := "http"
		if s.cfg.TLS.Enabled() {
			scheme = "https"
		}
		s.cfg.PublicURL = (&url.URL{Scheme: scheme, Host: s.listener.Addr().String()}).String()
	}
	if s.cfg.MetricsListen != "" {
		if s.metricsL, err = net.Listen("tcp", s.cfg.MetricsListen); err != nil {
			return fmt.Errorf("metrics_listen: %w", err)
		}
	}
	if s.cfg.ExtAuthz.Listen != "" {
		if s.proxies, err = listenExtAuthz(s.cfg.ExtAuthz.Listen); err != nil {
			return err
		}
	}
	s.control, err = control.Listen(s.cfg.DataDir)
	return err
}

func openKeys(ctx context.Context, cfg *config.Config, st store.Store, o Options) (*keys.Service, error) {
	provider, err := sealed.OpenFileKeyProvider(cfg.KeyFile)
	if err != nil {
		return nil, err
	}
	k := &keys.Service{Store: st, Provider: provider, Clock: o.Clock, IDs: o.IDs}
	return k, k.Open(ctx)
}

// countJobs is the gauge of waiting jobs.
func (s *Server) countJobs() float64 {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var n int
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		n, err = r.CountJobs()
		return err
	})
	if err != nil {
		s.log.Warn("counting jobs", "error", err)
		return -1
	}
	return float64(n)
}

// URL is the public URL.
func (s *Server) URL() string { return s.cfg.PublicURL }

// DataDir is the data directory.
func (s *Server) DataDir() string { return s.cfg.DataDir }

// MetricsURL is where metrics are served, or "".
func (s *Server) MetricsURL() string {
	if s.metricsL == nil {
		return ""
	}
	return "http://" + s.metricsL.Addr().String() + "/metrics"
}

// FirstAdministratorLink is the one-time link of the first start, or "".
func (s *Server) FirstAdministratorLink() string { return s.link }

// close releases what is open.
func (s *Server) close() error {
	var errs []error
	for _, l := range []net.Listener{s.listener, s.control, s.metricsL, s.proxies} {
		if l == nil {
			continue
		}
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if s.Services != nil && s.Store != nil {
		errs = append(errs, s.Store.Close())
	}
	return errors.Join(errs...)
}

// change begins a change set of the server itself.
func (s *Services) change(door, why string) idc.ChangeSet {
	return idc.ChangeSet{ID: s.IDs.UUID(), At: s.Clock.Now(), Actor: "gatehouse", Door: door, Why: why}
}

package server

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/accessreport"
	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/control"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/instance"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
)

const (
	// graceful is how long requests and jobs that run get to finish.
	graceful = 15 * time.Second
	// Limits of the listener; large bodies are cut by the gateway and the pages.
	// jobLease is how long a claimed job is kept from other runs: after a crash its
	// work goes on this much later. Jobs write one account and take milliseconds.
	jobLease          = 10 * time.Second
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 60 * time.Second
	idleTimeout       = 120 * time.Second
	maxHeaderBytes    = 64 << 10
)

// Run serves until ctx ends, then finishes what is running and closes
// everything. It returns the first error that stopped it.
func (s *Server) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	// Watching begins before anything is cached, so that nothing is missed.
	s.Sessions.Follow(ctx)
	events := s.Store.Watch(ctx)
	if err := s.STS.ReloadFences(ctx); err != nil {
		return errors.Join(err, s.close())
	}
	var background sync.WaitGroup
	background.Go(func() { s.followChanges(ctx, events) })
	background.Go(func() { s.runner().Run(ctx) })

	servers := map[*http.Server]func(*http.Server) error{
		s.httpServer(s.doors.handler): func(h *http.Server) error { return s.serveMain(h) },
		s.httpServer(control.Handler(control.Backend{
			Credentials: s.breakGlass, Events: s.Audit.Tail, About: control.About{URL: s.URL(), Region: s.Instance.Region},
		})): func(h *http.Server) error {
			return h.Serve(s.control)
		},
	}
	if s.metricsL != nil {
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", s.metrics.Handler())
		servers[s.httpServer(mux)] = func(h *http.Server) error { return h.Serve(s.metricsL) }
	}
	if s.doors.proxies != nil {
		h, serve := s.extAuthzServer()
		servers[h] = serve
	}
	err := s.serveAll(ctx, stop, servers)
	err = errors.Join(err, s.drainProxies(ctx), s.flushUses(ctx))
	background.Wait()
	return errors.Join(err, s.close())
}

// serveAll runs the HTTP servers until ctx ends or one fails.
func (s *Server) serveAll(ctx context.Context, stop context.CancelFunc, servers map[*http.Server]func(*http.Server) error) error {
	failures := make(chan error, len(servers))
	for server, serve := range servers {
		go func() {
			err := serve(server)
			if errors.Is(err, http.ErrServerClosed) {
				err = nil
			}
			failures <- err
			stop()
		}()
	}
	<-ctx.Done()
	s.log.Info("stopping", "grace", graceful.String())
	deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceful)
	defer cancel()
	var errs []error
	for server := range servers {
		if err := server.Shutdown(deadline); err != nil {
			errs = append(errs, err, server.Close())
		}
	}
	for range servers {
		errs = append(errs, <-failures)
	}
	return errors.Join(errs...)
}

func (s *Server) serveMain(h *http.Server) error {
	s.log.Info("listening", "url", s.cfg.PublicURL, "address", s.listener.Addr().String(), "version", s.version)
	if s.cfg.TLS.Enabled() {
		return h.ServeTLS(s.listener, s.cfg.TLS.CertFile, s.cfg.TLS.KeyFile)
	}
	return h.Serve(s.listener)
}

func (s *Server) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return context.Background() },
	}
}

// followChanges keeps the caches honest: committed writes of any node arrive here.
func (s *Server) followChanges(ctx context.Context, events <-chan store.Event) {
	for e := range events {
		var err error
		switch e.Noun {
		case store.NounFence:
			err = s.STS.ReloadFences(ctx)
		case store.NounDataKey:
			err = s.Keys.Reload(ctx)
		case store.NounLost:
			err = errors.Join(s.STS.ReloadFences(ctx), s.Keys.Reload(ctx))
		}
		if err != nil && ctx.Err() == nil {
			s.log.Error("reloading after a change", "noun", string(e.Noun), "error", err)
		}
	}
}

// runner works the job queue.
func (s *Server) runner() *jobs.Runner {
	recurring := append(jobs.Sweeps(s.Store),
		jobs.Recurring{Name: "converge", Every: 15 * time.Minute, Run: s.Provisioning.Converge},
		jobs.Recurring{Name: "rotate-keys", Every: 24 * time.Hour, Run: func(ctx context.Context, _ idc.ChangeSet) error {
			return s.Keys.Rotate(ctx)
		}},
		// The net below followChanges: a reload that failed once is made up for.
		jobs.Recurring{Name: "reload-fences", Every: 30 * time.Second, Run: func(ctx context.Context, _ idc.ChangeSet) error {
			return s.STS.ReloadFences(ctx)
		}},
		jobs.Recurring{Name: "throttled-requests", Every: time.Minute, Run: s.doors.limiter.summarize},
		jobs.Recurring{Name: "role-uses", Every: time.Minute, Run: func(ctx context.Context, _ idc.ChangeSet) error {
			return s.Uses.Flush(ctx)
		}},
		jobs.Recurring{Name: "end-assignments", Every: time.Minute, Run: s.endAssignments},
	)
	return &jobs.Runner{
		Store: s.Store, Clock: s.Clock, IDs: s.IDs, Log: s.log, Random: rand.Float64, Recurring: recurring, Lease: jobLease,
		Observe: func(kind, outcome string, _ time.Duration) { s.metrics.Job(kind, outcome) },
		Handlers: map[string]jobs.Handler{
			assignment.JobProvision: {Run: s.Provisioning.RunProvision, Fail: s.Provisioning.FailProvision},
			assignment.JobSpread:    {Run: s.Provisioning.RunSpread},
			assignment.JobEnd: {Run: func(ctx context.Context, change idc.ChangeSet, _ *idc.Job) (func(store.Tx) error, error) {
				return nil, s.endAssignments(ctx, change)
			}},
			account.JobReconcile:   {Run: s.Provisioning.RunReconcileAccount},
			account.JobCreate:      {Run: s.Accounts.RunCreate, Fail: s.Accounts.FailCreate},
			account.JobClose:       {Run: s.Accounts.RunClose},
			trail.JobDeliver:       {Run: s.Trails.RunDeliver},
			accessreport.JobReport: {Run: s.Reports.RunReport, Fail: s.Reports.FailReport},
			instance.JobDelete:     {Run: s.Instances.RunDelete},
			instance.JobRegion:     {Run: s.Instances.RunRegion},
		},
	}
}

// endAssignments removes what has ended of all that gives access.
func (s *Server) endAssignments(ctx context.Context, change idc.ChangeSet) error {
	_, err := s.Assignments.End(ctx, change)
	for _, end := range []func(context.Context, idc.ChangeSet) (int, error){s.AccountAccess.End, s.Applications.End} {
		_, more := end(ctx, change)
		err = errors.Join(err, more)
	}
	return err
}

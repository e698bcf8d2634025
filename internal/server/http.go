package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
)

// front is the outermost handler: it names the request, finds out where it came
// from, and writes the log line.
type front struct {
	cfg   *config.Config
	ids   *ids.Source
	clock clock.Clock
	log   *slog.Logger
	next  http.Handler

	regions *regions
}

// ServeHTTP implements http.Handler.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	info := reqctx.Info{RequestID: f.ids.UUID(), ClientIP: f.clientIP(r), UserAgent: r.UserAgent()}
	began := f.clock.Now()
	region, err := f.regions.of(r.Context(), r)
	if err != nil {
		// The request fares no better further on. Until then it is made in the primary Region.
		f.log.WarnContext(r.Context(), "the Regions of the instance are not known", "error", err)
	}
	info.Region = region
	rec := &recorder{ResponseWriter: w}
	f.next.ServeHTTP(rec, r.WithContext(reqctx.With(r.Context(), info)))
	if f.log.Enabled(r.Context(), slog.LevelDebug) || rec.status >= 500 {
		level := slog.LevelDebug
		if rec.status >= 500 {
			level = slog.LevelError
		}
		f.log.Log(r.Context(), level, "request", "request_id", info.RequestID, "method", r.Method, "path", logPath(r.URL.Path),
			"status", rec.status, "client_ip", info.ClientIP, "took", f.clock.Now().Sub(began).String())
	}
}

// logPath is what a log line may say of an address: no query, which may carry a
// code, and not the secret of a one-time link.
func logPath(path string) string {
	if strings.HasPrefix(path, linkPath) {
		return linkPath + "..."
	}
	return path
}

// clientIP is the peer's address or, behind a trusted proxy, the last address
// in X-Forwarded-For that is not a trusted proxy's: what stands left of it was
// written by the client and proves nothing.
func (f *front) clientIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if !f.cfg.Trusts(net.ParseIP(host)) {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		addr, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		host = addr.Unmap().String()
		if !f.cfg.Trusts(net.ParseIP(host)) {
			break
		}
	}
	return host
}

// recorder remembers the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(code int) {
	if r.status == 0 {
		r.status = code
	}
	r.ResponseWriter.WriteHeader(code)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap serves http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// health answers /healthz (the process lives) and /readyz (it can serve).
func health(ready func(ctx context.Context) error, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusOK, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := ready(ctx); err != nil {
			log.Error("not ready", "error", err)
			plain(w, http.StatusServiceUnavailable, "not ready")
			return
		}
		plain(w, http.StatusOK, "ready")
	})
	return mux
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The only failure here is the prober having gone away.
	_, _ = w.Write([]byte(text + "\n"))
}

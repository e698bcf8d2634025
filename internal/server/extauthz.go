package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/extauthz"
	"github.com/gatehouse-idc/gatehouse/internal/metrics"
	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
)

// socketMode lets the owner's group in: the proxy's user is made a member of it.
const socketMode = 0o660

// listenExtAuthz opens the listener that proxies ask on: HOST:PORT, or unix:PATH.
func listenExtAuthz(address string) (net.Listener, error) {
	path, socket := strings.CutPrefix(address, "unix:")
	if !socket {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return nil, fmt.Errorf("ext_authz.listen: %w", err)
		}
		return l, nil
	}
	// A socket that was left behind is in the way; a file that is none is not ours to remove.
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == fs.ModeSocket {
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("ext_authz.listen: %w", err)
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("ext_authz.listen: %w", err)
	}
	if err := os.Chmod(path, socketMode); err != nil {
		return nil, errors.Join(fmt.Errorf("ext_authz.listen: %w", err), l.Close())
	}
	return l, nil
}

// openExtAuthz makes the front door for proxies, if there is one.
func (s *Server) openExtAuthz(cfg *config.Config, auth *authenticator, strangers *limiter, m *metrics.Metrics) *extauthz.Door {
	e := &cfg.ExtAuthz
	if e.Mapping() == nil {
		return nil
	}
	return extauthz.New(extauthz.Config{
		Mapping: e.Mapping(), Secret: e.Secret(), KeepCredentials: e.KeepCredentials, Durable: e.DurableRecords,
		Open: auth.open, Verifier: sigv4.NewVerifier(signingKeys), Authz: s.Authz, Audit: s.Audit, Limiter: strangers, Observe: m.Call, Used: s.Uses.Note,
		Clock: s.Clock, IDs: s.IDs, Log: s.log,
	})
}

// extAuthzServer serves proxies over HTTP/1 and, for gRPC, HTTP/2 without TLS.
func (s *Server) extAuthzServer() (*http.Server, func(*http.Server) error) {
	h := s.httpServer(s.doors.proxies.Handler())
	h.Protocols = new(http.Protocols)
	h.Protocols.SetHTTP1(true)
	h.Protocols.SetUnencryptedHTTP2(true)
	return h, func(h *http.Server) error {
		s.log.Info("answering proxies", "address", s.proxies.Addr().String())
		return h.Serve(s.proxies)
	}
}

// drainProxies waits for the records of what was allowed, after the last decision.
func (s *Server) drainProxies(ctx context.Context) error {
	if s.doors.proxies == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceful)
	defer cancel()
	return s.doors.proxies.Drain(ctx)
}

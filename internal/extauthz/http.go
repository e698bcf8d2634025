package extauthz

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Addresses that proxies call; the service's name follows.
const (
	nginxPath = "/auth_request/"
	envoyPath = "/ext_authz/"
)

// Handler serves proxies: nginx's auth_request and Envoy's ext_authz over HTTP, and gRPC over HTTP/2
// without TLS. It is not a mux, which would redirect what it takes for unclean paths.
func (d *Door) Handler() http.Handler {
	grpc := d.grpcHandler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
			grpc.ServeHTTP(w, r)
			return
		}
		if err := d.serveHTTP(w, r); err != nil {
			d.fail(w, r, err)
		}
	})
}

func (d *Door) serveHTTP(w http.ResponseWriter, r *http.Request) error {
	if err := d.checkSecret(r.Header.Values(headerSecret)); err != nil {
		return err
	}
	if d.Secret != "" { // otherwise it is the client's, and refused like any of the kind
		r.Header.Del(headerSecret)
	}
	if name, ok := strings.CutPrefix(r.RequestURI, nginxPath); ok {
		return d.serveNginx(w, r, name)
	}
	if rest, ok := strings.CutPrefix(r.RequestURI, envoyPath); ok {
		return d.serveEnvoy(w, r, rest)
	}
	return idc.Errorf(idc.NotFound, "Proxies call %sSERVICE, or %sSERVICE with the path of the request.", nginxPath, envoyPath)
}

// serveNginx answers an auth_request: a GET of its own that tells of the client's request in headers.
// All of them must be there, since one that the proxy does not set would be the client's to choose.
// http://nginx.org/en/docs/http/ngx_http_auth_request_module.html
func (d *Door) serveNginx(w http.ResponseWriter, r *http.Request, name string) error {
	in := &inquiry{Time: d.Clock.Now(), RequestID: d.IDs.UUID(), Host: r.Host, Header: r.Header}
	for header, value := range map[string]*string{"X-Original-Method": &in.Method, "X-Original-Uri": &in.Target,
		"X-Original-Scheme": &in.Scheme, "X-Real-Ip": &in.ClientIP} {
		if len(r.Header[header]) != 1 {
			return idc.Errorf(idc.Invalid, "The proxy must set %s once.", header)
		}
		*value = r.Header[header][0]
		r.Header.Del(header)
	}
	// nginx takes the body's length away with the body, and some clients sign it.
	length := r.Header["X-Original-Content-Length"]
	r.Header.Del("X-Original-Content-Length")
	r.Header.Del("Content-Length")
	if len(length) == 1 {
		r.Header["Content-Length"] = length
	}
	a, err := d.decide(r.Context(), name, in)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if !a.allow {
		status = http.StatusForbidden // nginx would make an error of any other
	}
	a.write(w, status)
	return nil
}

// serveEnvoy answers a check over HTTP: the client's request without its body, its path behind ours.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/ext_authz_filter
func (d *Door) serveEnvoy(w http.ResponseWriter, r *http.Request, rest string) error {
	name, path, found := strings.Cut(rest, "/")
	if !found {
		return idc.Errorf(idc.Invalid, "The path of the request must follow %s%s.", envoyPath, name)
	}
	in := &inquiry{
		Time: d.Clock.Now(), RequestID: d.IDs.UUID(), Method: r.Method, Host: r.Host, Target: "/" + path, Header: r.Header,
		Scheme: r.Header.Get("X-Forwarded-Proto"), ClientIP: lastHop(r.Header.Values("X-Forwarded-For")),
	}
	r.Header.Del("Content-Length") // that of the check, which is 0
	a, err := d.decide(r.Context(), name, in)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if !a.allow {
		status = a.code.status()
	}
	a.write(w, status)
	return nil
}

// lastHop is the address that Envoy itself has seen: the last it wrote into X-Forwarded-For.
func lastHop(values []string) string {
	if len(values) == 0 {
		return ""
	}
	last := values[len(values)-1]
	return strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
}

// checkSecret refuses whoever does not know what the proxy knows.
func (d *Door) checkSecret(given []string) error {
	if d.Secret == "" {
		return nil
	}
	want := sha256.Sum256([]byte(d.Secret))
	if len(given) == 1 {
		if got := sha256.Sum256([]byte(given[0])); subtle.ConstantTimeCompare(want[:], got[:]) == 1 {
			return nil
		}
	}
	return idc.Errorf(idc.Denied, "%s is missing or wrong.", headerSecret)
}

// fail answers what could not be decided. Nothing passes: nginx makes an error of the statuses, and so
// does Envoy of 5xx.
func (d *Door) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusServiceUnavailable
	switch idc.KindOf(err) {
	case idc.Invalid, idc.NotFound, idc.Denied:
		status = http.StatusInternalServerError // the proxy's configuration is wrong
	}
	d.Log.Error("authorization endpoint", "error", err, "remote", r.RemoteAddr)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	text := "The authorization endpoint cannot answer. Its log says why.\n"
	var public *idc.Error
	if errors.As(err, &public) && status == http.StatusInternalServerError {
		text = public.Message + "\n"
	}
	// The only failure here is the proxy having gone away.
	_, _ = w.Write([]byte(text))
}

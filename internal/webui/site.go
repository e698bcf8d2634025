package webui

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
)

// maxForm is the largest accepted form, in bytes. The largest honest one is a
// pasted password of the maximum length.
const maxForm = 64 << 10

// Config says what a Site needs to know. All fields but Organization and Demo are required.
type Config struct {
	// PublicURL is the address people use. Its scheme decides on Secure cookies,
	// its origin on which forms are ours when a proxy rewrites Host.
	PublicURL *url.URL
	// Organization is whose sign-in this is, shown on the pages; may be empty.
	Organization string
	// Demo puts a banner on every page that says so.
	Demo  bool
	Clock clock.Clock
	Log   *slog.Logger
}

// Handler decides on one request. Forms are parsed already: read r.PostForm and
// r.URL.Query(). A GET must not change anything.
type Handler func(r *http.Request) (Reply, error)

// Site serves the pages of all front doors. Register the handlers, then use it
// as the http.Handler of their paths.
type Site struct {
	config    Config
	secure    bool
	csrf      *http.CrossOriginProtection
	mux       *http.ServeMux
	templates *templates
}

// New parses all templates and returns a Site that serves the assets only.
func New(c Config) (*Site, error) {
	parsed, err := parseTemplates()
	if err != nil {
		return nil, err
	}
	s := &Site{
		config:    c,
		secure:    c.PublicURL.Scheme == "https",
		csrf:      http.NewCrossOriginProtection(),
		mux:       http.NewServeMux(),
		templates: parsed,
	}
	if err := s.csrf.AddTrustedOrigin(c.PublicURL.Scheme + "://" + c.PublicURL.Host); err != nil {
		return nil, err
	}
	s.mux.HandleFunc("GET "+assetsPath, parsed.assets.serve)
	return s, nil
}

// Handle registers a handler for a pattern of http.ServeMux, method included:
// "GET /signin", "POST /device".
func (s *Site) Handle(pattern string, h Handler) {
	s.mux.Handle(pattern, s.adapt(h))
}

// ServeHTTP answers requests to registered patterns, and all others with a page
// that says there is nothing.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.setHeaders(w.Header())
	if err := s.csrf.Check(r); err != nil {
		s.writeError(w, r, idc.Errorf(idc.Denied, "The form was sent from another site. Nothing was changed.").Because(err))
		return
	}
	h, pattern := s.mux.Handler(r)
	if pattern == "" {
		s.writeUnrouted(w, r, h)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// writeUnrouted answers with pages of ours what the mux would answer in plain
// text: 404, and 405 with its Allow header.
func (s *Site) writeUnrouted(w http.ResponseWriter, r *http.Request, h http.Handler) {
	answer := &headerOnly{header: http.Header{}}
	h.ServeHTTP(answer, r)
	if answer.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", answer.header.Get("Allow"))
		s.writePage(w, r, Problem{Status: answer.status, Heading: "That does not work here",
			Message: "The address exists, but not for this kind of request.", HomeURL: "/start"}, answer.status)
		return
	}
	s.writeError(w, r, idc.Errorf(idc.NotFound, "The address does not exist, or no longer."))
}

// headerOnly takes a response and keeps its status and headers.
type headerOnly struct {
	header http.Header
	status int
}

func (w *headerOnly) Header() http.Header         { return w.header }
func (w *headerOnly) WriteHeader(code int)        { w.status = code }
func (w *headerOnly) Write(b []byte) (int, error) { return len(b), nil }

// adapt is the one place where a Handler's decision becomes a response.
func (s *Site) adapt(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.recoverPanic(w, r)
		if err := readForm(w, r); err != nil {
			s.writeError(w, r, err)
			return
		}
		reply, err := h(r)
		for _, c := range reply.cookies {
			http.SetCookie(w, c)
		}
		switch {
		case err != nil:
			s.writeError(w, r, err)
		case reply.out != nil:
			s.writeRedirectOut(w, r, reply.out)
		case reply.page != nil:
			s.writePage(w, r, reply.page, reply.status)
		default:
			s.writeRedirect(w, r, reply.path)
		}
	})
}

// recoverPanic turns a panic into an error page with a request id. A panic after
// the response began reaches the server, which closes the connection.
func (s *Site) recoverPanic(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(cause)
	}
	s.config.Log.ErrorContext(r.Context(), "panic in a page handler", "request_id", requestID(r.Context()),
		"route", s.route(r), "panic", cause, "stack", string(debug.Stack()))
	s.writePage(w, r, problemOf(errors.New("panic")), 0)
}

// readForm parses the form of a POST within its limits: a urlencoded body of at
// most maxForm bytes, in UTF-8, without NUL, which no store and no log can hold.
func readForm(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		return nil
	}
	if r.ContentLength != 0 {
		kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || kind != "application/x-www-form-urlencoded" {
			return idc.Errorf(idc.Invalid, "The form must be sent as application/x-www-form-urlencoded.")
		}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return idc.Errorf(idc.Invalid, "The form could not be read.").Because(err)
	}
	for name, values := range r.Form {
		for _, text := range append(values, name) {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				return idc.Errorf(idc.Invalid, "The form holds characters that are not text.")
			}
		}
	}
	return nil
}

func (s *Site) writeRedirect(w http.ResponseWriter, r *http.Request, path string) {
	clean, ok := localPath(path)
	if !ok {
		s.writeError(w, r, errors.New("redirect to a path that leaves the origin"))
		return
	}
	w.Header().Set("Location", clean)
	w.WriteHeader(http.StatusSeeOther)
}

func (s *Site) writeRedirectOut(w http.ResponseWriter, r *http.Request, to *url.URL) {
	if !isWebAddress(to) {
		s.writeError(w, r, errors.New("redirect to an address that is not http or https"))
		return
	}
	if isIPv6Literal(to) && r.Method != http.MethodHead {
		// Even after a GET: it may be the end of a chain that began with a form.
		w.Header().Set("Refresh", "0; url="+to.String())
		s.writePage(w, r, onward{To: to.String()}, 0)
		return
	}
	status := http.StatusSeeOther
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		status = http.StatusFound
	}
	w.Header().Set("Location", to.String())
	w.WriteHeader(status)
}

// writeError shows the public side of err and logs the private one.
func (s *Site) writeError(w http.ResponseWriter, r *http.Request, err error) {
	level := slog.LevelInfo
	if idc.KindOf(err) == idc.Internal {
		level = slog.LevelError
	}
	s.config.Log.Log(r.Context(), level, "page refused",
		"request_id", requestID(r.Context()), "method", r.Method, "route", s.route(r),
		"kind", idc.KindOf(err).String(), "error", err)
	s.writePage(w, r, problemOf(err), 0)
}

// writePage renders p completely, then writes it. A status of 0 is the page's own.
func (s *Site) writePage(w http.ResponseWriter, r *http.Request, p Page, status int) {
	m := p.meta()
	var body bytes.Buffer
	err := s.templates.render(&body, view{
		Title:        m.title,
		Organization: s.config.Organization,
		Demo:         s.config.Demo,
		RequestID:    requestID(r.Context()),
		Now:          s.config.Clock.Now(),
		Script:       m.script,
		Session:      m.session,
		Page:         p,
	}, m.template)
	if err != nil {
		s.config.Log.ErrorContext(r.Context(), "page not rendered",
			"request_id", requestID(r.Context()), "page", m.template, "error", err)
		http.Error(w, "Internal error. Request id: "+requestID(r.Context()), http.StatusInternalServerError)
		return
	}
	if status == 0 {
		status = m.status
	}
	if status == 0 {
		status = http.StatusOK
	}
	h := w.Header()
	h.Set("Content-Security-Policy", policy(m.script, m.leadsTo))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(body.Bytes()); err != nil {
		s.config.Log.DebugContext(r.Context(), "page not delivered", "route", s.route(r), "error", err)
	}
}

// route names the place of a request in the log. The path itself may hold a
// one-time link, and a link is a secret.
func (s *Site) route(r *http.Request) string {
	_, pattern := s.mux.Handler(r)
	return pattern
}

func requestID(ctx context.Context) string { return reqctx.From(ctx).RequestID }

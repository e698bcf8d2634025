package main

import (
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
	"github.com/gatehouse-idc/gatehouse/internal/webui/stories"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8090", "`address` to listen on; port 0 picks a free one")
	demo := flag.Bool("demo", true, "show the demo banner")
	flag.Parse()
	if err := run(*listen, *demo); err != nil {
		fmt.Fprintln(os.Stderr, "gatehouse-stories:", err)
		os.Exit(1)
	}
}

func run(listen string, demo bool) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	handler, err := newHandler(&url.URL{Scheme: "http", Host: l.Addr().String()}, demo)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/\n", l.Addr())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	return server.Serve(l)
}

// newHandler serves the list of stories at /, and each story under its path.
func newHandler(public *url.URL, demo bool) (http.Handler, error) {
	site, err := webui.New(webui.Config{
		PublicURL:    public,
		Organization: "SecureCart",
		Demo:         demo,
		Clock:        clock.NewFake(stories.Now()),
		Log:          slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return nil, err
	}
	for _, story := range stories.All() {
		site.Handle("GET /"+story.Path, func(*http.Request) (webui.Reply, error) {
			return webui.Show(story.Page).WithStatus(http.StatusOK), nil
		})
	}
	mux := http.NewServeMux()
	mux.Handle("/", withRequestID(site))
	mux.HandleFunc("GET /{$}", list)
	return mux, nil
}

func withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info := reqctx.Info{RequestID: "5f0c7a44-6f0e-4b53-9d0a-2b7a1d8c6e10", ClientIP: "127.0.0.1"}
		next.ServeHTTP(w, r.WithContext(reqctx.With(r.Context(), info)))
	})
}

// list is a bare page of links, so that a broken layout does not hide it.
func list(w http.ResponseWriter, _ *http.Request) {
	var b strings.Builder
	b.WriteString("<!doctype html><html lang=en><title>Stories</title><h1>Stories</h1><ul>")
	for _, story := range stories.All() {
		fmt.Fprintf(&b, `<li><a href="/%[1]s">%[1]s</a></li>`, story.Path)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// A write that fails means the browser went away.
	_, _ = w.Write([]byte(b.String()))
}

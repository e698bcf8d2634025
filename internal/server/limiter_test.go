package server

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/metrics"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// openWorld is all doors of a server, as they are reached from the network.
type openWorld struct {
	*testidc.World
	*doors
	metrics  *metrics.Metrics
	services *Services
}

func newOpenWorld(t *testing.T) *openWorld {
	t.Helper()
	return openWith(t, &config.Config{PublicURL: "https://gatehouse.test"})
}

func openWith(t *testing.T, cfg *config.Config) *openWorld {
	t.Helper()
	w := &openWorld{World: testidc.New(t), metrics: metrics.New("", func() float64 { return 0 })}
	provider, err := sealed.OpenFileKeyProvider(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	k := &keys.Service{Store: w.Store, Provider: provider, Clock: w.Clock, IDs: w.IDs}
	if err := k.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &Server{log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Services: &Services{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Instance: w.Instance, Keys: k}}
	s.build(cfg, w.metrics)
	w.services = s.Services
	if w.doors, err = s.open(cfg, Options{}, w.metrics); err != nil {
		t.Fatal(err)
	}
	return w
}

// send sends a request from an address; a body makes it a POST.
func (w *openWorld) send(ip, path, body string, header ...string) *httptest.ResponseRecorder {
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	r := httptest.NewRequest(method, "https://gatehouse.test"+path, strings.NewReader(body))
	r.RemoteAddr = "[" + ip + "]:40000"
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec
}

func (w *openWorld) badTarget(ip string) *httptest.ResponseRecorder {
	return w.send(ip, "/", "{}", "X-Amz-Target", "Nobody.Nothing", "Content-Type", "application/x-amz-json-1.1")
}

// events is the trail, oldest first.
func (w *openWorld) events() []*idc.AuditEvent {
	w.T.Helper()
	var events []*idc.AuditEvent
	err := w.Store.View(w.T.Context(), func(r store.Reader) (err error) {
		events, err = r.TailEvents(0, 10_000)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return events
}

// TestAStrangerCannotFillTheTrail: of 500 bad requests a hundred are recorded, and one event tells of the rest.
func TestAStrangerCannotFillTheTrail(t *testing.T) {
	w := newOpenWorld(t)
	throttled := 0
	for range 500 {
		if rec := w.badTarget("192.0.2.1"); strings.Contains(rec.Header().Get("X-Amzn-ErrorType"), "ThrottlingException") {
			throttled++
		}
	}
	if n := len(w.events()); n != 100 || throttled != 400 {
		t.Errorf("%d records and %d throttled, want 100 and 400", n, throttled)
	}
	for range 2 { // the second minute has nothing to tell
		if err := w.limiter.summarize(t.Context(), w.Change()); err != nil {
			t.Fatal(err)
		}
	}
	events := w.events()
	if len(events) != 101 {
		t.Fatalf("%d events, want one more", len(events))
	}
	var record struct {
		EventName, EventSource, SourceIPAddress string
		AdditionalEventData                     map[string]string
	}
	if err := json.Unmarshal([]byte(events[100].Record), &record); err != nil {
		t.Fatal(err)
	}
	if record.EventName != "RequestsThrottled" || record.EventSource != "gatehouse" || record.SourceIPAddress != "192.0.2.1" ||
		record.AdditionalEventData["refused"] != "400" {
		t.Errorf("summary %s", events[100].Record)
	}
	page := httptest.NewRecorder()
	w.metrics.Handler().ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if !strings.Contains(page.Body.String(), `gatehouse_throttled_total{budget="refused"} 400`) {
		t.Error("the metric does not count them")
	}
	if rec := w.badTarget("192.0.2.2"); rec.Header().Get("X-Amzn-ErrorType") != "UnknownOperationException" {
		t.Errorf("another address: %s", rec.Header().Get("X-Amzn-ErrorType"))
	}
	w.Clock.Advance(time.Second)
	if rec := w.badTarget("192.0.2.1"); rec.Header().Get("X-Amzn-ErrorType") != "UnknownOperationException" {
		t.Errorf("a second later: %s", rec.Header().Get("X-Amzn-ErrorType"))
	}
}

// TestANetworkSharesABudget: whoever has one address of an IPv6 network has all of them.
func TestANetworkSharesABudget(t *testing.T) {
	w := newOpenWorld(t)
	for i := range 100 {
		w.badTarget(fmt.Sprintf("2001:db8::%x", i+1))
	}
	for ip, want := range map[string]string{"2001:db8::ffff:1": "ThrottlingException", "2001:db8:0:1::1": "UnknownOperationException"} {
		if got := w.badTarget(ip).Header().Get("X-Amzn-ErrorType"); got != want {
			t.Errorf("%s is answered %s, want %s", ip, got, want)
		}
	}
}

// TestOpenCallsAreLimited: registering, beginning a device authorization and /authorize share what one address has.
func TestOpenCallsAreLimited(t *testing.T) {
	w := newOpenWorld(t)
	var client struct{ ClientID, ClientSecret string }
	rec := w.send("192.0.2.1", "/client/register",
		`{"clientName":"c","clientType":"public","grantTypes":["authorization_code","urn:ietf:params:oauth:grant-type:device_code"],"redirectUris":["http://127.0.0.1/cb"]}`)
	if err := json.Unmarshal(rec.Body.Bytes(), &client); err != nil || rec.Code != 200 {
		t.Fatalf("%d %s %v", rec.Code, rec.Body, err)
	}
	start := fmt.Sprintf(`{"clientId":%q,"clientSecret":%q,"startUrl":"https://example.awsapps.com/start"}`, client.ClientID, client.ClientSecret)
	authorize := "/authorize?" + url.Values{"response_type": {"code"}, "client_id": {client.ClientID}, "redirect_uri": {"http://127.0.0.1:1/cb"},
		"code_challenge_method": {"S256"}, "code_challenge": {strings.Repeat("A", 43)}}.Encode()
	for i := range 99 {
		if i%2 == 0 {
			rec = w.send("192.0.2.1", "/device_authorization", start)
		} else {
			rec = w.send("192.0.2.1", authorize, "")
		}
		if rec.Code != http.StatusOK && rec.Code != http.StatusSeeOther {
			t.Fatalf("call %d: %d %s", i, rec.Code, rec.Body)
		}
	}
	rows := len(w.events())
	if rec = w.send("192.0.2.1", "/device_authorization", start); rec.Code != 400 || rec.Header().Get("X-Amzn-ErrorType") != "SlowDownException" {
		t.Errorf("device authorization: %d %s", rec.Code, rec.Body)
	}
	if rec = w.send("192.0.2.1", authorize, ""); rec.Code != http.StatusTooManyRequests {
		t.Errorf("/authorize: %d", rec.Code)
	}
	if n := len(w.events()); n != rows {
		t.Errorf("%d records of refused calls", n-rows)
	}
	if rec = w.send("192.0.2.9", "/device_authorization", start); rec.Code != 200 {
		t.Errorf("another address: %d %s", rec.Code, rec.Body)
	}
}

// TestTheLimiterForgets: its memory is bounded, what it refused is told all the same, and who is quiet is forgotten.
func TestTheLimiterForgets(t *testing.T) {
	w := newOpenWorld(t)
	w.limiter.most = 10
	for i := range 50 {
		for range 101 {
			_ = w.limiter.Admit(fmt.Sprintf("192.0.2.%d", i), awsedge.BudgetRefused)
		}
	}
	if n := len(w.limiter.states); n > 10 {
		t.Errorf("%d addresses are remembered", n)
	}
	told := 0
	for _, refused := range w.limiter.take() {
		told += refused[awsedge.BudgetRefused]
	}
	if told != 50 {
		t.Errorf("told of %d refusals, want 50", told)
	}
	w.Clock.Advance(time.Minute)
	w.limiter.take()
	if n := len(w.limiter.states); n != 0 {
		t.Errorf("%d quiet addresses are remembered", n)
	}
}

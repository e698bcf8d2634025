package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics holds the server's counters.
type Metrics struct {
	registry *prometheus.Registry
	calls    *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	signins  *prometheus.CounterVec
	jobs     *prometheus.CounterVec
	throttle *prometheus.CounterVec
}

// New returns counters at zero. queue reports how many jobs wait.
func New(version string, queue func() float64) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gatehouse_calls_total", Help: "API calls by service, operation and error code (empty when they succeeded).",
		}, []string{"service", "operation", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "gatehouse_call_seconds", Help: "Time from the decoded request to the durable record of the call.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
		}, []string{"service"}),
		signins: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gatehouse_signin_steps_total", Help: "Sign-in steps by event and outcome.",
		}, []string{"event", "outcome"}),
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gatehouse_jobs_total", Help: "Finished job runs by kind and outcome (done, retry, failed).",
		}, []string{"kind", "outcome"}),
		throttle: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gatehouse_throttled_total", Help: "Requests of unknown callers over the budget of their address, by budget (open, proof, refused).",
		}, []string{"budget"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "gatehouse_build_info", Help: "1, with the version as a label.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.calls, m.seconds, m.signins, m.jobs, m.throttle, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "gatehouse_jobs_waiting", Help: "Jobs in the queue, running ones included.",
		}, queue))
	return m
}

// Call counts a finished API call; code is "" when it succeeded.
func (m *Metrics) Call(service, operation, code string, took time.Duration) {
	m.calls.WithLabelValues(service, operation, code).Inc()
	m.seconds.WithLabelValues(service).Observe(took.Seconds())
}

// Signin counts a sign-in step.
func (m *Metrics) Signin(event string, success bool) {
	outcome := "failure"
	if success {
		outcome = "success"
	}
	m.signins.WithLabelValues(event, outcome).Inc()
}

// Job counts a job run.
func (m *Metrics) Job(kind, outcome string) { m.jobs.WithLabelValues(kind, outcome).Inc() }

// Throttled counts a request over a budget of its address.
func (m *Metrics) Throttled(budget string) { m.throttle.WithLabelValues(budget).Inc() }

// Handler serves the counters.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

package extauthz_test

import (
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/extauthz"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store/sqlstore"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// onDisk is a world whose event trail is a database file.
func onDisk(b *testing.B, durable bool) *world {
	b.Helper()
	st, err := sqlstore.Open(b.Context(), sqlstore.Options{URL: "sqlite:" + filepath.Join(b.TempDir(), "gatehouse.db"), Clock: clock.System()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := st.Close(); err != nil {
			b.Error(err)
		}
	})
	w := newWorld(b, func(c *extauthz.Config) {
		c.Durable = durable
		c.Audit = &audit.Service{Store: st, Clock: clock.System(), IDs: ids.Random(), Region: "us-east-1", ManagementAccountID: testidc.Management}
	})
	b.Cleanup(func() {
		if err := w.door.Drain(b.Context()); err != nil {
			b.Log(err)
		}
	})
	return w
}

// measure asks again and again, one at a time, and reports the median and the 99th percentile.
func measure(b *testing.B, ask func()) {
	b.Helper()
	system := clock.System()
	var took []time.Duration
	for range 200 {
		ask()
	}
	b.ReportAllocs()
	for b.Loop() {
		began := system.Now()
		ask()
		took = append(took, system.Now().Sub(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
}

// BenchmarkDecision is what a decision adds to a request: the question over a kept-alive connection on
// loopback, the signature, ReadOnlyAccess, the record and the answer. "recorded behind" is the
// default; "durable first" is what ext_authz.durable_records costs, and what a denial costs always.
func BenchmarkDecision(b *testing.B) {
	for name, durable := range map[string]bool{"recorded behind": false, "durable first": true} {
		b.Run(name+"/nginx", func(b *testing.B) {
			w := onDisk(b, durable)
			r := w.sign(request{key: w.as(testidc.Member, "Reader", readOnly), target: "/bucket/key"})
			ask, err := http.NewRequest(http.MethodGet, w.url+"/auth_request/s3", nil)
			if err != nil {
				b.Fatal(err)
			}
			ask.Host, ask.Header = r.Host, r.Header
			ask.Header["X-Original-Method"], ask.Header["X-Original-Uri"] = []string{"GET"}, []string{"/bucket/key"}
			ask.Header["X-Original-Scheme"], ask.Header["X-Real-Ip"] = []string{"https"}, []string{"192.0.2.7"}
			measure(b, func() {
				response, err := http.DefaultTransport.RoundTrip(ask)
				if err != nil || response.StatusCode != http.StatusOK {
					b.Fatal(response, err)
				}
				if _, err := io.Copy(io.Discard, response.Body); err != nil {
					b.Fatal(err)
				}
				response.Body.Close()
			})
		})
		b.Run(name+"/gRPC", func(b *testing.B) {
			w := onDisk(b, durable)
			client, ask := w.client(), check("s3", w.sign(request{key: w.as(testidc.Member, "Reader", readOnly), target: "/bucket/key"}))
			measure(b, func() {
				got, err := client.Check(b.Context(), ask)
				if err != nil || got.GetOkResponse() == nil {
					b.Fatal(got, err)
				}
			})
		})
	}
}

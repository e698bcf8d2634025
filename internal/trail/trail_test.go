package trail_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
)

// bucket is a destination in memory.
type bucket struct {
	mu       sync.Mutex
	objects  map[string][]byte
	metadata map[string]map[string]string
	fail     error  // for every Put
	during   func() // every Put
}

func newBucket() *bucket {
	return &bucket{objects: map[string][]byte{}, metadata: map[string]map[string]string{}}
}

func (b *bucket) Put(_ context.Context, key string, body []byte, metadata map[string]string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return b.fail
	}
	if during := b.during; during != nil {
		b.during = nil
		b.mu.Unlock()
		during()
		b.mu.Lock()
	}
	b.objects[key], b.metadata[key] = body, metadata
	return nil
}

func (b *bucket) keys(part string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(b.objects)), func(k string) bool { return !strings.Contains(k, part) })
}

// world is a service with a bucket for everybody and one for the management account.
type world struct {
	*testidc.World
	t      *testing.T
	audit  *audit.Service
	trails *trail.Service
	open   *bucket
	runner *jobs.Runner
}

func newWorld(t *testing.T) *world {
	w := &world{World: testidc.New(t), t: t, open: newBucket()}
	w.audit = &audit.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Region: "us-east-1", ManagementAccountID: testidc.Management}
	w.trails = &trail.Service{
		Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: sealed.NewEphemeral(), Region: "us-east-1",
		ManagementAccountID: testidc.Management, OrganizationID: w.Instance.OrganizationID,
		Buckets: map[string]trail.Bucket{
			"logs":    {Destination: w.open, Accounts: []string{trail.AnyAccount}},
			"central": {Destination: newBucket(), Accounts: []string{testidc.Management}},
		},
	}
	w.runner = w.node(w.trails)
	return w
}

func (w *world) node(s *trail.Service) *jobs.Runner {
	return &jobs.Runner{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Log: slog.New(slog.DiscardHandler),
		Random: func() float64 { return 1 }, Handlers: map[string]jobs.Handler{trail.JobDeliver: {Run: s.RunDeliver}}}
}

// settings are those of a trail into the open bucket.
func settings(edit func(*trail.Settings)) trail.Settings {
	set := trail.Settings{Bucket: p("logs"), MultiRegion: p(true)}
	if edit != nil {
		edit(&set)
	}
	return set
}

func p[T any](v T) *T { return &v }

func (w *world) create(account, name string, edit func(*trail.Settings)) *idc.Trail {
	w.t.Helper()
	t, err := w.trails.Create(w.t.Context(), w.Change(), account, name, settings(edit), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return t
}

func (w *world) start(account, name string) {
	w.t.Helper()
	if err := w.trails.StartLogging(w.t.Context(), w.Change(), account, name); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) stop(account, name string) {
	w.t.Helper()
	if err := w.trails.StopLogging(w.t.Context(), w.Change(), account, name); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) status(account, name string) *idc.TrailStatus {
	w.t.Helper()
	st, err := w.trails.Status(w.t.Context(), account, name)
	if err != nil {
		w.t.Fatal(err)
	}
	return st
}

// record records events of an account, a second apart.
func (w *world) record(account string, names ...string) {
	w.t.Helper()
	for _, name := range names {
		w.call(audit.Call{Name: name, Source: "sso.amazonaws.com", RecipientAccountID: account})
	}
}

func (w *world) call(c audit.Call) {
	w.t.Helper()
	w.Clock.Advance(time.Second)
	c.Time, c.RequestID = w.Clock.Now(), w.IDs.UUID()
	if err := w.audit.Record(w.t.Context(), c); err != nil {
		w.t.Fatal(err)
	}
}

// wait lets time pass and does what falls due.
func (w *world) wait(d time.Duration) {
	w.t.Helper()
	for ; d > 0; d -= time.Minute {
		w.Clock.Advance(min(d, time.Minute))
		w.runner.Drain(w.t.Context())
	}
}

// delivered returns the names of the events in all log files, file after file.
func (w *world) delivered(b *bucket) string {
	w.t.Helper()
	var names []string
	for _, key := range b.keys("/CloudTrail/") {
		var file struct{ Records []struct{ EventName string } }
		if err := json.Unmarshal(unzip(w.t, b.objects[key]), &file); err != nil {
			w.t.Fatal(err)
		}
		for _, r := range file.Records {
			names = append(names, r.EventName)
		}
	}
	return strings.Join(names, " ")
}

func unzip(t *testing.T, body []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestATrailDeliversWhatIsRecordedWhileItLogs: nothing from before, nothing twice, nothing of others.
func TestATrailDeliversWhatIsRecordedWhileItLogs(t *testing.T) {
	w := newWorld(t)
	w.create(testidc.Member, "mine", func(s *trail.Settings) { s.Prefix = p("team/") })
	w.record(testidc.Member, "Before")
	w.start(testidc.Member, "mine")
	w.record(testidc.Member, "A", "B")
	w.record(testidc.Management, "Theirs")
	w.wait(6 * time.Minute)
	if got := w.delivered(w.open); got != "A B" {
		t.Errorf("delivered %q", got)
	}
	w.wait(30 * time.Minute)
	if n := len(w.open.keys("")); n != 1 {
		t.Errorf("%d files, want 1: nothing happened meanwhile", n)
	}
	w.record(testidc.Member, "C")
	w.wait(6 * time.Minute)
	if got := w.delivered(w.open); got != "A B C" {
		t.Errorf("delivered %q", got)
	}
	for _, key := range w.open.keys("") {
		form := `team/AWSLogs/222222222222/CloudTrail/us-east-1/2026/03/01/222222222222_CloudTrail_us-east-1_20260301T`
		if !strings.HasPrefix(key, form) || !strings.HasSuffix(key, ".json.gz") || len(key) != len(form)+len("1204Z_0123456789abcdef.json.gz") {
			t.Errorf("a file is called %s", key)
		}
	}
	st := w.status(testidc.Member, "mine")
	if !st.Logging || st.LastDeliveryAt.IsZero() || st.LastDeliveryError != "" {
		t.Errorf("status %+v", st)
	}
}

// TestStopAndStart: what was recorded before the stop is delivered, what came after is not, and a
// new start goes on from there.
func TestStopAndStart(t *testing.T) {
	w := newWorld(t)
	w.create(testidc.Member, "mine", nil)
	w.start(testidc.Member, "mine")
	w.record(testidc.Member, "A")
	w.stop(testidc.Member, "mine")
	w.record(testidc.Member, "Off")
	w.Clock.Advance(time.Second)
	w.start(testidc.Member, "mine")
	w.record(testidc.Member, "B")
	w.wait(12 * time.Minute)
	if got := w.delivered(w.open); got != "A B" {
		t.Errorf("delivered %q", got)
	}
	w.record(testidc.Member, "C")
	w.stop(testidc.Member, "mine")
	w.record(testidc.Member, "Off")
	w.wait(12 * time.Minute)
	if got := w.delivered(w.open); got != "A B C" {
		t.Errorf("delivered %q after the stop", got)
	}
	w.View(func(r store.Reader) error {
		n, err := r.CountJobs()
		if n != 0 {
			t.Errorf("%d jobs are left of a trail that does not log", n)
		}
		return err
	})
}

// TestADestinationThatFails is told in the status and tried again until it works.
func TestADestinationThatFails(t *testing.T) {
	w := newWorld(t)
	w.create(testidc.Member, "mine", nil)
	w.start(testidc.Member, "mine")
	w.record(testidc.Member, "A")
	w.open.fail = &trail.DeliveryError{Code: "AccessDenied", Err: errors.New("private words")}
	w.wait(10 * time.Minute)
	if st := w.status(testidc.Member, "mine"); st.LastDeliveryError != "AccessDenied" || st.LastAttemptAt.IsZero() || !st.LastDeliveryAt.IsZero() {
		t.Errorf("status %+v", st)
	}
	w.record(testidc.Member, "B")
	w.open.fail = nil
	w.wait(10 * time.Minute)
	if got := w.delivered(w.open); got != "A B" {
		t.Errorf("delivered %q", got)
	}
	if st := w.status(testidc.Member, "mine"); st.LastDeliveryError != "" {
		t.Errorf("the failure is still told: %+v", st)
	}
	delete(w.trails.Buckets, "logs")
	w.record(testidc.Member, "C")
	w.wait(10 * time.Minute)
	if st := w.status(testidc.Member, "mine"); st.LastDeliveryError != "NoSuchBucket" {
		t.Errorf("a bucket that the configuration lost: %+v", st)
	}
}

// TestACrashLosesNothing: files that were written before the position was are written again.
func TestACrashLosesNothing(t *testing.T) {
	w := newWorld(t)
	w.create(testidc.Member, "mine", nil)
	w.start(testidc.Member, "mine")
	w.record(testidc.Member, "A")
	crashing := *w.trails
	crashing.Store = failingStore{w.Store}
	node := w.node(&crashing)
	w.Clock.Advance(6 * time.Minute)
	node.Drain(t.Context())
	if w.delivered(w.open) != "A" || w.status(testidc.Member, "mine").Position != 0 {
		t.Fatal("the crash came too early or too late")
	}
	w.wait(12 * time.Minute)
	if got := w.delivered(w.open); got != "A A" {
		t.Errorf("delivered %q: at least once", got)
	}
}

// TestANodeThatWasTakenForDead finds its work done by another, and changes nothing.
func TestANodeThatWasTakenForDead(t *testing.T) {
	w := newWorld(t)
	w.create(testidc.Member, "mine", nil)
	w.start(testidc.Member, "mine")
	w.record(testidc.Member, "A")
	w.Clock.Advance(6 * time.Minute)
	other := w.node(w.trails)
	w.open.during = func() { // the first node hangs until its lease is over
		w.Clock.Advance(time.Minute)
		w.record(testidc.Member, "B")
		other.Drain(t.Context())
	}
	w.runner.Drain(t.Context())
	if got := w.delivered(w.open); got != "A A B" && got != "A B A" {
		t.Errorf("delivered %q", got)
	}
	w.record(testidc.Member, "C")
	w.wait(20 * time.Minute)
	if got := strings.Count(w.delivered(w.open), "C"); got != 1 {
		t.Errorf("C was delivered %d times: there are two jobs for the trail", got)
	}
	if st := w.status(testidc.Member, "mine"); st.LastDeliveryError != "" {
		t.Errorf("the owner is told %s", st.LastDeliveryError)
	}
}

// failingStore loses every write of a run.
type failingStore struct{ store.Store }

func (failingStore) Update(context.Context, idc.ChangeSet, func(store.Tx) error) error {
	return errors.New("the node dies")
}

// TestManyEventsTakeManyFiles: one run of the job leaves the rest to the next, at once.
func TestManyEventsTakeManyFiles(t *testing.T) {
	w := newWorld(t)
	w.create(testidc.Member, "mine", nil)
	w.start(testidc.Member, "mine")
	var all []audit.Call
	for i := range 5100 {
		w.Clock.Advance(time.Millisecond)
		all = append(all, audit.Call{Time: w.Clock.Now(), RequestID: w.IDs.UUID(), Name: fmt.Sprint("E", i), RecipientAccountID: testidc.Member})
	}
	if err := w.audit.RecordAll(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	w.wait(6 * time.Minute)
	if got := strings.Fields(w.delivered(w.open)); len(got) != 5100 {
		t.Errorf("%d events of 5100 in %d files", len(got), len(w.open.keys("")))
	}
}

// TestAnOrganizationTrail delivers the events of all its accounts, each to its own folder.
func TestAnOrganizationTrail(t *testing.T) {
	w := newWorld(t)
	organization := settings(func(s *trail.Settings) { s.Organization = p(true) })
	create := func(account string) error {
		_, err := w.trails.Create(t.Context(), w.Change(), account, "all", organization, nil)
		return err
	}
	if got := idc.ReasonOf(create(testidc.Member)); got != "NotOrganizationMasterAccount" {
		t.Errorf("a member makes an organization trail: %s", got)
	}
	if got := idc.ReasonOf(create(testidc.Management)); got != "CloudTrailAccessNotEnabled" {
		t.Errorf("without trusted access: %s", got)
	}
	w.Update(func(tx store.Tx) error {
		if err := tx.PutAccount(&idc.Account{ID: "333333333333", Name: "Left", Email: "left@example.com", State: idc.AccountActive, Target: "native"}); err != nil {
			return err
		}
		return tx.PutServiceAccess(&idc.ServiceAccess{ServicePrincipal: "cloudtrail.amazonaws.com", EnabledAt: w.Clock.Now()})
	})
	if err := create(testidc.Management); err != nil {
		t.Fatal(err)
	}
	w.start(testidc.Management, "all")
	w.record(testidc.Member, "M")
	w.record(testidc.Management, "A")
	w.record("333333333333", "Left")
	w.wait(6 * time.Minute)
	if got := w.delivered(w.open); got != "A M" {
		t.Errorf("delivered %q", got)
	}
	for _, account := range []string{testidc.Member, testidc.Management} {
		if n := len(w.open.keys("AWSLogs/" + w.Instance.OrganizationID + "/" + account + "/CloudTrail/us-east-1/")); n != 1 {
			t.Errorf("%d files of %s", n, account)
		}
	}
	seen, err := w.trails.List(t.Context(), testidc.Member)
	if err != nil || len(seen) != 1 {
		t.Fatalf("a member sees %v, %v", seen, err)
	}
	if err := w.trails.StopLogging(t.Context(), w.Change(), testidc.Member, seen[0].ARN); idc.ReasonOf(err) != "NotOrganizationMasterAccount" {
		t.Errorf("a member stops the trail of the organization: %v", err)
	}
	if _, err := w.trails.Get(t.Context(), "333333333333", seen[0].ARN); !idc.IsNotFound(err) {
		t.Errorf("an account outside the organization sees its trail: %v", err)
	}
	w.Update(func(tx store.Tx) error {
		return tx.PutDelegatedAdministrator(&idc.DelegatedAdministrator{AccountID: testidc.Member, ServicePrincipal: "cloudtrail.amazonaws.com", EnabledAt: w.Clock.Now()})
	})
	w.stop(testidc.Member, seen[0].ARN)
	made, err := w.trails.Create(t.Context(), w.Change(), testidc.Member, "second", organization, nil)
	if err != nil || made.AccountID != testidc.Management {
		t.Errorf("a delegated administrator makes %+v, %v", made, err)
	}
}

// TestSettings: what a trail may say, and in which words it is refused.
func TestSettings(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		name   string
		edit   func(*trail.Settings)
		reason idc.Reason
		words  string
	}{
		"short":              {"ab", nil, "InvalidTrailName", "too short"},
		"long":               {strings.Repeat("a", 129), nil, "InvalidTrailName", "too long"},
		"first":              {"-abc", nil, "InvalidTrailName", "starts with"},
		"last":               {"abc_", nil, "InvalidTrailName", "ends with"},
		"letters":            {"a/b", nil, "InvalidTrailName", "can only contain"},
		"adjacent":           {"a._b", nil, "InvalidTrailName", "adjacent"},
		"address":            {"10.0.0.1", nil, "InvalidTrailName", "IP address"},
		"no bucket":          {"mine", func(s *trail.Settings) { s.Bucket = p("other") }, "S3BucketDoesNotExist", "S3 bucket other does not exist!"},
		"bad bucket":         {"mine", func(s *trail.Settings) { s.Bucket = p("No_Bucket") }, "InvalidS3BucketName", "No_Bucket"},
		"another's bucket":   {"mine", func(s *trail.Settings) { s.Bucket = p("central") }, "InsufficientS3BucketPolicy", "central"},
		"prefix leads away":  {"mine", func(s *trail.Settings) { s.Prefix = p("../x") }, "InvalidS3Prefix", "../x"},
		"prefix of a digest": {"mine", func(s *trail.Settings) { s.Prefix = p("AWSLogs") }, "InvalidS3Prefix", "AWSLogs"},
		"long prefix":        {"mine", func(s *trail.Settings) { s.Prefix = p(strings.Repeat("p", 201)) }, "InvalidS3Prefix", "longer"},
		"global":             {"mine", func(s *trail.Settings) { s.GlobalServiceEvents = p(false) }, "InvalidParameterCombination", "Multi-Region trail must include global"},
		"key":                {"mine", func(s *trail.Settings) { s.KMSKeyID = p("alias/x") }, "KmsKeyNotFound", "alias/x"},
		"topic":              {"mine", func(s *trail.Settings) { s.SNSTopicName = p("x") }, "InsufficientSnsTopicPolicy", "does not exist"},
		"log group":          {"mine", func(s *trail.Settings) { s.LogGroupARN = p("x") }, "InvalidCloudWatchLogsLogGroupArn", "no such log group"},
	} {
		_, err := w.trails.Create(t.Context(), w.Change(), testidc.Member, c.name, settings(c.edit), nil)
		if idc.ReasonOf(err) != c.reason || !strings.Contains(idc.PublicMessage(err), c.words) {
			t.Errorf("%s: %v, want %s with %q", name, err, c.reason, c.words)
		}
	}
	for _, name := range []string{"one", "two", "three", "four", "five"} {
		w.create(testidc.Member, name, nil)
	}
	_, err := w.trails.Create(t.Context(), w.Change(), testidc.Member, "one", settings(nil), nil)
	if idc.ReasonOf(err) != "TrailAlreadyExists" {
		t.Errorf("a second of the name: %v", err)
	}
	_, err = w.trails.Create(t.Context(), w.Change(), testidc.Member, "six", settings(nil), nil)
	if idc.ReasonOf(err) != "MaximumNumberOfTrailsExceeded" {
		t.Errorf("a sixth: %v", err)
	}
	w.create(testidc.Management, "one", nil) // the quota is an account's
	if _, err := w.trails.Get(t.Context(), testidc.Management, "arn:aws:cloudtrail:us-east-1:222222222222:trail/two"); !idc.IsNotFound(err) {
		t.Errorf("another account's trail: %v", err)
	}
	if _, err := w.trails.Get(t.Context(), testidc.Member, "arn:aws:iam::222222222222:role/x"); idc.ReasonOf(err) != "CloudTrailARNInvalid" {
		t.Errorf("an ARN of something else: %v", err)
	}
	updated, err := w.trails.Update(t.Context(), w.Change(), testidc.Member, "one", trail.Settings{Prefix: p("x"), Validation: p(true)})
	if err != nil || updated.Prefix != "x" || !updated.LogFileValidation || !updated.MultiRegion || updated.Bucket != "logs" {
		t.Errorf("updated to %+v, %v", updated, err)
	}
}

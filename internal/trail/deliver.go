package trail

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// JobDeliver is the kind of the job that delivers the files of one trail and queues
// itself again while the trail logs.
const JobDeliver = "deliver-trail"

const (
	// batch is how many events are read, written and accounted for at a time. It is
	// halved with every try that failed, so that a slow disk gets through, too.
	batch, leastBatch = 1000, 16
	// rounds is how many batches, and how many digests, one run of the job takes; what
	// is left, the next run takes at once.
	rounds = 5
)

// delivery is the payload of a job: it belongs to one StartLogging.
type delivery struct {
	Trail   string
	Started time.Time
}

func enqueue(tx store.Tx, d delivery, at, runAt time.Time) error {
	return store.Enqueue(tx, JobDeliver, "trail/"+d.Trail, d, at, runAt)
}

// errOvertaken ends a run that another node has done the work of.
var errOvertaken = errors.New("the trail was delivered by another run")

// RunDeliver is the handler of JobDeliver.
func (s *Service) RunDeliver(ctx context.Context, change idc.ChangeSet, job *idc.Job) (func(store.Tx) error, error) {
	d, err := store.Payload[delivery](job)
	if err != nil {
		return nil, err
	}
	r, err := s.begin(ctx, d, max(leastBatch, batch>>min(job.Attempts-1, 8)))
	if err != nil || r == nil {
		return nil, err
	}
	more, err := s.work(ctx, r)
	if err != nil {
		return nil, errors.Join(err, s.fail(ctx, r, err))
	}
	if !more && !r.status.Logging {
		return nil, nil // what was recorded before StopLogging is delivered
	}
	runAt := change.At
	if !more {
		runAt = runAt.Add(s.every())
	}
	return func(tx store.Tx) error { return enqueue(tx, d, change.At, runAt) }, nil
}

// work does what is due; more says that something is left. The digests come first:
// they name what was delivered before they end.
func (s *Service) work(ctx context.Context, r *run) (more bool, err error) {
	if more, err = s.deliverDigests(ctx, r, false); err != nil || more {
		return more, err
	}
	if more, err = s.deliver(ctx, r); err != nil || more || r.status.Logging {
		return more, err
	}
	return s.deliverDigests(ctx, r, true)
}

// run is one run of the job.
type run struct {
	trail     *idc.Trail
	status    *idc.TrailStatus
	chains    chains
	bucket    Bucket
	batch     int
	digesting bool // what is under way
}

// begin loads a trail; nil when there is nothing for this job to do any more.
func (s *Service) begin(ctx context.Context, d delivery, batch int) (*run, error) {
	r := &run{batch: batch}
	err := s.Store.View(ctx, func(rd store.Reader) (err error) {
		if r.trail, err = rd.Trail(d.Trail); err != nil {
			return err
		}
		r.status, err = statusOf(rd, r.trail)
		return err
	})
	if idc.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !r.status.LoggingStartedAt.Equal(d.Started) {
		return nil, nil // a later StartLogging has its own job
	}
	r.chains, err = readChains(r.status.LastDigest)
	r.bucket = s.Buckets[r.trail.Bucket]
	return r, err
}

// deliver writes log files until no event is left; more says that some are.
func (s *Service) deliver(ctx context.Context, r *run) (more bool, err error) {
	for range rounds {
		var events []*idc.AuditEvent
		err := s.Store.View(ctx, func(rd store.Reader) (err error) {
			events, err = rd.TailEvents(r.status.Position, r.batch)
			return err
		})
		if err != nil || len(events) == 0 {
			return false, err
		}
		files, err := s.files(ctx, r, events)
		if err != nil {
			return false, err
		}
		for _, f := range files {
			if err := r.put(ctx, f.key, f.body, nil); err != nil {
				return false, err
			}
		}
		if err := s.account(ctx, r, events[len(events)-1].Seq, files); err != nil {
			return false, err
		}
		if len(events) < r.batch {
			return false, nil
		}
	}
	return true, nil
}

// put writes an object to the trail's bucket.
func (r *run) put(ctx context.Context, key string, body []byte, metadata map[string]string) error {
	if r.bucket.Destination == nil {
		return &DeliveryError{Code: "NoSuchBucket", Err: fmt.Errorf("the configuration has no bucket %s any more", r.trail.Bucket)}
	}
	if err := r.bucket.Put(ctx, key, body, metadata); err != nil {
		return fmt.Errorf("delivering %s to %s: %w", key, r.trail.Bucket, err)
	}
	return nil
}

// files makes the files of those events that the trail delivers.
func (s *Service) files(ctx context.Context, r *run, events []*idc.AuditEvent) ([]logFile, error) {
	var all []gathered
	member := map[string]bool{}
	for _, e := range events {
		if _, known := member[e.AccountID]; !known {
			of, err := s.covers(ctx, r.trail, e.AccountID)
			if err != nil {
				return nil, err
			}
			member[e.AccountID] = of
		}
		if !member[e.AccountID] || !recorded(r.status, e.Time) {
			continue
		}
		h, err := headerOf(e)
		if err != nil {
			return nil, err
		}
		if !wants(r.trail, h) {
			continue
		}
		p := place{e.AccountID, h.Region}
		at := slices.IndexFunc(all, func(g gathered) bool { return g.place == p })
		if at < 0 {
			at, all = len(all), append(all, gathered{place: p})
		}
		all[at].events = append(all[at].events, e)
	}
	files := make([]logFile, len(all))
	for i, g := range all {
		f, err := s.pack(r.trail, g, s.Clock.Now())
		if err != nil {
			return nil, err
		}
		files[i] = f
	}
	return files, nil
}

// covers reports whether a trail delivers the events of an account.
func (s *Service) covers(ctx context.Context, t *idc.Trail, accountID string) (bool, error) {
	if !t.OrganizationTrail {
		return t.AccountID == accountID, nil
	}
	var member bool
	err := s.Store.View(ctx, func(rd store.Reader) error {
		a, err := rd.Account(accountID)
		if err == nil {
			member = a.InOrganization()
		}
		return err
	})
	if idc.IsNotFound(err) {
		return false, nil
	}
	return member, err
}

// recorded reports whether a trail was logging at an instant.
func recorded(st *idc.TrailStatus, at time.Time) bool {
	if at.Before(st.LoggingStartedAt) { // it may lie before the stop that preceded this start
		return !st.LoggingStoppedAt.IsZero() && st.LoggingStoppedAt.Before(st.LoggingStartedAt) && !at.After(st.LoggingStoppedAt)
	}
	return st.Logging || !at.After(st.LoggingStoppedAt)
}

// account writes down that all events up to seq are delivered or passed over.
func (s *Service) account(ctx context.Context, r *run, seq int64, files []logFile) error {
	now := s.Clock.Now()
	var chains chains
	if r.trail.LogFileValidation {
		chains = r.chains.clone()
		for _, f := range files {
			chains = chains.add(f, r.status.LoggingStartedAt, now)
		}
	}
	return s.commit(ctx, r, chains, func(st *idc.TrailStatus) {
		st.Position = seq
		if len(files) > 0 {
			st.LastAttemptAt, st.LastDeliveryAt, st.LastDeliveryError = now, now, ""
		}
	})
}

// commit changes the status of a trail, unless another run has changed it meanwhile.
func (s *Service) commit(ctx context.Context, r *run, chains chains, edit func(st *idc.TrailStatus)) error {
	text, err := chains.text()
	if err != nil {
		return err
	}
	var st idc.TrailStatus
	err = s.Store.Update(ctx, s.changeSet(), func(tx store.Tx) error {
		now, err := tx.TrailStatus(r.trail.ARN)
		if err != nil {
			return err
		}
		if now.Position != r.status.Position || now.LastDigest != r.status.LastDigest || !now.LoggingStartedAt.Equal(r.status.LoggingStartedAt) {
			return errOvertaken
		}
		st = *now
		edit(&st)
		st.LastDigest = text
		return tx.PutTrailStatus(&st)
	})
	if err != nil {
		return err
	}
	// This run goes on as it began, even when logging was stopped meanwhile.
	st.Logging, st.LoggingStoppedAt = r.status.Logging, r.status.LoggingStoppedAt
	r.status, r.chains = &st, chains
	return nil
}

func (s *Service) changeSet() idc.ChangeSet {
	id := s.IDs.UUID()
	return idc.ChangeSet{ID: id, RequestID: id, At: s.Clock.Now(), Actor: "gatehouse", Door: "trail"}
}

// fail tells the owner of a trail that a run failed, if a destination is the cause.
func (s *Service) fail(ctx context.Context, r *run, cause error) error {
	if errors.Is(cause, errOvertaken) {
		return nil
	}
	code := "InternalError"
	var refused *DeliveryError
	if errors.As(cause, &refused) {
		code = refused.Code
	}
	now := s.Clock.Now()
	// The time for the run may be over: this must still be told.
	return s.Store.Update(context.WithoutCancel(ctx), s.changeSet(), func(tx store.Tx) error {
		found, err := tx.TrailStatus(r.trail.ARN)
		if idc.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		st := *found
		st.LastAttemptAt = now
		if r.digesting {
			st.LastDigestError = code
		} else {
			st.LastDeliveryError = code
		}
		return tx.PutTrailStatus(&st)
	})
}

package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func trailTable() *inplace[idc.Trail] {
	return &inplace[idc.Trail]{keys: 1, table: table[idc.Trail]{
		noun: store.NounTrail, name: "trails", body: true,
		id: func(t *idc.Trail) string { return t.ARN },
		columns: []column[idc.Trail]{
			text("arn", func(t *idc.Trail) *string { return &t.ARN }),
			text("account_id", func(t *idc.Trail) *string { return &t.AccountID }),
			text("name", func(t *idc.Trail) *string { return &t.Name }),
			instant("created_at", func(t *idc.Trail) *time.Time { return &t.CreatedAt }),
		},
	}}
}

func trailStatusTable() *inplace[idc.TrailStatus] {
	return &inplace[idc.TrailStatus]{keys: 1, table: table[idc.TrailStatus]{
		noun: store.NounTrailStatus, name: "trail_statuses",
		id: func(s *idc.TrailStatus) string { return s.TrailARN },
		columns: []column[idc.TrailStatus]{
			text("arn", func(s *idc.TrailStatus) *string { return &s.TrailARN }),
			boolean("logging", func(s *idc.TrailStatus) *bool { return &s.Logging }),
			instant("logging_started_at", func(s *idc.TrailStatus) *time.Time { return &s.LoggingStartedAt }),
			instant("logging_stopped_at", func(s *idc.TrailStatus) *time.Time { return &s.LoggingStoppedAt }),
			integer("position", func(s *idc.TrailStatus) *int64 { return &s.Position }),
			instant("last_delivery_at", func(s *idc.TrailStatus) *time.Time { return &s.LastDeliveryAt }),
			instant("last_attempt_at", func(s *idc.TrailStatus) *time.Time { return &s.LastAttemptAt }),
			text("last_delivery_error", func(s *idc.TrailStatus) *string { return &s.LastDeliveryError }),
			instant("last_digest_at", func(s *idc.TrailStatus) *time.Time { return &s.LastDigestAt }),
			text("last_digest_error", func(s *idc.TrailStatus) *string { return &s.LastDigestError }),
			text("last_digest", func(s *idc.TrailStatus) *string { return &s.LastDigest }),
		},
	}}
}

func (r *reader) Trail(arn string) (*idc.Trail, error) {
	return r.tables.trails.find(r, arn, "arn = $1", arn)
}

func (r *reader) ListTrails(accountID string, p store.Page) ([]*idc.Trail, error) {
	if accountID == "" {
		return r.tables.trails.page(r, p, "arn", "")
	}
	return r.tables.trails.page(r, p, "arn", "account_id = $1", accountID)
}

func (r *reader) TrailStatus(arn string) (*idc.TrailStatus, error) {
	return r.tables.trailStatuses.find(r, arn, "arn = $1", arn)
}

func (r *reader) ListLoggingTrails() ([]*idc.TrailStatus, error) {
	return r.tables.trailStatuses.list(r, 0, "where logging = $1 order by arn", true)
}

func (t *tx) PutTrail(tr *idc.Trail) error { return t.tables.trails.put(t, tr) }

func (t *tx) DeleteTrail(arn string) error {
	if err := t.tables.trails.remove(t, arn, "arn = $1", arn); err != nil {
		return err
	}
	_, err := t.q.exec("delete from trail_statuses where arn = $1", arn)
	return err
}

func (t *tx) PutTrailStatus(s *idc.TrailStatus) error { return t.tables.trailStatuses.put(t, s) }

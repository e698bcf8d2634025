package sqlstore

import (
	"database/sql"
	"strconv"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func jobTable() *inplace[idc.Job] {
	return &inplace[idc.Job]{keys: 1, table: table[idc.Job]{
		noun: store.NounJob, name: "jobs",
		id: func(j *idc.Job) string { return strconv.FormatInt(j.ID, 10) },
		columns: []column[idc.Job]{
			integer("id", func(j *idc.Job) *int64 { return &j.ID }),
			text("kind", func(j *idc.Job) *string { return &j.Kind }),
			text("lane", func(j *idc.Job) *string { return &j.Lane }),
			text("payload", func(j *idc.Job) *string { return &j.Payload }),
			ordered("run_at", func(j *idc.Job) *time.Time { return &j.RunAt }),
			integer("attempts", func(j *idc.Job) *int { return &j.Attempts }),
			ordered("locked_until", func(j *idc.Job) *time.Time { return &j.LockedUntil }),
			text("last_error", func(j *idc.Job) *string { return &j.LastError }),
			instant("created_at", func(j *idc.Job) *time.Time { return &j.CreatedAt }),
		},
	}}
}

func (r *reader) CountJobs() (int, error) {
	n, err := r.q.number("select count(*) from jobs")
	return int(n), err
}

func (r *reader) NextJobAt() (time.Time, error) {
	us, err := r.q.number("select min(case when locked_until > run_at then locked_until else run_at end) from jobs")
	return instantOf(us), err
}

func (r *reader) ListJobs(p store.Page) ([]*idc.Job, error) {
	after, err := parseNumber(p.After)
	if err != nil {
		return nil, err
	}
	return r.tables.jobs.list(r, p.Limit, "where id > $1 order by id", after)
}

func (t *tx) EnqueueJob(j *idc.Job) error {
	now := instantOf(t.now)
	if j.RunAt.IsZero() {
		j.RunAt = now
	}
	if j.CreatedAt.IsZero() {
		j.CreatedAt = now
	}
	id, err := t.q.number(`insert into jobs (kind, lane, payload, run_at, attempts, locked_until, last_error, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
		j.Kind, j.Lane, j.Payload, micros(j.RunAt), int64(j.Attempts), micros(j.LockedUntil), j.LastError, micros(j.CreatedAt))
	if err != nil {
		return err
	}
	j.ID = id
	t.publish(store.NounJob, strconv.FormatInt(id, 10))
	return nil
}

// ClaimJobs takes the first due job of every free lane, so two workers that
// pick at the same time pick the same rows, of which the second skips or waits
// for the locked ones; a lane's second job is never a candidate.
func (t *tx) ClaimJobs(now time.Time, lease time.Duration, limit int) ([]*idc.Job, error) {
	text, args := limited(`select id from jobs where run_at <= $1 and locked_until <= $1
		and not exists (select 1 from jobs other where other.lane = jobs.lane and other.id <> jobs.id
			and (other.locked_until > $1 or (other.run_at <= $1 and (other.run_at, other.id) < (jobs.run_at, jobs.id))))
		order by run_at, id`, []any{micros(now)}, limit)
	var ids []int64
	err := t.q.each(text+t.q.session.dialect.skipLocked, args, func(rows *sql.Rows) error {
		ids = append(ids, 0)
		return rows.Scan(&ids[len(ids)-1])
	})
	if err != nil {
		return nil, err
	}
	jobs := make([]*idc.Job, 0, len(ids))
	for _, id := range ids {
		job := new(idc.Job)
		found, err := t.q.row(t.tables.jobs.dests(job),
			"update jobs set locked_until = $2, attempts = attempts + 1 where id = $1 returning "+t.tables.jobs.selected,
			id, micros(now.Add(lease)))
		if err != nil {
			return nil, err
		}
		if found {
			jobs = append(jobs, job)
		}
	}
	return jobs, nil
}

func (t *tx) FinishJob(id int64) error {
	return t.tables.jobs.remove(t, strconv.FormatInt(id, 10), "id = $1", id)
}

func (t *tx) RetryJob(id int64, runAt time.Time, lastError string) error {
	n, err := t.q.exec("update jobs set locked_until = 0, run_at = $2, last_error = $3 where id = $1", id, micros(runAt), lastError)
	if err != nil {
		return err
	}
	key := strconv.FormatInt(id, 10)
	if n == 0 {
		return t.tables.jobs.notFound(key)
	}
	t.publish(store.NounJob, key)
	return nil
}

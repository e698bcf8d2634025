package sqlstore

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func eventTable() *inplace[idc.AuditEvent] {
	return &inplace[idc.AuditEvent]{keys: 1, table: table[idc.AuditEvent]{
		noun: store.NounEvent, name: "audit_events",
		id: func(e *idc.AuditEvent) string { return e.ID },
		columns: []column[idc.AuditEvent]{
			integer("seq", func(e *idc.AuditEvent) *int64 { return &e.Seq }),
			text("id", func(e *idc.AuditEvent) *string { return &e.ID }),
			ordered("time", func(e *idc.AuditEvent) *time.Time { return &e.Time }),
			clipped("name", func(e *idc.AuditEvent) *string { return &e.Name }),
			clipped("source", func(e *idc.AuditEvent) *string { return &e.Source }),
			boolean("read_only", func(e *idc.AuditEvent) *bool { return &e.ReadOnly }),
			text("account_id", func(e *idc.AuditEvent) *string { return &e.AccountID }),
			clipped("user_name", func(e *idc.AuditEvent) *string { return &e.UserName }),
			clipped("access_key_id", func(e *idc.AuditEvent) *string { return &e.AccessKeyID }),
			text("error_code", func(e *idc.AuditEvent) *string { return &e.ErrorCode }),
			text("request_id", func(e *idc.AuditEvent) *string { return &e.RequestID }),
			list("resources", func(e *idc.AuditEvent) *[]idc.EventResource { return &e.Resources }),
			text("record", func(e *idc.AuditEvent) *string { return &e.Record }),
		},
		unique: []unique{{"audit_events_id", []string{"id"}, "Event", "An event with this id is recorded already."}},
	}}
}

// conditions collects the parts of a where clause and their arguments.
type conditions struct {
	parts []string
	args  []any
}

// add appends a condition, in which each ? is the next argument.
func (c *conditions) add(condition string, args ...any) {
	for _, a := range args {
		c.args = append(c.args, a)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(c.args)), 1)
	}
	c.parts = append(c.parts, condition)
}

// equal asks for a value of a column that may hold only its beginning; "" asks for nothing.
func (c *conditions) equal(column, value string) { c.filter(column, clip(value)) }

// filter asks for a value; "" asks for nothing.
func (c *conditions) filter(column, value string) {
	if value != "" {
		c.add(column+" = ?", value)
	}
}

func (c *conditions) text() string { return strings.Join(c.parts, " and ") }

func (c *conditions) where() string {
	if len(c.parts) == 0 {
		return ""
	}
	return "where " + c.text() + " "
}

func eventConditions(f idc.EventFilter) *conditions {
	c := new(conditions)
	c.equal("id", f.ID)
	c.equal("name", f.Name)
	c.equal("source", f.Source)
	c.equal("user_name", f.UserName)
	c.equal("access_key_id", f.AccessKeyID)
	c.equal("account_id", f.AccountID)
	if f.ReadOnly != nil {
		c.add("read_only = ?", *f.ReadOnly)
	}
	if !f.From.IsZero() {
		c.add("time >= ?", micros(f.From))
	}
	if !f.To.IsZero() {
		c.add("time <= ?", micros(f.To))
	}
	switch {
	case f.ResourceName != "" && f.ResourceType != "":
		c.add("seq in (select seq from audit_resources where name = ? and type = ?)", resourceKey(f.ResourceName), digested(f.ResourceType))
	case f.ResourceName != "":
		c.add("seq in (select seq from audit_resources where name = ?)", resourceKey(f.ResourceName))
	case f.ResourceType != "":
		c.add("exists (select 1 from audit_resources r where r.seq = audit_events.seq and r.type = ?)", digested(f.ResourceType))
	}
	return c
}

func (r *reader) ListEvents(f idc.EventFilter, p store.Page) ([]*idc.AuditEvent, string, error) {
	c := eventConditions(f)
	if p.After != "" {
		at, key, err := parsePosition(p.After)
		if err != nil {
			return nil, "", err
		}
		seq, err := parseNumber(key)
		if err != nil {
			return nil, "", err
		}
		c.add("(time, seq) < (?, ?)", at, seq)
	}
	return store.Fetch(p, func(p store.Page) ([]*idc.AuditEvent, error) {
		return r.tables.events.list(r, p.Limit, c.where()+"order by time desc, seq desc", c.args...)
	}, func(e *idc.AuditEvent) string { return position(e.Time, strconv.FormatInt(e.Seq, 10)) })
}

func (r *reader) TailEvents(seq int64, limit int) ([]*idc.AuditEvent, error) {
	return r.tables.events.list(r, limit, "where seq > $1 order by seq", seq)
}

func (r *reader) LastEventSeq() (int64, error) {
	return r.q.number("select coalesce(max(seq), 0) from audit_events")
}

// resourceKey stands for the name of a resource in the table that finds events by
// it: 96 bits of a digest. Names are long, and the table has a row for each of
// every event; what an event says of its resources is written with the event.
func resourceKey(name string) string {
	sum := sha256.Sum256([]byte(name))
	return base64.RawStdEncoding.EncodeToString(sum[:12])
}

// AppendEvents writes an event's resources twice: with it, and in a table of
// their own for the filters.
func (t *tx) AppendEvents(events []*idc.AuditEvent) error {
	if len(events) == 0 {
		return nil
	}
	if lock := t.q.session.dialect.lockTrail; lock != "" {
		if _, err := t.q.exec(lock); err != nil {
			return err
		}
	}
	names := t.tables.events.names()[1:] // seq is given by the database
	text := "insert into audit_events (" + strings.Join(names, ", ") + ") values (" + holders(1, len(names)) + ") returning seq"
	for _, e := range events {
		values, err := t.tables.events.values(e, nil)
		if err != nil {
			return err
		}
		if e.Seq, err = t.q.number(text, values[1:]...); err != nil {
			return err
		}
		for _, res := range e.Resources {
			_, err := t.q.exec("insert into audit_resources (seq, name, type) values ($1, $2, $3) on conflict do nothing", e.Seq, resourceKey(res.Name), digested(res.Type))
			if err != nil {
				return err
			}
		}
	}
	t.publish(store.NounEvent, strconv.FormatInt(events[len(events)-1].Seq, 10))
	return nil
}

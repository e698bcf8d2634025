package sqlstore

import (
	"database/sql"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func changeSetTable() *inplace[idc.ChangeSet] {
	return &inplace[idc.ChangeSet]{keys: 1, table: table[idc.ChangeSet]{
		noun: "change-set", name: "change_sets",
		id: func(c *idc.ChangeSet) string { return c.ID },
		columns: []column[idc.ChangeSet]{
			text("id", func(c *idc.ChangeSet) *string { return &c.ID }),
			instant("at", func(c *idc.ChangeSet) *time.Time { return &c.At }),
			text("actor", func(c *idc.ChangeSet) *string { return &c.Actor }),
			text("user_id", func(c *idc.ChangeSet) *string { return &c.UserID }),
			text("why", func(c *idc.ChangeSet) *string { return &c.Why }),
			text("door", func(c *idc.ChangeSet) *string { return &c.Door }),
			text("request_id", func(c *idc.ChangeSet) *string { return &c.RequestID }),
		},
	}}
}

func (r *reader) ChangeSet(id string) (*idc.ChangeSet, error) {
	return r.tables.changeSets.find(r, id, "id = $1", id)
}

func (r *reader) ListChangeRecords(changeSetID string) ([]*idc.ChangeRecord, error) {
	return r.changeRecords("change_set = $1", changeSetID)
}

func (r *reader) ListChanges(noun store.Noun, entityID string) ([]*idc.ChangeRecord, error) {
	return r.changeRecords("noun = $1 and entity_id = $2", string(noun), entityID)
}

func (r *reader) changeRecords(where string, args ...any) ([]*idc.ChangeRecord, error) {
	var records []*idc.ChangeRecord
	err := r.q.each("select change_set, seq, at, noun, entity_id, action from change_records where "+where+" order by seq", args,
		func(rows *sql.Rows) error {
			c := new(idc.ChangeRecord)
			records = append(records, c)
			return rows.Scan(&c.ChangeSetID, &c.Seq, instantDest{&c.At}, &c.Noun, &c.EntityID, &c.Action)
		})
	return records, err
}

// record appends what happened to a versioned row, in the transaction of the
// change, and tells the subscribers. The change set itself is written with the
// first record; several transactions may belong to it.
func (t *tx) record(noun store.Noun, id string, action idc.ChangeAction, stamp int64) error {
	if !t.begun {
		values, err := t.tables.changeSets.values(&t.change, nil)
		if err != nil {
			return err
		}
		_, err = t.q.exec(`insert into change_sets (id, at, actor, user_id, why, door, request_id)
			values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`, values...)
		if err != nil {
			return err
		}
		t.begun = true
	}
	_, err := t.q.exec("insert into change_records (change_set, at, noun, entity_id, action) values ($1, $2, $3, $4, $5)",
		t.change.ID, stamp, string(noun), id, string(action))
	if err != nil {
		return err
	}
	t.publish(noun, id)
	return nil
}

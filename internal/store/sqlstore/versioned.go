package sqlstore

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// versioned is a table that keeps every version of a row. Besides the columns of
// the noun, of which the first is "id", it has recorded_at, retired_at (NULL
// while the row is current) and change_set.
type versioned[T any] struct {
	table[T]
	version func(*T) *idc.Version

	retireSQL, lastSQL, insertSQL string
}

func (v *versioned[T]) prepare(rules map[string]conflict) {
	v.unique = append(v.unique, unique{v.name + "_id", []string{"id"}, string(v.noun), "A row with this id exists already."})
	v.table.prepare(rules)
	v.selected += fmt.Sprintf(", %[1]s.recorded_at, %[1]s.retired_at, %[1]s.change_set", v.name)
	// Stamps of one row grow even when the clock stands still or is set back.
	v.retireSQL = "update " + v.name + " set retired_at = case when recorded_at < $2 then $2 else recorded_at + 1 end" +
		" where id = $1 and retired_at is null returning retired_at"
	v.lastSQL = "select max(retired_at) from " + v.name + " where id = $1"
	names := append(v.names(), "recorded_at", "change_set")
	v.insertSQL = "insert into " + v.name + " (" + strings.Join(names, ", ") + ") values (" + holders(1, len(names)) + ")"
}

// live is the condition that a row of the table counts at the reader's instant.
// It appends the arguments it needs.
func (r *reader) live(table string, args []any) (string, []any) {
	if r.at == 0 {
		return table + ".retired_at is null", args
	}
	args = append(args, r.at)
	return fmt.Sprintf("%[1]s.recorded_at <= $%[2]d and (%[1]s.retired_at is null or %[1]s.retired_at > $%[2]d)", table, len(args)), args
}

// find returns the live row that the condition selects. id is for the error only.
func (v *versioned[T]) find(r *reader, id, where string, args ...any) (*T, error) {
	live, args := r.live(v.name, args)
	row := new(T)
	found, err := r.q.row(v.dests(row), "select "+v.selected+" from "+v.name+" where "+where+" and "+live, args...)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, v.notFound(id)
	}
	return row, nil
}

func (v *versioned[T]) get(r *reader, id string) (*T, error) {
	return v.find(r, id, v.name+".id = $1", id)
}

// namedAtOnce is how many ids one statement asks for. They are always as many, the last
// one repeated, so that there is one statement to prepare.
const namedAtOnce = 50

// named lists the live rows with the given ids, by id.
func (v *versioned[T]) named(r *reader, ids []string) ([]*T, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	var rows []*T
	for chunk := range slices.Chunk(slices.Compact(ids), namedAtOnce) {
		args := make([]any, namedAtOnce)
		for i := range args {
			args[i] = chunk[min(i, len(chunk)-1)]
		}
		found, err := v.list(r, 0, v.name+".id", v.name+".id in ("+holders(1, namedAtOnce)+")", args...)
		if err != nil {
			return nil, err
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

// page lists the live rows the condition selects, by id, after the cursor.
// An empty condition selects all.
func (v *versioned[T]) page(r *reader, p store.Page, where string, args ...any) ([]*T, error) {
	if p.After != "" {
		args = append(args, p.After)
		where = and(where, fmt.Sprintf("%s.id > $%d", v.name, len(args)))
	}
	return v.list(r, p.Limit, v.name+".id", where, args...)
}

func (v *versioned[T]) list(r *reader, limit int, order, where string, args ...any) ([]*T, error) {
	live, args := r.live(v.name, args)
	text, args := limited("select "+v.selected+" from "+v.name+" where "+and(where, live)+" order by "+order, args, limit)
	var rows []*T
	err := r.q.each(text, args, func(found *sql.Rows) error {
		row := new(T)
		rows = append(rows, row)
		return found.Scan(v.dests(row)...)
	})
	return rows, err
}

// count counts the live rows that the condition selects; an empty one selects all.
func (v *versioned[T]) count(r *reader, where string, args ...any) (int, error) {
	live, args := r.live(v.name, args)
	n, err := r.q.number("select count(*) from "+v.name+" where "+and(where, live), args...)
	return int(n), err
}

func (v *versioned[T]) dests(row *T) []any {
	version := v.version(row)
	return append(v.table.dests(row), instantDest{&version.RecordedAt}, instantDest{&version.RetiredAt}, textDest[string]{&version.ChangeSetID})
}

// put retires the current version, writes row as the new one, records the
// change and sets row's Version.
func (v *versioned[T]) put(t *tx, row *T) error {
	id := v.id(row)
	if err := t.needChangeSet(v.noun); err != nil {
		return err
	}
	values, err := v.values(row, func(rest *T) { *v.version(rest) = idc.Version{} })
	if err != nil {
		return err
	}
	stamp, action := t.now, idc.ChangeUpdate
	retired, err := v.retire(t, id)
	if err != nil {
		return err
	}
	if retired != 0 {
		stamp = retired
	} else {
		last, err := t.q.number(v.lastSQL, id)
		if err != nil {
			return err
		}
		action = idc.ChangeCreate
		if last != 0 {
			stamp, action = max(stamp, last), idc.ChangeRevive
		}
	}
	if _, err := t.q.exec(v.insertSQL, append(values, stamp, t.change.ID)...); err != nil {
		return err
	}
	*v.version(row) = idc.Version{RecordedAt: instantOf(stamp), ChangeSetID: t.change.ID}
	return t.record(v.noun, id, action, stamp)
}

// retire ends the current version of a row and returns when, 0 if there is none.
func (v *versioned[T]) retire(t *tx, id string) (int64, error) {
	return t.q.number(v.retireSQL, id, t.now)
}

// remove retires the row and records the change.
func (v *versioned[T]) remove(t *tx, id string) error {
	if err := t.needChangeSet(v.noun); err != nil {
		return err
	}
	stamp, err := v.retire(t, id)
	if err != nil {
		return err
	}
	if stamp == 0 {
		return v.notFound(id)
	}
	return t.record(v.noun, id, idc.ChangeDelete, stamp)
}

func and(a, b string) string {
	if a == "" {
		return b
	}
	return a + " and " + b
}

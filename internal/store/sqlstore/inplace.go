package sqlstore

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// inplace is a table whose rows are changed where they are.
type inplace[T any] struct {
	table[T]
	keys int // the first columns are the primary key
	// fixed names columns that never change once written, so that writing the row
	// again does not touch their indexes.
	fixed []string

	putSQL, addSQL string
}

func (p *inplace[T]) prepare(rules map[string]conflict) {
	p.table.prepare(rules)
	names := p.names()
	var set []string
	for _, n := range names[p.keys:] {
		if slices.Contains(p.fixed, n) {
			continue
		}
		set = append(set, n+" = excluded."+n)
	}
	p.addSQL = fmt.Sprintf("insert into %s (%s) values (%s)", p.name, strings.Join(names, ", "), holders(1, len(names)))
	p.putSQL = fmt.Sprintf("%s on conflict (%s) do update set %s", p.addSQL, strings.Join(names[:p.keys], ", "), strings.Join(set, ", "))
}

// find returns the row that the condition selects. id is for the error only;
// it is empty where the row was looked up by a secret.
func (p *inplace[T]) find(r *reader, id, where string, args ...any) (*T, error) {
	row := new(T)
	found, err := r.q.row(p.dests(row), "select "+p.selected+" from "+p.name+" where "+where, args...)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, p.notFound(id)
	}
	return row, nil
}

// list returns the rows of the rest of a query: where ... order by ...
func (p *inplace[T]) list(r *reader, limit int, rest string, args ...any) ([]*T, error) {
	text, args := limited("select "+p.selected+" from "+p.name+" "+rest, args, limit)
	var rows []*T
	err := r.q.each(text, args, func(found *sql.Rows) error {
		row := new(T)
		rows = append(rows, row)
		return found.Scan(p.dests(row)...)
	})
	return rows, err
}

// page lists the rows the condition selects, by the column key, after the cursor.
// An empty condition selects all.
func (p *inplace[T]) page(r *reader, page store.Page, key, where string, args ...any) ([]*T, error) {
	if page.After != "" {
		args = append(args, page.After)
		after := fmt.Sprintf("%s > $%d", key, len(args))
		if where != "" {
			after = and(where, after)
		}
		where = after
	}
	if where != "" {
		where = "where " + where + " "
	}
	return p.list(r, page.Limit, where+"order by "+key, args...)
}

// put writes a row, over the one with the same key if there is one.
func (p *inplace[T]) put(t *tx, row *T) error { return p.write(t, p.putSQL, row) }

// add writes a row whose key is not taken yet.
func (p *inplace[T]) add(t *tx, row *T) error { return p.write(t, p.addSQL, row) }

func (p *inplace[T]) write(t *tx, text string, row *T) error {
	values, err := p.values(row, nil)
	if err != nil {
		return err
	}
	if _, err := t.q.exec(text, values...); err != nil {
		return err
	}
	t.publish(p.noun, p.id(row))
	return nil
}

// remove deletes the row that the condition selects.
func (p *inplace[T]) remove(t *tx, id, where string, args ...any) error {
	n, err := t.q.exec("delete from "+p.name+" where "+where, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return p.notFound(id)
	}
	t.publish(p.noun, id)
	return nil
}

// sweepBatch is how many rows of a table one sweep deletes: there may be millions,
// and other writers wait as long as the transaction takes.
const sweepBatch = 1000

// sweep deletes what has outlived its use, a batch of it. Nobody is told: what
// expired stopped counting when it expired.
func (p *inplace[T]) sweep(t *tx, where string, args ...any) (int, error) {
	key := strings.Join(p.names()[:p.keys], ", ")
	return t.q.exec(fmt.Sprintf("delete from %s where (%s) in (select %s from %s where %s limit %d)",
		p.name, key, key, p.name, where, sweepBatch), args...)
}

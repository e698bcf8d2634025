package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// versionedRow describes a versioned noun for the tests that all of them pass.
type versionedRow[T any] struct {
	noun store.Noun
	// make returns a full row with the given id.
	make    func(id string) *T
	edit    func(*T)
	id      func(*T) string // "" for the id given to make
	put     func(store.Tx, *T) error
	get     func(store.Reader, string) (*T, error)
	remove  func(store.Tx, string) error
	version func(*T) *idc.Version
	list    func(store.Reader, store.Page) ([]*T, error) // all of them; nil if there is no such list
	one     bool                                         // there is at most one current row
}

func ignoreVersion() cmp.Option { return cmpopts.IgnoreTypes(idc.Version{}) }

func (n versionedRow[T]) cases() []testCase {
	cases := []testCase{
		{string(n.noun) + "/every member is kept", n.testRoundTrip},
		{string(n.noun) + "/life and history", n.testHistory},
		{string(n.noun) + "/missing rows", n.testMissing},
		{string(n.noun) + "/writes need a change set", n.testNeedsChangeSet},
	}
	if n.list != nil {
		cases = append(cases, testCase{string(n.noun) + "/paging", n.testPaging})
	}
	return cases
}

func (n versionedRow[T]) testRoundTrip(h *harness) {
	previous := ""
	for _, row := range []*T{n.make("a"), n.make("b")} {
		n.edit(row)
		before := *row
		id := n.key(row)
		replaced := previous
		previous = id
		h.update(func(tx store.Tx) error {
			if n.one && replaced != "" {
				if err := n.remove(tx, replaced); err != nil {
					return err
				}
			}
			if err := n.put(tx, row); err != nil {
				return err
			}
			got, err := n.get(tx, id) // its own write
			if err == nil {
				n.wantRow(h, "in the transaction", got, &before)
			}
			return err
		})
		h.view(func(r store.Reader) error {
			got, err := n.get(r, id)
			if err != nil {
				return err
			}
			n.wantRow(h, "after the transaction", got, &before)
			h.wantEqual("version", *n.version(got), *n.version(row))
			v := n.version(got)
			if v.ChangeSetID != "change" || v.RecordedAt.IsZero() || !v.RetiredAt.IsZero() {
				h.Errorf("version is %+v", v)
			}
			return nil
		})
	}
}

func (n versionedRow[T]) key(row *T) string { return n.id(row) }

func (n versionedRow[T]) wantRow(h *harness, what string, got, want *T) {
	h.Helper()
	if diff := cmp.Diff(want, got, ignoreVersion()); diff != "" {
		h.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// testHistory walks a row through its life and reads each state back at its time.
func (n versionedRow[T]) testHistory(h *harness) {
	first := n.make("a")
	id := n.key(first)
	second := with(first, n.edit)
	third := with(first, func(*T) {})
	var stamps []time.Time
	for _, row := range []*T{first, second} {
		h.update(func(tx store.Tx) error { return n.put(tx, row) })
		stamps = append(stamps, n.version(row).RecordedAt)
	}
	h.update(func(tx store.Tx) error { return n.remove(tx, id) })
	h.update(func(tx store.Tx) error { return n.put(tx, third) })
	h.view(func(r store.Reader) error {
		records, err := r.ListChanges(n.noun, id)
		if err != nil {
			return err
		}
		var actions []string
		for _, c := range records {
			actions = append(actions, string(c.Action))
			if c.Noun != string(n.noun) || c.EntityID != id || c.ChangeSetID != "change" {
				h.Errorf("change record is %+v", c)
			}
		}
		h.wantEqual("actions", actions, []string{"create", "update", "delete", "revive"})
		deleted := records[2].At

		_, err = n.get(r.At(stamps[0].Add(-time.Microsecond)), id)
		h.wantKind(err, idc.NotFound)
		n.wantAt(h, r, stamps[0], id, first)
		n.wantAt(h, r, stamps[1].Add(-time.Microsecond), id, first)
		n.wantAt(h, r, stamps[1], id, second)
		n.wantAt(h, r, deleted.Add(-time.Microsecond), id, second)
		if revived := n.version(third).RecordedAt; revived.After(deleted) {
			_, err = n.get(r.At(deleted), id)
			h.wantKind(err, idc.NotFound)
		}
		n.wantAt(h, r, n.version(third).RecordedAt, id, third)
		got, err := n.get(r.At(stamps[0]), id)
		if err != nil {
			return err
		}
		if retired := n.version(got).RetiredAt; !retired.Equal(stamps[1]) {
			h.Errorf("the first version was retired at %v, the second recorded at %v", retired, stamps[1])
		}
		return nil
	})
}

func (n versionedRow[T]) wantAt(h *harness, r store.Reader, at time.Time, id string, want *T) {
	h.Helper()
	got, err := n.get(r.At(at), id)
	if err != nil {
		h.Errorf("at %v: %v", at, err)
		return
	}
	n.wantRow(h, fmt.Sprint("at ", at), got, want)
}

func (n versionedRow[T]) testMissing(h *harness) {
	h.view(func(r store.Reader) error {
		_, err := n.get(r, "missing/missing")
		h.wantKind(err, idc.NotFound)
		return nil
	})
	h.wantKind(h.try(func(tx store.Tx) error { return n.remove(tx, "missing/missing") }), idc.NotFound)
	row := n.make("a")
	id := n.key(row)
	h.update(func(tx store.Tx) error { return all(n.put(tx, row), n.remove(tx, id)) })
	h.wantKind(h.try(func(tx store.Tx) error { return n.remove(tx, id) }), idc.NotFound)
}

func (n versionedRow[T]) testNeedsChangeSet(h *harness) {
	err := h.store.Update(h.Context(), idc.ChangeSet{}, func(tx store.Tx) error { return n.put(tx, n.make("a")) })
	h.wantKind(err, idc.Internal)
}

// testPaging reads pages while rows before and behind the cursor come and go.
func (n versionedRow[T]) testPaging(h *harness) {
	ids := strings.Split("a b c d e f g h", " ")
	h.update(func(tx store.Tx) error {
		for _, i := range []int{3, 0, 7, 4, 1, 6, 2, 5} {
			if err := n.put(tx, n.make(ids[i])); err != nil {
				return err
			}
		}
		return nil
	})
	var seen []string
	after := ""
	for page := 0; ; page++ {
		var rows []*T
		h.view(func(r store.Reader) (err error) {
			rows, err = n.list(r, store.Page{After: after, Limit: 3})
			return err
		})
		for _, row := range rows {
			seen = append(seen, n.key(row))
		}
		if len(rows) < 3 {
			break
		}
		after = seen[len(seen)-1]
		if page == 0 {
			h.update(func(tx store.Tx) error {
				return all(n.remove(tx, "b"), n.remove(tx, "e"), n.put(tx, n.make("aa")), n.put(tx, n.make("cc")))
			})
		}
	}
	h.wantEqual("ids over all pages", seen, []string{"a", "b", "c", "cc", "d", "f", "g", "h"})
}

// plainRow describes a noun that is changed in place.
type plainRow[T any] struct {
	noun store.Noun
	make func() *T
	edit func(*T)
	put  func(store.Tx, *T) error
	get  func(store.Reader) (*T, error)
	// remove may be nil.
	remove func(store.Tx) error
	// event is the id that events carry.
	event string
}

func (n plainRow[T]) cases() []testCase {
	return []testCase{{string(n.noun) + "/life", n.testLife}}
}

func (n plainRow[T]) testLife(h *harness) {
	h.view(func(r store.Reader) error {
		_, err := n.get(r)
		h.wantKind(err, idc.NotFound)
		return nil
	})
	events := h.store.Watch(h.Context())
	full := n.make()
	edited := with(full, n.edit)
	for _, row := range []*T{full, edited} {
		h.update(func(tx store.Tx) error { return n.put(tx, row) })
		h.view(func(r store.Reader) error {
			got, err := n.get(r)
			h.wantEqual("row", got, row)
			return err
		})
		h.wantEqual("event", <-events, store.Event{Noun: n.noun, ID: n.event})
	}
	if n.remove == nil {
		return
	}
	h.update(func(tx store.Tx) error { return n.remove(tx) })
	h.view(func(r store.Reader) error {
		_, err := n.get(r)
		h.wantKind(err, idc.NotFound)
		return nil
	})
	h.wantEqual("event", <-events, store.Event{Noun: n.noun, ID: n.event})
	h.wantKind(h.try(func(tx store.Tx) error { return n.remove(tx) }), idc.NotFound)
}

package storetest

import (
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func changeCases() []testCase {
	return []testCase{
		{"a change set is written with its first record", testChangeSet},
		{"one change set in several updates", testChangeSetShared},
		{"records are in order", testChangeOrder},
	}
}

func testChangeSet(h *harness) {
	cs := *Filled[idc.ChangeSet]("c")
	h.view(func(r store.Reader) error {
		_, err := r.ChangeSet(cs.ID)
		h.wantKind(err, idc.NotFound)
		return nil
	})
	put := func(fn func(tx store.Tx) error) {
		if err := h.store.Update(h.Context(), cs, fn); err != nil {
			h.Fatal(err)
		}
	}
	put(func(tx store.Tx) error { return tx.PutThrottle(&idc.Throttle{Key: "k"}) }) // not versioned
	h.view(func(r store.Reader) error {
		_, err := r.ChangeSet(cs.ID)
		h.wantKind(err, idc.NotFound)
		return nil
	})
	put(func(tx store.Tx) error { return tx.PutUser(user("u1", "a", "")) })
	h.view(func(r store.Reader) error {
		got, err := r.ChangeSet(cs.ID)
		h.wantEqual("change set", got, &cs)
		return err
	})
}

func testChangeSetShared(h *harness) {
	h.putUsers(user("u1", "a", ""))
	h.putUsers(user("u2", "b", ""), user("u1", "c", ""))
	h.wantRecords(func(r store.Reader) ([]*idc.ChangeRecord, error) { return r.ListChangeRecords("change") },
		"create user u1", "create user u2", "update user u1")
	h.wantRecords(func(r store.Reader) ([]*idc.ChangeRecord, error) { return r.ListChangeRecords("other") })
}

func testChangeOrder(h *harness) {
	h.update(func(tx store.Tx) error {
		err := all(tx.PutUser(user("x", "a", "")), tx.PutGroup(&idc.Group{IdentityStoreID: storeID, ID: "x"}), tx.PutMembership(&idc.Membership{ID: "x"}), tx.DeleteUser("x"))
		if err != nil {
			return err
		}
		records, err := tx.ListChanges(store.NounUser, "x") // its own
		h.wantEqual("records seen inside", len(records), 2)
		return err
	})
	h.wantRecords(func(r store.Reader) ([]*idc.ChangeRecord, error) { return r.ListChangeRecords("change") },
		"create user x", "create group x", "create membership x", "delete user x")
	h.wantRecords(func(r store.Reader) ([]*idc.ChangeRecord, error) { return r.ListChanges(store.NounUser, "x") },
		"create user x", "delete user x")
}

func (h *harness) wantRecords(list func(store.Reader) ([]*idc.ChangeRecord, error), want ...string) {
	h.Helper()
	h.view(func(r store.Reader) error {
		records, err := list(r)
		var got []string
		last := int64(0)
		for _, c := range records {
			got = append(got, string(c.Action)+" "+c.Noun+" "+c.EntityID)
			if c.Seq <= last {
				h.Errorf("record %d comes after %d", c.Seq, last)
			}
			last = c.Seq
		}
		h.wantEqual("change records", got, want)
		return err
	})
}

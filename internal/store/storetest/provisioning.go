package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func provisioningCases() []testCase {
	cases := plainRow[idc.Operation]{
		noun: store.NounOperation, event: "op-1",
		make: func() *idc.Operation {
			return with(Filled[idc.Operation]("o"), func(o *idc.Operation) { o.Kind, o.ID = idc.OperationProvisioning, "op-1" })
		},
		edit: func(o *idc.Operation) { o.Status, o.FailureReason = idc.OperationFailed, "no such account" },
		put:  func(tx store.Tx, o *idc.Operation) error { return tx.PutOperation(o) },
		get:  func(r store.Reader) (*idc.Operation, error) { return r.Operation(idc.OperationProvisioning, "op-1") },
	}.cases()
	cases = append(cases, plainRow[idc.Provisioning]{
		noun: store.NounProvisioning, event: "1/ps-1",
		make: func() *idc.Provisioning {
			return with(Filled[idc.Provisioning]("p"), func(p *idc.Provisioning) { p.AccountID, p.PermissionSetID = "1", "ps-1" })
		},
		edit:   func(p *idc.Provisioning) { p.Revision++ },
		put:    func(tx store.Tx, p *idc.Provisioning) error { return tx.PutProvisioning(p) },
		get:    func(r store.Reader) (*idc.Provisioning, error) { return r.Provisioning("1", "ps-1") },
		remove: func(tx store.Tx) error { return tx.DeleteProvisioning("1", "ps-1") },
	}.cases()...)
	return append(cases,
		testCase{"operations, newest first", testOperations},
		testCase{"provisionings of an account and of a permission set", testProvisionings},
	)
}

func testOperations(h *harness) {
	put := func(id string, after time.Duration, status idc.OperationStatus) {
		h.update(func(tx store.Tx) error {
			return tx.PutOperation(&idc.Operation{Kind: idc.OperationProvisioning, ID: id, Status: status, CreatedAt: base().Add(after)})
		})
	}
	for i := range 5 { // two at each instant
		put(fmt.Sprintf("a%d", i), time.Duration(i/2), idc.OperationSucceeded)
		put(fmt.Sprintf("b%d", i), time.Duration(i/2)*time.Microsecond, idc.OperationInProgress)
	}
	h.update(func(tx store.Tx) error {
		return tx.PutOperation(&idc.Operation{Kind: idc.OperationAccountCreation, ID: "a1", CreatedAt: base()})
	})
	page := func(status idc.OperationStatus, after string, limit int) (ids []string, next string) {
		h.Helper()
		h.view(func(r store.Reader) error {
			ops, n, err := r.ListOperations(idc.OperationProvisioning, status, store.Page{After: after, Limit: limit})
			for _, o := range ops {
				ids = append(ids, o.ID)
			}
			next = n
			return err
		})
		return ids, next
	}
	first, next := page(idc.OperationInProgress, "", 2)
	h.wantEqual("first page", first, []string{"b4", "b3"})
	put("b9", time.Hour, idc.OperationInProgress) // newer ones do not disturb
	second, next := page(idc.OperationInProgress, next, 2)
	h.wantEqual("second page", second, []string{"b2", "b1"})
	third, next := page(idc.OperationInProgress, next, 2)
	h.wantEqual("third page", third, []string{"b0"})
	h.wantEqual("after the end", next, "")
	if all, next := page("", "", 0); len(all) != 11 || next != "" {
		h.Errorf("all operations are %v, next %q", all, next)
	}
	h.view(func(r store.Reader) error {
		n, err := r.CountOperations(idc.OperationProvisioning, idc.OperationInProgress)
		h.wantEqual("in progress", n, 6)
		_, _, bad := r.ListOperations(idc.OperationProvisioning, "", store.Page{After: "nonsense"})
		h.wantKind(bad, idc.Invalid)
		return err
	})
}

func testProvisionings(h *harness) {
	h.update(func(tx store.Tx) error {
		for _, p := range []idc.Provisioning{{AccountID: "2", PermissionSetID: "ps-1"}, {AccountID: "1", PermissionSetID: "ps-2"}, {AccountID: "1", PermissionSetID: "ps-1"}} {
			if err := tx.PutProvisioning(&p); err != nil {
				return err
			}
		}
		return nil
	})
	key := func(p *idc.Provisioning) string { return p.AccountID + " " + p.PermissionSetID }
	h.wantList("of account 1", func(r store.Reader) ([]string, error) {
		return listed(key)(r.ListProvisioningsOfAccount("1", store.Page{}))
	}, "1 ps-1", "1 ps-2")
	h.wantList("of account 1, page", func(r store.Reader) ([]string, error) {
		return listed(key)(r.ListProvisioningsOfAccount("1", store.Page{After: "ps-1", Limit: 1}))
	}, "1 ps-2")
	h.wantList("of ps-1, page", func(r store.Reader) ([]string, error) {
		return listed(key)(r.ListProvisioningsOfPermissionSet("ps-1", store.Page{After: "1", Limit: 1}))
	}, "2 ps-1")
	h.wantList("of ps-1", func(r store.Reader) ([]string, error) {
		return listed(key)(r.ListProvisioningsOfPermissionSet("ps-1", store.Page{}))
	}, "1 ps-1", "2 ps-1")

	h.update(func(tx store.Tx) error {
		return errors.Join(tx.PutAssignment(assignment("a1", "ps-2", "u1", account("1"))), tx.PutAssignment(assignment("a2", "ps-3", "u1", account("1"))),
			tx.PutAssignment(assignment("a3", "ps-4", "u1", account("1"))), tx.PutAssignment(assignment("a4", "ps-5", "u1", idc.Scope{Kind: idc.ScopeAll})),
			tx.PutAssignment(assignment("a5", "ps-6", "u1", account("2"))))
	})
	h.update(func(tx store.Tx) error { return tx.DeleteAssignment("a3") })
	h.wantList("there, or assigned, in account 1", func(r store.Reader) ([]string, error) {
		n, err := r.CountPermissionSetsOfAccount("1")
		return []string{strconv.Itoa(n)}, err
	}, "3")
}

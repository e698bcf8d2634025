package sqlstore

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func operationTable() *inplace[idc.Operation] {
	return &inplace[idc.Operation]{keys: 2, table: table[idc.Operation]{
		noun: store.NounOperation, name: "operations", body: true,
		id: func(o *idc.Operation) string { return o.ID },
		columns: []column[idc.Operation]{
			text("kind", func(o *idc.Operation) *idc.OperationKind { return &o.Kind }),
			text("id", func(o *idc.Operation) *string { return &o.ID }),
			text("status", func(o *idc.Operation) *idc.OperationStatus { return &o.Status }),
			ordered("created_at", func(o *idc.Operation) *time.Time { return &o.CreatedAt }),
			instant("completed_at", func(o *idc.Operation) *time.Time { return &o.CompletedAt }),
		},
	}}
}

func (r *reader) Operation(kind idc.OperationKind, id string) (*idc.Operation, error) {
	return r.tables.operations.find(r, id, "kind = $1 and id = $2", string(kind), id)
}

func (r *reader) ListOperations(kind idc.OperationKind, status idc.OperationStatus, p store.Page) ([]*idc.Operation, string, error) {
	where, args := "kind = $1", []any{string(kind)}
	if status != "" {
		args = append(args, string(status))
		where += fmt.Sprintf(" and status = $%d", len(args))
	}
	if p.After != "" {
		at, id, err := parsePosition(p.After)
		if err != nil {
			return nil, "", err
		}
		args = append(args, at, id)
		where += fmt.Sprintf(" and (created_at, id) < ($%d, $%d)", len(args)-1, len(args))
	}
	return store.Fetch(p, func(p store.Page) ([]*idc.Operation, error) {
		return r.tables.operations.list(r, p.Limit, "where "+where+" order by created_at desc, id desc", args...)
	}, func(o *idc.Operation) string { return position(o.CreatedAt, o.ID) })
}

func (r *reader) CountOperations(kind idc.OperationKind, status idc.OperationStatus) (int, error) {
	n, err := r.q.number("select count(*) from operations where kind = $1 and status = $2", string(kind), string(status))
	return int(n), err
}

func (t *tx) PutOperation(o *idc.Operation) error { return t.tables.operations.put(t, o) }

func provisioningTable() *inplace[idc.Provisioning] {
	return &inplace[idc.Provisioning]{keys: 2, table: table[idc.Provisioning]{
		noun: store.NounProvisioning, name: "provisionings",
		id: func(p *idc.Provisioning) string { return p.AccountID + "/" + p.PermissionSetID },
		columns: []column[idc.Provisioning]{
			text("account_id", func(p *idc.Provisioning) *string { return &p.AccountID }),
			text("permission_set_id", func(p *idc.Provisioning) *string { return &p.PermissionSetID }),
			text("role_arn", func(p *idc.Provisioning) *string { return &p.RoleARN }),
			text("role_name", func(p *idc.Provisioning) *string { return &p.RoleName }),
			integer("revision", func(p *idc.Provisioning) *int64 { return &p.Revision }),
			instant("observed_at", func(p *idc.Provisioning) *time.Time { return &p.ObservedAt }),
		},
	}}
}

func (r *reader) Provisioning(accountID, permissionSetID string) (*idc.Provisioning, error) {
	return r.tables.provisionings.find(r, accountID+"/"+permissionSetID,
		"account_id = $1 and permission_set_id = $2", accountID, permissionSetID)
}

func (r *reader) ListProvisioningsOfAccount(accountID string, p store.Page) ([]*idc.Provisioning, error) {
	return r.tables.provisionings.page(r, p, "permission_set_id", "account_id = $1", accountID)
}

func (r *reader) ListProvisioningsOfPermissionSet(permissionSetID string, p store.Page) ([]*idc.Provisioning, error) {
	return r.tables.provisionings.page(r, p, "account_id", "permission_set_id = $1", permissionSetID)
}

// CountPermissionSetsOfAccount counts those to come here: one statement would
// sort all assignments of the account.
func (r *reader) CountPermissionSetsOfAccount(accountID string) (int, error) {
	there, err := r.q.number("select count(*) from provisionings where account_id = $1", accountID)
	if err != nil {
		return 0, err
	}
	coming := map[string]bool{}
	err = r.q.each(`select permission_set_id from assignments where scope_account = $1 and retired_at is null and not exists
		(select 1 from provisionings where account_id = $1 and permission_set_id = assignments.permission_set_id)`, []any{accountID},
		func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			coming[id] = true
			return err
		})
	return int(there) + len(coming), err
}

func (t *tx) PutProvisioning(p *idc.Provisioning) error { return t.tables.provisionings.put(t, p) }

func (t *tx) DeleteProvisioning(accountID, permissionSetID string) error {
	return t.tables.provisionings.remove(t, accountID+"/"+permissionSetID,
		"account_id = $1 and permission_set_id = $2", accountID, permissionSetID)
}

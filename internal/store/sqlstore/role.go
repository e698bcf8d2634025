package sqlstore

import (
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func roleTable() *inplace[idc.Role] {
	return &inplace[idc.Role]{keys: 2, table: table[idc.Role]{
		noun: store.NounRole, name: "roles", body: true,
		id: func(r *idc.Role) string { return nameKey(r.AccountID, r.Name) },
		columns: []column[idc.Role]{
			text("account_id", func(r *idc.Role) *string { return &r.AccountID }),
			derived("name_fold", func(r *idc.Role) any { return idc.FoldName(r.Name) }),
			text("name", func(r *idc.Role) *string { return &r.Name }),
			text("path", func(r *idc.Role) *string { return &r.Path }),
			text("id", func(r *idc.Role) *string { return &r.ID }),
			text("permission_set_id", func(r *idc.Role) *string { return &r.PermissionSetID }),
			instant("created_at", func(r *idc.Role) *time.Time { return &r.CreatedAt }),
		},
		unique: []unique{{"roles_id", []string{"id"}, "Role", "A role with this id exists already."}},
	}}
}

// nameKey identifies, in events, what is named within an account.
func nameKey(accountID, name string) string { return accountID + "/" + idc.FoldName(name) }

func (r *reader) Role(accountID, name string) (*idc.Role, error) {
	return r.tables.roles.find(r, name, "account_id = $1 and name_fold = $2", accountID, idc.FoldName(name))
}

func (r *reader) RoleByID(id string) (*idc.Role, error) {
	return r.tables.roles.find(r, id, "id = $1", id)
}

func (r *reader) ListRoles(accountID, pathPrefix string, p store.Page) ([]*idc.Role, error) {
	return listByName(r, r.tables.roles, p, "account_id = $1 and substr(path, 1, length($2)) = $2", accountID, pathPrefix)
}

func (r *reader) ListRolesWithPolicy(accountID, policyARN string, p store.Page) ([]*idc.Role, error) {
	return listByName(r, r.tables.roles, p,
		"account_id = $1 and name_fold in (select name_fold from role_policies where account_id = $1 and policy_arn = $2)",
		accountID, policyARN)
}

// policyUse counts by policy. A sum of whole numbers is no whole number to PostgreSQL.
const policyUse = "select policy_arn, count(case when attached then 1 end), count(case when boundary then 1 end) from role_policies where account_id = $1"

func (r *reader) PolicyUse(accountID, policyARN string) (store.PolicyUse, error) {
	uses, err := r.policyUses(policyUse+" and policy_arn = $2 group by policy_arn", accountID, policyARN)
	return uses[policyARN], err
}

func (r *reader) PolicyUses(accountID string) (map[string]store.PolicyUse, error) {
	return r.policyUses(policyUse+" group by policy_arn", accountID)
}

func (r *reader) policyUses(text string, args ...any) (map[string]store.PolicyUse, error) {
	uses := map[string]store.PolicyUse{}
	err := r.q.each(text, args, func(rows *sql.Rows) error {
		var arn string
		var use store.PolicyUse
		err := rows.Scan(&arn, &use.Attached, &use.Boundary)
		uses[arn] = use
		return err
	})
	return uses, err
}

func (r *reader) CountRoles(accountID string) (int, error) {
	n, err := r.q.number("select count(*) from roles where account_id = $1", accountID)
	return int(n), err
}

func (r *reader) CountManagedPolicies(accountID string) (int, error) {
	n, err := r.q.number("select count(*) from managed_policies where account_id = $1", accountID)
	return int(n), err
}

// listByName lists rows in the order of their folded names; so is the cursor compared.
func listByName[T any](r *reader, in *inplace[T], p store.Page, where string, args ...any) ([]*T, error) {
	if p.After != "" {
		args = append(args, idc.FoldName(p.After))
		where = and(where, fmt.Sprintf("name_fold > $%d", len(args)))
	}
	return in.list(r, p.Limit, "where "+where+" order by name_fold", args...)
}

func (t *tx) PutRole(r *idc.Role) error {
	if err := t.tables.roles.put(t, r); err != nil {
		return err
	}
	fold := idc.FoldName(r.Name)
	if err := t.deleteRolePolicies(r.AccountID, fold); err != nil {
		return err
	}
	arns := slices.Clone(r.AttachedPolicies)
	if r.PermissionsBoundary != "" && !slices.Contains(arns, r.PermissionsBoundary) {
		arns = append(arns, r.PermissionsBoundary)
	}
	for i, arn := range arns {
		_, err := t.q.exec("insert into role_policies (account_id, name_fold, policy_arn, attached, boundary) values ($1, $2, $3, $4, $5)",
			r.AccountID, fold, arn, i < len(r.AttachedPolicies), arn == r.PermissionsBoundary)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) DeleteRole(accountID, name string) error {
	fold := idc.FoldName(name)
	err := t.tables.roles.remove(t, nameKey(accountID, name), "account_id = $1 and name_fold = $2", accountID, fold)
	if err != nil {
		return err
	}
	return t.deleteRolePolicies(accountID, fold)
}

func (t *tx) deleteRolePolicies(accountID, fold string) error {
	_, err := t.q.exec("delete from role_policies where account_id = $1 and name_fold = $2", accountID, fold)
	return err
}

func managedPolicyTable() *inplace[idc.ManagedPolicy] {
	return &inplace[idc.ManagedPolicy]{keys: 1, table: table[idc.ManagedPolicy]{
		noun: store.NounManagedPolicy, name: "managed_policies", body: true,
		id: func(p *idc.ManagedPolicy) string { return p.ARN },
		columns: []column[idc.ManagedPolicy]{
			text("arn", func(p *idc.ManagedPolicy) *string { return &p.ARN }),
			text("account_id", func(p *idc.ManagedPolicy) *string { return &p.AccountID }),
			derived("name_fold", func(p *idc.ManagedPolicy) any { return idc.FoldName(p.Name) }),
			text("name", func(p *idc.ManagedPolicy) *string { return &p.Name }),
			text("path", func(p *idc.ManagedPolicy) *string { return &p.Path }),
			instant("created_at", func(p *idc.ManagedPolicy) *time.Time { return &p.CreatedAt }),
			instant("updated_at", func(p *idc.ManagedPolicy) *time.Time { return &p.UpdatedAt }),
		},
		exact: func(p *idc.ManagedPolicy) {
			p.Versions = slices.Clone(p.Versions)
			for i := range p.Versions {
				toMicros(&p.Versions[i].CreatedAt)
			}
		},
		unique: []unique{{"managed_policies_name", []string{"account_id", "name_fold"}, "Policy", "A policy with this name exists already in the account."}},
	}}
}

func (r *reader) ManagedPolicy(arn string) (*idc.ManagedPolicy, error) {
	return r.tables.managed.find(r, arn, "arn = $1", arn)
}

func (r *reader) ManagedPolicyByName(accountID, name string) (*idc.ManagedPolicy, error) {
	return r.tables.managed.find(r, name, "account_id = $1 and name_fold = $2", accountID, idc.FoldName(name))
}

func (r *reader) ListManagedPolicies(accountID, pathPrefix string, p store.Page) ([]*idc.ManagedPolicy, error) {
	return listByName(r, r.tables.managed, p, "account_id = $1 and substr(path, 1, length($2)) = $2", accountID, pathPrefix)
}

func (t *tx) PutManagedPolicy(p *idc.ManagedPolicy) error { return t.tables.managed.put(t, p) }

func (t *tx) DeleteManagedPolicy(arn string) error {
	return t.tables.managed.remove(t, arn, "arn = $1", arn)
}

func samlProviderTable() *inplace[idc.SAMLProvider] {
	return &inplace[idc.SAMLProvider]{keys: 1, table: table[idc.SAMLProvider]{
		noun: store.NounSAMLProvider, name: "saml_providers", body: true,
		id: func(p *idc.SAMLProvider) string { return p.ARN },
		columns: []column[idc.SAMLProvider]{
			text("arn", func(p *idc.SAMLProvider) *string { return &p.ARN }),
			text("account_id", func(p *idc.SAMLProvider) *string { return &p.AccountID }),
			text("name", func(p *idc.SAMLProvider) *string { return &p.Name }),
			instant("valid_until", func(p *idc.SAMLProvider) *time.Time { return &p.ValidUntil }),
			instant("created_at", func(p *idc.SAMLProvider) *time.Time { return &p.CreatedAt }),
		},
		exact: func(p *idc.SAMLProvider) {
			p.PrivateKeys = slices.Clone(p.PrivateKeys)
			for i := range p.PrivateKeys {
				toMicros(&p.PrivateKeys[i].CreatedAt)
			}
		},
	}}
}

func (r *reader) SAMLProvider(arn string) (*idc.SAMLProvider, error) {
	return r.tables.samlProviders.find(r, arn, "arn = $1", arn)
}

func (r *reader) ListSAMLProviders(accountID string) ([]*idc.SAMLProvider, error) {
	return r.tables.samlProviders.list(r, 0, "where account_id = $1 order by name, arn", accountID)
}

func (t *tx) PutSAMLProvider(p *idc.SAMLProvider) error { return t.tables.samlProviders.put(t, p) }

func (t *tx) DeleteSAMLProvider(arn string) error {
	return t.tables.samlProviders.remove(t, arn, "arn = $1", arn)
}

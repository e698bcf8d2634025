package sqlstore

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// TestListPagesUseIndexes runs every list and lookup that grows with the
// installation, and asks SQLite how it does what they ask: no table is read from
// end to end, and no page is sorted after all rows were read.
func TestListPagesUseIndexes(t *testing.T) {
	s := open(t, "sqlite:"+filepath.Join(t.TempDir(), "gatehouse.db"), clock.System())
	at, p := time.UnixMicro(1), store.Page{After: "a", Limit: 3}
	user, group := idc.PrincipalUser, idc.PrincipalGroup
	view(t, s, func(r store.Reader) error {
		for _, err := range []error{
			failure(r.Instance()), failure(r.InstanceByID("a")), failure(r.InstanceByIdentityStore("a")), failure(r.InstanceOfAccount("a")),
			failure(r.ListInstances(p)), failure(r.AccessControl("a")),
			failure(r.User("a")), failure(r.UserByName("a", "a")), failure(r.UserByEmail("a", "a")), failure(r.UserByExternalID("a", "a", "a")), failure(r.UserByAnyExternalID("a", "a")),
			failure(r.ListUsers("a", p)), failure(r.CountUsers("a")),
			failure(r.Group("a")), failure(r.GroupByName("a", "a")), failure(r.GroupByExternalID("a", "a", "a")), failure(r.ListGroups("a", p)), failure(r.CountGroups("a")),
			failure(r.ListMembershipsOfGroup("a", p)), failure(r.ListMembershipsOfUser("a", p)), failure(r.MembershipOf("a", "a")), failure(r.ListMembershipsEnding(at, 3)),
			failure(r.Tombstone("a", "a", "a", "a", at)),
			failure(r.Account("a")), failure(r.AccountsByID([]string{"a"})), failure(r.AccountByEmail("a")), failure(r.AccountByAlias("a")), failure(r.ListAccounts(p)), failure(r.ListStandaloneAccounts(p)),
			failure(r.ListAccountsOfParent("a", p)), failure(r.ListAccountsInState("a", p)),
			failure(r.OU("a")), failure(r.ListOUs(p)), failure(r.ListOUsOfParent("a", p)),
			failure(r.Organization()), failure(r.OrganizationResourcePolicy()), failure(r.DelegatedAdministrator("a", "a")), failure(r.ListDelegatedAdministrators("", p)),
			failure(r.ListDelegatedAdministrators("a", p)), failure(r.ListDelegationsOfAccount("a", p)), failure(r.ServiceAccess("a")), failure(r.ListServiceAccess(p)),
			failure(r.Handshake("a")), failure(r.ListHandshakes(store.HandshakeFilter{}, p)), failure(r.ListHandshakes(store.HandshakeFilter{AccountID: "a"}, p)),
			failure(r.ListHandshakes(store.HandshakeFilter{Action: "a"}, p)), failure(r.ListHandshakes(store.HandshakeFilter{ParentID: "a"}, p)),
			failure(r.ListHandshakes(store.HandshakeFilter{AccountID: "a", Action: "a"}, p)),
			failure(r.OrganizationPolicy("a")), failure(r.OrganizationPolicyByName("a", "a")), failure(r.ListOrganizationPolicies("a", p)), failure(r.CountOrganizationPolicies("a")),
			failure(r.ListAttachmentsOfTarget("a")), failure(r.ListAttachmentsOfPolicy("a", p)),
			failure(r.PermissionSet("a")), failure(r.PermissionSetByName("a")), failure(r.ListPermissionSets(p)),
			failure(r.Assignment("a")), failure(r.ListAssignments(p)), failure(r.ListAssignmentsOfPrincipal(user, "a", p)), failure(r.ListAssignmentsOfPermissionSet("a", p)),
			failure(r.ListAssignmentsNaming("a", "")), failure(r.ListAssignmentsNaming("a", "a")), failure(r.ListAssignmentsEnding(at, 3)), failure(r.FindAssignment("a", user, "a", idc.Scope{})),
			failure(r.ListApplications(store.ApplicationFilter{InstanceID: "a"}, p)), failure(r.ListApplications(store.ApplicationFilter{InstanceID: "a", OwnerAccountID: "a"}, p)),
			failure(r.ListApplications(store.ApplicationFilter{InstanceID: "a", ProviderARN: "a"}, p)),
			failure(r.ListApplications(store.ApplicationFilter{InstanceID: "a", OwnerAccountID: "a", ProviderARN: "a"}, p)),
			failure(r.Application("a")), failure(r.CountApplications("a")),
			failure(r.ApplicationAssignment("a", user, "a")), failure(r.ListApplicationAssignments("a", p)), failure(r.ListApplicationAssignmentsOfPrincipal(user, "a", p)),
			failure(r.ListApplicationAssignmentsEnding(at, 3)), failure(r.CountApplicationAssignments("a", group)),
			failure(r.TrustedTokenIssuer("a")), failure(r.ListTrustedTokenIssuers("a", p)),
			failure(r.AccountAccessApplication("a")), failure(r.ListAccountAccessApplications("", p)), failure(r.ListAccountAccessApplications("a", p)),
			failure(r.Entitlement("a")), failure(r.ListEntitlements("a", p)), failure(r.ListEntitlementsOfPrincipal(user, "a", p)),
			failure(r.ListEntitlementsOfRole("a", p)), failure(r.ListEntitlementsEnding(at, 3)),
			failure(r.Role("a", "a")), failure(r.RoleByID("a")), failure(r.ListRoles("a", "", p)), failure(r.ListRolesWithPolicy("a", "a", p)),
			failure(r.PolicyUse("a", "a")), failure(r.PolicyUses("a")), failure(r.CountRoles("a")), failure(r.CountManagedPolicies("a")),
			failure(r.ManagedPolicy("a")), failure(r.ManagedPolicyByName("a", "a")), failure(r.ListManagedPolicies("a", "", p)),
			failure(r.ListSAMLProviders("a")), failure(r.OIDCProvider("a")), failure(r.ListOIDCProviders("a")),
			failure(r.ListRoleUses("a", "a")), failure(r.ListRoleUsesOfAccount("a", "")), failure(r.ListRoleUsesOfAccount("a", "a")),
			failure(r.AccessReport("a")),
			failure(r.ListProvisioningsOfAccount("a", p)), failure(r.ListProvisioningsOfPermissionSet("a", p)), failure(r.CountPermissionSetsOfAccount("a")), failure(r.ClientToken("a", "a")),
			failure(r.Trail("a")), failure(r.ListTrails("", p)), failure(r.ListTrails("a", p)), failure(r.TrailStatus("a")), failure(r.ListLoggingTrails()),
		} {
			if err != nil && !idc.IsNotFound(err) {
				return err
			}
		}
		return nil
	})
	asked := checkPlans(t, s)
	if asked < 90 {
		t.Errorf("only %d statements were seen", asked)
	}
}

// failure forgets what was read.
func failure[T any](_ T, err error) error { return err }

// checkPlans explains what the readers of a store were asked, and returns how
// many statements that were.
func checkPlans(t *testing.T, s *Store) int {
	t.Helper()
	engine := s.engine.(*sqliteEngine)
	texts := map[string]bool{}
	for _, session := range engine.idle {
		for text := range session.prepared {
			if strings.HasPrefix(text, "select") {
				texts[text] = true
			}
		}
	}
	err := engine.view(t.Context(), func(q *txn) error {
		for text := range texts {
			var plan []string
			if err := explain(q, text, func(step string) { plan = append(plan, step) }); err != nil {
				return err
			}
			if slices.ContainsFunc(plan, func(step string) bool { return slow(text, step) }) {
				t.Errorf("%s\nis done by:\n\t%s", text, strings.Join(plan, "\n\t"))
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return len(texts)
}

// explain reports the steps SQLite takes (https://www.sqlite.org/eqp.html).
func explain(q *txn, text string, step func(string)) error {
	var args []any
	for strings.Contains(text, fmt.Sprintf("$%d", len(args)+1)) {
		args = append(args, "a")
	}
	rows, err := q.session.conn.QueryContext(q.run, "explain query plan "+text, args...)
	if err != nil {
		return fmt.Errorf("%w in %s", err, text)
	}
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return errors.Join(err, rows.Close())
		}
		step(detail)
	}
	return errors.Join(rows.Err(), rows.Close())
}

// slow reports a step that grows with the table: reading it all (but in the
// order of an index, until the page is full, is fine), or sorting more than what
// an index leaves equal.
func slow(text, step string) bool {
	pages := strings.Contains(text, " limit ") && strings.Contains(step, "INDEX")
	return strings.HasPrefix(step, "SCAN") && !pages || strings.Contains(step, "TEMP B-TREE") && !strings.Contains(step, "LAST TERM")
}

package sqlstore

import (
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// onEarlier runs a test, on each engine, with a store that was opened on a
// database of an earlier schema, filled with the given rows.
func onEarlier(t *testing.T, schema int, rows []string, test func(t *testing.T, s *Store)) {
	for name, newURL := range engines(t) {
		if name == "memory" {
			continue // it has no earlier life
		}
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			driver, dsn, engine := "pgx", url, "postgres"
			if name == "file" {
				driver, dsn, engine = "sqlite", strings.TrimPrefix(url, "sqlite:"), "sqlite"
			}
			known, err := migrations(engine)
			if err != nil {
				t.Fatal(err)
			}
			texts := []string{"create table schema_migrations (number bigint not null primary key, name text not null, applied_at bigint not null)"}
			for _, m := range known[:schema] {
				texts = append(texts, m.text)
			}
			db, err := sql.Open(driver, dsn)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range slices.Concat(texts, rows) {
				if _, err := db.ExecContext(t.Context(), text); err != nil {
					t.Fatalf("%v in %s", err, text)
				}
			}
			for _, m := range known[:schema] {
				if _, err := db.ExecContext(t.Context(), "insert into schema_migrations values ($1, $2, 0)", m.number, m.name); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			test(t, open(t, url, clock.System()))
		})
	}
}

func view(t *testing.T, s *Store, fn func(r store.Reader) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Error(err)
	}
}

func TestUsersAndMembershipsOutliveTheSecondMigration(t *testing.T) {
	onEarlier(t, 1, []string{
		"insert into users (id, user_name, user_name_fold, email_fold, status, owner, body, recorded_at, change_set)" +
			` values ('u1', 'ana', 'ana', 'ana@example.com', 'ENABLED', 'built-in', '{"Emails":[{"Value":"ana@example.com","Type":"work","Primary":true}]}', 1, 'c')`,
		"insert into memberships (id, group_id, user_id, owner, recorded_at, change_set) values ('m1', 'g1', 'u1', 'built-in', 1, 'c')",
	}, func(t *testing.T, s *Store) {
		view(t, s, func(r store.Reader) error {
			u, err := r.UserByEmail("", "ANA@example.com")
			if err != nil || u.UniqueEmail() != "ana@example.com" {
				t.Errorf("user %+v, %v", u, err)
			}
			m, err := r.Membership("m1")
			if err != nil || m.CreatedBy != "" || !m.CreatedAt.IsZero() {
				t.Errorf("membership %+v, %v", m, err)
			}
			return nil
		})
		err := s.Update(t.Context(), idc.ChangeSet{ID: "change", At: clock.System().Now(), Actor: "test", Door: "test"}, func(tx store.Tx) error {
			return tx.PutUser(&idc.User{ID: "u2", UserName: "x", Emails: []idc.Email{{Value: "ana@example.com", Primary: new(true)}}})
		})
		if idc.ReasonOf(err) != idc.ReasonUniqueness {
			t.Errorf("a second primary address: %v", err)
		}
	})
}

// TestEverythingBelongsToTheOrganizationAfterTheThirdMigration: what was there
// before several instances could be is the organization's.
func TestEverythingBelongsToTheOrganizationAfterTheThirdMigration(t *testing.T) {
	const identityStore = "d-9067000001"
	onEarlier(t, 2, []string{
		`insert into instance (one, id, created_at, body) values (1, 'ssoins-1', 1770000000000000,
			'{"IdentityStoreID":"d-9067000001","OwnerAccountID":"111111111111","OrganizationID":"o-1","RootID":"r-1","Region":"us-east-1"}')`,
		`insert into users (id, user_name, user_name_fold, status, owner, body, recorded_at, retired_at, change_set)
			values ('u1', 'ann', 'ann', 'ENABLED', 'built-in', '{}', 1, 2, 'c')`,
		`insert into users (id, user_name, user_name_fold, status, owner, body, recorded_at, change_set)
			values ('u1', 'ana', 'ana', 'ENABLED', 'built-in', '{"ExternalIDs":[{"Issuer":"okta","ID":"1"}]}', 2, 'c')`,
		`insert into external_ids (noun, entity_id, issuer, external_id, recorded_at) values ('user', 'u1', 'okta', '1', 2)`,
		`insert into groups (id, display_name, display_name_fold, owner, body, recorded_at, change_set) values ('g1', 'G', 'g', 'built-in', '{}', 1, 'c')`,
		`insert into tombstones (id, noun, name, owner, deleted_at, expires_at) values ('u9', 'user', 'bob', 'built-in', 1, 9000000000000000)`,
		`insert into accounts (id, name, parent_id, state, body, recorded_at, change_set)
			values ('111111111111', 'M', 'r-1', 'ACTIVE', '{"Alias":"acme","Target":"native"}', 1, 'c')`,
		`insert into accounts (id, name, parent_id, state, body, recorded_at, change_set) values ('222222222222', 'D', 'r-1', 'ACTIVE', '{}', 1, 'c')`,
		`insert into organization_policies (id, type, name, body, recorded_at, change_set) values ('p-1', 'SERVICE_CONTROL_POLICY', 'Deny', '{}', 1, 'c')`,
		`insert into policy_attachments (id, policy_id, target_id, recorded_at, change_set) values ('p-1/r-1', 'p-1', 'r-1', 1, 'c')`,
		`insert into roles (account_id, name_fold, name, path, id, permission_set_id, body)
			values ('111111111111', 'r', 'R', '/', 'AROA1', '', '{"AttachedPolicies":["arn:a","arn:b"],"PermissionsBoundary":"arn:b"}')`,
		`insert into roles (account_id, name_fold, name, path, id, permission_set_id, body)
			values ('111111111111', 's', 'S', '/', 'AROA2', '', '{"PermissionsBoundary":"arn:b"}')`,
		`insert into role_policies (account_id, name_fold, policy_arn) values ('111111111111', 'r', 'arn:a'), ('111111111111', 'r', 'arn:b'), ('111111111111', 's', 'arn:b')`,
	}, func(t *testing.T, s *Store) {
		view(t, s, func(r store.Reader) error {
			in, err := r.Instance()
			if err != nil {
				return err
			}
			if in.ID != "ssoins-1" || in.IdentityStoreID != identityStore || in.OwnerAccountID != "111111111111" || in.CurrentStatus() != idc.InstanceActive ||
				!in.HasPermissionSets() || len(in.AllRegions()) != 1 || in.AllRegions()[0].Name != "us-east-1" {
				t.Errorf("instance %+v", in)
			}
			organization, err := r.Organization()
			if err != nil || organization.ID != "o-1" || organization.FeatureSet != idc.FeaturesAll ||
				!organization.Enabled(idc.PolicyServiceControl) || !organization.Enabled(idc.PolicyResourceControl) || organization.Enabled(idc.PolicyTag) {
				t.Errorf("organization %+v, %v", organization, err)
			}
			if records, err := r.ListChanges(store.NounOrganization, "o-1"); err != nil || len(records) != 1 {
				t.Errorf("changes of the organization: %v, %v", records, err)
			}
			return nil
		})
		view(t, s, func(r store.Reader) error {
			if u, err := r.UserByName(identityStore, "ANA"); err != nil || u.IdentityStoreID != identityStore {
				t.Errorf("user %+v, %v", u, err)
			}
			if u, err := r.UserByExternalID(identityStore, "okta", "1"); err != nil || u.ID != "u1" {
				t.Errorf("by external id: %+v, %v", u, err)
			}
			if u, err := r.At(time.UnixMicro(1)).User("u1"); err != nil || u.UserName != "ann" || u.IdentityStoreID != identityStore {
				t.Errorf("the user before: %+v, %v", u, err)
			}
			if g, err := r.GroupByName(identityStore, "G"); err != nil || g.ID != "g1" {
				t.Errorf("group %+v, %v", g, err)
			}
			if dead, err := r.Tombstone(identityStore, "user", "bob", idc.OwnerBuiltIn, clock.System().Now()); err != nil || dead.ID != "u9" {
				t.Errorf("tombstone %+v, %v", dead, err)
			}
			if a, err := r.AccountByAlias("acme"); err != nil || a.ID != "111111111111" || a.Alias != "acme" {
				t.Errorf("by alias: %+v, %v", a, err)
			}
			if p, err := r.OrganizationPolicyByName(idc.PolicyServiceControl, "DENY"); err != nil || p.ID != "p-1" {
				t.Errorf("policy %+v, %v", p, err)
			}
			uses, err := r.PolicyUses("111111111111")
			if diff := cmp.Diff(map[string]store.PolicyUse{"arn:a": {Attached: 1}, "arn:b": {Attached: 1, Boundary: 2}}, uses); diff != "" {
				t.Errorf("uses of policies (-want +got):\n%s", diff)
			}
			return err
		})
	})
}

package sqlstore

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-idc/gatehouse/internal/store/storetest"
)

var update = flag.Bool("update", false, "write missing files of testdata/bodies")

// TestBodiesOfEarlierVersions reads bodies as they were stored before. A member
// that is renamed or changes its type in package idc is lost from rows that
// exist: do not change the file, write a migration.
func TestBodiesOfEarlierVersions(t *testing.T) {
	all := newTables()
	for _, check := range []func(*testing.T){
		body(all.instances.table), body(all.users.table), body(all.groups.table), body(all.accounts.table), body(all.ous.table),
		body(all.policies.table), body(all.permissionSets.table), body(all.assignments.table), body(all.eligibilities.table),
		body(all.roles.table), body(all.managed.table), body(all.samlProviders.table), body(all.operations.table),
		body(all.clients.table), body(all.authorizations.table), body(all.signinFlows.table),
		body(all.accessControls.table), body(all.applications.table), body(all.tokenIssuers.table), body(all.organizations.table),
		body(all.resourcePolicies.table), body(all.handshakes.table), body(all.oidcProviders.table), body(all.accessReports.table),
		body(all.trails.table), body(all.accountAccess.table),
	} {
		check(t)
	}
}

func body[T any](d table[T]) func(t *testing.T) {
	return func(t *testing.T) {
		t.Run(d.name, func(t *testing.T) {
			file := filepath.Join("testdata", "bodies", d.name+".json")
			if _, err := os.Stat(file); os.IsNotExist(err) && *update {
				values, err := d.values(storetest.Filled[T]("x"), nil)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(values[len(values)-1].(string)+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			stored, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v: write it with go test -run %s -update", err, t.Name())
			}
			row := new(T)
			if err := (bodyDest{row}).Scan(stored); err != nil {
				t.Fatal(err)
			}
			again, err := encodeBody(row)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decoded(t, stored), decoded(t, []byte(again))); diff != "" {
				t.Errorf("what was stored is not read (-stored +read):\n%s", diff)
			}
		})
	}
}

func decoded(t *testing.T, data []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEscapesOfBadTextAreFound(t *testing.T) {
	for text, want := range map[string]bool{
		`"\u0000"`: true, `"\\u0000"`: false, `"\\\u0000"`: true, `"\\\\u0000"`: false, `"a\nb\u0000"`: true,
		`"u0000"`: false, `"\"u0000"`: false, `"\`: false, ``: false, `"\\"`: false,
	} {
		if got := hasEscape([]byte(text), "u0000"); got != want {
			t.Errorf("hasEscape(%s) = %v", text, got)
		}
	}
}

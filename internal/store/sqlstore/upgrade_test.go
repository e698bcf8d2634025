package sqlstore

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// TestUsersAndMembershipsOutliveTheSecondMigration fills a database of the first
// schema and opens it.
func TestUsersAndMembershipsOutliveTheSecondMigration(t *testing.T) {
	for name, newURL := range engines(t) {
		if name == "memory" {
			continue // it has no earlier life
		}
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			driver, dsn := "pgx", url
			if name == "file" {
				driver, dsn = "sqlite", strings.TrimPrefix(url, "sqlite:")
			}
			first := first(t, map[string]string{"pgx": "postgres", "sqlite": "sqlite"}[driver])
			db, err := sql.Open(driver, dsn)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{
				"create table schema_migrations (number bigint not null primary key, name text not null, applied_at bigint not null)",
				first, "insert into schema_migrations values (1, 'initial', 0)",
				"insert into users (id, user_name, user_name_fold, email_fold, status, owner, body, recorded_at, change_set)" +
					` values ('u1', 'ana', 'ana', 'ana@example.com', 'ENABLED', 'built-in', '{"Emails":[{"Value":"ana@example.com","Type":"work","Primary":true}]}', 1, 'c')`,
				"insert into memberships (id, group_id, user_id, owner, recorded_at, change_set) values ('m1', 'g1', 'u1', 'built-in', 1, 'c')",
			} {
				if _, err := db.ExecContext(t.Context(), text); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			s := open(t, url, clock.System())
			err = s.View(t.Context(), func(r store.Reader) error {
				u, err := r.UserByEmail("ANA@example.com")
				if err != nil || u.UniqueEmail() != "ana@example.com" {
					t.Errorf("user %+v, %v", u, err)
				}
				m, err := r.Membership("m1")
				if err != nil || m.CreatedBy != "" || !m.CreatedAt.IsZero() {
					t.Errorf("membership %+v, %v", m, err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			err = s.Update(t.Context(), idc.ChangeSet{ID: "change", At: clock.System().Now(), Actor: "test", Door: "test"}, func(tx store.Tx) error {
				return tx.PutUser(&idc.User{ID: "u2", UserName: "x", Emails: []idc.Email{{Value: "ana@example.com", Primary: new(true)}}})
			})
			if idc.ReasonOf(err) != idc.ReasonUniqueness {
				t.Errorf("a second primary address: %v", err)
			}
		})
	}
}

func first(t *testing.T, engine string) string {
	t.Helper()
	all, err := migrations(engine)
	if err != nil {
		t.Fatal(err)
	}
	return all[0].text
}

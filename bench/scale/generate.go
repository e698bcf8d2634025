package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/store/sqlstore"
)

// shape is how much of everything there is.
type shape struct {
	PermissionSets int `json:"permission_sets"`
	Users          int `json:"users"`
	Groups         int `json:"groups"`
	Accounts       int `json:"accounts"`
	Assignments    int `json:"assignments"`
	// PersonAccounts is how many accounts the person whose portal is measured may use.
	PersonAccounts int `json:"person_accounts"`
}

// setsInAccount is how many permission sets are provisioned in each account (AWS's quota is 50 at first).
const setsInAccount = 50

// accountsInOU is how many accounts share an organizational unit.
const accountsInOU = 100

// sized returns the shape at a part of the whole.
func sized(part float64) shape {
	of := func(n int) int { return max(int(float64(n)*part), 1) }
	s := shape{PermissionSets: max(of(10_000), setsInAccount), Users: of(100_000), Groups: of(20_000), Accounts: of(2_000)}
	s.Assignments = s.Accounts * max(of(1_000_000)/s.Accounts/setsInAccount, 1) * setsInAccount
	s.PersonAccounts = min(500, s.Accounts)
	return s
}

// batch is how many rows share a transaction.
const batch = 4000

// generator fills a database.
type generator struct {
	ctx      context.Context
	store    store.Store
	ids      *ids.Source
	random   *rand.Rand
	shape    shape
	at       time.Time
	instance *idc.Instance
	say      func(format string, args ...any)

	ous, accounts, users, groups []string
	sets                         []*idc.PermissionSet
}

// generate fills the database at url, which holds a demo, and gives the person accounts.
func generate(ctx context.Context, url, person string, s shape, say func(string, ...any)) (err error) {
	st, err := sqlstore.Open(ctx, sqlstore.Options{URL: url, Clock: clock.System()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	g := &generator{ctx: ctx, store: st, ids: ids.Random(), random: rand.New(rand.NewPCG(1, 2)), shape: s, at: clock.System().Now(), say: say}
	err = st.View(ctx, func(r store.Reader) error {
		g.instance, err = r.Instance()
		return err
	})
	if err != nil {
		return err
	}
	for _, step := range []func() error{g.makeAccounts, g.makeUsers, g.makeGroups, g.makeMemberships, g.makePermissionSets,
		g.makeAssignments, func() error { return g.givePerson(person) }, func() error { return analyze(ctx, url) }} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// rows writes n rows in transactions of batch.
func (g *generator) rows(what string, n int, put func(tx store.Tx, i int) error) error {
	for from := 0; from < n; from += batch {
		g.say("%-16s %9d of %d", what, from, n)
		change := idc.ChangeSet{ID: g.ids.UUID(), At: g.at, Actor: "gatehouse", Door: "benchmark", Why: what}
		err := g.store.Update(g.ctx, change, func(tx store.Tx) error {
			for i := from; i < min(from+batch, n); i++ {
				if err := put(tx, i); err != nil {
					return fmt.Errorf("%s %d: %w", what, i, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *generator) makeAccounts() error {
	g.ous = make([]string, (g.shape.Accounts+accountsInOU-1)/accountsInOU)
	err := g.rows("units", len(g.ous), func(tx store.Tx, i int) error {
		g.ous[i] = g.ids.OUID(g.instance.RootID)
		return tx.PutOU(&idc.OrganizationalUnit{ID: g.ous[i], Name: fmt.Sprintf("Unit-%03d", i), ParentID: g.instance.RootID})
	})
	if err != nil {
		return err
	}
	g.accounts = make([]string, g.shape.Accounts)
	return g.rows("accounts", g.shape.Accounts, func(tx store.Tx, i int) error {
		g.accounts[i] = fmt.Sprintf("7%011d", i)
		return tx.PutAccount(&idc.Account{ID: g.accounts[i], Name: fmt.Sprintf("Account %04d", i), Email: fmt.Sprintf("account-%04d@scale.example", i),
			ParentID: g.ous[i/accountsInOU], State: idc.AccountActive, JoinedMethod: "CREATED", JoinedAt: g.at, Target: "native"})
	})
}

func (g *generator) makeUsers() error {
	g.users = make([]string, g.shape.Users)
	return g.rows("users", g.shape.Users, func(tx store.Tx, i int) error {
		g.users[i] = g.ids.UserID()
		name := fmt.Sprintf("person-%06d", i)
		return tx.PutUser(&idc.User{ID: g.users[i], IdentityStoreID: g.instance.IdentityStoreID, UserName: name, DisplayName: "Person " + name[7:],
			Name: idc.PersonName{GivenName: "Person", FamilyName: name[7:]}, Emails: []idc.Email{{Value: name + "@scale.example", Type: "work", Primary: new(true)}},
			Status: idc.UserEnabled, Owner: idc.OwnerBuiltIn, CreatedAt: g.at, UpdatedAt: g.at})
	})
}

func (g *generator) makeGroups() error {
	g.groups = make([]string, g.shape.Groups)
	return g.rows("groups", g.shape.Groups, func(tx store.Tx, i int) error {
		g.groups[i] = g.ids.GroupID()
		return tx.PutGroup(&idc.Group{ID: g.groups[i], IdentityStoreID: g.instance.IdentityStoreID, DisplayName: fmt.Sprintf("team-%05d", i),
			Owner: idc.OwnerBuiltIn, CreatedAt: g.at, UpdatedAt: g.at})
	})
}

// makeMemberships puts everybody into two groups; the second is drawn.
func (g *generator) makeMemberships() error {
	return g.rows("memberships", 2*g.shape.Users, func(tx store.Tx, i int) error {
		user, group := i/2, i/2%g.shape.Groups
		if i%2 == 1 && g.shape.Groups > 1 {
			group = (group + 1 + g.random.IntN(g.shape.Groups-1)) % g.shape.Groups
		} else if i%2 == 1 {
			return nil
		}
		return tx.PutMembership(&idc.Membership{ID: g.ids.MembershipID(), GroupID: g.groups[group], UserID: g.users[user], Owner: idc.OwnerBuiltIn, CreatedAt: g.at})
	})
}

func (g *generator) makePermissionSets() error {
	g.sets = make([]*idc.PermissionSet, g.shape.PermissionSets)
	return g.rows("permission sets", g.shape.PermissionSets, func(tx store.Tx, i int) error {
		id := g.ids.PermissionSetID()
		g.sets[i] = &idc.PermissionSet{ID: id, ARN: arn.PermissionSet(g.instance.ID, id).String(), Name: fmt.Sprintf("Scale-%05d", i),
			Description: "made to measure", SessionDuration: "PT1H", ManagedPolicies: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"},
			CreatedAt: g.at, Revision: 1}
		return tx.PutPermissionSet(g.sets[i])
	})
}

// setOf is the k-th permission set of an account; each is in as many accounts as any other.
func (g *generator) setOf(account, k int) *idc.PermissionSet {
	return g.sets[(account*setsInAccount+k)%len(g.sets)]
}

// makeAssignments gives every account its permission sets, with the roles behind them, and each of those to the same
// number of groups.
func (g *generator) makeAssignments() error {
	err := g.rows("roles", g.shape.Accounts*setsInAccount, func(tx store.Tx, i int) error {
		return g.provision(tx, g.accounts[i/setsInAccount], g.setOf(i/setsInAccount, i%setsInAccount))
	})
	if err != nil {
		return err
	}
	inAccount := g.shape.Assignments / g.shape.Accounts
	return g.rows("assignments", g.shape.Assignments, func(tx store.Tx, i int) error {
		account, k := i/inAccount, i%inAccount
		group := g.groups[(i+k/setsInAccount)%len(g.groups)] // no permission set meets a group twice
		return g.assign(tx, g.setOf(account, k%setsInAccount), idc.PrincipalGroup, group, g.accounts[account])
	})
}

func (g *generator) assign(tx store.Tx, ps *idc.PermissionSet, pt idc.PrincipalType, principal, account string) error {
	return tx.PutAssignment(&idc.Assignment{ID: g.ids.UUID(), PermissionSetID: ps.ID, PrincipalType: pt, PrincipalID: principal,
		Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: account}})
}

// provision writes the role that the native target makes, and that it was seen.
func (g *generator) provision(tx store.Tx, account string, ps *idc.PermissionSet) error {
	d := provisioning.Define(g.instance, ps, account)
	err := tx.PutRole(&idc.Role{AccountID: account, Name: d.Name, Path: d.Path, ID: g.ids.UniqueID(ids.PrefixRole), ARN: d.ARN,
		Description: d.Description, TrustPolicy: d.TrustPolicy, MaxSessionDuration: d.MaxSessionDuration, AttachedPolicies: d.AttachedPolicies,
		InlinePolicies: d.InlinePolicies, CreatedAt: g.at, PermissionSetID: ps.ID})
	if err != nil {
		return err
	}
	return tx.PutProvisioning(&idc.Provisioning{AccountID: account, PermissionSetID: ps.ID, RoleARN: d.ARN, RoleName: d.Name,
		Revision: ps.Revision, ObservedAt: g.at})
}

// givePerson gives a person of the demo the first three permission sets of many accounts.
func (g *generator) givePerson(userName string) error {
	var person *idc.User
	err := g.store.View(g.ctx, func(r store.Reader) (err error) {
		person, err = r.UserByName(g.instance.IdentityStoreID, userName)
		return err
	})
	if err != nil {
		return err
	}
	return g.rows("person", g.shape.PersonAccounts*3, func(tx store.Tx, i int) error {
		return g.assign(tx, g.setOf(i/3, i%3), idc.PrincipalUser, person.ID, g.accounts[i/3])
	})
}

// analyze lets PostgreSQL see at once how much there is, as it does by itself within minutes.
func analyze(ctx context.Context, url string) error {
	if !strings.HasPrefix(url, "postgres") {
		return nil
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "analyze")
	return errors.Join(err, conn.Close(ctx))
}

package storetest

import (
	"fmt"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func accountCases() []testCase {
	cases := versionedRow[idc.Account]{
		noun:    store.NounAccount,
		make:    func(id string) *idc.Account { return with(Filled[idc.Account](id), func(a *idc.Account) { a.ID = id }) },
		edit:    func(a *idc.Account) { a.ParentID, a.State, a.Tags = "ou-1", idc.AccountSuspended, nil },
		id:      func(a *idc.Account) string { return a.ID },
		put:     func(tx store.Tx, a *idc.Account) error { return tx.PutAccount(a) },
		get:     func(r store.Reader, id string) (*idc.Account, error) { return r.Account(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteAccount(id) },
		version: func(a *idc.Account) *idc.Version { return &a.Version },
		list:    func(r store.Reader, p store.Page) ([]*idc.Account, error) { return r.ListAccounts(p) },
	}.cases()
	cases = append(cases, versionedRow[idc.OrganizationalUnit]{
		noun: store.NounOU,
		make: func(id string) *idc.OrganizationalUnit {
			return with(Filled[idc.OrganizationalUnit](id), func(ou *idc.OrganizationalUnit) { ou.ID = id })
		},
		edit:    func(ou *idc.OrganizationalUnit) { ou.ParentID, ou.Tags = "r-1", nil },
		id:      func(ou *idc.OrganizationalUnit) string { return ou.ID },
		put:     func(tx store.Tx, ou *idc.OrganizationalUnit) error { return tx.PutOU(ou) },
		get:     func(r store.Reader, id string) (*idc.OrganizationalUnit, error) { return r.OU(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteOU(id) },
		version: func(ou *idc.OrganizationalUnit) *idc.Version { return &ou.Version },
		list:    func(r store.Reader, p store.Page) ([]*idc.OrganizationalUnit, error) { return r.ListOUs(p) },
	}.cases()...)
	return append(cases,
		testCase{"accounts of a parent, and by e-mail", testAccounts},
		testCase{"accounts by alias and state, and those that left", testAccountsApart},
		testCase{"organizational units of a parent", testOUs},
	)
}

func accountID(a *idc.Account) string { return a.ID }

func testAccounts(h *harness) {
	old := &idc.Account{ID: "222222222222", Email: "Dev@example.com", ParentID: "r-1"}
	h.update(func(tx store.Tx) error {
		return all(tx.PutAccount(&idc.Account{ID: "333333333333", Email: "staging@example.com", ParentID: "ou-1"}), tx.PutAccount(old),
			tx.PutAccount(&idc.Account{ID: "111111111111", ParentID: "r-1"}), tx.PutAccount(&idc.Account{ID: "444444444444", ParentID: "r-1"}))
	})
	h.wantConflict(h.try(func(tx store.Tx) error {
		return tx.PutAccount(&idc.Account{ID: "555555555555", Email: "dev@EXAMPLE.com"})
	}), "Email")
	h.view(func(r store.Reader) error {
		a, err := r.AccountByEmail("DEV@example.com")
		wantFound(h, "by e-mail", a, err, accountID, "222222222222")
		a, err = r.AccountByEmail("")
		wantFound(h, "by no e-mail", a, err, accountID, "")
		return nil
	})
	ofRoot := func(r store.Reader) ([]string, error) {
		return listed(accountID)(r.ListAccountsOfParent("r-1", store.Page{}))
	}
	h.wantList("of the root", ofRoot, "111111111111", "222222222222", "444444444444")
	h.wantList("of the root, page", func(r store.Reader) ([]string, error) {
		return listed(accountID)(r.ListAccountsOfParent("r-1", store.Page{After: "111111111111", Limit: 1}))
	}, "222222222222")
	h.update(func(tx store.Tx) error {
		return tx.PutAccount(with(old, func(a *idc.Account) { a.ParentID = "ou-1" }))
	})
	h.wantList("of the root after a move", ofRoot, "111111111111", "444444444444")
	h.wantList("of the root before it", func(r store.Reader) ([]string, error) { return ofRoot(r.At(old.Version.RecordedAt)) },
		"111111111111", "222222222222", "444444444444")
}

func testOUs(h *harness) {
	ou := func(id, parent, name string) *idc.OrganizationalUnit {
		return &idc.OrganizationalUnit{ID: id, ParentID: parent, Name: name}
	}
	h.update(func(tx store.Tx) error {
		return all(tx.PutOU(ou("ou-2", "r-1", "Workloads")), tx.PutOU(ou("ou-1", "r-1", "Security")), tx.PutOU(ou("ou-3", "ou-2", "Security")))
	})
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutOU(ou("ou-4", "r-1", "Security")) }), "OrganizationalUnit")
	h.wantList("of the root", func(r store.Reader) ([]string, error) {
		return listed(func(ou *idc.OrganizationalUnit) string { return ou.ID })(r.ListOUsOfParent("r-1", store.Page{}))
	}, "ou-1", "ou-2")
}

func testAccountsApart(h *harness) {
	account := func(id, parent, alias string, state idc.AccountState) *idc.Account {
		return &idc.Account{ID: id, ParentID: parent, Alias: alias, State: state, Email: id + "@example.com"}
	}
	h.update(func(tx store.Tx) error {
		return all(tx.PutAccount(account("111111111111", "r-1", "acme", idc.AccountActive)), tx.PutAccount(account("222222222222", "", "", idc.AccountActive)),
			tx.PutAccount(account("333333333333", "ou-1", "", idc.AccountSuspended)), tx.PutAccount(account("444444444444", "", "gone", idc.AccountSuspended)),
			tx.PutOU(&idc.OrganizationalUnit{ID: "ou-1", ParentID: "r-1"}))
	})
	h.wantConflict(h.try(func(tx store.Tx) error {
		return tx.PutAccount(account("555555555555", "r-1", "acme", idc.AccountActive))
	}), "AccountAlias")
	ids := listed(accountID)
	for what, list := range map[string]struct {
		read func(r store.Reader) ([]string, error)
		want []string
	}{
		"of the organization": {func(r store.Reader) ([]string, error) { return ids(r.ListAccounts(store.Page{})) }, []string{"111111111111", "333333333333"}},
		"standalone":          {func(r store.Reader) ([]string, error) { return ids(r.ListStandaloneAccounts(store.Page{})) }, []string{"222222222222", "444444444444"}},
		"suspended": {func(r store.Reader) ([]string, error) {
			return ids(r.ListAccountsInState(idc.AccountSuspended, store.Page{}))
		}, []string{"333333333333", "444444444444"}},
		"named": {func(r store.Reader) ([]string, error) {
			return ids(r.AccountsByID([]string{"444444444444", "999999999999", "111111111111", "444444444444"}))
		}, []string{"111111111111", "444444444444"}},
		"named, more than one statement asks for": {func(r store.Reader) ([]string, error) {
			many := []string{"444444444444", "222222222222"}
			for i := range 120 {
				many = append(many, fmt.Sprintf("3000000000%03d", i))
			}
			return ids(r.AccountsByID(many))
		}, []string{"222222222222", "444444444444"}},
		"named, none": {func(r store.Reader) ([]string, error) { return ids(r.AccountsByID(nil)) }, nil},
		"suspended, page": {func(r store.Reader) ([]string, error) {
			return ids(r.ListAccountsInState(idc.AccountSuspended, store.Page{After: "333333333333", Limit: 1}))
		}, []string{"444444444444"}},
	} {
		h.wantList(what, list.read, list.want...)
	}
	h.view(func(r store.Reader) error {
		for alias, want := range map[string]string{"acme": "111111111111", "gone": "444444444444", "ACME": "", "": ""} {
			a, err := r.AccountByAlias(alias)
			wantFound(h, "alias "+alias, a, err, accountID, want)
		}
		accounts, err := r.CountAccounts()
		h.wantEqual("accounts", accounts, 2)
		ous, countErr := r.CountOUs()
		h.wantEqual("organizational units", ous, 1)
		return all(err, countErr)
	})
	h.update(func(tx store.Tx) error { return tx.PutAccount(account("111111111111", "r-1", "", idc.AccountActive)) })
	h.update(func(tx store.Tx) error {
		return tx.PutAccount(account("333333333333", "ou-1", "acme", idc.AccountActive))
	})
}

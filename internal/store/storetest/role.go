package storetest

import (
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func roleCases() []testCase {
	cases := plainRow[idc.Role]{
		noun: store.NounRole, event: "111111111111/admin",
		make: func() *idc.Role {
			return with(Filled[idc.Role]("r"), func(r *idc.Role) { r.AccountID, r.Name = "111111111111", "Admin" })
		},
		edit: func(r *idc.Role) {
			r.AttachedPolicies, r.InlinePolicies, r.TrustPolicy, r.PermissionsBoundary = []string{"z", "a"}, nil, " {}\n", ""
		},
		put:    func(tx store.Tx, r *idc.Role) error { return tx.PutRole(r) },
		get:    func(r store.Reader) (*idc.Role, error) { return r.Role("111111111111", "ADMIN") },
		remove: func(tx store.Tx) error { return tx.DeleteRole("111111111111", "aDmin") },
	}.cases()
	cases = append(cases, plainRow[idc.ManagedPolicy]{
		noun: store.NounManagedPolicy, event: "arn:1",
		make: func() *idc.ManagedPolicy {
			return with(Filled[idc.ManagedPolicy]("p"), func(p *idc.ManagedPolicy) { p.ARN = "arn:1" })
		},
		edit:   func(p *idc.ManagedPolicy) { p.Versions, p.DefaultVersion = p.Versions[1:], "v2" },
		put:    func(tx store.Tx, p *idc.ManagedPolicy) error { return tx.PutManagedPolicy(p) },
		get:    func(r store.Reader) (*idc.ManagedPolicy, error) { return r.ManagedPolicy("arn:1") },
		remove: func(tx store.Tx) error { return tx.DeleteManagedPolicy("arn:1") },
	}.cases()...)
	cases = append(cases, plainRow[idc.SAMLProvider]{
		noun: store.NounSAMLProvider, event: "arn:1",
		make: func() *idc.SAMLProvider {
			return with(Filled[idc.SAMLProvider]("s"), func(p *idc.SAMLProvider) { p.ARN = "arn:1" })
		},
		edit:   func(p *idc.SAMLProvider) { p.Metadata = "<x a=\"1\"/>" },
		put:    func(tx store.Tx, p *idc.SAMLProvider) error { return tx.PutSAMLProvider(p) },
		get:    func(r store.Reader) (*idc.SAMLProvider, error) { return r.SAMLProvider("arn:1") },
		remove: func(tx store.Tx) error { return tx.DeleteSAMLProvider("arn:1") },
	}.cases()...)
	cases = append(cases, plainRow[idc.OIDCProvider]{
		noun: store.NounOIDCProvider, event: "arn:1",
		make: func() *idc.OIDCProvider {
			return with(Filled[idc.OIDCProvider]("o"), func(p *idc.OIDCProvider) { p.ARN = "arn:1" })
		},
		edit:   func(p *idc.OIDCProvider) { p.ClientIDs, p.Thumbprints = p.ClientIDs[1:], nil },
		put:    func(tx store.Tx, p *idc.OIDCProvider) error { return tx.PutOIDCProvider(p) },
		get:    func(r store.Reader) (*idc.OIDCProvider, error) { return r.OIDCProvider("arn:1") },
		remove: func(tx store.Tx) error { return tx.DeleteOIDCProvider("arn:1") },
	}.cases()...)
	return append(cases,
		testCase{"OpenID Connect providers of an account", testOIDCProviders},
		testCase{"how often policies are used", testPolicyUse},
		testCase{"roles by id and path", testRoles},
		testCase{"roles with a policy", testRolesWithPolicy},
		testCase{"managed policies", testManagedPolicies},
		testCase{"providers of an account", testSAMLProviders},
	)
}

func roleName(r *idc.Role) string { return r.Name }

func role(account, name, path string, policies ...string) *idc.Role {
	return &idc.Role{AccountID: account, Name: name, Path: path, ID: "AROA" + account + name, AttachedPolicies: policies}
}

func testRoles(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutRole(role("1", "beta", "/aws/")), tx.PutRole(role("1", "Alpha", "/aws/sso/")), tx.PutRole(role("1", "Gamma", "/a_s/")),
			tx.PutRole(role("1", "delta", "/AWS/")), tx.PutRole(role("2", "beta", "/")))
	})
	h.wantConflict(h.try(func(tx store.Tx) error {
		return tx.PutRole(with(role("1", "new", "/"), func(r *idc.Role) { r.ID = "AROA1beta" }))
	}), "Role")
	h.view(func(r store.Reader) error {
		found, err := r.RoleByID("AROA2beta")
		wantFound(h, "by id", found, err, func(r *idc.Role) string { return r.AccountID }, "2")
		found, err = r.RoleByID("aroa2beta")
		wantFound(h, "by folded id", found, err, roleName, "")
		return nil
	})
	for prefix, want := range map[string][]string{
		"": {"Alpha", "beta", "delta", "Gamma"}, "/aws/": {"Alpha", "beta"}, "/a_s/": {"Gamma"}, "/a%": nil, "/aws/sso/": {"Alpha"},
	} {
		h.wantList("path "+prefix, func(r store.Reader) ([]string, error) {
			return listed(roleName)(r.ListRoles("1", prefix, store.Page{}))
		}, want...)
	}
	h.wantList("page", func(r store.Reader) ([]string, error) {
		return listed(roleName)(r.ListRoles("1", "", store.Page{After: "Alpha", Limit: 2}))
	}, "beta", "delta")
	h.wantList("next page", func(r store.Reader) ([]string, error) {
		return listed(roleName)(r.ListRoles("1", "", store.Page{After: "delta", Limit: 2}))
	}, "Gamma")
}

func testRolesWithPolicy(h *harness) {
	bounded := role("1", "c", "/", "arn:x")
	bounded.PermissionsBoundary = "arn:x"
	h.update(func(tx store.Tx) error {
		return all(tx.PutRole(role("1", "B", "/", "arn:x", "arn:y")), tx.PutRole(role("1", "a", "/", "arn:y")), tx.PutRole(bounded),
			tx.PutRole(with(role("1", "d", "/"), func(r *idc.Role) { r.PermissionsBoundary = "arn:x" })), tx.PutRole(role("2", "B", "/", "arn:x")))
	})
	of := func(arn string, p store.Page) func(store.Reader) ([]string, error) {
		return func(r store.Reader) ([]string, error) { return listed(roleName)(r.ListRolesWithPolicy("1", arn, p)) }
	}
	h.wantList("x", of("arn:x", store.Page{}), "B", "c", "d")
	h.wantList("x, page", of("arn:x", store.Page{After: "B", Limit: 1}), "c")
	h.update(func(tx store.Tx) error { return all(tx.PutRole(role("1", "B", "/", "arn:y")), tx.DeleteRole("1", "c")) })
	h.wantList("x, later", of("arn:x", store.Page{}), "d")
	h.wantList("y, later", of("arn:y", store.Page{}), "a", "B")
}

func testManagedPolicies(h *harness) {
	policy := func(account, name, path string) *idc.ManagedPolicy {
		return &idc.ManagedPolicy{AccountID: account, Name: name, Path: path, ARN: "arn:" + account + path + name}
	}
	name := func(p *idc.ManagedPolicy) string { return p.Name }
	h.update(func(tx store.Tx) error {
		return all(tx.PutManagedPolicy(policy("1", "b", "/")), tx.PutManagedPolicy(policy("1", "A", "/x/")), tx.PutManagedPolicy(policy("2", "b", "/")))
	})
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutManagedPolicy(policy("1", "B", "/y/")) }), "Policy")
	h.view(func(r store.Reader) error {
		p, err := r.ManagedPolicyByName("1", "a")
		wantFound(h, "by name", p, err, name, "A")
		return nil
	})
	h.wantList("all", func(r store.Reader) ([]string, error) {
		return listed(name)(r.ListManagedPolicies("1", "/", store.Page{}))
	}, "A", "b")
	h.wantList("page", func(r store.Reader) ([]string, error) {
		return listed(name)(r.ListManagedPolicies("1", "", store.Page{After: "A", Limit: 9}))
	}, "b")
	h.wantList("path", func(r store.Reader) ([]string, error) {
		return listed(name)(r.ListManagedPolicies("1", "/x/", store.Page{}))
	}, "A")
}

func testSAMLProviders(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutSAMLProvider(&idc.SAMLProvider{AccountID: "1", Name: "b", ARN: "arn:b"}), tx.PutSAMLProvider(&idc.SAMLProvider{AccountID: "1", Name: "a", ARN: "arn:a"}),
			tx.PutSAMLProvider(&idc.SAMLProvider{AccountID: "2", Name: "c", ARN: "arn:c"}))
	})
	h.wantList("providers", func(r store.Reader) ([]string, error) {
		return listed(func(p *idc.SAMLProvider) string { return p.Name })(r.ListSAMLProviders("1"))
	}, "a", "b")
}

func testOIDCProviders(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutOIDCProvider(&idc.OIDCProvider{AccountID: "1", URL: "b.example", ARN: "arn:b"}), tx.PutOIDCProvider(&idc.OIDCProvider{AccountID: "1", URL: "a.example/x", ARN: "arn:a"}),
			tx.PutOIDCProvider(&idc.OIDCProvider{AccountID: "2", URL: "c.example", ARN: "arn:c"}))
	})
	h.wantList("providers", func(r store.Reader) ([]string, error) {
		return listed(func(p *idc.OIDCProvider) string { return p.URL })(r.ListOIDCProviders("1"))
	}, "a.example/x", "b.example")
}

func testPolicyUse(h *harness) {
	bounded := func(r *idc.Role) { r.PermissionsBoundary = "arn:x" }
	h.update(func(tx store.Tx) error {
		return all(tx.PutRole(role("1", "a", "/", "arn:x", "arn:y")), tx.PutRole(with(role("1", "b", "/", "arn:x"), bounded)),
			tx.PutRole(with(role("1", "c", "/"), bounded)), tx.PutRole(role("2", "a", "/", "arn:x")),
			tx.PutManagedPolicy(&idc.ManagedPolicy{AccountID: "1", Name: "x", ARN: "arn:x"}))
	})
	h.view(func(r store.Reader) error {
		uses, err := r.PolicyUses("1")
		h.wantEqual("uses in 1", uses, map[string]store.PolicyUse{"arn:x": {Attached: 2, Boundary: 2}, "arn:y": {Attached: 1}})
		one, oneErr := r.PolicyUse("2", "arn:x")
		h.wantEqual("x in 2", one, store.PolicyUse{Attached: 1})
		none, noneErr := r.PolicyUse("2", "arn:y")
		h.wantEqual("y in 2", none, store.PolicyUse{})
		roles, rolesErr := r.CountRoles("1")
		h.wantEqual("roles of 1", roles, 3)
		policies, policiesErr := r.CountManagedPolicies("1")
		h.wantEqual("policies of 1", policies, 1)
		return all(err, oneErr, noneErr, rolesErr, policiesErr)
	})
}

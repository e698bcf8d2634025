package application_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

func (w *world) issuerDefinition(name string) application.IssuerDefinition {
	return application.IssuerDefinition{InstanceID: w.Instance.ID, Name: name, Type: idc.IssuerOIDCJWT, IssuerURL: "https://" + name + ".example.com",
		ClaimPath: "email", IdentityStorePath: "emails.value", JWKSRetrieval: idc.JWKSOpenIDDiscovery}
}

func (w *world) issuer(name string) *idc.TrustedTokenIssuer {
	w.T.Helper()
	made, err := w.CreateIssuer(w.T.Context(), w.Change(), "", w.issuerDefinition(name))
	if err != nil {
		w.T.Fatal(err)
	}
	issuer, err := w.Issuer(w.T.Context(), made)
	if err != nil {
		w.T.Fatal(err)
	}
	return issuer
}

func bearer(issuers ...string) idc.ApplicationGrants {
	g := &idc.JWTBearerGrant{}
	for _, one := range issuers {
		g.Issuers = append(g.Issuers, idc.AuthorizedIssuer{TrustedTokenIssuerARN: one, Audiences: []string{"wiki"}})
	}
	return idc.ApplicationGrants{JWTBearer: g}
}

func TestGrants(t *testing.T) {
	w := newWorld(t)
	a, issuer := w.application("Wiki"), w.issuer("okta")
	code := func(uris ...string) idc.ApplicationGrants {
		return idc.ApplicationGrants{AuthorizationCode: &idc.AuthorizationCodeGrant{RedirectURIs: uris}}
	}
	put := func(g idc.ApplicationGrants) error { return w.PutGrant(t.Context(), w.Change(), a.ID, g) }
	for _, g := range []idc.ApplicationGrants{code("https://a"), {RefreshToken: true}, {TokenExchange: true}, bearer(issuer.ARN), code("https://b")} {
		must(t, put(g))
	}
	got := w.get(a.ARN).Grants
	if len(got.Types()) != 4 || !slices.Equal(got.AuthorizationCode.RedirectURIs, []string{"https://b"}) || got.JWTBearer.Issuers[0].TrustedTokenIssuerARN != issuer.ARN {
		t.Errorf("grants %+v", got)
	}
	wants(t, put(idc.ApplicationGrants{}), idc.Invalid, "Exactly one")
	wants(t, put(idc.ApplicationGrants{RefreshToken: true, TokenExchange: true}), idc.Invalid, "Exactly one")
	for _, uri := range []string{"", "/callback", "wiki.example.com", "https://a#b", "https://a\x7f"} {
		wants(t, put(code(uri)), idc.Invalid, "not an absolute URI")
	}
	wants(t, put(bearer(issuer.ARN, issuer.ARN)), idc.Invalid, "twice")
	unknown := "arn:aws:sso::111111111111:trustedTokenIssuer/ssoins-1234567890abcdef/tti-c4488478-a0e1-700e-3d75-96c6bb641596"
	wants(t, put(bearer(unknown)), idc.NotFound, unknown)
	wants(t, put(bearer("x")), idc.Invalid, "invalid")
	for range 2 { // what is not there is left as it is
		for _, g := range []idc.GrantType{idc.GrantAuthorizationCode, idc.GrantRefreshToken, idc.GrantTokenExchange, idc.GrantJWTBearer} {
			must(t, w.DeleteGrant(t.Context(), w.Change(), a.ID, g))
		}
	}
	if got := w.get(a.ARN).Grants.Types(); len(got) != 0 {
		t.Errorf("after deleting: %v", got)
	}
}

func TestIssuersOfAnotherInstanceAreUnknown(t *testing.T) {
	w := newWorld(t)
	account := w.accountInstance(testidc.Member)
	d := w.definition("Theirs")
	d.InstanceID, d.OwnerAccountID = account.ID, testidc.Member
	theirs, ours := w.create(d), w.issuer("okta")
	wants(t, w.PutGrant(t.Context(), w.Change(), theirs.ID, bearer(ours.ARN)), idc.NotFound, ours.ARN)
	wants(t, w.PutScope(t.Context(), w.Change(), theirs.ID, idc.AccessScope{Scope: "a", Targets: []string{w.Instance.ARN}}), idc.NotFound, w.Instance.ARN)
	wants(t, w.PutScope(t.Context(), w.Change(), theirs.ID, idc.AccessScope{Scope: application.ScopeAccountAccess}), idc.Invalid, "organization's instance")
}

func TestActorPolicy(t *testing.T) {
	w := newWorld(t)
	a := w.application("Wiki")
	put := func(document string) error {
		return w.PutActorPolicy(t.Context(), w.Change(), a.ID, []byte(document))
	}
	statement := `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/Wiki"},"Action":"sso-oauth:CreateTokenWithIAM","Resource":"*"}`
	document := `{"Version":"2012-10-17","Statement":[` + statement + `]}`
	must(t, put("\n "+document+"\t"))
	if got := w.get(a.ARN).ActorPolicy; got != document {
		t.Errorf("stored %q", got)
	}
	for _, bad := range []string{"", "null", `"text"`, "[]", `{"Version":"2012-10-17"}`, document[1:],
		strings.Replace(document, `"Principal":{"AWS":"arn:aws:iam::111111111111:role/Wiki"},`, "", 1), strings.Replace(document, "Allow", "allow it", 1)} {
		err := put(bad)
		wants(t, err, idc.Invalid, "actor policy")
		if idc.ReasonOf(err) != idc.ReasonMalformedPolicy {
			t.Errorf("%q: reason %q", bad, idc.ReasonOf(err))
		}
	}
	for range 2 {
		must(t, w.DeleteActorPolicy(t.Context(), w.Change(), a.ID))
	}
	if got := w.get(a.ARN).ActorPolicy; got != "" {
		t.Errorf("after deleting: %q", got)
	}
}

func TestScopes(t *testing.T) {
	w := newWorld(t)
	a, other := w.application("Wiki"), w.application("Other")
	put := func(scope string, targets ...string) error {
		return w.PutScope(t.Context(), w.Change(), a.ID, idc.AccessScope{Scope: scope, Targets: targets})
	}
	must(t, put("wiki:read", w.Instance.ARN, other.ARN))
	must(t, put("wiki:read", other.ARN)) // replaces
	must(t, put(application.ScopeAccountAccess))
	scope, err := application.Scope(w.get(a.ARN), "wiki:read")
	if err != nil || !slices.Equal(scope.Targets, []string{other.ARN}) || len(w.get(a.ARN).Scopes) != 2 {
		t.Errorf("scope %+v, %v", scope, err)
	}
	unknown := strings.Replace(other.ARN, other.ID, "apl-0000000000000000", 1)
	for _, target := range []string{unknown, "x", strings.Replace(other.ARN, "arn:aws:", "arn:aws-cn:", 1)} {
		wants(t, put("wiki:read", target), idc.NotFound, target)
	}
	for range 2 {
		must(t, w.DeleteScope(t.Context(), w.Change(), a.ID, "wiki:read"))
	}
	_, err = application.Scope(w.get(a.ARN), "wiki:read")
	wants(t, err, idc.NotFound, "wiki:read")
}

func TestTrustedTokenIssuers(t *testing.T) {
	w := newWorld(t)
	issuer := w.issuer("okta")
	if issuer.ARN != "arn:aws:sso::111111111111:trustedTokenIssuer/ssoins-1234567890abcdef/"+issuer.ID || issuer.IssuerURL != "https://okta.example.com" {
		t.Errorf("created %+v", issuer)
	}
	for name, edit := range map[string]func(d *application.IssuerDefinition){
		"without":       func(d *application.IssuerDefinition) { d.IssuerURL += "/.well-known/openid-configuration" },
		"not supported": func(d *application.IssuerDefinition) { d.IdentityStorePath = "title" },
		"twice":         func(d *application.IssuerDefinition) { d.Tags = []idc.Tag{{Key: "a"}, {Key: "a"}} },
	} {
		d := w.issuerDefinition("x")
		edit(&d)
		_, err := w.CreateIssuer(t.Context(), w.Change(), "", d)
		wants(t, err, idc.Invalid, name)
	}
	name, path, bad := "okta2", "userName", "title"
	must(t, w.UpdateIssuer(t.Context(), w.Change(), issuer.ARN, application.IssuerUpdate{Name: &name, IdentityStorePath: &path}))
	got, err := w.Issuer(t.Context(), issuer.ARN)
	if err != nil || got.Name != name || got.IdentityStorePath != path || got.ClaimPath != "email" || got.IssuerURL != issuer.IssuerURL {
		t.Errorf("updated %+v, %v", got, err)
	}
	wants(t, w.UpdateIssuer(t.Context(), w.Change(), issuer.ARN, application.IssuerUpdate{IdentityStorePath: &bad}), idc.Invalid, "not supported")
	other := strings.Replace(issuer.ARN, "arn:aws:", "arn:aws-cn:", 1)
	_, err = w.Issuer(t.Context(), other)
	wants(t, err, idc.NotFound, other)
}

func TestIssuerClientToken(t *testing.T) {
	w := newWorld(t)
	first, err := w.CreateIssuer(t.Context(), w.Change(), "token", w.issuerDefinition("okta"))
	must(t, err)
	second, err := w.CreateIssuer(t.Context(), w.Change(), "token", w.issuerDefinition("okta"))
	if err != nil || second != first {
		t.Errorf("repeated: %s, %v, want %s", second, err, first)
	}
	_, err = w.CreateIssuer(t.Context(), w.Change(), "token", w.issuerDefinition("other"))
	wants(t, err, idc.Conflict, "IdempotentParameterMismatch")
}

func TestDeleteIssuerThatIsUsed(t *testing.T) {
	w := newWorld(t)
	a, issuer := w.application("Wiki"), w.issuer("okta")
	must(t, w.PutGrant(t.Context(), w.Change(), a.ID, bearer(issuer.ARN)))
	wants(t, w.DeleteIssuer(t.Context(), w.Change(), issuer.ARN), idc.Conflict, a.ARN)
	must(t, w.DeleteGrant(t.Context(), w.Change(), a.ID, idc.GrantJWTBearer))
	must(t, w.DeleteIssuer(t.Context(), w.Change(), issuer.ARN))
	wants(t, w.DeleteIssuer(t.Context(), w.Change(), issuer.ARN), idc.NotFound, issuer.ARN)
}

func TestIssuersPage(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.issuer(fmt.Sprint("i", i))
	}
	seen := map[string]bool{}
	for after := ""; ; {
		all, next, err := w.Issuers(t.Context(), w.Instance.ID, store.Page{After: after, Limit: 2})
		must(t, err)
		for _, one := range all {
			seen[one.Name] = true
		}
		if next == "" {
			break
		}
		after = next
	}
	if len(seen) != 5 {
		t.Errorf("saw %v", seen)
	}
}

package sts_test

import (
	"context"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/saml/samltest"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const allowAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// TestWhatEndsFederation: nobody comes in any more as soon as the provider does not vouch or the role does not trust
// it. Who is in stays in until the session ends, as in AWS, unless the role or its account is gone.
func TestWhatEndsFederation(t *testing.T) {
	for name, c := range map[string]struct {
		end    func(r *realm) error
		within bool // the session still may what its role may
	}{
		"SAML provider deleted": {func(r *realm) error {
			return r.roles.DeleteSAMLProvider(r.T.Context(), r.Change(), testidc.Member, samlARN)
		}, true},
		"SAML provider has other keys": {func(r *realm) error {
			other := samltest.New(r.T, "https://idp.example.com")
			return r.roles.UpdateSAMLProvider(r.T.Context(), r.Change(), testidc.Member, samlARN, role.SAMLProviderChange{Metadata: other.Metadata()})
		}, true},
		"OIDC provider deleted": {func(r *realm) error {
			return r.roles.DeleteOIDCProvider(r.T.Context(), r.Change(), testidc.Member, oidcARN)
		}, true},
		"client removed": {func(r *realm) error {
			return r.roles.RemoveClientID(r.T.Context(), r.Change(), testidc.Member, oidcARN, "app")
		}, true},
		"trust withdrawn": {func(r *realm) error {
			return r.Store.Update(r.T.Context(), r.Change(), func(tx store.Tx) error {
				found, err := tx.Role(testidc.Member, "Deploy")
				if err != nil {
					return err
				}
				changed := *found
				changed.TrustPolicy = trustAll
				return tx.PutRole(&changed)
			})
		}, true},
		"role deleted": {func(r *realm) error {
			return r.Store.Update(r.T.Context(), r.Change(), func(tx store.Tx) error { return tx.DeleteRole(testidc.Member, "Deploy") })
		}, false},
		"account closed": {func(r *realm) error { r.state(idc.AccountSuspended); return nil }, false},
	} {
		for _, web := range []bool{false, true} {
			if web && name[:4] == "SAML" || !web && (name[:4] == "OIDC" || name[:4] == "clie") {
				continue
			}
			t.Run(name, func(t *testing.T) {
				r := newRealm(t)
				corp, issuer := r.corp(t), r.trusted(t)
				target := r.Role(testidc.Member, "Deploy", samlTrust)
				if web {
					target.TrustPolicy = oidcTrust
				}
				target.InlinePolicies = map[string]string{"all": allowAll}
				r.Update(func(tx store.Tx) error { return tx.PutRole(target) })
				take := func() (*sts.Federated, error) {
					if web {
						return r.takeWeb(t, issuer.Sign(t, map[string]any{"sub": "repo:main", "aud": "app"}))
					}
					return r.takeSAML(t, corp.Encoded(r.claim(nil)))
				}
				got, err := take()
				if err != nil {
					t.Fatal(err)
				}
				if err := c.end(r); err != nil {
					t.Fatal(err)
				}
				if _, err := take(); err == nil {
					t.Error("somebody still comes in")
				}
				_, session, err := r.sts.Open(got.Credentials.AccessKeyID, got.Credentials.SessionToken)
				if err != nil {
					t.Fatal(err)
				}
				if err := r.may(session, "iam:ListRoles", "*"); (err == nil) != c.within {
					t.Errorf("the session that is: %v, want it good %v", err, c.within)
				}
			})
		}
	}
}

// slow is an issuer during whose answer something happens.
type slow struct {
	oidc.Fetcher
	meanwhile func()
}

func (s *slow) Fetch(ctx context.Context, address string, local bool) ([]byte, error) {
	s.meanwhile()
	return s.Fetcher.Fetch(ctx, address, local)
}

// TestAProviderThatGoesMeanwhile: reading an issuer's keys may take seconds.
func TestAProviderThatGoesMeanwhile(t *testing.T) {
	r := newRealm(t)
	issuer := r.trusted(t)
	r.Role(testidc.Member, "Deploy", oidcTrust)
	r.sts.Tokens.Fetcher = &slow{issuer, func() {
		if err := r.roles.DeleteOIDCProvider(t.Context(), r.Change(), testidc.Member, oidcARN); err != nil && !idc.IsNotFound(err) {
			t.Error(err)
		}
	}}
	_, err := r.takeWeb(t, issuer.Sign(t, map[string]any{"sub": "repo:main", "aud": "app"}))
	r.wants(t, "deleted meanwhile", err, idc.Invalid, sts.ReasonInvalidIdentityToken, "No OpenIDConnect provider found")
}

package account_test

import (
	"slices"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// TestDisablingAPolicyType: what is disabled is attached nowhere; enabled anew it begins with full access everywhere.
func TestDisablingAPolicyType(t *testing.T) {
	for _, policyType := range []idc.PolicyType{account.TypeSCP, account.TypeRCP} {
		t.Run(string(policyType), func(t *testing.T) {
			w := newWorld(t)
			ctx := t.Context()
			content := scp
			if policyType == account.TypeRCP {
				content = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}`
			}
			unit := w.ou(root, "Prod")
			p, err := w.CreatePolicy(ctx, w.Change(), account.PolicyDefinition{Name: "NoS3", Type: policyType, Content: content})
			w.ok(err)
			w.ok(w.AttachPolicy(ctx, w.Change(), p.ID, unit))

			w.wants(w.DisablePolicyType(ctx, w.Change(), "r-other", policyType), idc.NotFound, "a root that doesn't exist")
			w.wants(w.EnablePolicyType(ctx, w.Change(), root, policyType), idc.Conflict, "already enabled")
			w.ok(w.DisablePolicyType(ctx, w.Change(), root, policyType))
			w.wants(w.DisablePolicyType(ctx, w.Change(), root, policyType), idc.Conflict, "isn't currently enabled")
			w.wants(w.AttachPolicy(ctx, w.Change(), p.ID, unit), idc.Conflict, "isn't currently enabled")
			types, err := w.PolicyTypes(ctx)
			if err != nil || len(types) != 1 || types[0] == policyType {
				t.Errorf("enabled: %v, %v", types, err)
			}
			later := w.ou(root, "Later")
			for _, target := range []string{root, unit, later} {
				if got := w.policiesOn(target, policyType); len(got) != 0 {
					t.Errorf("still on %s: %v", target, got)
				}
			}
			if _, err := w.Policy(ctx, p.ID); err != nil {
				t.Errorf("the policy itself: %v", err)
			}

			w.ok(w.EnablePolicyType(ctx, w.Change(), root, policyType))
			for _, target := range []string{root, unit, later, member} {
				got := w.policiesOn(target, policyType)
				if len(got) != 1 || !slices.Contains([]string{account.FullAccessSCP, account.FullAccessRCP}, got[0]) {
					t.Errorf("on %s: %v, want the full-access policy alone", target, got)
				}
			}
			w.ok(w.AttachPolicy(ctx, w.Change(), p.ID, unit))
			w.wants(w.EnablePolicyType(ctx, w.Change(), root, "NO_POLICY"), idc.Invalid, "policy type")
		})
	}
}

func (w *world) policiesOn(target string, policyType idc.PolicyType) (ids []string) {
	w.T.Helper()
	found, _, err := w.PoliciesOfTarget(w.T.Context(), target, policyType, store.Page{})
	w.ok(err)
	for _, p := range found {
		ids = append(ids, p.ID)
	}
	return ids
}

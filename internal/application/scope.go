package application

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// ScopeAccountAccess lets an application reach AWS accounts for its users. Only
// the organization's instance has accounts, and only whoever administers it may
// give the scope, which the door sees to: it knows the caller.
const ScopeAccountAccess = "sso:account:access"

// PutScope gives an application an access scope, or replaces its targets. Targets
// are the ARNs of the application's instance and of applications in it.
func (s *Service) PutScope(ctx context.Context, change idc.ChangeSet, id string, scope idc.AccessScope) error {
	return s.change(ctx, change, id, func(r store.Reader, a *idc.Application) error {
		in, err := r.InstanceByID(a.InstanceID)
		if err != nil {
			return err
		}
		if scope.Scope == ScopeAccountAccess && in.Kind != idc.InstanceOfOrganization {
			return idc.Errorf(idc.Invalid, "The scope %s is for applications of the organization's instance.", ScopeAccountAccess)
		}
		for _, target := range scope.Targets {
			if err := checkTarget(r, in, target); err != nil {
				return err
			}
		}
		at := scopeIndex(a, scope.Scope)
		if at >= 0 {
			a.Scopes[at] = scope
			return nil
		}
		if limit := s.Quotas.scopes(); len(a.Scopes) >= limit {
			return exceeded("access scopes of an application", limit)
		}
		a.Scopes = append(a.Scopes, scope)
		return nil
	})
}

func checkTarget(r store.Reader, in *idc.Instance, target string) error {
	if target == in.ARN {
		return nil
	}
	missing := idc.NotFoundf("ScopeTarget", target, "Could not find the authorized target %s", target)
	_, _, id, err := arn.ParseApplication(target)
	if err != nil {
		return missing.Because(err)
	}
	a, err := r.Application(id)
	if idc.IsNotFound(err) || err == nil && (a.ARN != target || a.InstanceID != in.ID) {
		return missing
	}
	return err
}

func scopeIndex(a *idc.Application, scope string) int {
	return slices.IndexFunc(a.Scopes, func(s idc.AccessScope) bool { return s.Scope == scope })
}

// Scope returns an access scope of an application, or NotFound.
func Scope(a *idc.Application, scope string) (idc.AccessScope, error) {
	at := scopeIndex(a, scope)
	if at < 0 {
		return idc.AccessScope{}, idc.NotFoundf("AccessScope", scope, "Could not find the access scope %s of the application %s", scope, a.ID)
	}
	return a.Scopes[at], nil
}

// DeleteScope takes an access scope away; without it it succeeds.
func (s *Service) DeleteScope(ctx context.Context, change idc.ChangeSet, id, scope string) error {
	return s.change(ctx, change, id, func(_ store.Reader, a *idc.Application) error {
		if at := scopeIndex(a, scope); at >= 0 {
			a.Scopes = slices.Delete(a.Scopes, at, at+1)
		}
		return nil
	})
}

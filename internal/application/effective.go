package application

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Effective returns the enabled applications that a user may use at an instant, by
// name and then by id: those assigned to the user or to one of its groups, and those
// of the user's instance that need no assignment. An unknown or disabled user has none.
func Effective(r store.Reader, userID string, at time.Time) ([]*idc.Application, error) {
	principals, err := assignment.Principals(r, userID, at)
	if err != nil || len(principals) == 0 {
		return nil, err
	}
	user, err := r.User(userID)
	if err != nil {
		return nil, err
	}
	in, err := r.InstanceByIdentityStore(user.IdentityStoreID)
	if err != nil {
		return nil, err
	}
	assigned := map[string]bool{}
	for _, p := range principals {
		list, err := r.ListApplicationAssignmentsOfPrincipal(p.Type, p.ID, store.Page{})
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			assigned[a.ApplicationID] = assigned[a.ApplicationID] || a.Validity.ActiveAt(at)
		}
	}
	all, err := r.ListApplications(store.ApplicationFilter{InstanceID: in.ID}, store.Page{})
	if err != nil {
		return nil, err
	}
	owners := map[string]bool{} // and whether they may have applications
	for _, a := range all {
		if _, known := owners[a.OwnerAccountID]; known {
			continue
		}
		if owners[a.OwnerAccountID], err = ownerStands(r, in, a.OwnerAccountID); err != nil {
			return nil, err
		}
	}
	out := slices.DeleteFunc(all, func(a *idc.Application) bool {
		return a.Status != idc.Enabled || a.AssignmentRequired && !assigned[a.ID] || !owners[a.OwnerAccountID]
	})
	slices.SortFunc(out, func(a, b *idc.Application) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// OfUser returns the applications that a user sees in the access portal now: those
// that may be used and are visible there.
func (s *Service) OfUser(ctx context.Context, userID string, now time.Time) ([]*idc.Application, error) {
	var visible []*idc.Application
	err := s.Store.View(ctx, func(r store.Reader) error {
		all, err := Effective(r, userID, now)
		visible = slices.DeleteFunc(all, func(a *idc.Application) bool { return a.Portal.Visibility != idc.Enabled })
		return err
	})
	return visible, err
}

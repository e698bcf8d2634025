package application

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Assign lets a principal of the application's identity store use an application.
// What is assigned already is a Conflict.
func (s *Service) Assign(ctx context.Context, change idc.ChangeSet, id string, pt idc.PrincipalType, principalID string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		a, err := find(tx, id)
		if err != nil {
			return err
		}
		in, err := tx.InstanceByID(a.InstanceID)
		if err != nil {
			return err
		}
		if err := principalExists(tx, in, pt, principalID); err != nil {
			return err
		}
		_, err = tx.ApplicationAssignment(id, pt, principalID)
		if err == nil {
			return idc.Errorf(idc.Conflict, "The %s %s is already assigned to the application %s.", pt, principalID, id).With(idc.ReasonAlreadyExists)
		}
		if !idc.IsNotFound(err) {
			return err
		}
		if err := s.roomForGroup(tx, id, pt); err != nil {
			return err
		}
		return tx.PutApplicationAssignment(&idc.ApplicationAssignment{ApplicationID: id, PrincipalType: pt, PrincipalID: principalID})
	})
}

func (s *Service) roomForGroup(r store.ApplicationAssignmentReader, id string, pt idc.PrincipalType) error {
	if pt != idc.PrincipalGroup {
		return nil
	}
	n, err := r.CountApplicationAssignments(id, pt)
	if err != nil {
		return err
	}
	if limit := s.Quotas.groups(); n >= limit {
		return exceeded("group assignments of an application", limit)
	}
	return nil
}

// principalExists refuses whom the identity store of an instance does not know.
func principalExists(r store.Reader, in *idc.Instance, pt idc.PrincipalType, id string) error {
	var identityStoreID string
	var err error
	if pt == idc.PrincipalGroup {
		var g *idc.Group
		if g, err = r.Group(id); err == nil {
			identityStoreID = g.IdentityStoreID
		}
	} else {
		var u *idc.User
		if u, err = r.User(id); err == nil {
			identityStoreID = u.IdentityStoreID
		}
	}
	if idc.IsNotFound(err) || err == nil && identityStoreID != in.IdentityStoreID {
		return idc.NotFoundf(string(pt), id, "Could not find %s with id %s", pt, id)
	}
	return err
}

// Withdraw takes an assignment away; what is not assigned is left as it is.
func (s *Service) Withdraw(ctx context.Context, change idc.ChangeSet, id string, pt idc.PrincipalType, principalID string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := find(tx, id); err != nil {
			return err
		}
		_, err := tx.ApplicationAssignment(id, pt, principalID)
		if idc.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.DeleteApplicationAssignment(id, pt, principalID)
	})
}

// Assignment returns the direct assignment of a principal, or NotFound.
func (s *Service) Assignment(ctx context.Context, id string, pt idc.PrincipalType, principalID string) (*idc.ApplicationAssignment, error) {
	var a *idc.ApplicationAssignment
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		a, err = r.ApplicationAssignment(id, pt, principalID)
		return err
	})
	if idc.IsNotFound(err) {
		return nil, idc.NotFoundf("ApplicationAssignment", principalID, "Could not find an assignment of the %s %s to the application %s", pt, principalID, id)
	}
	return a, err
}

// Assignments returns the direct assignments of an application.
func (s *Service) Assignments(ctx context.Context, id string, p store.Page) (all []*idc.ApplicationAssignment, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		list := func(p store.Page) ([]*idc.ApplicationAssignment, error) { return r.ListApplicationAssignments(id, p) }
		all, next, err = store.Fetch(p, list, (*idc.ApplicationAssignment).ID)
		return err
	})
	return all, next, err
}

// Assigned is an assignment with the ARN of its application.
type Assigned struct {
	*idc.ApplicationAssignment
	ApplicationARN string
}

// ForPrincipal returns the assignments of a user or group of an instance. A user's
// include those of its groups, under the group's id. applicationID "" means all.
func (s *Service) ForPrincipal(ctx context.Context, in *idc.Instance, pt idc.PrincipalType, principalID, applicationID string, p store.Page) (out []Assigned, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		if err := principalExists(r, in, pt, principalID); err != nil {
			return err
		}
		rows, err := reaching(r, pt, principalID)
		if err != nil {
			return err
		}
		kept := rows[:0]
		for _, a := range rows {
			if applicationID == "" || a.ApplicationID == applicationID {
				kept = append(kept, a)
			}
		}
		kept, next = store.Cut(p, kept, (*idc.ApplicationAssignment).ID)
		out = nil
		for _, a := range kept {
			application, err := r.Application(a.ApplicationID)
			if err != nil {
				return err
			}
			out = append(out, Assigned{a, application.ARN})
		}
		return nil
	})
	return out, next, err
}

// reaching returns the assignments of a principal and of the groups it is in.
func reaching(r store.Reader, pt idc.PrincipalType, principalID string) ([]*idc.ApplicationAssignment, error) {
	rows, err := r.ListApplicationAssignmentsOfPrincipal(pt, principalID, store.Page{})
	if err != nil || pt != idc.PrincipalUser {
		return rows, err
	}
	memberships, err := r.ListMembershipsOfUser(principalID, store.Page{})
	if err != nil {
		return nil, err
	}
	for _, m := range memberships {
		more, err := r.ListApplicationAssignmentsOfPrincipal(idc.PrincipalGroup, m.GroupID, store.Page{})
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// Unassign removes all assignments of a user or group that is being deleted, in
// the transaction that deletes it.
func Unassign(tx store.Tx, pt idc.PrincipalType, principalID string) error {
	assignments, err := tx.ListApplicationAssignmentsOfPrincipal(pt, principalID, store.Page{})
	if err != nil {
		return err
	}
	for _, a := range assignments {
		if err := tx.DeleteApplicationAssignment(a.ApplicationID, pt, principalID); err != nil {
			return err
		}
	}
	return nil
}

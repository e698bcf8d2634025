package application

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// ByARN returns the application of an ARN, or NotFound. The text of the ARN must be
// the application's own.
func ByARN(r store.ApplicationReader, applicationARN string) (*idc.Application, error) {
	_, _, id, err := arn.ParseApplication(applicationARN)
	if err != nil {
		return nil, missingApplication(applicationARN).Because(err)
	}
	a, err := find(r, id)
	if err == nil && a.ARN != applicationARN {
		return nil, missingApplication(applicationARN)
	}
	return a, err
}

// Serves returns the instance of an application, and whether the application may act
// for people at all: it is enabled, its instance is active, and the account that owns it
// is active and, for the organization's instance, still of the organization.
func Serves(r store.Reader, a *idc.Application) (in *idc.Instance, serves bool, err error) {
	if in, err = r.InstanceByID(a.InstanceID); err != nil {
		return nil, false, err
	}
	stands, err := ownerStands(r, in, a.OwnerAccountID)
	return in, stands && a.Status == idc.Enabled && in.CurrentStatus() == idc.InstanceActive, err
}

func ownerStands(r store.AccountReader, in *idc.Instance, accountID string) (bool, error) {
	owner, err := r.Account(accountID)
	if idc.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return owner.State == idc.AccountActive && (in.Kind != idc.InstanceOfOrganization || owner.InOrganization()), nil
}

// OwnerStands reports whether an account may still have applications in an instance: an
// account that left the organization may not in the organization's.
func (s *Service) OwnerStands(ctx context.Context, in *idc.Instance, accountID string) (stands bool, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		stands, err = ownerStands(r, in, accountID)
		return err
	})
	return stands, err
}

// MayUse reports whether a person may use an application at an instant: everybody
// may where no assignment is required, else who is assigned, directly or through a
// group.
func MayUse(r store.Reader, a *idc.Application, userID string, at time.Time) (bool, error) {
	if !a.AssignmentRequired {
		return true, nil
	}
	if may, err := assigned(r, a.ID, idc.PrincipalUser, userID, at); may || err != nil {
		return may, err
	}
	memberships, err := r.ListMembershipsOfUser(userID, store.Page{})
	if err != nil {
		return false, err
	}
	for _, m := range memberships {
		if !m.Validity.ActiveAt(at) {
			continue
		}
		if may, err := assigned(r, a.ID, idc.PrincipalGroup, m.GroupID, at); may || err != nil {
			return may, err
		}
	}
	return false, nil
}

func assigned(r store.ApplicationAssignmentReader, id string, pt idc.PrincipalType, principalID string, at time.Time) (bool, error) {
	a, err := r.ApplicationAssignment(id, pt, principalID)
	if idc.IsNotFound(err) {
		return false, nil
	}
	return err == nil && a.Validity.ActiveAt(at), err
}

package application

import (
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

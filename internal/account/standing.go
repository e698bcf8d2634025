package account

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Standing is what an account is to the organization.
type Standing int

// The standings, from the outside in.
const (
	Outside       Standing = iota // it belongs to no organization
	Member                        // of the organization
	Administering                 // a member that administers a service for the organization
	Management                    // its management account
)

// Standing returns what an account is to the organization.
func (s *Service) Standing(ctx context.Context, accountID string) (Standing, error) {
	standing := Outside
	err := s.Store.View(ctx, func(r store.Reader) error {
		instance, err := r.Instance()
		if err != nil {
			return err
		}
		if accountID == instance.OwnerAccountID {
			standing = Management
			return nil
		}
		a, err := r.Account(accountID)
		if idc.IsNotFound(err) || err == nil && !a.InOrganization() {
			standing = Outside
			return nil
		}
		if err != nil {
			return err
		}
		delegations, err := r.ListDelegationsOfAccount(accountID, store.Page{Limit: 1})
		standing = Member
		if len(delegations) > 0 {
			standing = Administering
		}
		return err
	})
	return standing, err
}

// NotInUse is AWS's answer to accounts that belong to no organization.
func NotInUse() error {
	return idc.Errorf(idc.Conflict, "Your account is not a member of an organization.").With(reasonNotInUse)
}

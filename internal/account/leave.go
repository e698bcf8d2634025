package account

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// waitPeriod is how long an account that was created here must stay.
const waitPeriod = 4 * 24 * time.Hour

// Remove takes an account out of the organization. It stays as a standalone
// account, with the roles of its own: its organization policies and the
// assignments that name it end, and provisioning removes the reserved roles.
// Asked for by the management account, or by the account itself that leaves.
func (s *Service) Remove(ctx context.Context, change idc.ChangeSet, id string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := findMember(tx, id)
		if err != nil {
			return err
		}
		if err := mayLeave(tx, found, change.At); err != nil {
			return err
		}
		if err := detachAll(tx, id); err != nil {
			return err
		}
		assignments, err := tx.ListAssignmentsNaming(id, "")
		if err != nil {
			return err
		}
		for _, a := range assignments {
			if a.Scope.Kind != idc.ScopeAccount {
				continue
			}
			if err := s.Retire(tx, change, a); err != nil {
				return err
			}
		}
		if s.Left != nil {
			if err := s.Left(tx, change, id); err != nil {
				return err
			}
		}
		account := *found
		account.ParentID = ""
		if err := tx.PutAccount(&account); err != nil {
			return err
		}
		return enqueueReconcile(tx, change, id)
	})
}

func mayLeave(r store.Reader, a *idc.Account, now time.Time) error {
	instance, err := r.Instance()
	if err != nil {
		return err
	}
	if a.ID == instance.OwnerAccountID {
		return idc.Errorf(idc.Conflict, "You can't remove a management account from an organization.").With(reasonMasterLeaves)
	}
	delegations, err := r.ListDelegationsOfAccount(a.ID, store.Page{Limit: 1})
	if err != nil {
		return err
	}
	if len(delegations) > 0 {
		return idc.Errorf(idc.QuotaExceeded, "You can't remove an account that is a delegated administrator. Deregister it first.").With(reasonDelegateLeaves)
	}
	if a.JoinedMethod == "CREATED" && now.Sub(a.JoinedAt) < waitPeriod {
		return idc.Errorf(idc.QuotaExceeded, "You must wait at least four days after the creation of the account before you can remove it.").With(reasonWait)
	}
	return nil
}

// CheckOrganizationNew answers who asks to create an organization: there is one,
// made with the instance, and never another.
func (s *Service) CheckOrganizationNew(ctx context.Context, accountID string) error {
	standing, err := s.Standing(ctx, accountID)
	if err != nil {
		return err
	}
	if standing != Outside {
		return idc.Errorf(idc.Conflict, "The AWS account is already a member of an organization.").With(reasonInOrganization)
	}
	return idc.Errorf(idc.Denied, "An installation has one organization, which is made with its IAM Identity Center instance.")
}

// CheckOrganizationGone answers who asks to delete the organization: it owns the
// instance and stays as long as that.
func (s *Service) CheckOrganizationGone(ctx context.Context) error {
	return s.Store.View(ctx, func(r store.Reader) error {
		accounts, err := r.CountAccounts()
		if err != nil {
			return err
		}
		units, err := r.CountOUs()
		if err != nil {
			return err
		}
		if accounts > 1 || units > 0 {
			return idc.Errorf(idc.Conflict, "The organization isn't empty. To delete an organization, you must first remove all accounts except the management account and delete all organizational units.").With(reasonOrgNotEmpty)
		}
		return idc.Errorf(idc.QuotaExceeded, "The organization owns the IAM Identity Center instance and can't be deleted while there is one.")
	})
}

package assignment

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Delegated returns the service as the account may use it that administers IAM Identity
// Center for the organization: nothing that reaches the management account is assigned
// or taken away ("Delegated administration", IAM Identity Center User Guide). The rules
// are checked in the transaction of each change.
func (s *Service) Delegated() *Service {
	restricted := *s
	restricted.delegated = true
	return &restricted
}

// mayAssign refuses what a delegated administrator may not do with a permission set in a scope.
func (s *Service) mayAssign(r store.Reader, permissionSetID string, scope idc.Scope, verb string) error {
	if !s.delegated {
		return nil
	}
	management, err := managementAccount(r)
	if err != nil {
		return err
	}
	reached, err := contains(r, scope, management)
	if err != nil {
		return err
	}
	if reached {
		return idc.Errorf(idc.Denied, "You cannot %s permission sets in the management account from the account of a delegated administrator", verb)
	}
	return Protected(r, permissionSetID, verb)
}

// MayProvision refuses to let a delegated administrator carry a permission set into the
// management account; accountID "" stands for all accounts that have it. An assignment
// to the management account in the meantime carries it there anyway.
func (s *Service) MayProvision(ctx context.Context, permissionSetID, accountID string) error {
	return s.Store.View(ctx, func(r store.Reader) error {
		return s.mayAssign(r, permissionSetID, idc.Scope{Kind: idc.ScopeAccount, AccountID: accountID}, "modify")
	})
}

// Protected refuses what a delegated administrator may not do to a permission set that
// is provisioned in the management account or assigned there: verb says what, "modify"
// or "delete". It is a permissionset.Guard. Whatever order a change and an assignment
// commit in, a permission set that has reached the management account is as the
// management account left it: both read what the other writes, in serializable
// transactions.
func Protected(r store.Reader, permissionSetID, verb string) error {
	management, err := managementAccount(r)
	if err != nil {
		return err
	}
	refused := idc.Errorf(idc.Denied, "You cannot %s permission sets provisioned in the management account", verb)
	if _, err := r.Provisioning(management.ID, permissionSetID); err == nil {
		return refused
	} else if !idc.IsNotFound(err) {
		return err
	}
	assignments, err := r.ListAssignmentsNaming(management.ID, permissionSetID)
	if err != nil {
		return err
	}
	for _, a := range assignments {
		reached, err := contains(r, a.Scope, management)
		if err != nil {
			return err
		}
		if reached {
			return refused
		}
	}
	return nil
}

func managementAccount(r store.Reader) (*idc.Account, error) {
	instance, err := r.Instance()
	if err != nil {
		return nil, err
	}
	return r.Account(instance.OwnerAccountID)
}

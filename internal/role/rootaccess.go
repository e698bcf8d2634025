package role

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// RootAccessPrincipal is the service principal whose trusted access and delegated
// administrators central root access goes by.
const RootAccessPrincipal = "iam.amazonaws.com"

// The features of central root access (IAM API Reference, ListOrganizationsFeatures).
const (
	RootCredentialsManagement = "RootCredentialsManagement"
	RootSessions              = "RootSessions"
)

// RootAccess returns the organization for an account that may govern central root access: the
// management account, or one that administers IAM for the organization, while IAM has trusted
// access. A refusal's reason is the name of IAM's error.
func RootAccess(r store.Reader, accountID string) (*idc.Organization, error) {
	refused := func(reason idc.Reason, text string) error { return idc.Errorf(idc.Conflict, "%s", text).With(reason) }
	organization, err := r.Organization()
	if err != nil && !idc.IsNotFound(err) {
		return nil, err
	}
	caller, callerErr := r.Account(accountID)
	if callerErr != nil && !idc.IsNotFound(callerErr) {
		return nil, callerErr
	}
	if err != nil || callerErr != nil || !caller.InOrganization() {
		return nil, refused("OrganizationNotFoundException", "The account is not part of an organization.")
	}
	if organization.FeatureSet != idc.FeaturesAll {
		return nil, refused("OrganizationNotInAllFeaturesModeException", "The organization does not have all features enabled.")
	}
	instance, err := r.Instance()
	if err != nil {
		return nil, err
	}
	if accountID != instance.OwnerAccountID {
		_, err := r.DelegatedAdministrator(accountID, RootAccessPrincipal)
		if idc.IsNotFound(err) {
			return nil, refused("AccountNotManagementOrDelegatedAdministratorException",
				"The account is not the management account or delegated administrator account for centralized root access.")
		}
		if err != nil {
			return nil, err
		}
	}
	_, err = r.ServiceAccess(RootAccessPrincipal)
	if idc.IsNotFound(err) {
		return nil, refused("ServiceAccessNotEnabledException", "Trusted access is not enabled for IAM in Organizations.")
	}
	return organization, err
}

// RootFeatures returns the organization's id and the features of central root access that are on.
func (s *Service) RootFeatures(ctx context.Context, accountID string) (organizationID string, features []string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		organization, err := RootAccess(r, accountID)
		if err == nil {
			organizationID, features = organization.ID, organization.RootFeatures
		}
		return err
	})
	return organizationID, features, err
}

// SetRootFeature turns a feature of central root access on or off, which it may be already, and
// returns what RootFeatures does.
func (s *Service) SetRootFeature(ctx context.Context, change idc.ChangeSet, accountID, feature string, on bool) (organizationID string, features []string, err error) {
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		organization, err := RootAccess(tx, accountID)
		if err != nil {
			return err
		}
		edited := *organization
		organizationID = edited.ID
		edited.RootFeatures = slices.DeleteFunc(slices.Clone(edited.RootFeatures), func(f string) bool { return f == feature })
		if on {
			edited.RootFeatures = append(edited.RootFeatures, feature)
			slices.Sort(edited.RootFeatures)
		}
		features = edited.RootFeatures
		if slices.Equal(features, organization.RootFeatures) {
			return nil
		}
		return tx.PutOrganization(&edited)
	})
	return organizationID, features, err
}

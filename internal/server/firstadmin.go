package server

import (
	"context"
	"fmt"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
)

// firstLinkLifetime is how long the first administrator's link is good.
const firstLinkLifetime = 24 * time.Hour

// linkPath is where one-time links lead; what follows is a secret.
const linkPath = "/signin/link/"

// firstAdministratorName is the user name of the first administrator. AWS
// reserves "Administrator".
const firstAdministratorName = "admin"

// firstAdministrator makes the first person, who may administer the management
// account, and a one-time link to enrol with. There is no default password.
func (s *Services) firstAdministrator(ctx context.Context, baseURL string) (link string, err error) {
	why := func(why string) idc.ChangeSet { return s.change("serve", why) }
	user, err := s.Directory.CreateUser(ctx, why("first administrator"), s.Instance.IdentityStoreID, idc.User{
		UserName: firstAdministratorName, DisplayName: "First administrator", Owner: idc.OwnerBuiltIn,
		Name: idc.PersonName{GivenName: "First", FamilyName: "Administrator"},
	})
	if err != nil {
		return "", fmt.Errorf("first administrator: %w", err)
	}
	set, err := s.PermissionSets.Create(ctx, why("permission set of the first administrator"), permissionset.Definition{
		Name: "AdministratorAccess", Description: "Full access to the account",
	})
	if err != nil {
		return "", fmt.Errorf("first permission set: %w", err)
	}
	if err := s.PermissionSets.AttachManaged(ctx, why("policy of the first administrator"), set.ID, administratorAccess); err != nil {
		return "", fmt.Errorf("first permission set: %w", err)
	}
	_, err = s.Assignments.Put(ctx, why("assignment of the first administrator"), idc.Assignment{
		PermissionSetID: set.ID, PrincipalType: idc.PrincipalUser, PrincipalID: user.ID,
		Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: s.Instance.OwnerAccountID},
	})
	if err != nil {
		return "", fmt.Errorf("first assignment: %w", err)
	}
	secret, err := s.Authn.IssueLink(ctx, why("enrolment link"), user.ID, authn.LinkFirstAdministrator, firstLinkLifetime)
	if err != nil {
		return "", fmt.Errorf("first administrator: %w", err)
	}
	return baseURL + linkPath + secret, nil
}

package store

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// AccountReader reads accounts and the organization's tree.
type AccountReader interface {
	Account(id string) (*idc.Account, error)
	// AccountsByID returns those of the accounts that exist, by id. ids may repeat.
	AccountsByID(ids []string) ([]*idc.Account, error)
	AccountByEmail(email string) (*idc.Account, error)
	AccountByAlias(alias string) (*idc.Account, error)
	// ListAccounts returns the accounts of the organization, by id;
	// ListStandaloneAccounts those that left it.
	ListAccounts(p Page) ([]*idc.Account, error)
	ListStandaloneAccounts(p Page) ([]*idc.Account, error)
	// ListAccountsInState returns accounts within the organization and without, by id.
	ListAccountsInState(state idc.AccountState, p Page) ([]*idc.Account, error)
	CountAccounts() (int, error) // of the organization
	ListAccountsOfParent(parentID string, p Page) ([]*idc.Account, error)
	OU(id string) (*idc.OrganizationalUnit, error)
	ListOUsOfParent(parentID string, p Page) ([]*idc.OrganizationalUnit, error)
	ListOUs(p Page) ([]*idc.OrganizationalUnit, error)
	CountOUs() (int, error)
}

// AccountWriter writes accounts and OUs (versioned). A second account with the
// same e-mail is a Conflict with Resource "Email", with the same alias one with
// "AccountAlias"; a second OU of the same name under one parent has Resource
// "OrganizationalUnit".
type AccountWriter interface {
	PutAccount(a *idc.Account) error
	DeleteAccount(id string) error
	PutOU(ou *idc.OrganizationalUnit) error
	DeleteOU(id string) error
}

// OrganizationPolicyReader reads organization policies and their attachments.
type OrganizationPolicyReader interface {
	OrganizationPolicy(id string) (*idc.OrganizationPolicy, error)
	// OrganizationPolicyByName compares names without regard to case.
	OrganizationPolicyByName(t idc.PolicyType, name string) (*idc.OrganizationPolicy, error)
	// ListOrganizationPolicies is ordered by id.
	ListOrganizationPolicies(t idc.PolicyType, p Page) ([]*idc.OrganizationPolicy, error)
	CountOrganizationPolicies(t idc.PolicyType) (int, error)
	// ListAttachmentsOfTarget and ...OfPolicy are ordered by PolicyAttachment.ID,
	// which is their cursor.
	ListAttachmentsOfTarget(targetID string) ([]*idc.PolicyAttachment, error)
	ListAttachmentsOfPolicy(policyID string, p Page) ([]*idc.PolicyAttachment, error)
}

// OrganizationPolicyWriter writes organization policies and attachments
// (versioned). A second policy of the same type and folded name is a Conflict
// with Resource "OrganizationPolicy".
type OrganizationPolicyWriter interface {
	PutOrganizationPolicy(p *idc.OrganizationPolicy) error
	DeleteOrganizationPolicy(id string) error
	PutPolicyAttachment(a *idc.PolicyAttachment) error
	DeletePolicyAttachment(policyID, targetID string) error
}

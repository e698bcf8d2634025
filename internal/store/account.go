package store

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// AccountReader reads the organization's tree.
type AccountReader interface {
	Account(id string) (*idc.Account, error)
	AccountByEmail(email string) (*idc.Account, error)
	// ListAccounts is ordered by id.
	ListAccounts(p Page) ([]*idc.Account, error)
	ListAccountsOfParent(parentID string, p Page) ([]*idc.Account, error)
	OU(id string) (*idc.OrganizationalUnit, error)
	ListOUsOfParent(parentID string, p Page) ([]*idc.OrganizationalUnit, error)
	ListOUs(p Page) ([]*idc.OrganizationalUnit, error)
}

// AccountWriter writes accounts and OUs (versioned). A second account with the
// same e-mail is a Conflict with Resource "Email"; a second OU of the same name
// under one parent has Resource "OrganizationalUnit".
type AccountWriter interface {
	PutAccount(a *idc.Account) error
	DeleteAccount(id string) error
	PutOU(ou *idc.OrganizationalUnit) error
	DeleteOU(id string) error
}

// OrganizationPolicyReader reads organization policies and their attachments.
type OrganizationPolicyReader interface {
	OrganizationPolicy(id string) (*idc.OrganizationPolicy, error)
	ListOrganizationPolicies(policyType string, p Page) ([]*idc.OrganizationPolicy, error)
	// ListAttachmentsOfTarget and ...OfPolicy are ordered by policy and target id.
	ListAttachmentsOfTarget(targetID string) ([]*idc.PolicyAttachment, error)
	ListAttachmentsOfPolicy(policyID string) ([]*idc.PolicyAttachment, error)
}

// OrganizationPolicyWriter writes organization policies and attachments
// (versioned). A second policy of the same type and name is a Conflict with
// Resource "OrganizationPolicy".
type OrganizationPolicyWriter interface {
	PutOrganizationPolicy(p *idc.OrganizationPolicy) error
	DeleteOrganizationPolicy(id string) error
	PutPolicyAttachment(a *idc.PolicyAttachment) error
	DeletePolicyAttachment(policyID, targetID string) error
}

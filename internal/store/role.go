package store

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// RoleReader reads what lives in native accounts.
type RoleReader interface {
	Role(accountID, name string) (*idc.Role, error) // name compared folded
	RoleByID(id string) (*idc.Role, error)
	// ListRoles is ordered by name, and holds those whose path starts with pathPrefix.
	ListRoles(accountID, pathPrefix string, p Page) ([]*idc.Role, error)
	// ListRolesWithPolicy returns the roles of the account that have the managed
	// policy attached (or as boundary).
	ListRolesWithPolicy(accountID, policyARN string, p Page) ([]*idc.Role, error)
	ManagedPolicy(arn string) (*idc.ManagedPolicy, error)
	ManagedPolicyByName(accountID, name string) (*idc.ManagedPolicy, error) // folded
	ListManagedPolicies(accountID, pathPrefix string, p Page) ([]*idc.ManagedPolicy, error)
	// PolicyUse counts the roles of the account that use a managed policy,
	// PolicyUses those of every policy in use there, by ARN.
	PolicyUse(accountID, policyARN string) (PolicyUse, error)
	PolicyUses(accountID string) (map[string]PolicyUse, error)
	CountRoles(accountID string) (int, error)
	CountManagedPolicies(accountID string) (int, error)
	SAMLProvider(arn string) (*idc.SAMLProvider, error)
	ListSAMLProviders(accountID string) ([]*idc.SAMLProvider, error)
	OIDCProvider(arn string) (*idc.OIDCProvider, error)
	// ListOIDCProviders is ordered by URL.
	ListOIDCProviders(accountID string) ([]*idc.OIDCProvider, error)
}

// PolicyUse counts the roles that have a managed policy attached, and those that
// have it as boundary.
type PolicyUse struct {
	Attached int
	Boundary int
}

// RoleWriter writes what lives in native accounts, in place.
type RoleWriter interface {
	PutRole(r *idc.Role) error
	DeleteRole(accountID, name string) error
	PutManagedPolicy(p *idc.ManagedPolicy) error
	DeleteManagedPolicy(arn string) error
	PutSAMLProvider(p *idc.SAMLProvider) error
	DeleteSAMLProvider(arn string) error
	PutOIDCProvider(p *idc.OIDCProvider) error
	DeleteOIDCProvider(arn string) error
}

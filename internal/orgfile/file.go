package orgfile

// Version is the version of the format that this package writes and reads.
const Version = 1

// The types of organization policies that decide access.
const (
	ServiceControlPolicy  = "SERVICE_CONTROL_POLICY"
	ResourceControlPolicy = "RESOURCE_CONTROL_POLICY"
)

// File is an organization.
type File struct {
	Version              int                  `yaml:"version"`
	Instance             Instance             `yaml:"instance"`
	Organization         Organization         `yaml:"organization"`
	OrganizationalUnits  []OrganizationalUnit `yaml:"organizational_units,omitempty"`
	Accounts             []Account            `yaml:"accounts"`
	OrganizationPolicies []OrganizationPolicy `yaml:"organization_policies,omitempty"`
	PermissionSets       []PermissionSet      `yaml:"permission_sets,omitempty"`
	// ManagedPolicies are AWS managed policies that permission sets refer to and this program does not carry.
	ManagedPolicies []ManagedPolicy `yaml:"aws_managed_policies,omitempty"`
	Users           []User          `yaml:"users,omitempty"`
	Groups          []Group         `yaml:"groups,omitempty"`
	Assignments     []Assignment    `yaml:"assignments,omitempty"`
}

// Instance is the IAM Identity Center instance.
type Instance struct {
	ARN             string `yaml:"arn"`
	IdentityStoreID string `yaml:"identity_store_id"`
	Region          string `yaml:"region,omitempty"`
}

// Organization is the AWS Organizations organization.
type Organization struct {
	ID                string `yaml:"id"`
	RootID            string `yaml:"root_id"`
	ManagementAccount string `yaml:"management_account"` // reference to an account
	// PolicyTypes are those enabled in the root. Policies of other types apply to nobody.
	PolicyTypes []string `yaml:"enabled_policy_types,omitempty"`
}

// OrganizationalUnit is an OU. Its path says where it lies.
type OrganizationalUnit struct {
	Path string            `yaml:"path"` // such as /Workloads/Production; names with a slash in them make it the id
	ID   string            `yaml:"id"`
	Name string            `yaml:"name,omitempty"` // when the path does not end in it
	In   string            `yaml:"in,omitempty"`   // the parent's path, when the path is an id
	Tags map[string]string `yaml:"tags,omitempty"`
}

// Account is an account.
type Account struct {
	Name  string            `yaml:"name"`
	ID    string            `yaml:"id"`
	Email string            `yaml:"email,omitempty"`
	OU    string            `yaml:"ou"`              // the path of its unit, "/" for the root
	State string            `yaml:"state,omitempty"` // ACTIVE when it is empty
	Tags  map[string]string `yaml:"tags,omitempty"`
	IAM   *IAM              `yaml:"iam,omitempty"` // nil when nobody looked
}

// Active reports whether the account can be used.
func (a *Account) Active() bool { return a.State == "" || a.State == "ACTIVE" }

// IAM is what an account's own IAM adds to the permission sets.
type IAM struct {
	// Policies are the customer managed policies that permission sets refer to, as far as they exist.
	Policies []CustomerPolicy `yaml:"policies"`
	// Roles are what the permission sets became.
	Roles []Role `yaml:"roles"`
}

// CustomerPolicy is the default version of a customer managed policy.
type CustomerPolicy struct {
	Name     string `yaml:"name"`
	Path     string `yaml:"path,omitempty"` // "/" when it is empty
	Document Text   `yaml:"document"`
}

// Role is the role of a permission set in an account.
type Role struct {
	PermissionSet string `yaml:"permission_set"` // reference
	ARN           string `yaml:"arn"`
	ID            string `yaml:"id"` // AROA...
}

// OrganizationPolicy is a service or resource control policy.
type OrganizationPolicy struct {
	Name        string   `yaml:"name"`
	ID          string   `yaml:"id"`
	Type        string   `yaml:"type"`
	Description string   `yaml:"description,omitempty"`
	AWSManaged  bool     `yaml:"aws_managed,omitempty"`
	AttachedTo  []Target `yaml:"attached_to,omitempty"`
	Document    Text     `yaml:"document"`
}

// Target is where a policy is attached: exactly one of its members.
type Target struct {
	OU      string `yaml:"ou,omitempty"`      // path, "/" for the root
	Account string `yaml:"account,omitempty"` // reference
}

// PermissionSet is a permission set.
type PermissionSet struct {
	Name                    string                    `yaml:"name"`
	ARN                     string                    `yaml:"arn"`
	Description             string                    `yaml:"description,omitempty"`
	SessionDuration         string                    `yaml:"session_duration,omitempty"` // ISO 8601, such as PT4H
	RelayState              string                    `yaml:"relay_state,omitempty"`
	ManagedPolicies         []string                  `yaml:"managed_policies,omitempty"` // ARNs
	CustomerManagedPolicies []CustomerPolicyReference `yaml:"customer_managed_policies,omitempty"`
	InlinePolicy            Text                      `yaml:"inline_policy,omitempty"`
	PermissionsBoundary     *Boundary                 `yaml:"permissions_boundary,omitempty"`
	Tags                    map[string]string         `yaml:"tags,omitempty"`
}

// CustomerPolicyReference names a policy that must exist in each account.
type CustomerPolicyReference struct {
	Name string `yaml:"name"`
	Path string `yaml:"path,omitempty"` // "/" when it is empty
}

// Boundary is exactly one of its members.
type Boundary struct {
	ManagedPolicy         string                   `yaml:"managed_policy,omitempty"` // ARN
	CustomerManagedPolicy *CustomerPolicyReference `yaml:"customer_managed_policy,omitempty"`
}

// ManagedPolicy is the default version of an AWS managed policy.
type ManagedPolicy struct {
	ARN      string `yaml:"arn"`
	Document Text   `yaml:"document"`
}

// User is a person of the identity store.
type User struct {
	UserName    string   `yaml:"user_name"`
	ID          string   `yaml:"id"`
	DisplayName string   `yaml:"display_name,omitempty"`
	GivenName   string   `yaml:"given_name,omitempty"`
	FamilyName  string   `yaml:"family_name,omitempty"`
	Emails      []string `yaml:"emails,omitempty"`
	Disabled    bool     `yaml:"disabled,omitempty"`
}

// Group is a group of the identity store.
type Group struct {
	Name        string   `yaml:"name"`
	ID          string   `yaml:"id"`
	Description string   `yaml:"description,omitempty"`
	Members     []string `yaml:"members,omitempty"` // references to users
}

// Assignment gives a user or a group, exactly one of them, a permission set in an account. All are references.
type Assignment struct {
	Account       string `yaml:"account"`
	PermissionSet string `yaml:"permission_set"`
	Group         string `yaml:"group,omitempty"`
	User          string `yaml:"user,omitempty"`
}

package policy

// Request is what a caller wants to do.
type Request struct {
	Principal Principal
	Action    string // service:Name, in any letter case
	// Resource is the ARN of the resource, or "*" for an action that has no resource-level permissions.
	Resource string
	// ResourceAccount is the account that owns the resource: the caller's own for a Resource of "*". A request
	// without it counts as one across accounts.
	ResourceAccount string
	Context         Context

	PrincipalInManagementAccount bool // service control policies do not touch the caller
	ResourceInManagementAccount  bool // resource control policies do not touch the resource
	ServiceLinkedRole            bool // the caller is a session of one: neither touches it
}

// Policies are all policies that have a say in one request.
type Policies struct {
	Identity []*Policy // of the user with its groups, or of the role
	Boundary *Policy   // permissions boundary, nil if there is none

	// Session are the session policies; together they act as one document. SessionRestricted says that the
	// session was made with session policies even if none of them is left: it can then do nothing that a
	// session policy would have to allow.
	Session           []*Policy
	SessionRestricted bool

	// Resource is the policy of the resource, or the trust policy of the role to be assumed; nil if the
	// resource has none. Every role and every KMS key has one: whoever cannot load it must refuse and not ask
	// here, because without it only the caller's side is judged, as the policy simulator does.
	Resource *Policy

	// SCPs are the service control policies along the path of the caller's account, and RCPs the resource
	// control policies along that of the resource's account: one list per level from the root down to the
	// account. No levels mean that none apply; a level without policies has nothing attached.
	// RCPFullAWSAccess need not be among the RCPs.
	SCPs, RCPs [][]*Policy
}

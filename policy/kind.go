package policy

import "fmt"

// Kind says what a document is used as. The kind decides which elements are required, which are forbidden and
// which texts a refusal carries.
type Kind uint8

// The kinds of policy documents.
const (
	IdentityPolicy        Kind = iota // managed or inline policy of a user, group or role
	BoundaryPolicy                    // managed policy used as a permissions boundary
	SessionPolicy                     // passed to an AssumeRole* or GetFederationToken call
	ResourcePolicy                    // attached to a resource; names its principals
	TrustPolicy                       // the resource-based policy of a role; has no Resource element
	ServiceControlPolicy              // Organizations: limits the principals of member accounts
	ResourceControlPolicy             // Organizations: limits access to the resources of member accounts
	numKinds
)

var kindNames = [numKinds]string{
	"identity-based policy", "permissions boundary", "session policy", "resource-based policy",
	"role trust policy", "service control policy", "resource control policy",
}

// String returns the name of the kind in AWS's words, for example "service control policy".
func (k Kind) String() string {
	if k < numKinds {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// withArticle returns the name as a sentence needs it: "an identity-based policy".
func (k Kind) withArticle() string {
	if k == IdentityPolicy {
		return "an " + k.String()
	}
	return "a " + k.String()
}

// namesPrincipals reports whether statements of this kind say whom they concern.
func (k Kind) namesPrincipals() bool {
	return k == ResourcePolicy || k == TrustPolicy || k == ResourceControlPolicy
}

// fromOrganizations reports whether the document belongs to AWS Organizations and not to IAM or a service.
func (k Kind) fromOrganizations() bool {
	return k == ServiceControlPolicy || k == ResourceControlPolicy
}

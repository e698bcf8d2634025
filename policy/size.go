package policy

import (
	"fmt"
	"unicode/utf8"
)

// Quota is a limit on the size of policy documents.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
type Quota uint8

// The quotas. IAM counts characters other than white space; STS and Organizations count every character.
const (
	ManagedPolicySize   Quota = iota // one managed policy: 6,144
	UserInlineSize                   // all inline policies of a user together: 2,048
	GroupInlineSize                  // all inline policies of a group together: 5,120
	RoleInlineSize                   // all inline policies of a role together: 10,240
	TrustPolicySize                  // a role's trust policy: 2,048
	TrustPolicySizeMax               // the same after a quota increase: 4,096
	SessionPolicySize                // inline session policies and the ARNs of managed ones together: 2,048
	ServiceControlSize               // one service control policy: 10,240
	ResourceControlSize              // one resource control policy: 5,120
	PolicyDocumentSize               // the PolicyDocument parameter of any operation: 131,072
	numQuotas
)

var quotas = [numQuotas]struct {
	limit   int
	spaces  bool   // white space counts
	message string // AWS's text; it may have room for the kind and name of the entity
}{
	ManagedPolicySize:   {6144, false, "Cannot exceed quota for PolicySize: 6144"},
	UserInlineSize:      {2048, false, "Maximum policy size of 2048 bytes exceeded for user %s"},
	GroupInlineSize:     {5120, false, "Maximum policy size of 5120 bytes exceeded for group %s"},
	RoleInlineSize:      {10240, false, "Maximum policy size of 10240 bytes exceeded for role %s"},
	TrustPolicySize:     {2048, false, "Cannot exceed quota for ACLSizePerRole: 2048"},
	TrustPolicySizeMax:  {4096, false, "Cannot exceed quota for ACLSizePerRole: 4096"},
	SessionPolicySize:   {2048, true, "Session policies and policy ARNs together exceed 2048 characters"},
	ServiceControlSize:  {10240, true, "You have exceeded the maximum size of a policy: 10240"},
	ResourceControlSize: {5120, true, "You have exceeded the maximum size of a policy: 5120"},
	PolicyDocumentSize:  {131072, true, "The policy document exceeds 131072 characters"},
}

// MaxSessionPolicyARNs is how many managed policies one session can be given.
const MaxSessionPolicyARNs = 10

// SizeError says that documents exceed a quota. Which error code that is depends on the operation:
// LimitExceeded, PackedPolicyTooLarge, ConstraintViolationException or ValidationError.
type SizeError struct {
	Quota Quota
	Size  int // as the quota counts
	Limit int

	message string
}

// Error returns AWS's text.
func (e *SizeError) Error() string { return e.message }

// CheckSize holds documents against a quota; owner is the name of the user, group or role for the quotas on
// inline policies. The documents of one owner or session count together. The error is a *SizeError.
func CheckSize(q Quota, owner string, documents ...string) error {
	limit := quotas[q]
	size := 0
	for _, d := range documents {
		size += countCharacters(d, limit.spaces)
	}
	if size <= limit.limit {
		return nil
	}
	message := limit.message
	switch q {
	case UserInlineSize, GroupInlineSize, RoleInlineSize:
		message = fmt.Sprintf(message, owner)
	}
	return &SizeError{Quota: q, Size: size, Limit: limit.limit, message: message}
}

func countCharacters(s string, spaces bool) int {
	n := utf8.RuneCountInString(s)
	if spaces {
		return n
	}
	for i := range len(s) {
		switch s[i] {
		case ' ', '\t', '\n', '\r':
			n--
		}
	}
	return n
}

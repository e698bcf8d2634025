package account

import (
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// The types of organization policies that decide about access.
const (
	TypeSCP = idc.PolicyServiceControl
	TypeRCP = idc.PolicyResourceControl
)

// The AWS managed organization policies.
const (
	FullAccessSCP = "p-FullAWSAccess"
	FullAccessRCP = "p-RCPFullAWSAccess"
)

// kind is what holds for the policies of a type ("Quotas and service limits for
// AWS Organizations").
type kind struct {
	attached int    // how many may be attached to one root, OU or account
	stored   int    // how many there may be
	size     int    // characters of one
	member   string // the member that holds everything; "" where it is not checked
}

var kinds = map[idc.PolicyType]kind{
	TypeSCP:                           {attached: 10, stored: 10000},
	TypeRCP:                           {attached: 5, stored: 2000},
	idc.PolicyTag:                     {10, 1000, 10000, "tags"},
	idc.PolicyBackup:                  {10, 1000, 10000, "plans"},
	idc.PolicyAIServicesOptOut:        {10, 1000, 2500, "services"},
	idc.PolicyChatbot:                 {10, 1000, 10000, "chatbots"},
	idc.PolicyDeclarativeEC2:          {10, 1000, 10000, "ec2_attributes"},
	idc.PolicySecurityHub:             {10, 1000, 10000, ""},
	idc.PolicyInspector:               {10, 1000, 10000, ""},
	idc.PolicyUpgradeRollout:          {10, 1000, 10000, ""},
	idc.PolicyBedrock:                 {10, 1000, 10000, ""},
	idc.PolicyS3:                      {10, 1000, 10000, ""},
	idc.PolicyNetworkSecurityDirector: {10, 1000, 10000, ""},
}

// authorizes reports whether policies of a type decide about access. The others
// configure services and are merged along the path to an account (effective.go).
func authorizes(t idc.PolicyType) bool { return t == TypeSCP || t == TypeRCP }

func awsManagedPolicies() []idc.OrganizationPolicy {
	return []idc.OrganizationPolicy{
		{ID: FullAccessSCP, Name: "FullAWSAccess", Description: "Allows access to every operation", Type: TypeSCP, AWSManaged: true,
			Content: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`},
		{ID: FullAccessRCP, Name: "RCPFullAWSAccess", Description: "Allows access to every operation", Type: TypeRCP, AWSManaged: true,
			Content: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`},
	}
}

func fullAccess(policyType idc.PolicyType) string {
	if policyType == TypeRCP {
		return FullAccessRCP
	}
	return FullAccessSCP
}

// CheckPolicyType refuses words that name no type of organization policies.
func CheckPolicyType(policyType idc.PolicyType) error {
	if _, known := kinds[policyType]; !known {
		return idc.Errorf(idc.Invalid, "You provided an invalid policy type.").With(reasonWrongType)
	}
	return nil
}

// checkContent holds the text of a policy against its type.
func checkContent(policyType idc.PolicyType, content string) error {
	if !authorizes(policyType) {
		return checkSettings(kinds[policyType], content)
	}
	kind, quota := policy.ServiceControlPolicy, policy.ServiceControlSize
	if policyType == TypeRCP {
		kind, quota = policy.ResourceControlPolicy, policy.ResourceControlSize
	}
	if _, err := policy.Parse(kind, []byte(content)); err != nil {
		return malformed(err.Error())
	}
	if err := policy.CheckSize(quota, "", content); err != nil {
		return idc.Errorf(idc.QuotaExceeded, "%s", err.Error()).With(reasonContent)
	}
	return nil
}

func checkSettings(k kind, content string) error {
	if n := utf8.RuneCountInString(content); n > k.size {
		return idc.Errorf(idc.QuotaExceeded, "The policy has %d characters; the limit is %d.", n, k.size).With(reasonContent)
	}
	if _, err := readSettings(k.member, content); err != nil {
		return malformed(err.Error())
	}
	return nil
}

func malformed(detail string) error {
	return idc.Errorf(idc.Invalid, "The provided policy document does not meet the requirements of the specified policy type: %s", detail).With(idc.ReasonMalformedPolicy)
}

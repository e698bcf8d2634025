package idc

import (
	"slices"
	"time"
)

// FeatureSet is the feature set of an organization.
type FeatureSet string

// The feature sets (Organizations, OrganizationFeatureSet).
const (
	FeaturesAll                 FeatureSet = "ALL"
	FeaturesConsolidatedBilling FeatureSet = "CONSOLIDATED_BILLING"
)

// PolicyType names a type of organization policy.
type PolicyType string

// The types of organization policies (Organizations, PolicyType).
const (
	PolicyServiceControl          PolicyType = "SERVICE_CONTROL_POLICY"
	PolicyResourceControl         PolicyType = "RESOURCE_CONTROL_POLICY"
	PolicyTag                     PolicyType = "TAG_POLICY"
	PolicyBackup                  PolicyType = "BACKUP_POLICY"
	PolicyAIServicesOptOut        PolicyType = "AISERVICES_OPT_OUT_POLICY"
	PolicyChatbot                 PolicyType = "CHATBOT_POLICY"
	PolicyDeclarativeEC2          PolicyType = "DECLARATIVE_POLICY_EC2"
	PolicySecurityHub             PolicyType = "SECURITYHUB_POLICY"
	PolicyInspector               PolicyType = "INSPECTOR_POLICY"
	PolicyUpgradeRollout          PolicyType = "UPGRADE_ROLLOUT_POLICY"
	PolicyBedrock                 PolicyType = "BEDROCK_POLICY"
	PolicyS3                      PolicyType = "S3_POLICY"
	PolicyNetworkSecurityDirector PolicyType = "NETWORK_SECURITY_DIRECTOR_POLICY"
)

// PolicyTypes returns all types, those that restrict access first.
func PolicyTypes() []PolicyType {
	return []PolicyType{
		PolicyServiceControl, PolicyResourceControl, PolicyTag, PolicyBackup, PolicyAIServicesOptOut, PolicyChatbot,
		PolicyDeclarativeEC2, PolicySecurityHub, PolicyInspector, PolicyUpgradeRollout, PolicyBedrock, PolicyS3,
		PolicyNetworkSecurityDirector,
	}
}

// Organization is what the organization decides for itself. Its ids, root and
// management account are the instance's: they never change.
type Organization struct {
	ID         string // o-...
	FeatureSet FeatureSet
	// PolicyTypes are the types enabled in the root, in the order of enabling.
	PolicyTypes []PolicyType
	RootTags    []Tag
	// RootFeatures are the features of central root access that are on
	// (iam, EnableOrganizationsRootSessions and its like).
	RootFeatures []string
	Version      Version
}

// Enabled reports whether policies of a type count in the root.
func (o *Organization) Enabled(t PolicyType) bool { return slices.Contains(o.PolicyTypes, t) }

// OrganizationResourcePolicy is the organization's own policy, which delegates
// its management to member accounts. There is at most one.
type OrganizationResourcePolicy struct {
	ID      string // rp-...
	ARN     string
	Content string // byte for byte
	Tags    []Tag
	Version Version
}

// DelegatedAdministrator is a member account that administers a service for the
// whole organization.
type DelegatedAdministrator struct {
	AccountID        string
	ServicePrincipal string // such as "sso.amazonaws.com"
	EnabledAt        time.Time
	Version          Version
}

// ID is the key of a delegation in lists, events and change records.
func (d *DelegatedAdministrator) ID() string { return d.AccountID + "/" + d.ServicePrincipal }

// ServiceAccess lets a service work in all accounts of the organization
// (EnableAWSServiceAccess).
type ServiceAccess struct {
	ServicePrincipal string
	EnabledAt        time.Time
	Version          Version
}

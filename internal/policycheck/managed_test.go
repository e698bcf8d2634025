package policycheck

import (
	"slices"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
)

// TestManagedPolicies checks all AWS managed policies. They are sound, so that only some checks may find something;
// and AWS's own page about the checks tells which policies some of them find.
func TestManagedPolicies(t *testing.T) {
	c := &Checker{Catalog: serviceauth.New()}
	found := map[string][]string{} // names of policies by code
	errors := 0
	policies := managedpolicy.List()
	for _, s := range policies {
		p, _ := managedpolicy.Get(s.ARN)
		for _, f := range c.Validate(Policy{Document: p.Document, Type: IdentityPolicy}) {
			found[f.IssueCode] = append(found[f.IssueCode], s.Name)
			if f.Type == Error {
				errors++
			}
		}
	}
	for code, names := range map[string][]string{
		"PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE":   {"AdministratorAccess", "IAMFullAccess"},
		"PASS_ROLE_WITH_STAR_IN_RESOURCE":              {"AdministratorAccess-Amplify"},
		"CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE":  {"AdministratorAccess", "IAMFullAccess"},
		"CREATE_SLR_WITH_STAR_IN_RESOURCE":             {"PowerUserAccess", "AWSOrganizationsServiceTrustPolicy"},
		"POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA":    {"ReadOnlyAccess", "AWSSupportServiceRolePolicy"},
		"STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS": {"AmazonSecurityLakeAdministrator", "S3UnlockBucketPolicy", "SQSUnlockQueuePolicy"},
	} {
		for _, name := range names {
			if !slices.Contains(found[code], name) {
				t.Errorf("%s is not found in %s", code, name)
			}
		}
	}
	tolerated := []string{
		// Retired services and actions, and what the reference does not know yet.
		"INVALID_ACTION", "INVALID_SERVICE_IN_ACTION", "INVALID_SERVICE", "INVALID_SERVICE_CONDITION_KEY",
		"INVALID_ARN_RESOURCE", "MISSING_ARN_ACCOUNT", "INVALID_GLOBAL_CONDITION_KEY", "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
		"MISSING_QUALIFIER",
	}
	for code, names := range found {
		if issues[code].kind == Error && !slices.Contains(tolerated, code) {
			t.Errorf("%s is found in %v", code, names)
		}
	}
	if errors > len(policies)/4 {
		t.Errorf("%d errors in %d policies", errors, len(policies))
	}
}

// TestAttachments: the names of resource types are the catalog's.
func TestAttachments(t *testing.T) {
	catalog := serviceauth.New()
	for typ, to := range attachments {
		service, ok := catalog.Service(to.service)
		if !ok {
			t.Errorf("%s: no service %s", typ, to.service)
			continue
		}
		for _, name := range to.types {
			if _, ok := service.Resource(name); !ok {
				t.Errorf("%s: no resource type %s", typ, name)
			}
		}
	}
}

package provisioning

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
)

// maxSession is the MaxSessionDuration of every provisioned role. How long a
// session really lasts is the permission set's business and enforced where
// credentials are issued.
const maxSession = 12 * time.Hour

// inlinePolicyName is the name a permission set's inline policy has on its role.
const inlinePolicyName = "AwsSSOInlinePolicy"

// Definition is the role that a permission set must be in an account.
type Definition struct {
	Role
	Revision         int64 // of the permission set
	SAMLProviderName string
	SAMLMetadata     string
}

// Role is a provisioned role: as desired in a Definition, as found when read back.
type Role struct {
	AccountID           string
	PermissionSetID     string
	Name                string
	Path                string
	ARN                 string
	Description         string
	TrustPolicy         string
	MaxSessionDuration  time.Duration
	AttachedPolicies    []string // managed policy ARNs
	InlinePolicies      map[string]string
	PermissionsBoundary string // ARN, or ""
}

// Define returns the role that a permission set must be in an account.
func Define(instance *idc.Instance, ps *idc.PermissionSet, accountID string) Definition {
	provider := ids.SAMLProviderName(instance.ID)
	name, path := ids.ReservedRoleName(ps.Name, ps.ID), arn.ReservedRolePath(instance.Region)
	d := Definition{
		Role: Role{
			AccountID: accountID, PermissionSetID: ps.ID, Name: name, Path: path,
			ARN: arn.Role(accountID, path, name).String(), Description: ps.Description,
			TrustPolicy:        trustPolicy(arn.SAMLProvider(accountID, provider).String()),
			MaxSessionDuration: maxSession, AttachedPolicies: slices.Clone(ps.ManagedPolicies),
			InlinePolicies: map[string]string{},
		},
		Revision: ps.Revision, SAMLProviderName: provider, SAMLMetadata: samlMetadata(instance),
	}
	for _, ref := range ps.CustomerManaged {
		d.AttachedPolicies = append(d.AttachedPolicies, customerPolicy(accountID, ref))
	}
	if ps.InlinePolicy != "" {
		d.InlinePolicies[inlinePolicyName] = ps.InlinePolicy
	}
	if b := ps.Boundary; b != nil {
		d.PermissionsBoundary = b.ManagedPolicyARN
		if b.CustomerManaged != nil {
			d.PermissionsBoundary = customerPolicy(accountID, *b.CustomerManaged)
		}
	}
	return d
}

func customerPolicy(accountID string, ref idc.CustomerManagedPolicyReference) string {
	return arn.Policy(accountID, ref.Path, ref.Name).String()
}

// trustPolicy is what Identity Center writes: only its SAML provider may open a
// session, and may tag it.
func trustPolicy(providerARN string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"` + providerARN +
		`"},"Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}]}`
}

// samlMetadata describes the instance as identity provider of its accounts. Its
// entity id is the issuer that Identity Center uses towards AWS.
func samlMetadata(instance *idc.Instance) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s"><md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"></md:IDPSSODescriptor></md:EntityDescriptor>`,
		ids.SAMLIssuer(instance.ID, instance.OwnerAccountID, instance.Region))
}

// Differences names what is not the same in a role that was read back. Managed
// policies are compared as a set and without regard to case, as IAM does; the
// rest byte for byte.
func Differences(want, have Role) []string {
	var out []string
	differs := func(what string, same bool) {
		if !same {
			out = append(out, what)
		}
	}
	differs("name", strings.EqualFold(want.Name, have.Name))
	differs("path", want.Path == have.Path)
	differs("description", want.Description == have.Description)
	differs("trust policy", want.TrustPolicy == have.TrustPolicy)
	differs("maximum session duration", want.MaxSessionDuration == have.MaxSessionDuration)
	differs("managed policies", slices.Equal(folded(want.AttachedPolicies), folded(have.AttachedPolicies)))
	differs("inline policies", maps.Equal(want.InlinePolicies, have.InlinePolicies))
	differs("permissions boundary", strings.EqualFold(want.PermissionsBoundary, have.PermissionsBoundary))
	return out
}

func folded(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = strings.ToLower(name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

package sts

import (
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	stsservice "github.com/gatehouse-idc/gatehouse/internal/sts"
)

// setsContext reports whether a call wants a session that acts for a person
// ("Identity-enhanced IAM role sessions", IAM Identity Center User Guide): a
// permission of its own.
func setsContext(_ *awsedge.Call, in *sts.AssumeRoleInput) bool { return len(in.ProvidedContexts) > 0 }

func providedContexts(in *sts.AssumeRoleInput) []stsservice.ProvidedContext {
	var out []stsservice.ProvidedContext
	for _, c := range in.ProvidedContexts {
		var one stsservice.ProvidedContext
		if c.ProviderArn != nil {
			one.ProviderARN = *c.ProviderArn
		}
		if c.ContextAssertion != nil {
			one.Assertion = *c.ContextAssertion
		}
		out = append(out, one)
	}
	return out
}

// assumeRoleKeys gives the condition keys of AssumeRole: those of its input, and what
// the provided context says. An assertion that is not valid says nothing here, and
// is refused by the call itself.
func (d *Door) assumeRoleKeys(call *awsedge.Call, in *sts.AssumeRoleInput) map[string][]string {
	keys := assumeRoleKeys(call, in)
	for _, c := range providedContexts(in) {
		keys["sts:RequestContextProviders"] = append(keys["sts:RequestContextProviders"], c.ProviderARN)
	}
	c, err := d.STS.OpenContext(providedContexts(in))
	if err != nil || c == nil {
		return keys
	}
	for key, value := range map[string]string{
		"identitystore:UserId": c.UserID, "identitystore:IdentityStoreArn": c.IdentityStoreARN,
		"identitycenter:InstanceArn": c.InstanceARN, "identitycenter:ApplicationArn": c.ApplicationARN, "identitycenter:CredentialId": c.CredentialID,
	} {
		keys["sts:RequestContext/"+key] = []string{value}
	}
	return keys
}

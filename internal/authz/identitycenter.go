package authz

import "github.com/gatehouse-idc/gatehouse/policy"

// identityCenterDocument is the resource's side of what an account asks about
// applications and token issuers of another account's instance: the delegated
// administrator of all, a member of its own. The caller's own policies must allow it,
// too, and api/ssoadmin admits only who administers the instance or owns the
// application. Permission sets and assignments are for the management account.
const identityCenterDocument = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Principal":"*","Action":["sso:*Application*","sso:*TrustedTokenIssuer*"],"Resource":"*"},
	{"Effect":"Allow","Principal":"*","Action":["sso:TagResource","sso:UntagResource","sso:ListTagsForResource","sso:DescribeInstance","sso:ListInstances"],
	 "Resource":["arn:aws:sso::*:application/*","arn:aws:sso::*:trustedTokenIssuer/*","arn:aws:sso:::instance/*"]}]}`

func (c *cache) identityCenterPolicy() (*policy.Policy, error) {
	return c.identityCenter.get("", 0, func() (*policy.Policy, error) {
		return policy.Parse(policy.ResourcePolicy, []byte(identityCenterDocument))
	})
}

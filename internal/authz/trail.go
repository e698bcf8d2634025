package authz

import "github.com/gatehouse-idc/gatehouse/policy"

// trailDocument is the resource's side of what members ask about trails of the
// organization, which are the management account's. The caller's own policies must
// allow it, too, and package trail admits members of the organization to reading and
// delegated administrators to the rest.
const trailDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"cloudtrail:*","Resource":"*"}]}`

func (c *cache) trailPolicy() (*policy.Policy, error) {
	return c.trail.get("", 0, func() (*policy.Policy, error) {
		return policy.Parse(policy.ResourcePolicy, []byte(trailDocument))
	})
}

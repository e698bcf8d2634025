package accesstest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// request says who asks for what.
func (w *World) request(e *evaluation, q question, role *heldRole) {
	session := "*" // of somebody in a group
	if q.user != nil {
		session = q.user.UserName
	}
	name := role.arn[strings.LastIndexByte(role.arn, '/')+1:]
	e.request = policy.Request{
		Principal: policy.Principal{
			Type: policy.AssumedRole, Account: q.account.ID, RoleARN: role.arn, UniqueID: role.id,
			ARN: "arn:" + w.partition() + ":sts::" + q.account.ID + ":assumed-role/" + name + "/" + session,
		},
		Action: q.action.FullName(), Resource: q.resource, ResourceAccount: w.owner(q),
		PrincipalInManagementAccount: q.account == w.org.Management,
		ResourceInManagementAccount:  w.owner(q) == w.org.Management.ID,
	}
	switch {
	case len(q.action.Resources) == 0:
		// The action has no resource-level permissions, so every policy is held against a star.
		e.request.Resource = "*"
	case q.resource == "":
		e.request.Resource, e.unknown.Resource = "*", "*"
	case strings.ContainsAny(q.resource, "*?"):
		e.unknown.Resource = q.resource
	}
}

func (w *World) partition() string {
	if fields := strings.SplitN(w.org.File.Instance.ARN, ":", 3); len(fields) == 3 {
		return fields[1]
	}
	return "aws"
}

// owner returns the account of the resource: the one in its ARN, else that in which the question is asked. The ARN of
// a bucket has no account.
func (w *World) owner(q question) string {
	fields := strings.SplitN(q.resource, ":", 6)
	if len(fields) == 6 && fields[4] != "" && fields[4] != "aws" && !strings.ContainsAny(fields[4], "*?") {
		return fields[4]
	}
	return q.account.ID
}

// filled lists the keys that follow from who asks and in which account; a sentence cannot say otherwise.
func filled() []string {
	return []string{"aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:PrincipalIsAWSService",
		"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:ResourceAccount", "aws:userid", "aws:username", "identitystore:UserId"}
}

// context sets what is known; every other key stays open. "AWS global condition context keys" says when each is there.
func (w *World) context(e *evaluation, q question, role *heldRole) {
	c := &e.request.Context
	e.unknown.Rest = true
	e.unknown.Absent = []string{"aws:username", "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"}
	c.Set("aws:PrincipalAccount", q.account.ID)
	c.Set("aws:PrincipalType", "AssumedRole")
	c.Set("aws:PrincipalIsAWSService", "false")
	c.Set("aws:PrincipalOrgID", w.org.File.Organization.ID)
	c.SetMulti("aws:PrincipalOrgPaths", w.org.OrganizationPath(q.account))
	if role.arn != "" {
		c.Set("aws:PrincipalArn", role.arn)
	}
	if q.user != nil {
		c.Set("identitystore:UserId", q.user.ID)
		if role.id != "" {
			c.Set("aws:userid", role.id+":"+q.user.UserName)
		}
	}
	c.Set("aws:ResourceAccount", e.request.ResourceAccount)
	if owner, err := w.org.Account(e.request.ResourceAccount); err == nil {
		c.Set("aws:ResourceOrgID", w.org.File.Organization.ID)
		c.SetMulti("aws:ResourceOrgPaths", w.org.OrganizationPath(owner))
	}
	at := q.at
	if at.IsZero() {
		at = w.Now
	}
	now := at.UTC().Format("2006-01-02T15:04:05Z")
	c.Set("aws:CurrentTime", now)
	c.Set("aws:EpochTime", strconv.FormatInt(at.Unix(), 10))
	c.Set("aws:TokenIssueTime", now) // whoever asks has just signed in
	switch service, _, _ := strings.Cut(q.action.FullName(), ":"); service {
	case "iam", "organizations":
		c.Set("aws:RequestedRegion", "us-east-1") // global services are asked in their home Region
	}
	if q.mfa != nil {
		c.Set("aws:MultiFactorAuthPresent", strconv.FormatBool(*q.mfa))
		if !*q.mfa {
			e.unknown.Absent = append(e.unknown.Absent, "aws:MultiFactorAuthAge")
		}
	}
	if q.from != "" {
		c.Set("aws:SourceIp", q.from)
		// AWS sends the address only when the call does not come through a VPC endpoint.
		e.unknown.Absent = append(e.unknown.Absent, "aws:VpcSourceIp", "aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce")
	}
	for _, kv := range q.keys {
		name := kv.key.text
		key, known := w.catalog.ConditionKey(name)
		switch {
		case len(kv.values) == 0:
			e.unknown.Absent = append(e.unknown.Absent, name)
		case len(kv.values) > 1 || known && key.Multivalued():
			c.SetMulti(name, kv.values...)
		default:
			c.Set(name, kv.values[0])
		}
	}
}

// resourceSide adds what decides from the side of the resource: the resource control policies of its account, and its
// own policy if the sentence names one.
func (w *World) resourceSide(e *evaluation, q question, role *heldRole) error {
	owner, err := w.org.Account(e.request.ResourceAccount)
	if err == nil {
		if e.policies.RCPs, err = w.policyLevels(orgfile.ResourceControlPolicy, owner); err != nil {
			return err
		}
	} else {
		// Its own organization may have resource control policies.
		e.open, e.openRCP = append(e.open, "the account "+e.request.ResourceAccount+" is not of this organization"), true
	}
	if q.resourcePolicy != nil {
		if e.policies.Resource, err = w.resourcePolicy(*q.resourcePolicy); err != nil {
			return q.resourcePolicy.errorf("%v", err)
		}
		if why := unnamed(e.policies.Resource, q, role); why != "" {
			e.open = append(e.open, why)
			e.policies.Resource, e.openResource = nil, true
		}
		return nil
	}
	switch {
	case e.request.ResourceAccount != q.account.ID:
		e.open = append(e.open, "the resource is in another account, so its own policy decides, too: `with resource policy FILE`")
	case assumesRole(q):
		e.open = append(e.open, "the role's trust policy decides, too: `with resource policy FILE`")
	case usesKey(q):
		e.open = append(e.open, "the key's policy decides, too: `with resource policy FILE`")
	default:
		return nil
	}
	e.openResource = true
	return nil
}

// unnamed says why a resource's policy cannot be held against a caller of whom not all names are known.
func unnamed(p *policy.Policy, q question, role *heldRole) string {
	for _, n := range p.Principals() {
		switch {
		case n.Class != "AWS":
		case role.arn == "" && (strings.Contains(n.Value, ":role/") || strings.Contains(n.Value, ":assumed-role/") || strings.HasPrefix(n.Value, "AROA")):
			return "the resource's policy names a role, and nobody looked into " + q.account.Name + " for what its roles are called"
		case q.user == nil && strings.Contains(n.Value, ":assumed-role/"):
			return "the resource's policy names one person's session"
		}
	}
	return ""
}

func assumesRole(q question) bool {
	return slices.Contains([]string{"sts:assumerole", "sts:tagsession", "sts:setsourceidentity"}, strings.ToLower(q.action.FullName()))
}

// usesKey reports whether the resource may be a KMS key.
func usesKey(q question) bool {
	return q.action.Service.Prefix == "kms" && slices.ContainsFunc(q.action.Resources, func(r serviceauth.ActionResource) bool { return r.Type.Name == "key" })
}

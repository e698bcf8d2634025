package policycheck

import (
	"strings"
	"unicode/utf8"
)

const (
	version2012 = "2012-10-17"
	version2008 = "2008-10-17"

	trustPolicyResource = "AWS::IAM::AssumeRolePolicyDocument"
)

// document checks the whole policy.
func (r *run) document(top *node) {
	if !r.want(top, objectNode) {
		return
	}
	for _, m := range top.members {
		switch m.name.text {
		case "Version", "Id", "Statement":
		default:
			r.report("INVALID_POLICY_ELEMENT", m.name, m.name.text)
		}
	}
	r.version(top)
	if id := top.get("Id"); id != nil {
		r.want(id, stringNode)
	}
	list := top.get("Statement")
	switch {
	case list == nil:
		r.report("MISSING_STATEMENT", top)
	case list.kind == arrayNode && len(list.items) == 0:
		r.report("MISSING_STATEMENT", list)
	case list.kind == arrayNode || r.want(list, objectNode, arrayNode):
		for _, n := range list.entries() {
			if r.want(n, objectNode) {
				r.statements = append(r.statements, r.read(n))
			}
		}
	}
	r.kind = r.kindOf()
	r.size(top)
	for _, s := range r.statements {
		r.statement(s)
	}
	r.uniqueSids()
	r.redundantStatements()
}

func (r *run) version(top *node) {
	v := top.get("Version")
	switch {
	case v == nil:
		r.report("MISSING_VERSION", top)
	case !r.want(v, stringNode):
	case v.text != version2012 && v.text != version2008:
		r.report("INVALID_VERSION", v, v.text)
	}
	r.variables = v != nil && v.text == version2012
}

// kindOf tells trust policies from other resource policies: by the resource they are said to belong to, or else
// by speaking of sessions only, and of no resource.
func (r *run) kindOf() kind {
	switch r.policy.Type {
	case ServiceControlPolicy:
		return serviceControl
	case ResourceControlPolicy:
		return resourceControl
	case IdentityPolicy:
		return identity
	}
	switch r.policy.ResourceType {
	case trustPolicyResource:
		return trust
	case "":
	default:
		return resource
	}
	for _, s := range r.statements {
		if s.resource != nil || s.notResource != nil || len(s.actions) == 0 {
			return resource
		}
		for _, a := range s.actions {
			if service, _, _ := strings.Cut(a.text, ":"); !strings.EqualFold(service, "sts") {
				return resource
			}
		}
	}
	if len(r.statements) == 0 {
		return resource
	}
	return trust
}

// size holds the policy against the quotas of IAM, Organizations and the services that own the resource types.
//
// Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html, the quotas of Amazon S3
// and DynamoDB (20 KB).
func (r *run) size(top *node) {
	all := utf8.RuneCountInString(r.policy.Document)
	dense := all
	for i := range len(r.policy.Document) {
		if strings.IndexByte(" \t\r\n", r.policy.Document[i]) >= 0 {
			dense--
		}
	}
	check := func(code string, size, limit int) {
		if size > limit {
			r.report(code, top, size, limit)
		}
	}
	switch r.kind {
	case identity:
		check("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", dense, 6144)
	case trust:
		check("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", dense, 2048)
	case serviceControl:
		check("POLICY_SIZE_EXCEEDS_SCP_QUOTA", all, 10240)
	case resourceControl:
		check("POLICY_SIZE_EXCEEDS_RCP_QUOTA", all, 5120)
	case resource:
		if r.policy.ResourceType != "" {
			check("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", all, 20480)
		}
	}
}

// want reports whether a value has one of the JSON types, and finds fault if not.
func (r *run) want(n *node, kinds ...nodeKind) bool {
	for _, k := range kinds {
		if n.kind == k {
			return true
		}
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	r.report("DATA_TYPE_MISMATCH", n, strings.Join(names, " or "), string(n.kind))
	return false
}

// texts returns the strings of an element that is a string or a list of strings, and finds fault with others.
func (r *run) texts(n *node) []*node {
	var out []*node
	for _, e := range n.entries() {
		if e.kind == stringNode {
			out = append(out, e)
		} else if n.kind == arrayNode {
			r.want(e, stringNode)
		} else {
			r.want(e, stringNode, arrayNode)
		}
	}
	return out
}

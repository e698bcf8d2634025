package policycheck

import (
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
)

// partitions are AWS's partitions.
var partitions = []string{"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}

const arnFields = 6

// resourceElement checks Resource and NotResource.
func (r *run) resourceElement(s *statement) {
	if r.kind == trust {
		return // there is none; trustPolicy says so
	}
	for _, n := range s.resources {
		r.variablesIn(n)
		r.resource(n)
	}
	if redundant := r.covered(s.resources, func(s string) string { return s }); len(redundant) > 0 {
		r.reportAll("REDUNDANT_RESOURCE", clipped(redundant), len(redundant))
	}
}

// resource checks an entry: one fault, the first.
func (r *run) resource(n *node) {
	text := n.text
	if text == "*" {
		return
	}
	text = withoutVariables(text)
	if !strings.HasPrefix(text, "arn:") {
		r.report("INVALID_ARN_PREFIX", n)
		return
	}
	f := strings.SplitN(text, ":", arnFields)
	if len(f) < arnFields {
		if !strings.HasSuffix(text, "*") {
			r.report("MISSING_ARN_FIELD", n, arnFields)
		}
		return
	}
	switch partition, service, region, account := f[1], f[2], f[3], f[4]; {
	case !matchesAny(partition, partitions):
		r.report("INVALID_PARTITION", n, partition, strings.Join(partitions, ", "))
	case hasWildcard(service):
		r.report("WILDCARD_IN_SERVICE_NAME", n)
	case service != strings.ToLower(service):
		r.report("INVALID_ARN_SERVICE_CASE", n, strings.ToLower(service))
	case region != "" && !hasWildcard(region) && !regionForm(region):
		r.report("INVALID_ARN_REGION", n, region)
	case account != "" && account != "aws" && !hasWildcard(account) && !arn.IsAccountID(account):
		r.report("INVALID_ARN_ACCOUNT", n, account)
	default:
		r.knownARN(n, f)
	}
}

// knownARN holds a well-formed ARN against the forms that the resources of its service have.
func (r *run) knownARN(n *node, f []string) {
	service := f[2]
	types := r.catalog.ResourceTypes(service)
	if len(types) == 0 {
		if _, exists := r.catalog.Service(service); !exists {
			r.report("INVALID_SERVICE", n, service)
		}
		return // nothing is known of the service's ARNs
	}
	fault, args := "INVALID_ARN_RESOURCE", []any{service}
	fits := false
	word, knownType := typeWord(f[5]), false
	for _, t := range types {
		for _, format := range t.ARNs {
			g := strings.SplitN(withoutVariables(format), ":", arnFields)
			if g[2] != service && g[2] != "*" || !r.afford(g[5], f[5]) {
				continue
			}
			if !overlap(g[5], f[5]) {
				knownType = knownType || word != "" && strings.HasPrefix(g[5], word)
				continue
			}
			code, a := fieldFault(t, f, g)
			if code == "" {
				fits = true
				break
			}
			fault, args = code, a
		}
	}
	switch {
	case r.budget <= 0: // not all forms were compared
	case !fits && fault == "INVALID_ARN_RESOURCE" && knownType: // the reference does not have all forms
	case !fits:
		r.report(fault, n, args...)
	default:
		r.resourceOfPolicy(n, f)
	}
}

// typeWord is the word for the type of resource that an ARN's last field starts with, with the separator; "" if there
// is none. In a path it is the slash.
func typeWord(field string) string {
	i := strings.IndexAny(field, "/:*?")
	if i < 0 || field[i] == '*' || field[i] == '?' {
		return ""
	}
	return field[:i+1]
}

// ownedByAWS are the services that have resources of AWS's own, in whose ARNs the account is empty although the
// reference does not say so.
var ownedByAWS = map[string]bool{"ssm": true, "resource-explorer-2": true, "backup": true, "ec2": true, "imagebuilder": true}

// fieldFault compares Region and account of an ARN f with a form g whose resource fits.
func fieldFault(t *serviceauth.ResourceType, f, g []string) (code string, args []any) {
	region, account := f[3], f[4]
	switch {
	case g[3] == "" && region != "" && !overlap(region, ""):
		return "ARN_REGION_NOT_ALLOWED", []any{f[2]}
	case g[3] != "" && region == "":
		return "MISSING_ARN_REGION", []any{f[2]}
	case g[4] == "" && account != "" && !overlap(account, ""):
		return "ARN_ACCOUNT_NOT_ALLOWED", []any{f[2]}
	case g[4] != "" && account == "" && !ownedByAWS[f[2]]:
		return "MISSING_ARN_ACCOUNT", []any{t.Name}
	}
	return "", nil
}

// resourceOfPolicy finds ARNs that cannot mean the resource the policy is attached to.
func (r *run) resourceOfPolicy(n *node, f []string) {
	to, known := attachments[r.policy.ResourceType]
	if !known || r.kind != resource {
		return
	}
	service, ok := r.catalog.Service(to.service)
	if !ok {
		return
	}
	for _, name := range to.types {
		t, ok := service.Resource(name)
		if !ok {
			continue
		}
		for _, format := range t.ARNs {
			g := strings.SplitN(withoutVariables(format), ":", arnFields)
			if g[2] == f[2] && r.afford(g[5], f[5]) && overlap(g[5], f[5]) {
				return
			}
		}
	}
	r.report("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", n, r.policy.ResourceType)
}

// matchesAny reports whether a pattern matches one of the words.
func matchesAny(pattern string, words []string) bool {
	for _, w := range words {
		if covers(pattern, w) {
			return true
		}
	}
	return false
}

// regionForm reports whether a text has the form of a Region: us-east-1, us-gov-west-1. New Regions need no release
// of ours.
func regionForm(s string) bool {
	words := strings.Split(s, "-")
	if len(words) < 3 || len(words) > 4 {
		return false
	}
	for i, w := range words {
		digits := strings.Trim(w, "0123456789") == ""
		letters := strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == ""
		if w == "" || i == len(words)-1 && (!digits || len(w) > 2) || i < len(words)-1 && !letters {
			return false
		}
	}
	return len(words[0]) <= 4
}

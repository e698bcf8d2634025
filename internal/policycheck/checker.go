package policycheck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
)

// PolicyType is what a policy is used as.
type PolicyType string

// The types of policies, as the API names them.
const (
	IdentityPolicy        PolicyType = "IDENTITY_POLICY"
	ResourcePolicy        PolicyType = "RESOURCE_POLICY"
	ServiceControlPolicy  PolicyType = "SERVICE_CONTROL_POLICY"
	ResourceControlPolicy PolicyType = "RESOURCE_CONTROL_POLICY"
)

// MaxSize is the longest policy that is looked at, in bytes; a caller refuses longer ones. It is IAM's bound on any
// policy parameter.
const MaxSize = 131072

// Policy is what to check.
type Policy struct {
	Document string
	Type     PolicyType
	// ResourceType is what a resource policy is attached to, such as "AWS::S3::Bucket"; "" if that is not known.
	ResourceType string
}

// Checker checks policies. It is safe for concurrent use.
type Checker struct {
	Catalog *serviceauth.Catalog
}

// kind is what the checks tell apart: the types, and the trust policies among the resource policies.
type kind uint8

const (
	identity kind = iota
	resource
	trust
	serviceControl
	resourceControl
)

// run is the check of one policy.
type run struct {
	catalog    *serviceauth.Catalog
	policy     Policy
	kind       kind
	places     *positions
	variables  bool // the version of the language has policy variables
	statements []*statement
	findings   []Finding
	budget     int
}

// patience bounds the comparisons of patterns with each other, in pairs of characters. A policy at IAM's limit needs a
// hundredth; what is built to take forever is compared only so far.
const patience = 20_000_000

// Validate returns what there is to say about a policy, in the order of the text. It never fails: what cannot be read
// is a finding.
func (c *Checker) Validate(p Policy) []Finding {
	r := &run{catalog: c.Catalog, policy: p, places: newPositions(p.Document), budget: patience}
	top, fault := parse(p.Document)
	if fault != nil {
		at := r.places.at(fault.offset)
		r.reportAt("JSON_SYNTAX_ERROR", []Location{{Start: at, End: at}}, at.Offset, at.Line, at.Column)
		return r.findings
	}
	r.document(top)
	slices.SortStableFunc(r.findings, func(a, b Finding) int {
		return cmp.Compare(a.Locations[0].Start.Offset, b.Locations[0].Start.Offset)
	})
	return r.findings
}

// longest is how many bytes of the policy a finding repeats, so that no policy makes an answer many times its size.
const longest = 500

// maxFindings is how many findings are kept. Nobody reads so many; a policy that has more was made to have them.
const maxFindings = 10_000

// report adds a finding about a node. args fill the gaps of the check's text.
func (r *run) report(code string, at *node, args ...any) {
	r.reportAll(code, []*node{at}, args...)
}

// reportAll adds a finding about several nodes, the most telling first.
func (r *run) reportAll(code string, at []*node, args ...any) {
	locations := make([]Location, 0, len(at))
	for _, n := range at {
		locations = append(locations, Location{Path: n.path(), Start: r.places.at(n.start), End: r.places.at(n.end)})
	}
	r.reportAt(code, locations, args...)
}

func (r *run) reportAt(code string, locations []Location, args ...any) {
	if len(r.findings) == maxFindings {
		return
	}
	issue := issues[code]
	for i, a := range args {
		if text, ok := a.(string); ok && len(text) > longest {
			args[i] = strings.ToValidUTF8(text[:longest], "") + "..."
		}
	}
	r.findings = append(r.findings, Finding{
		Type: issue.kind, IssueCode: code, Details: fmt.Sprintf(issue.text, args...),
		LearnMore: link(issue.kind, code), Locations: locations,
	})
}

// afford reports whether two patterns may still be compared.
func (r *run) afford(a, b string) bool { return r.spend((len(a) + 1) * (len(b) + 1)) }

// spend takes a number of comparisons from the budget, and reports whether they may be made.
func (r *run) spend(n int) bool {
	r.budget -= n
	return r.budget > 0
}

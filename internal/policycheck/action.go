package policycheck

import (
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
)

// actionElement checks Action and NotAction.
func (r *run) actionElement(s *statement) {
	for _, n := range s.actions {
		r.noVariables(n)
		r.action(n)
		r.actionOfResource(n)
	}
	r.redundantActions(s)
}

// action checks that an entry names actions that exist.
func (r *run) action(n *node) {
	if n.text == "*" {
		return
	}
	prefix, name, found := strings.Cut(n.text, ":")
	if !found {
		r.report("INVALID_ACTION", n, n.text, "")
		return
	}
	service, ok := r.catalog.Service(prefix)
	if !ok {
		r.report("INVALID_SERVICE_IN_ACTION", n, prefix, r.didYouMean("", prefix, r.catalog.Services()))
		return
	}
	if !hasWildcard(name) {
		if _, ok := service.Action(name); !ok {
			r.report("INVALID_ACTION", n, n.text, r.didYouMean(service.Prefix+":", name, service.ActionNames()))
		}
		return
	}
	if r.spend(len(service.Actions)*len(name)) && len(service.Match(name)) == 0 {
		r.report("INVALID_ACTION", n, n.text, "")
	}
}

// didYouMean suggests the candidate that is nearest to what was written, if any is near.
func (r *run) didYouMean(prefix, written string, candidates []string) string {
	if len(written) > 100 || !r.spend(len(candidates)) {
		return ""
	}
	best, least := "", 3
	folded := strings.ToLower(written)
	for _, c := range candidates {
		if difference := len(c) - len(written); difference >= least || -difference >= least {
			continue
		}
		if !r.afford(written, c) {
			return ""
		}
		if d := distance(folded, strings.ToLower(c)); d < least {
			best, least = c, d
		}
	}
	if best == "" {
		return ""
	}
	return " Did you mean " + prefix + best + "?"
}

// distance is how many characters have to be added, removed or replaced to make a of b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// attachment is what the policy of a type of resource may speak of.
type attachment struct {
	service string
	types   []string // names of resource types in the catalog
}

// attachments are the types of resources whose policies the API tells apart.
var attachments = map[string]attachment{
	"AWS::S3::Bucket":                  {"s3", []string{"bucket", "object"}},
	"AWS::S3::AccessPoint":             {"s3", []string{"accesspoint", "accesspointobject"}},
	"AWS::S3::MultiRegionAccessPoint":  {"s3", []string{"multiregionaccesspoint", "accesspointobject"}},
	"AWS::S3ObjectLambda::AccessPoint": {"s3-object-lambda", []string{"objectlambdaaccesspoint"}},
	"AWS::DynamoDB::Table":             {"dynamodb", []string{"table", "index", "stream"}},
	trustPolicyResource:                {"sts", nil},
}

// actionOfResource finds actions that nobody can perform on the resource the policy is attached to.
func (r *run) actionOfResource(n *node) {
	typ := r.policy.ResourceType
	if r.kind == trust {
		typ = trustPolicyResource
	}
	to, known := attachments[typ]
	if !known || n.text == "*" || r.kind != trust && r.kind != resource {
		return
	}
	prefix, name, _ := strings.Cut(n.text, ":")
	if _, exists := r.catalog.Service(prefix); !exists {
		return // said elsewhere
	}
	if strings.EqualFold(prefix, to.service) {
		a, exists := r.catalog.Action(n.text)
		if hasWildcard(name) || !exists || to.types == nil || slices.ContainsFunc(a.Resources, func(on serviceauth.ActionResource) bool {
			return slices.Contains(to.types, on.Type.Name)
		}) {
			return
		}
	}
	r.report("UNSUPPORTED_ACTION_IN_POLICY", n, n.text, typ)
}

// redundantActions finds actions that others of the same statement cover.
func (r *run) redundantActions(s *statement) {
	if redundant := r.covered(s.actions, strings.ToLower); len(redundant) > 0 {
		r.reportAll("REDUNDANT_ACTION", clipped(redundant), len(redundant), redundant[0].text)
	}
}

// covered returns the entries that another entry covers. Of two equal ones it is the later.
func (r *run) covered(entries []*node, fold func(string) string) []*node {
	texts := make([]string, len(entries))
	var patterns []int
	first := map[string]int{}
	for i, n := range entries {
		texts[i] = fold(n.text)
		if _, seen := first[texts[i]]; !seen {
			first[texts[i]] = i
			if hasWildcard(texts[i]) {
				patterns = append(patterns, i)
			}
		}
	}
	var out []*node
	for i, n := range entries {
		redundant := first[texts[i]] != i
		for _, p := range patterns {
			if redundant || !r.afford(texts[p], texts[i]) {
				break
			}
			redundant = texts[p] != texts[i] && covers(texts[p], texts[i])
		}
		if redundant {
			out = append(out, n)
		}
	}
	return out
}

// most is how many parts of the policy, or names, one finding lists.
const most = 20

func clipped[T any](list []T) []T { return list[:min(len(list), most)] }

// names lists texts for a finding.
func names(list []string) string {
	text := strings.Join(clipped(list), ", ")
	if len(list) > most {
		text += ", ..."
	}
	return text
}

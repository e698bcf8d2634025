package accesstest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
	"github.com/gatehouse-idc/gatehouse/internal/reason"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// truth is the answer to "can they?".
type truth int

const (
	no truth = iota
	unknown
	yes
)

// answer is what one role, or one person, may do.
type answer struct {
	can    truth
	reason string
	set    string // the permission set that decided, "" when there is none
	// example is a resource on which they certainly can, where no resource was named and the answer is not the same
	// for all.
	example string
}

// question is one thing that somebody may or may not do.
type question struct {
	account  *orgfile.Account
	user     *orgfile.User // nil when a group is meant
	action   *serviceauth.Action
	resource string // ARN or pattern; "" for any
	situation
}

// person answers for somebody who holds these permission sets in the account: whoever holds several may pick the one that
// can.
func (w *World) person(q question, held []*orgfile.PermissionSet, who string) (*answer, error) {
	sets := held
	if q.permissionSet != nil {
		sets = slices.DeleteFunc(slices.Clone(held), func(s *orgfile.PermissionSet) bool { return s.Name != q.permissionSet.text })
	}
	if len(sets) == 0 {
		what := "no permission set"
		if q.permissionSet != nil {
			what = "not the permission set " + q.permissionSet.text
		}
		return &answer{can: no, reason: fmt.Sprintf("%s holds %s in %s", who, what, q.account.Name)}, nil
	}
	out := &answer{}
	example := ""
	var reasons []string
	for _, set := range sets {
		a, err := w.roleAnswer(q, set)
		if err != nil {
			return nil, err
		}
		switch {
		case a.can > out.can:
			out.can, out.set, reasons = a.can, a.set, []string{a.reason}
		case a.can == out.can:
			out.set = cmp.Or(out.set, a.set)
			reasons = append(reasons, a.reason)
		}
		example = cmp.Or(example, a.example)
	}
	if out.can == yes {
		reasons = reasons[:1]
	}
	out.reason = strings.Join(reasons, "; ")
	out.example = example
	return out, nil
}

// answerKey tells apart what is asked in one expectation.
type answerKey struct {
	account  *orgfile.Account
	set      *orgfile.PermissionSet
	user     *orgfile.User // nil where all who have the role get the same answer
	group    bool
	action   *serviceauth.Action
	resource string
}

// roleAnswer answers for one role. Most questions are asked for many people with the same role, so answers are
// remembered; only where a policy tells people apart is there one for each.
func (w *World) roleAnswer(q question, set *orgfile.PermissionSet) (*answer, error) {
	role, err := w.role(q.account, set)
	if err != nil {
		return nil, err
	}
	key := answerKey{account: q.account, set: set, action: q.action, resource: q.resource, group: q.user == nil}
	if w.personal || role.personal || q.resourcePolicy != nil {
		key.user = q.user
	}
	if a := w.answers[key]; a != nil {
		return a, nil
	}
	a, err := w.decide(q, set, role)
	if err != nil {
		return nil, err
	}
	a.set = set.Name
	a.reason = set.Name + ": " + a.reason
	w.answers[key] = a
	return a, nil
}

// evaluation is one evaluation: a request of which not everything is known, and the policies.
type evaluation struct {
	request  policy.Request
	unknown  policy.Unknown
	policies policy.Policies
	// open are the things that nobody knows beside context keys and the resource. While there are any, the policies
	// are completed once in the best way for the caller and once in the worst.
	open []string
	// The rest says which documents are missing.
	openIdentity, openBoundary, openResource, openRCP bool
}

// decide judges one role.
func (w *World) decide(q question, set *orgfile.PermissionSet, role *heldRole) (*answer, error) {
	e := &evaluation{policies: policy.Policies{Identity: role.identity, Boundary: role.boundary}}
	e.open = slices.Clone(role.unknown)
	e.openBoundary = role.boundaryUnknown
	e.openIdentity = len(role.unknown) > 1 || len(role.unknown) == 1 && !role.boundaryUnknown
	var err error
	if e.policies.SCPs, err = w.policyLevels(orgfile.ServiceControlPolicy, q.account); err != nil {
		return nil, err
	}
	w.request(e, q, role)
	w.context(e, q, role)
	if err := w.resourceSide(e, q, role); err != nil {
		return nil, err
	}
	best, worst := e.policies, e.policies
	if err := w.complete(e, &best, &worst); err != nil {
		return nil, err
	}
	most := policy.Bounds(&e.request, &e.unknown, &best)
	if most.Most.Effect != policy.Allowed {
		return &answer{can: no, reason: e.sentence(&best, most.Most)}, nil
	}
	least := policy.Bounds(&e.request, &e.unknown, &worst)
	if least.Least.Effect == policy.Allowed {
		return &answer{can: yes, reason: e.sentence(&worst, least.Least)}, nil
	}
	a := &answer{can: unknown, reason: hangs(e, least)}
	if q.resource == "" && e.unknown.Resource != "" {
		if a.example, err = w.example(e, q, role, &worst); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// example looks for a resource on which the role certainly can, among those that its policies name.
func (w *World) example(e *evaluation, q question, role *heldRole, worst *policy.Policies) (string, error) {
	for _, text := range role.texts {
		document, err := policy.Read([]byte(text))
		if err != nil {
			return "", err
		}
		for _, s := range document.Statements {
			if s.Deny() || s.NotResource {
				continue
			}
			for _, r := range s.Resources {
				if q.resource = r.Value; !strings.HasPrefix(q.resource, "arn:") || strings.Contains(q.resource, "${") || w.owner(q) != q.account.ID {
					continue
				}
				request, open := e.request, e.unknown
				request.Resource, open.Resource = q.resource, ""
				if strings.ContainsAny(q.resource, "*?") {
					open.Resource = q.resource
				}
				if policy.Bounds(&request, &open, worst).Least.Effect == policy.Allowed {
					return q.resource, nil
				}
			}
		}
	}
	return "", nil
}

// sentence tells a decision in words, with the resource as it was asked about.
func (e *evaluation) sentence(p *policy.Policies, d policy.Decision) string {
	told := e.request
	switch {
	case e.unknown.Resource == "*":
		told.Resource = "any resource"
	case e.unknown.Resource != "":
		told.Resource = e.unknown.Resource
	}
	return reason.Sentence(&told, p, d)
}

// complete puts something in the place of documents that nobody knows: what is best and what is worst for the caller.
func (w *World) complete(e *evaluation, best, worst *policy.Policies) error {
	const body = `{"Version":"2012-10-17","Statement":{"Effect":"%s","Action":"*","Resource":"*"%s}}`
	const anybody = `,"Principal":"*"`
	get := func(kind policy.Kind, effect, principal string) (*policy.Policy, error) {
		return w.document(kind, fmt.Sprintf(body, effect, principal), "unknown")
	}
	for _, c := range []struct {
		open      bool
		kind      policy.Kind
		principal string
		put       func(p *policy.Policies, d *policy.Policy)
	}{
		{e.openIdentity, policy.IdentityPolicy, "", func(p *policy.Policies, d *policy.Policy) {
			p.Identity = append(slices.Clone(p.Identity), d)
		}},
		{e.openBoundary, policy.BoundaryPolicy, "", func(p *policy.Policies, d *policy.Policy) { p.Boundary = d }},
		{e.openResource, policy.ResourcePolicy, anybody, func(p *policy.Policies, d *policy.Policy) { p.Resource = d }},
		{e.openRCP, policy.ResourceControlPolicy, anybody, func(p *policy.Policies, d *policy.Policy) { p.RCPs = [][]*policy.Policy{{d}} }},
	} {
		if !c.open {
			continue
		}
		allow, err := get(c.kind, "Allow", c.principal)
		if err != nil {
			return err
		}
		deny, err := get(c.kind, "Deny", c.principal)
		if err != nil {
			return err
		}
		c.put(best, allow)
		c.put(worst, deny)
	}
	return nil
}

// hangs says what an open answer hangs on, and how to settle it.
func hangs(e *evaluation, r policy.Range) string {
	if len(e.open) > 0 {
		return "not decided: " + strings.Join(e.open, "; ")
	}
	var keys, places []string
	resource := false
	for _, o := range r.Open {
		keys = append(keys, o.Keys...)
		resource = resource || o.Resource
		if o.Statement < 0 {
			continue
		}
		place := fmt.Sprintf("statement %d", o.Statement+1)
		if o.Sid != "" {
			place += " (" + o.Sid + ")"
		}
		place += " of the " + o.Layer.String() + " " + o.Policy + " (" + "line " + strconv.Itoa(o.Start.Line) + ", column " + strconv.Itoa(o.Start.Column) + ")"
		if len(o.Conditions) > 0 {
			place += ", condition " + strings.Join(o.Conditions, ", ")
		}
		places = append(places, place)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	var on, say []string
	for _, key := range keys {
		on = append(on, key)
		say = append(say, settle(key))
	}
	if resource {
		on = append(on, "the resource")
		say = append(say, "`on ARN`")
	}
	text := "not decided: it hangs on " + strings.Join(on, " and ")
	if n := len(places); n > 0 {
		text += ": " + places[0]
		if n > 1 {
			text += fmt.Sprintf(" and %d more", n-1)
		}
	}
	return text + "; settle it by " + strings.Join(slices.Compact(say), " and ")
}

// settle is what to write to make a key known.
func settle(key string) string {
	switch strings.ToLower(key) {
	case "aws:multifactorauthpresent":
		return "`with mfa` or `without mfa`"
	case "aws:sourceip":
		return "`from ADDRESS`"
	}
	return "`when " + key + " = VALUE`"
}

package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// Access is what a document must not grant: any of the actions on any of the resources. Both are written as in a
// policy, wildcards included. An empty list stands for all there are.
type Access struct{ Actions, Resources []string }

// Result is the outcome of a check.
type Result struct {
	Pass    bool
	Message string   // in AWS's words
	Reasons []Reason // none if Pass; in document order
}

// Reason is a statement that gives the access, of the updated document if there are two.
type Reason struct {
	Statement   int    // index, from 0
	Sid         string // empty if it has none
	Start       policy.Position
	Description string // in AWS's words
	Example     Example
}

// NoNewAccess checks that every request which the updated document allows is allowed by the existing one too. Both
// are documents of the given kind: identity-based policies and what limits them, or policies of a resource. A grant
// that needs less beside it is more: one to a user is new access where the account had been named, which leaves it
// to the account's own policies.
//
// The documents must be such that [policy.ParseStored] accepts them, but that statements of a resource-based policy
// may do without Resource. Such a statement may grant any resource, and only another one covers it for sure. Errors
// are ErrInvalid and ErrTooComplex.
func NoNewAccess(existing, updated *policy.Document, kind policy.Kind) (Result, error) {
	c, err := newComparison(kind)
	if err != nil {
		return Result{}, err
	}
	docs, err := c.documents(existing, updated)
	if err != nil {
		return Result{}, err
	}
	c.sample()
	was, is := docs[0], docs[1]
	kept := !slices.ContainsFunc(was.denies, func(s *statement) bool { return !is.says(s) })
	reasons := c.reasons(is, func(s *statement, f *finder) {
		if kept && was.says(s) {
			return
		}
		f.accept = func(r *policy.Request, around surroundings) bool {
			before, _ := c.allowed(was.policy, r, around)
			now, _ := c.allowed(is.policy, r, around)
			return now && !before
		}
		r, ok := c.start(s)
		if !ok {
			return
		}
		if !c.budget.spend(8 * (len(is.denies) + len(was.allows))) {
			return
		}
		denied := c.denyCovers(is)
		covers := denied
		for _, a := range was.allows {
			covers = append(covers, c.allowCover(a, s))
		}
		if f.run(r, covers) {
			return
		}
		for _, d := range was.denies {
			if r, ok := c.within(r, d); ok && f.run(r, denied) {
				return
			}
		}
	})
	return c.result(reasons, "The modified permissions do not grant new access compared to your existing policy.",
		"The modified permissions grant new access compared to your existing policy.", "New access in the statement with %s.")
}

// NotGranted checks that a document grants nothing of what is listed, not even under conditions. Errors are
// ErrInvalid, also for an Access that cannot be read, and ErrTooComplex.
func NotGranted(document *policy.Document, accesses []Access, kind policy.Kind) (Result, error) {
	c, err := newComparison(kind)
	if err != nil {
		return Result{}, err
	}
	docs, err := c.documents(document)
	if err != nil {
		return Result{}, err
	}
	c.sample()
	boxes, what, err := c.accesses(accesses)
	if err != nil {
		return Result{}, err
	}
	reasons := c.reasons(docs[0], func(s *statement, f *finder) {
		f.accept = func(r *policy.Request, around surroundings) bool {
			allow, _ := c.allowed(docs[0].policy, r, around)
			return allow && slices.ContainsFunc(boxes, func(b box) bool { return b.concerns(r) })
		}
		r, ok := c.start(s)
		for i := 0; ok && i < len(boxes); i++ {
			p := r
			p.actions = c.langs.and(r.actions, boxes[i].actions)
			p.resources = c.langs.and(r.resources, boxes[i].resources)
			if !p.actions.empty() && !p.resources.empty() && f.run(p, c.denyCovers(docs[0])) {
				return
			}
		}
	})
	return c.result(reasons, "The policy document does not grant access to perform the listed "+what+".",
		"The policy document grants access to perform one or more of the listed "+what+".",
		"One or more of the listed "+what+" in the statement with %s.")
}

// box is an Access in the form of languages, and as a document that allows just that.
type box struct {
	actions, resources *lang
	policy             *policy.Policy
}

// concerns reports whether a request is one of those listed.
func (b *box) concerns(r *policy.Request) bool {
	r = &policy.Request{Principal: somebody(), Action: r.Action, Resource: r.Resource, ResourceAccount: somebody().Account}
	return policy.Evaluate(r, &policy.Policies{Identity: []*policy.Policy{b.policy}}).Effect == policy.Allowed
}

// accesses reads what must not be granted, and names it.
func (c *comparison) accesses(list []Access) ([]box, string, error) {
	var out []box
	var byAction, byResource bool
	for _, a := range list {
		b := box{actions: c.actions, resources: c.langs.words}
		for _, s := range a.Actions {
			service, name, found := strings.Cut(s, ":")
			if s != "*" && (!found || service == "" || name == "" || strings.ContainsAny(service, "*?") || strings.Contains(name, ":")) {
				return nil, "", fmt.Errorf("%w: %q is not an action", ErrInvalid, s)
			}
		}
		var entries []resourceEntry
		for _, s := range a.Resources {
			if s != "*" && !strings.HasPrefix(s, "arn:") {
				return nil, "", fmt.Errorf("%w: %q is not a resource", ErrInvalid, s)
			}
			entries = append(entries, c.resource(s, false))
			c.hints.resources = append(c.hints.resources, hint{s, false})
		}
		if len(a.Actions) > 0 {
			b.actions, byAction = c.actionLang(a.Actions, false, true), true
			c.hints.actions = append(c.hints.actions, a.Actions...)
		}
		if len(entries) > 0 {
			b.resources, byResource = c.resourceLang(entries, false, removed), true
		}
		var err error
		if b.policy, err = a.document(); err != nil {
			return nil, "", err
		}
		out = append(out, b)
	}
	switch {
	case byAction == byResource:
		return out, "actions or resources", nil
	case byAction:
		return out, "actions", nil
	}
	return out, "resources", nil
}

// document returns a document that allows what is listed.
func (a Access) document() (*policy.Policy, error) {
	everything := []string{"*"}
	statement := map[string]any{"Effect": "Allow", "Action": everything, "Resource": everything}
	if len(a.Actions) > 0 {
		statement["Action"] = a.Actions
	}
	if len(a.Resources) > 0 {
		statement["Resource"] = a.Resources
	}
	return compile(policy.IdentityPolicy, single(version2008, statement))
}

// says reports whether a statement stands in the document, in the same words.
func (d *document) says(s *statement) bool { return d.identities[s.identity] }

func (c *comparison) denyCovers(d *document) []cover {
	out := make([]cover, 0, len(d.denies)+len(d.allows))
	for _, s := range d.denies {
		out = append(out, c.denyCover(s))
	}
	return out[:len(out):len(out)]
}

// reasons runs a check on every Allow statement and returns those that fail it.
func (c *comparison) reasons(d *document, check func(*statement, *finder)) []Reason {
	var out []Reason
	for _, s := range d.allows {
		if c.budget.exhausted() {
			break
		}
		f := &finder{comparison: c}
		check(s, f)
		if f.found == nil {
			continue
		}
		out = append(out, Reason{Statement: s.index, Sid: s.src.Sid.Value, Start: s.src.Start, Example: *f.found})
	}
	return out
}

// result puts a result into words.
func (c *comparison) result(reasons []Reason, pass, fail, reason string) (Result, error) {
	switch {
	case c.budget.exhausted():
		return Result{}, ErrTooComplex
	case len(reasons) == 0:
		return Result{Pass: true, Message: pass}, nil
	}
	for i := range reasons {
		r := &reasons[i]
		r.Description = fmt.Sprintf(reason, fmt.Sprintf("index: %d", r.Statement))
		if r.Sid != "" {
			r.Description = fmt.Sprintf(reason, "sid: "+r.Sid)
		}
	}
	return Result{Message: fail, Reasons: reasons}, nil
}

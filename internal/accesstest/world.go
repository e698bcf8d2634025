package accesstest

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// World is an organization made ready for questions. It is for one goroutine.
type World struct {
	// Now is the time at which the expectations are to hold.
	Now time.Time
	// Files is where the files that sentences name are read; nil when there are none.
	Files func(name string) ([]byte, error)

	org       *orgfile.Index
	catalog   *serviceauth.Catalog
	documents map[documentKey]*policy.Policy
	levels    map[levelKey][][]*policy.Policy
	roles     map[roleKey]*heldRole
	answers   map[answerKey]*answer // to the questions of the current expectation
	personal  bool                  // some RCP asks for what only one person has; it may be that of any resource's account
}

type documentKey struct {
	kind policy.Kind
	text string
}

type levelKey struct {
	account    *orgfile.Account
	policyType string
}

type roleKey struct {
	account *orgfile.Account
	set     *orgfile.PermissionSet
}

// heldRole is a permission set in an account: the policies of its role.
type heldRole struct {
	identity []*policy.Policy
	boundary *policy.Policy
	texts    []string // of the identity policies
	arn, id  string   // of the role, "" when nobody looked
	unknown  []string
	// boundaryUnknown says that the boundary is among the unknown.
	boundaryUnknown bool
	personal        bool // some document, organization policies included, asks for what only one person has
}

// Open makes a World of an organization.
func Open(file *orgfile.File, now time.Time) (*World, error) {
	org, err := file.Index()
	if err != nil {
		return nil, err
	}
	w := &World{
		Now: now, org: org, catalog: serviceauth.New(), documents: map[documentKey]*policy.Policy{},
		levels: map[levelKey][][]*policy.Policy{}, roles: map[roleKey]*heldRole{},
	}
	for _, p := range file.OrganizationPolicies {
		if p.Type != orgfile.ResourceControlPolicy {
			continue
		}
		compiled, err := w.document(policy.ResourceControlPolicy, string(p.Document), p.Name)
		if err != nil {
			return nil, err
		}
		w.personal = w.personal || asksForPerson(compiled)
	}
	return w, nil
}

// document compiles a document once. One that does not parse stops the run: nothing can be said without it.
func (w *World) document(kind policy.Kind, text, name string) (*policy.Policy, error) {
	key := documentKey{kind, text}
	p := w.documents[key]
	if p == nil {
		var err error
		if p, err = policy.ParseStored(kind, []byte(text)); err != nil {
			return nil, fmt.Errorf("%s %s: %w", kind, name, err)
		}
		w.documents[key] = p
	}
	return p.Named(name), nil
}

// policyLevels returns the organization policies on the way to an account. The management account is beyond them.
func (w *World) policyLevels(policyType string, a *orgfile.Account) ([][]*policy.Policy, error) {
	if a == w.org.Management {
		return nil, nil
	}
	key := levelKey{a, policyType}
	if levels, ok := w.levels[key]; ok {
		return levels, nil
	}
	kind := policy.ServiceControlPolicy
	if policyType == orgfile.ResourceControlPolicy {
		kind = policy.ResourceControlPolicy
	}
	var levels [][]*policy.Policy
	for _, level := range w.org.PolicyLevels(policyType, a) {
		var compiled []*policy.Policy
		for _, p := range level {
			c, err := w.document(kind, string(p.Document), p.Name)
			if err != nil {
				return nil, err
			}
			compiled = append(compiled, c)
		}
		levels = append(levels, compiled)
	}
	w.levels[key] = levels
	return levels, nil
}

// role gathers the policies of a permission set's role in an account.
func (w *World) role(a *orgfile.Account, set *orgfile.PermissionSet) (*heldRole, error) {
	key := roleKey{a, set}
	if r := w.roles[key]; r != nil {
		return r, nil
	}
	r := &heldRole{}
	add := func(kind policy.Kind, text orgfile.Text, name string) (*policy.Policy, error) {
		p, err := w.document(kind, string(text), name)
		if err != nil {
			return nil, err
		}
		r.personal = r.personal || asksForPerson(p)
		if kind == policy.IdentityPolicy {
			r.identity, r.texts = append(r.identity, p), append(r.texts, string(text))
		}
		return p, nil
	}
	for _, arn := range set.ManagedPolicies {
		text, known := w.managed(arn)
		if !known {
			r.unknown = append(r.unknown, "the policy "+arn+" is not known")
			continue
		}
		if _, err := add(policy.IdentityPolicy, text, arn); err != nil {
			return nil, err
		}
	}
	for _, ref := range set.CustomerManagedPolicies {
		text, why := w.customer(a, ref)
		if why != "" {
			r.unknown = append(r.unknown, why)
			continue
		}
		if _, err := add(policy.IdentityPolicy, text, ref.Name); err != nil {
			return nil, err
		}
	}
	if set.InlinePolicy != "" {
		if _, err := add(policy.IdentityPolicy, set.InlinePolicy, "of "+set.Name+" itself"); err != nil {
			return nil, err
		}
	}
	if err := w.boundaryOf(r, a, set, add); err != nil {
		return nil, err
	}
	levels, err := w.policyLevels(orgfile.ServiceControlPolicy, a)
	if err != nil {
		return nil, err
	}
	for _, level := range levels {
		r.personal = r.personal || slices.ContainsFunc(level, asksForPerson)
	}
	if found := w.org.RoleOf(a, set); found != nil {
		r.arn, r.id = found.ARN, found.ID
	}
	w.roles[key] = r
	return r, nil
}

func (w *World) boundaryOf(r *heldRole, a *orgfile.Account, set *orgfile.PermissionSet, add func(policy.Kind, orgfile.Text, string) (*policy.Policy, error)) error {
	b := set.PermissionsBoundary
	if b == nil {
		return nil
	}
	name, why := b.ManagedPolicy, ""
	var text orgfile.Text
	if b.CustomerManagedPolicy != nil {
		name = b.CustomerManagedPolicy.Name
		text, why = w.customer(a, *b.CustomerManagedPolicy)
	} else if found, known := w.managed(name); known {
		text = found
	} else {
		why = "the policy " + name + " is not known"
	}
	if why != "" {
		r.unknown, r.boundaryUnknown = append(r.unknown, why), true
		return nil
	}
	p, err := add(policy.BoundaryPolicy, text, name)
	r.boundary = p
	return err
}

// managed returns an AWS managed policy: what the file carries comes first, because it is newer.
func (w *World) managed(arn string) (orgfile.Text, bool) {
	if text, ok := w.org.AWSManagedPolicy(arn); ok {
		return text, true
	}
	p, ok := managedpolicy.Get(arn)
	return orgfile.Text(p.Document), ok
}

// customer returns a customer managed policy, or why it is not known.
func (w *World) customer(a *orgfile.Account, ref orgfile.CustomerPolicyReference) (text orgfile.Text, why string) {
	p, read := w.org.CustomerPolicyOf(a, ref)
	switch {
	case !read:
		return "", fmt.Sprintf("nobody looked into %s for its policy %s", a.Name, ref.Name)
	case p == nil:
		return "", fmt.Sprintf("%s has no policy %s, so the role cannot be what its permission set says", a.Name, ref.Name)
	}
	return p.Document, ""
}

// asksForPerson reports whether a document's conditions or variables tell people apart.
func asksForPerson(p *policy.Policy) bool {
	for _, key := range p.ContextKeys() {
		switch strings.ToLower(key) {
		case "aws:userid", "identitystore:userid":
			return true
		}
	}
	return false
}

// resourcePolicy reads the file that a sentence names.
func (w *World) resourcePolicy(file word) (*policy.Policy, error) {
	if w.Files == nil {
		return nil, fs.ErrNotExist
	}
	text, err := w.Files(file.text)
	if err != nil {
		return nil, err
	}
	p, first := w.document(policy.ResourcePolicy, string(text), file.text)
	if first == nil {
		return p, nil
	}
	if p, err := w.document(policy.TrustPolicy, string(text), file.text); err == nil {
		return p, nil // of a role
	}
	return nil, first
}

package policy

import (
	"slices"
	"strings"
)

// Evaluate decides a request. Reasons are collected for denials only, so an allowed request costs no
// allocation.
func Evaluate(req *Request, p *Policies) Decision {
	e := evaluation{req: req, p: p}
	d := e.run()
	if d.Effect != Allowed {
		return explain(req, p, e.noted)
	}
	return d
}

// Explain decides a request as Evaluate does and always says why. Every statement with a part in the decision
// is listed, not only the first that settles it, and for an implicit denial also the Allow statements that only
// a condition kept from applying.
func Explain(req *Request, p *Policies) Decision {
	return explain(req, p, 8)
}

// explain has room for a number of reasons.
func explain(req *Request, p *Policies, room int) Decision {
	e := evaluation{req: req, p: p, explain: true, reasons: make([]Reason, 0, room)}
	d := e.run()
	d.Reasons = e.reasonsFor(d)
	return d
}

func (e *evaluation) reasonsFor(d Decision) []Reason {
	return slices.DeleteFunc(e.reasons, func(r Reason) bool { return !r.explains(d) })
}

// explains picks the reasons that matter for a decision.
func (r *Reason) explains(d Decision) bool {
	switch d.Effect {
	case DeniedExplicit:
		return r.Deny
	case Allowed:
		return !r.Deny && r.Failed == "" && r.Statement >= 0
	}
	return !r.Deny && (r.Failed != "" || r.Statement < 0)
}

// evaluation is the state of one decision.
type evaluation struct {
	req     *Request
	p       *Policies
	action  actionName
	explain bool
	noted   int // reasons that there are, collected or not
	reasons []Reason
	bounds  *bounds // nil when everything about the request is known
}

// verdict is what the policies of one layer say together.
type verdict struct {
	applies bool // a limiting layer has policies for this request
	deny    bool
	allow   bool
	grants  grant // resource-based policies: the ways in which the request is allowed
}

// permits reports whether a limiting layer lets the request pass.
func (v verdict) permits() bool { return !v.applies || v.allow }

func (e *evaluation) run() Decision {
	e.action.set(e.req.Action)
	var v [numLayers]verdict
	v[LayerResourceControl] = e.resourceControl()
	v[LayerServiceControl] = e.serviceControl()
	v[LayerResource] = e.resource()
	v[LayerIdentity] = e.layer(LayerIdentity, e.p.Identity)
	if e.p.Boundary != nil {
		v[LayerBoundary].applies = true
		e.policy(LayerBoundary, 0, e.p.Boundary, &v[LayerBoundary])
	}
	v[LayerSession] = e.layer(LayerSession, e.p.Session)
	v[LayerSession].applies = len(e.p.Session) > 0 || e.p.SessionRestricted

	for l := LayerResourceControl; l < numLayers; l++ {
		if v[l].deny {
			return Decision{Effect: DeniedExplicit, Layer: l}
		}
	}
	if !v[LayerServiceControl].permits() {
		return e.missing(LayerServiceControl)
	}
	return e.grant(&v)
}

// grant decides a request that nothing denies and no service control policy holds back.
func (e *evaluation) grant(v *[numLayers]verdict) Decision {
	caller := &e.req.Principal
	grants := v[LayerResource].grants
	if !caller.hasAccount() {
		return e.byResource(grants&grantDirect != 0)
	}
	if caller.Type == Root && e.assumesRole() {
		return e.missing(LayerNone) // the root user cannot assume roles
	}
	lacking := e.identityPath(v)
	if caller.Account != e.req.ResourceAccount || caller.Account == "" {
		if lacking != LayerNone {
			return e.missing(lacking)
		}
		return e.byResource(grants != 0)
	}
	limit := e.limit(v)
	switch {
	case grants&grantDirect != 0, grants&(grantRole|grantUser) != 0 && limit == LayerNone:
		return Decision{Effect: Allowed, Layer: LayerResource}
	case grants&(grantRole|grantUser) != 0:
		return e.missing(limit)
	case grants == 0 && e.p.Resource != nil && (e.assumesRole() || e.usesKey()):
		return e.missing(LayerResource)
	case lacking != LayerNone:
		return e.missing(lacking)
	}
	return Decision{Effect: Allowed, Layer: LayerIdentity}
}

func (e *evaluation) byResource(granted bool) Decision {
	if !granted {
		return e.missing(LayerResource)
	}
	return Decision{Effect: Allowed, Layer: LayerResource}
}

// identityPath returns the first layer on the caller's side that lacks an Allow, or LayerNone. The root user
// needs no identity policies.
func (e *evaluation) identityPath(v *[numLayers]verdict) Layer {
	if e.req.Principal.Type != Root && !v[LayerIdentity].allow {
		return LayerIdentity
	}
	return e.limit(v)
}

// limit returns the first layer that holds the caller back whatever it has been granted, or LayerNone. The root
// user can have no permissions boundary. A session of GetFederationToken has nothing without a session policy.
func (e *evaluation) limit(v *[numLayers]verdict) Layer {
	switch {
	case !v[LayerBoundary].permits() && e.req.Principal.Type != Root:
		return LayerBoundary
	case !v[LayerSession].permits(), e.req.Principal.Type == FederatedUser && !v[LayerSession].applies:
		return LayerSession
	}
	return LayerNone
}

// assumesRole reports whether the request makes a session of a role, or gives one tags, a source identity or a context.
// Identity policies count for it only if the role's trust policy reaches the caller.
func (e *evaluation) assumesRole() bool {
	switch string(e.action.full()) {
	case "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession",
		"sts:setsourceidentity", "sts:setcontext":
		return e.resourceHas(":role/")
	}
	return false
}

// usesKey reports whether the resource is a KMS key, whose key policy must trust the account before identity
// policies count.
func (e *evaluation) usesKey() bool {
	service, _ := e.action.parts()
	return string(service) == "kms" && e.resourceHas(":key/")
}

func (e *evaluation) resourceHas(part string) bool {
	if e.bounds != nil && e.bounds.resource != nil {
		return e.bounds.resourceHas(part)
	}
	return strings.Contains(e.req.Resource, part)
}

// missing denies for want of an Allow in a layer. The levels of service control policies have noted it already.
func (e *evaluation) missing(l Layer) Decision {
	if l != LayerServiceControl {
		e.lacks(l, 0)
	}
	return Decision{Effect: DeniedImplicit, Layer: l}
}

// resourceControl evaluates the RCPs. RCPFullAWSAccess is attached at every level, so only a Deny matters.
func (e *evaluation) resourceControl() (v verdict) {
	if e.req.ResourceInManagementAccount || e.req.ServiceLinkedRole {
		return v
	}
	for i, level := range e.p.RCPs {
		for _, p := range level {
			e.policy(LayerResourceControl, i+1, p, &v)
		}
	}
	return v
}

// serviceControl evaluates the SCPs: every level must hold an Allow.
func (e *evaluation) serviceControl() (v verdict) {
	if e.req.PrincipalInManagementAccount || e.req.ServiceLinkedRole || !e.req.Principal.hasAccount() {
		return v
	}
	v.applies = len(e.p.SCPs) > 0
	v.allow = true
	for i, level := range e.p.SCPs {
		var lv verdict
		for _, p := range level {
			e.policy(LayerServiceControl, i+1, p, &lv)
		}
		if !lv.allow {
			e.lacks(LayerServiceControl, i+1)
		}
		v.allow = v.allow && lv.allow
		v.deny = v.deny || lv.deny
	}
	return v
}

func (e *evaluation) resource() (v verdict) {
	if e.p.Resource != nil {
		e.policy(LayerResource, 0, e.p.Resource, &v)
	}
	return v
}

// layer evaluates policies that act as one document.
func (e *evaluation) layer(l Layer, policies []*Policy) (v verdict) {
	for _, p := range policies {
		e.policy(l, 0, p, &v)
	}
	return v
}

// policy adds what one document says to a verdict. A document of a kind that does not belong into the layer can
// only deny.
func (e *evaluation) policy(l Layer, level int, p *Policy, v *verdict) {
	fits := l.takes(p.kind)
	list := p.compiled.index.candidates(&e.action)
	for s, t := list.next(); s != nil; s, t = list.next() {
		g, failed := e.statement(s, t)
		if e.bounds != nil {
			e.bounds.collect(reasonOf(l, level, p, s), fits || s.deny)
		}
		if g == 0 || !(fits || s.deny) {
			if failed != nil {
				e.note(l, level, p, s, failed)
			}
			continue
		}
		if s.deny {
			v.deny = true
		} else {
			v.allow = true
			v.grants |= g
		}
		e.note(l, level, p, s, nil)
	}
}

// statement reports whether a statement applies whose Action element has the outcome t, and if it names
// principals, in which way it reaches the caller. If only a condition kept it from applying, that condition is
// returned.
func (e *evaluation) statement(s *statement, t truth) (grant, *condition) {
	g := grantDirect
	if s.principal != nil {
		if g = e.principal(s); g == 0 {
			return 0, nil
		}
	}
	if e.bounds != nil {
		applies, failed := e.bounds.statement(e.req, s, t)
		if !applies {
			return 0, failed
		}
		return g, nil
	}
	ctx := &e.req.Context
	if !s.anyResource {
		if t = min(t, matchResources(s.resources, s.notResource, ctx, e.req.Resource)); t == no {
			return 0, nil
		}
	}
	for i := range s.conditions {
		c := &s.conditions[i]
		t = min(t, c.test(ctx))
		if t == no || (t == unknown && !s.deny) {
			return 0, c
		}
	}
	if t == unknown && !s.deny {
		return 0, nil
	}
	return g, nil
}

// principal says in which way a statement of a resource-based policy reaches the caller. A Deny with
// NotPrincipal always reaches a user or role that has a permissions boundary.
func (e *evaluation) principal(s *statement) grant {
	caller := &e.req.Principal
	switch {
	case !s.principal.negated:
		return s.principal.reaches(caller)
	case s.deny:
		if e.p.Boundary == nil && s.principal.excludes(caller) {
			return 0
		}
	case s.principal.reaches(caller) != 0:
		return 0
	}
	return grantDirect
}

// note records a statement that applied, or that only the condition failed kept from applying.
func (e *evaluation) note(l Layer, level int, p *Policy, s *statement, failed *condition) {
	e.noted++
	if !e.explain {
		return
	}
	r := reasonOf(l, level, p, s)
	if failed != nil {
		r.Failed = failed.label
	}
	e.reasons = append(e.reasons, r)
}

func reasonOf(l Layer, level int, p *Policy, s *statement) Reason {
	return Reason{
		Layer: l, Level: level, Policy: p.name, Sid: s.sid, Statement: s.index, Start: s.start, End: s.end, Deny: s.deny,
	}
}

// lacks records that a layer, or a level of it, holds no Allow for the request.
func (e *evaluation) lacks(l Layer, level int) {
	e.noted++
	if e.explain {
		e.reasons = append(e.reasons, Reason{Layer: l, Level: level, Statement: -1})
	}
}

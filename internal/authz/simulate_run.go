package authz

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// What the simulator calls the types of policies.
const (
	sourceIdentity = "IAM Policy"
	sourceResource = "Resource Policy"
	sourceBoundary = "Permissions Boundary Policy"
)

// SourceType returns the simulator's name of the type of a policy, by its layer.
func SourceType(l policy.Layer) string {
	switch l {
	case policy.LayerIdentity:
		return sourceIdentity
	case policy.LayerResource:
		return sourceResource
	case policy.LayerBoundary:
		return sourceBoundary
	case policy.LayerSession:
		return "Session Policy"
	case policy.LayerServiceControl:
		return "Service Control Policy"
	case policy.LayerResourceControl:
		return "Resource Control Policy"
	}
	return "none"
}

// SimulationResult is the outcome for one action: on one resource, or together on all.
type SimulationResult struct {
	Action   string
	Resource string // "*" for several together
	Effect   policy.Effect
	// Matched are the statements that settle it: those that deny, or those that allow; none when nothing allows.
	Matched []policy.Reason
	// Missing are the condition keys that policies ask for and nobody gave.
	Missing []string
	// Organization and Boundary say whether the service control policies and the permissions boundary allow
	// it; nil when there are none. When the service control policies deny, nothing else was asked.
	Organization, Boundary *bool
	// Details say, for calls across accounts, what each type of policy decides by itself; otherwise nil.
	Details map[string]policy.Effect
	// Specific are the results for the single resources, if any were named.
	Specific []SimulationResult
}

const (
	// runBudget bounds the work of one Run in evaluations weighed by what has to be read for them.
	runBudget = 100_000
	// costUnit is how many characters of documents weigh as much as an evaluation of nothing.
	costUnit = 256
)

// Run answers for the actions from index first on, at most limit of them, and for fewer when it would take too
// long. next is the index to go on with, 0 at the end.
func (s *Simulator) Run(ctx context.Context, first, limit int) (results []SimulationResult, next int, err error) {
	cost := len(s.resources) * (1 + s.size/costUnit)
	if cost > runBudget {
		return nil, 0, idc.Errorf(idc.Invalid, "The simulation is too large. Ask about fewer resources at a time.")
	}
	last := min(first+limit, first+runBudget/cost, len(s.actions))
	for i := first; i < last; i++ {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		results = append(results, s.action(s.actions[i]))
	}
	if last < len(s.actions) {
		next = last
	}
	return results, next, nil
}

// action answers for one action on all resources.
func (s *Simulator) action(name string) SimulationResult {
	if len(s.resources) == 1 {
		one := s.one(name, s.resources[0])
		if one.Resource != "*" {
			specific := one
			one.Specific = []SimulationResult{specific}
		}
		return one
	}
	all := SimulationResult{Action: name, Resource: "*", Effect: policy.Allowed}
	for _, resource := range s.resources {
		one := s.one(name, resource)
		all.Effect = stricter(all.Effect, one.Effect)
		all.Organization, all.Boundary = both(all.Organization, one.Organization), both(all.Boundary, one.Boundary)
		for source, effect := range one.Details {
			if all.Details == nil {
				all.Details = map[string]policy.Effect{}
			}
			if have, found := all.Details[source]; found {
				effect = stricter(have, effect)
			}
			all.Details[source] = effect
		}
		for _, key := range one.Missing {
			if !slices.Contains(all.Missing, key) {
				all.Missing = append(all.Missing, key)
			}
		}
		all.Specific = append(all.Specific, one)
	}
	for _, one := range all.Specific {
		if one.Effect != all.Effect {
			continue
		}
		for _, reason := range one.Matched {
			if !slices.Contains(all.Matched, reason) {
				all.Matched = append(all.Matched, reason)
			}
		}
	}
	return all
}

// stricter is an explicit deny before an implicit one before an allow.
func stricter(a, b policy.Effect) policy.Effect {
	for _, effect := range []policy.Effect{policy.DeniedExplicit, policy.DeniedImplicit} {
		if a == effect || b == effect {
			return effect
		}
	}
	return policy.Allowed
}

func both(a, b *bool) *bool {
	if a == nil || b != nil && !*b {
		return b
	}
	return a
}

// one answers for one action on one resource.
func (s *Simulator) one(action, resource string) SimulationResult {
	out := SimulationResult{Action: action, Resource: resource, Missing: s.asked}
	if s.scps != nil {
		alone := s.alone(action, resource, policy.Policies{Identity: s.everything, SCPs: s.scps})
		out.Organization = isAllowed(alone)
		if alone != policy.Allowed {
			out.Effect, out.Missing = alone, s.askedSCPs
			return out
		}
	}
	req := s.request
	req.Action, req.Resource = action, resource
	req.ResourceAccount = req.Principal.Account
	if s.policies.Resource != nil {
		req.ResourceAccount = s.ownerOf(resource)
	}
	decision := policy.Explain(&req, &s.policies)
	out.Effect = decision.Effect
	if s.policies.Boundary != nil {
		out.Boundary = isAllowed(s.alone(action, resource, policy.Policies{Identity: s.everything, Boundary: s.policies.Boundary}))
	}
	for _, reason := range decision.Reasons {
		// The boundary allows nothing by itself.
		if reason.Deny || decision.Effect == policy.Allowed && reason.Layer != policy.LayerBoundary {
			out.Matched = append(out.Matched, reason)
		}
	}
	if req.ResourceAccount != req.Principal.Account {
		out.Details = s.details(action, resource)
	}
	return out
}

// details asks each type of policy alone.
func (s *Simulator) details(action, resource string) map[string]policy.Effect {
	req := s.request
	req.Action, req.Resource = action, resource // of no account: as across accounts, the policy alone decides
	details := map[string]policy.Effect{
		sourceIdentity: s.alone(action, resource, policy.Policies{Identity: s.policies.Identity}),
		sourceResource: policy.Evaluate(&req, &policy.Policies{Identity: s.everything, Resource: s.policies.Resource}).Effect,
	}
	if s.policies.Boundary != nil {
		details[sourceBoundary] = s.alone(action, resource, policy.Policies{Identity: s.everything, Boundary: s.policies.Boundary})
	}
	return details
}

// alone is what policies of the caller's side decide by themselves.
func (s *Simulator) alone(action, resource string, p policy.Policies) policy.Effect {
	req := s.request
	req.Action, req.Resource, req.ResourceAccount = action, resource, req.Principal.Account
	return policy.Evaluate(&req, &p).Effect
}

// ownerOf is the account that owns a resource: the one its ARN names, or else the given owner.
func (s *Simulator) ownerOf(resource string) string {
	if a, err := arn.Parse(resource); err == nil && arn.IsAccountID(a.Account) {
		return a.Account
	}
	return s.owner
}

func isAllowed(e policy.Effect) *bool {
	allowed := e == policy.Allowed
	return &allowed
}

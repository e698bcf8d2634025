package authz

import (
	"context"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// Service authorises calls.
type Service struct {
	Store    store.Store
	Roles    *role.Service
	Instance *idc.Instance

	cache cache
}

// Question is what a front door asks: may Caller perform Action on all Resources?
type Question struct {
	Caller    idc.Caller
	Action    string
	Resources []string // ARNs, or "*"
	// Keys are condition keys from the input, such as aws:RequestTag/Team.
	Keys      map[string][]string
	Time      time.Time
	ClientIP  string
	UserAgent string
	Region    string
	Secure    bool // the request came over TLS
}

// Authorize returns nil when the caller may, and otherwise an error of kind
// Denied with AWS's sentence.
func (s *Service) Authorize(ctx context.Context, q Question) error {
	answer, err := s.Decide(ctx, q)
	if err != nil || answer.Allowed() {
		return err
	}
	return denied(answer.Decision, q, answer.Resource)
}

// Answer is a decision and what it was made of.
type Answer struct {
	policy.Decision
	// Resource is the one the decision is about: the first that is denied, the
	// last when all are allowed.
	Resource string
	// Request is what was evaluated; nil when no policy was asked.
	Request *policy.Request
}

// Allowed reports whether the caller may.
func (a Answer) Allowed() bool { return a.Effect == policy.Allowed }

// Decide answers a question with the decision itself. An error means that it
// could not be answered, and then nobody may do anything.
func (s *Service) Decide(ctx context.Context, q Question) (Answer, error) {
	switch q.Caller.Type {
	case idc.CallerService:
		return Answer{Decision: policy.Decision{Effect: policy.Allowed}}, nil
	case idc.CallerAssumedRole:
	default:
		return Answer{}, nil
	}
	caller, err := s.cache.role(ctx, s, q.Caller.AccountID, q.Caller.RoleID)
	if idc.IsNotFound(err) {
		// The role was deleted: its sessions have nothing left that allows.
		caller, err = &cachedRole{}, nil
	}
	if err != nil {
		return Answer{}, err
	}
	policies, err := s.policiesOf(ctx, q.Caller, caller)
	if err != nil {
		return Answer{}, err
	}
	var answer Answer
	for _, resource := range q.Resources {
		answer, err = s.one(ctx, q, resource, caller, policies)
		if err != nil || !answer.Allowed() {
			return answer, err
		}
	}
	return answer, nil
}

// one decides about one resource.
func (s *Service) one(ctx context.Context, q Question, resource string, caller *cachedRole, policies policy.Policies) (Answer, error) {
	answer := Answer{Resource: resource}
	owner := resourceAccount(resource, q.Caller.AccountID, s.Instance.OwnerAccountID)
	target, err := s.target(ctx, q, resource)
	if err != nil {
		return answer, err
	}
	if target.missing {
		// A role that does not exist is answered like one that trusts nobody.
		return answer, nil
	}
	policies.Resource = target.trust
	if owner != s.Instance.OwnerAccountID {
		place, err := s.cache.place(ctx, s, owner)
		if err != nil {
			return answer, err
		}
		policies.RCPs = place.rcps
	}
	req := &policy.Request{
		Principal: policy.Principal{
			Type: policy.AssumedRole, ARN: q.Caller.ARN, Account: q.Caller.AccountID,
			RoleARN: q.Caller.PrincipalARN, UniqueID: q.Caller.RoleID,
		},
		Action: q.Action, Resource: resource, ResourceAccount: owner,
		PrincipalInManagementAccount: q.Caller.AccountID == s.Instance.OwnerAccountID,
		ResourceInManagementAccount:  owner == s.Instance.OwnerAccountID,
	}
	answer.Request = req
	if err := s.fillContext(ctx, &req.Context, q, caller, target, owner); err != nil {
		return answer, err
	}
	answer.Decision = policy.Evaluate(req, &policies)
	if answer.Allowed() && target.trustedAnother(q.Caller) {
		// Whatever the trust policy gives the ARN it gave to a role that is gone;
		// what it denies the ARN has been judged above.
		req.Principal.RoleARN = ""
		answer.Decision = policy.Evaluate(req, &policies)
	}
	return answer, nil
}

// policiesOf gathers the caller's side.
func (s *Service) policiesOf(ctx context.Context, c idc.Caller, r *cachedRole) (policy.Policies, error) {
	p := policy.Policies{Identity: r.documents.Identity, Boundary: r.documents.Boundary}
	for _, document := range c.SessionPolicies {
		parsed, err := policy.ParseStored(policy.SessionPolicy, []byte(document))
		if err != nil {
			return p, idc.Errorf(idc.Internal, "a session policy does not parse").Because(err)
		}
		p.Session = append(p.Session, parsed)
	}
	p.SessionRestricted = len(c.SessionPolicies)+len(c.SessionPolicyARNs) > 0
	for _, policyARN := range c.SessionPolicyARNs {
		parsed, err := s.sessionDocument(ctx, policyARN)
		if idc.IsNotFound(err) {
			continue // the session stays restricted, by one document less
		}
		if err != nil {
			return p, err
		}
		p.Session = append(p.Session, parsed)
	}
	if c.AccountID != s.Instance.OwnerAccountID {
		place, err := s.cache.place(ctx, s, c.AccountID)
		if err != nil {
			return p, err
		}
		p.SCPs = place.scps
	}
	return p, nil
}

func (s *Service) sessionDocument(ctx context.Context, policyARN string) (p *policy.Policy, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		p, err = s.Roles.ManagedDocument(r, policy.SessionPolicy, policyARN)
		return err
	})
	return p, err
}

// targetPolicy is the resource's own side of a decision.
type targetPolicy struct {
	trust      *policy.Policy
	trustedIDs map[string]string // of the roles that trust names, by ARN
	tags       []idc.Tag
	iam        bool // it lives in IAM
	missing    bool
}

// trustedAnother reports whether the trust policy, when it was saved, meant
// another role of the caller's ARN.
func (t targetPolicy) trustedAnother(c idc.Caller) bool {
	id, named := t.trustedIDs[c.PrincipalARN]
	return named && id != c.RoleID
}

// target loads what the resource itself brings: its tags, and the trust policy
// of a role to be assumed.
func (s *Service) target(ctx context.Context, q Question, resource string) (targetPolicy, error) {
	if !assumes(q.Action) {
		return s.tagsOf(ctx, q, resource)
	}
	account, _, name, err := arn.ParseRole(resource)
	if err != nil {
		return targetPolicy{}, idc.Errorf(idc.Invalid, "%s is invalid", resource).Because(err)
	}
	found, err := s.cache.roleNamed(ctx, s, account, name)
	// Policies match the text of the ARN, so only the role's own text reaches it,
	// not one with another partition or letter case.
	if idc.IsNotFound(err) || (err == nil && found.role.ARN != resource) {
		return targetPolicy{missing: true}, nil
	}
	if err != nil {
		return targetPolicy{}, err
	}
	return targetPolicy{trust: found.documents.Trust, trustedIDs: found.role.TrustedIDs, tags: found.role.Tags, iam: true}, nil
}

func assumes(action string) bool {
	return action == "sts:AssumeRole" || action == "sts:TagSession" || action == "sts:SetSourceIdentity"
}

// resourceAccount is the account that owns a resource. ARNs of Identity Center
// and its directory name none; they belong to the management account.
func resourceAccount(resource, caller, management string) string {
	if resource == "*" {
		return caller
	}
	a, err := arn.Parse(resource)
	if err != nil || a.Account == "aws" {
		return caller
	}
	if a.Account == "" {
		return management
	}
	return a.Account
}

func denied(d policy.Decision, q Question, resource string) error {
	if assumes(q.Action) {
		// AWS says no more about roles, so that nobody learns which exist.
		d = policy.Decision{}
	}
	return idc.Errorf(idc.Denied, "%s", d.AccessDenied(principalName(q.Caller), q.Action, strings.TrimSpace(resource)))
}

func principalName(c idc.Caller) string {
	if c.ARN == "" {
		return "anonymous"
	}
	return c.ARN
}

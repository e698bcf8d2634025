package authz

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// Service authorises calls.
type Service struct {
	Store    store.Store
	Clock    clock.Clock
	Roles    *role.Service
	Instance *idc.Instance
	Messages *sealed.Ring // seals authorization messages; nil: none are made

	cache     cache
	deflaters sync.Pool // of *flate.Writer
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
	Referer   string
	Region    string
	Secure    bool // the request came over TLS
	// Owner is the account that owns the resources, where their ARNs do not say so
	// and they are none of ours; such as that of an S3 bucket.
	Owner string
	// Every takes the resources for patterns: the caller must be allowed whatever they cover.
	Every bool
	// Possible asks whether there is any way to be allowed: what the question does
	// not say counts as fitting.
	Possible bool
}

// Authorize returns nil when the caller may, and otherwise an error of kind
// Denied with AWS's sentence.
func (s *Service) Authorize(ctx context.Context, q Question) error {
	answer, err := s.Decide(ctx, q)
	if err != nil || answer.Allowed() {
		return err
	}
	return s.Refusal(ctx, q, answer)
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
	case idc.CallerAssumedRole, idc.CallerRoot:
	case idc.CallerSAML, idc.CallerWebIdentity:
		if q.Caller.Federation == nil || !assumes(q.Action) {
			return Answer{}, nil // it can take a role and do nothing else
		}
	case idc.CallerActingService:
		if q.Caller.Acting == nil || !assumes(q.Action) {
			return Answer{}, nil // likewise
		}
	default:
		return Answer{}, nil
	}
	caller, policies, err := s.callerSide(ctx, q.Caller)
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

// callerSide loads what speaks for the caller and what limits it. A person who
// takes a role, or a service for a person, has nothing yet: the role's trust policy decides.
func (s *Service) callerSide(ctx context.Context, c idc.Caller) (*cachedRole, policy.Policies, error) {
	if federated(c) || c.Type == idc.CallerActingService {
		return &cachedRole{}, policy.Policies{}, nil
	}
	if c.Type == idc.CallerRoot {
		caller, err := s.rootUser(ctx, c)
		if err != nil {
			return nil, policy.Policies{}, err
		}
		policies, err := s.policiesOf(ctx, c, caller)
		return caller, policies, err
	}
	caller, err := s.cache.role(ctx, s, c.AccountID, c.RoleID)
	if idc.IsNotFound(err) {
		// The role was deleted: its sessions have nothing left that allows.
		caller, err = &cachedRole{}, nil
	}
	if err != nil {
		return nil, policy.Policies{}, err
	}
	policies, err := s.policiesOf(ctx, c, caller)
	return caller, policies, err
}

// principal is the caller in the words of the policy language.
func principal(c idc.Caller) policy.Principal {
	if federated(c) {
		return provider(c)
	}
	if c.Type == idc.CallerRoot {
		return policy.Principal{Type: policy.Root, ARN: c.ARN, Account: c.AccountID}
	}
	if c.Type == idc.CallerActingService {
		return policy.Principal{Type: policy.Service, ARN: c.Acting.Principal}
	}
	return policy.Principal{
		Type: policy.AssumedRole, ARN: c.ARN, Account: c.AccountID, RoleARN: c.PrincipalARN, UniqueID: c.RoleID,
	}
}

// one decides about one resource.
func (s *Service) one(ctx context.Context, q Question, resource string, caller *cachedRole, policies policy.Policies) (Answer, error) {
	answer := Answer{Resource: resource}
	owner, err := s.owner(ctx, q, resource)
	if err != nil {
		return answer, err
	}
	target, err := s.target(ctx, q, resource, owner)
	if err != nil {
		return answer, err
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
		Principal: principal(q.Caller),
		Action:    q.Action, Resource: resource, ResourceAccount: owner,
		PrincipalInManagementAccount: q.Caller.AccountID == s.Instance.OwnerAccountID,
		ResourceInManagementAccount:  owner == s.Instance.OwnerAccountID,
	}
	if q.Action == actsForApplication {
		req.ResourceAccount = "" // as across accounts: both sides must allow
	}
	answer.Request = req
	if err := s.fillContext(ctx, &req.Context, q, caller, target, owner); err != nil {
		return answer, err
	}
	answer.Decision = evaluate(q, req, &policies)
	if answer.Allowed() && target.trustedAnother(q.Caller) {
		// Whatever the trust policy gives the ARN it gave to a role that is gone;
		// what it denies the ARN has been judged above.
		req.Principal.RoleARN = ""
		answer.Decision = evaluate(q, req, &policies)
	}
	if target.missing && answer.Allowed() {
		// A role that does not exist is answered like one that trusts nobody.
		answer.Decision = policy.Decision{}
	}
	return answer, nil
}

func evaluate(q Question, req *policy.Request, p *policy.Policies) policy.Decision {
	if q.Possible {
		return policy.Bounds(req, &policy.Unknown{Rest: true}, p).Most
	}
	if !q.Every {
		return policy.Evaluate(req, p)
	}
	return policy.Bounds(req, &policy.Unknown{Resource: req.Resource}, p).Least
}

// policiesOf gathers the caller's side.
func (s *Service) policiesOf(ctx context.Context, c idc.Caller, r *cachedRole) (policy.Policies, error) {
	p := policy.Policies{Identity: r.documents.Identity, Boundary: r.documents.Boundary}
	for _, document := range c.SessionPolicies {
		parsed, err := s.cache.inlineSession(document)
		if err != nil {
			return p, err
		}
		p.Session = append(p.Session, parsed)
	}
	p.SessionRestricted = len(c.SessionPolicies)+len(c.SessionPolicyARNs) > 0
	for _, policyARN := range c.SessionPolicyARNs {
		parsed, err := s.cache.managedSession(ctx, s, policyARN)
		if idc.IsNotFound(err) {
			continue // the session stays restricted, by one document less
		}
		if err != nil {
			return p, err
		}
		p.Session = append(p.Session, parsed)
	}
	if err := s.limitContext(ctx, c, &p); err != nil {
		return p, err
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
func (s *Service) target(ctx context.Context, q Question, resource, owner string) (targetPolicy, error) {
	if q.Action == "sts:AssumeRoot" {
		return s.rootTrust(ctx)
	}
	if !assumes(q.Action) {
		return s.tagsOf(ctx, q, resource, owner)
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
	switch action {
	case "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext":
		return true
	}
	return false
}

// owner is the account that owns a resource. "" is nobody we know: the request is
// then one across accounts.
func (s *Service) owner(ctx context.Context, q Question, resource string) (string, error) {
	if resource == "*" {
		return cmp.Or(q.Owner, q.Caller.AccountID), nil
	}
	a, err := arn.Parse(resource)
	switch {
	case err != nil && q.Owner != "": // the key of an S3 object may hold what an ARN may not
		return q.Owner, nil
	case err != nil, a.Account == "aws":
		return q.Caller.AccountID, nil
	case a.Account != "":
		return a.Account, nil
	case a.Service == "sso":
		return s.instanceOwner(ctx, q, a)
	case a.Service == "identitystore":
		return s.storeOwner(q), nil
	}
	return q.Owner, nil
}

// Refusal is the error for an answer that does not allow: AWS's sentence, with an
// authorization message for whoever may decode it.
func (s *Service) Refusal(ctx context.Context, q Question, a Answer) error {
	d := a.Decision
	if assumes(q.Action) {
		// AWS says no more about roles, so that nobody learns which exist.
		d = policy.Decision{}
	}
	message, err := s.Message(ctx, q, a)
	refused := idc.Errorf(idc.Denied, "%s", d.AccessDenied(principalName(q.Caller), q.Action, strings.TrimSpace(a.Resource)))
	refused.AuthorizationMessage = message
	return refused.Because(err) // a message that cannot be made is for the log; the refusal stands
}

func principalName(c idc.Caller) string {
	if c.ARN == "" {
		return "anonymous"
	}
	return c.ARN
}

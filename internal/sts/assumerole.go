package sts

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// Limits of AssumeRole.
const (
	minDuration     = 15 * time.Minute
	defaultDuration = time.Hour
	maxChained      = time.Hour
)

// AssumeRoleInput is what AssumeRole was asked. Whether the caller may assume
// the role, pass tags and set a source identity has been decided by package
// authz before.
type AssumeRoleInput struct {
	RoleARN           string
	SessionName       string
	Duration          time.Duration // zero: one hour
	Policy            string
	PolicyARNs        []string
	Tags              []idc.Tag
	TransitiveTagKeys []string
	SourceIdentity    string
	MinimumTokenSize  int // of the session token, in bytes
	Contexts          []ProvidedContext
}

// AssumeRole mints a session of another role for a caller (STS AssumeRole).
func (s *Service) AssumeRole(ctx context.Context, caller idc.Caller, in AssumeRoleInput) (*idc.Credentials, idc.Caller, error) {
	if caller.Type == idc.CallerRoot {
		return nil, idc.Caller{}, idc.Errorf(idc.Denied, "Roles may not be assumed by root accounts.").With(idc.ReasonRootCannotAssume)
	}
	if err := checkPolicies(in); err != nil {
		return nil, idc.Caller{}, err
	}
	if err := s.stillGranted(ctx, caller); err != nil {
		return nil, idc.Caller{}, err
	}
	actingFor, err := s.OpenContext(in.Contexts)
	if err != nil {
		return nil, idc.Caller{}, err
	}
	role, err := s.FindRole(ctx, in.RoleARN)
	if err != nil {
		return nil, idc.Caller{}, err
	}
	chained := caller.Type == idc.CallerAssumedRole
	duration, err := sessionDuration(in.Duration, role, chained)
	if err != nil {
		return nil, idc.Caller{}, err
	}
	tags, transitive, err := sessionTags(caller, in.Tags, in.TransitiveTagKeys)
	if err != nil {
		return nil, idc.Caller{}, err
	}
	if caller.SourceIdentity != "" && in.SourceIdentity != "" && in.SourceIdentity != caller.SourceIdentity {
		return nil, idc.Caller{}, idc.Errorf(idc.Denied, "The source identity of a session cannot be changed.")
	}
	source := in.SourceIdentity
	if source == "" {
		source = caller.SourceIdentity
	}
	session := Session{
		Role: role, SessionName: in.SessionName, Duration: duration,
		// The person behind the session stays known through chaining, so that
		// stopping the person stops every session.
		NotAfter: caller.NotAfter, UserID: caller.UserID, SessionID: caller.SessionID, AssignmentID: caller.AssignmentID,
		PolicyARNs: in.PolicyARNs, Tags: tags, TransitiveTagKeys: transitive,
		SourceIdentity: source, Chained: chained, MinimumTokenSize: in.MinimumTokenSize, Context: inherited(caller.Context),
	}
	if in.Policy != "" {
		session.Policies = []string{in.Policy}
	}
	if actingFor != nil {
		if err := s.stillActs(ctx, actingFor); err != nil {
			return nil, idc.Caller{}, err
		}
		session.actFor(actingFor)
	}
	return s.Issue(session)
}

// stillGranted refuses new credentials to a session whose reason is gone: a
// person who left the group could otherwise renew access for ever by assuming
// one role from another.
func (s *Service) stillGranted(ctx context.Context, caller idc.Caller) error {
	if caller.AssignmentID == "" {
		return nil
	}
	return s.Store.View(ctx, func(r store.Reader) error {
		holds, err := granted(r, caller.UserID, caller.AssignmentID, s.Clock.Now())
		if err == nil && !holds {
			err = idc.Errorf(idc.Denied, "The access behind this session has ended. No new credentials are issued.")
		}
		return err
	})
}

// FindRole returns the role an ARN names. A role that is not there is answered
// like one that may not be assumed.
func (s *Service) FindRole(ctx context.Context, roleARN string) (*idc.Role, error) {
	account, _, name, err := arn.ParseRole(roleARN)
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "Request ARN is invalid").Because(err)
	}
	var role *idc.Role
	err = s.Store.View(ctx, func(r store.Reader) (err error) {
		role, err = r.Role(account, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	// The text of the ARN was authorised: another path, partition or letter case
	// of the name does not reach the role.
	if role.ARN != roleARN {
		return nil, idc.NotFoundf("Role", name, "The role with name %s cannot be found.", name)
	}
	return role, nil
}

func sessionDuration(asked time.Duration, role *idc.Role, chained bool) (time.Duration, error) {
	if asked == 0 {
		asked = min(defaultDuration, max(role.MaxSessionDuration, defaultDuration))
	}
	switch {
	case asked < minDuration:
		return 0, idc.Errorf(idc.Invalid, "1 validation error detected: Value '%d' at 'durationSeconds' failed to satisfy constraint: "+
			"Member must have value greater than or equal to 900", int(asked.Seconds()))
	case chained && asked > maxChained:
		return 0, idc.Errorf(idc.Invalid, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining").
			With(idc.ReasonChainedDuration)
	case asked > role.MaxSessionDuration:
		return 0, idc.Errorf(idc.Invalid, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.").
			With(idc.ReasonMaxSessionExceeds)
	}
	return asked, nil
}

// sessionTags joins new session tags with the transitive ones of the caller
// ("Pass session tags in AWS STS"): an inherited tag cannot be set anew.
func sessionTags(caller idc.Caller, tags []idc.Tag, transitive []string) ([]idc.Tag, []string, error) {
	seen := map[string]bool{}
	for _, t := range tags {
		key := strings.ToLower(t.Key)
		if seen[key] {
			return nil, nil, idc.Errorf(idc.Invalid, "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		if strings.HasPrefix(key, "aws:") {
			return nil, nil, idc.Errorf(idc.Invalid, "Tag keys that begin with aws: are reserved: %s", t.Key)
		}
		seen[key] = true
	}
	inherited := map[string]bool{}
	for _, k := range caller.TransitiveTagKeys {
		inherited[strings.ToLower(k)] = true
	}
	for _, k := range transitive {
		switch key := strings.ToLower(k); {
		case inherited[key]:
			return nil, nil, conflictingTag()
		case !seen[key]:
			return nil, nil, idc.Errorf(idc.Invalid, "The specified transitive tag key must be included in the requested tags.")
		}
	}
	out := append([]idc.Tag(nil), tags...)
	for _, t := range caller.Tags {
		key := strings.ToLower(t.Key)
		if !inherited[key] {
			continue
		}
		if seen[key] {
			return nil, nil, conflictingTag()
		}
		out = append(out, t)
	}
	if len(out) > idc.MaxTags {
		return nil, nil, idc.Errorf(idc.Invalid, "The session would have more than %d tags, with those of the calling session.", idc.MaxTags)
	}
	return out, append(append([]string(nil), caller.TransitiveTagKeys...), transitive...), nil
}

func conflictingTag() error {
	return idc.Errorf(idc.Invalid, "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
}

// maxPlaintext bounds inline and managed session policies together, and is what
// the packed size is a percentage of ("IAM and AWS STS quotas").
const maxPlaintext = 2048

// maxSessionPolicies is how many managed policies narrow a session.
const maxSessionPolicies = 10

// checkPolicies refuses session policies that are malformed or too large.
func checkPolicies(in AssumeRoleInput) error {
	if size := PackedPolicySize(in); size > 100 {
		return idc.Errorf(idc.Invalid, "Packed policy consumes %d%% of allotted space, please use smaller policy.", size).
			With(idc.ReasonPolicyTooLarge)
	}
	if len(in.PolicyARNs) > maxSessionPolicies {
		return idc.Errorf(idc.Invalid, "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: "+
			"Member must have length less than or equal to %d", maxSessionPolicies)
	}
	if in.Policy == "" {
		return nil
	}
	if _, err := policy.Parse(policy.SessionPolicy, []byte(in.Policy)); err != nil {
		var syntax *policy.SyntaxError
		if errors.As(err, &syntax) {
			return idc.Errorf(idc.Invalid, "%s", syntax.Message).With(idc.ReasonMalformedPolicy).Because(err)
		}
		return idc.Errorf(idc.Invalid, "Syntax errors in policy.").With(idc.ReasonMalformedPolicy).Because(err)
	}
	return nil
}

// PackedPolicySize is the share of the allotted space that session policies and
// tags take, in percent; 0 when there are none.
func PackedPolicySize(in AssumeRoleInput) int {
	size := len(in.Policy)
	for _, a := range in.PolicyARNs {
		size += len(a)
	}
	for _, t := range in.Tags {
		size += len(t.Key) + len(t.Value)
	}
	return (size*100 + maxPlaintext - 1) / maxPlaintext
}

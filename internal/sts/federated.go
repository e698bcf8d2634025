package sts

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Reasons of refusals of what identity providers say, by the names of STS's errors.
const (
	ReasonInvalidIdentityToken  idc.Reason = "InvalidIdentityToken"
	ReasonIDPRejectedClaim      idc.Reason = "IDPRejectedClaim"
	ReasonIDPCommunicationError idc.Reason = "IDPCommunicationError"
)

// Federated is a session that somebody got for whom an identity provider vouches.
type Federated struct {
	Credentials *idc.Credentials // nil when it was refused
	Session     idc.Caller
	// By is what the identity provider says, and Caller that person as records show it.
	By               idc.Federation
	Caller           idc.Caller
	PackedPolicySize int
}

// limits is what AssumeRoleWithSAML and AssumeRoleWithWebIdentity may ask to narrow the session.
type limits struct {
	Duration   time.Duration // zero: one hour
	Policy     string
	PolicyARNs []string
	tokenSize  int // of the session token, at least
}

// vouched is what a verified assertion or token gives the session.
type vouched struct {
	by          idc.Federation
	sessionName string
	tags        []idc.Tag
	transitive  []string
	source      string
	notAfter    time.Time // zero: not said
}

// takeRole mints the session of a role for whom an identity provider vouches. Whoever may
// not take it hears the same, whether the role exists or not.
func (s *Service) takeRole(ctx context.Context, roleARN string, v vouched, l limits) (*Federated, error) {
	operation := "sts:AssumeRoleWithSAML"
	caller := idc.Caller{Type: idc.CallerSAML, PrincipalARN: v.by.Provider, SessionName: v.sessionName, PrincipalID: v.by.NameQualifier + ":" + v.by.Subject}
	if v.by.Web() {
		operation = "sts:AssumeRoleWithWebIdentity"
		caller.Type, caller.PrincipalID = idc.CallerWebIdentity, v.by.Provider+":"+v.by.Audience+":"+v.by.Subject
	}
	refused := idc.Errorf(idc.Denied, "Not authorized to perform %s", operation)
	role, err := s.FindRole(ctx, roleARN)
	if idc.IsNotFound(err) {
		return nil, refused.Because(err)
	}
	if err != nil {
		return nil, err
	}
	// The role's account is the provider's: the trail that the event belongs into.
	caller.AccountID = role.AccountID
	out := &Federated{By: v.by, Caller: caller}
	if err := checkTags(v.tags); err != nil {
		return out, err
	}
	tags, transitive, err := sessionTags(idc.Caller{}, v.tags, v.transitive)
	if err != nil {
		return out, err
	}
	ask := AssumeRoleInput{Policy: l.Policy, PolicyARNs: l.PolicyARNs, Tags: tags}
	if err := checkPolicies(ask); err != nil {
		return out, err
	}
	if s.Admit != nil {
		err := s.Admit(ctx, Admission{Role: role, By: v.by, SessionName: v.sessionName, Tags: tags, TransitiveTagKeys: transitive, SourceIdentity: v.source})
		if idc.KindOf(err) == idc.Denied {
			return out, refused.Because(err)
		}
		if err != nil {
			return out, err
		}
	}
	// Who may not take the role does not learn how long its sessions last.
	duration, err := sessionDuration(l.Duration, role, false)
	if err != nil {
		return out, err
	}
	session := Session{Role: role, SessionName: v.sessionName, Duration: duration, NotAfter: v.notAfter, PolicyARNs: l.PolicyARNs,
		Tags: tags, TransitiveTagKeys: transitive, SourceIdentity: v.source, Federation: &v.by, MinimumTokenSize: l.tokenSize}
	if l.Policy != "" {
		session.Policies = []string{l.Policy}
	}
	out.PackedPolicySize = PackedPolicySize(ask)
	out.Credentials, out.Session, err = s.Issue(session)
	return out, err
}

// nameForm is of role session names and source identities.
var nameForm = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

var tagForm = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// checkTags holds tags that an identity provider passes against the rules that the model
// has for those of AssumeRole ("Rules for tagging in IAM and AWS STS").
func checkTags(tags []idc.Tag) error {
	if len(tags) > idc.MaxTags {
		return idc.Errorf(idc.Invalid, "More than %d session tags were passed.", idc.MaxTags).With(ReasonInvalidIdentityToken)
	}
	for _, t := range tags {
		key, value := utf8.RuneCountInString(t.Key), utf8.RuneCountInString(t.Value)
		if key < 1 || key > 128 || value > 256 || !tagForm.MatchString(t.Key) || !tagForm.MatchString(t.Value) {
			return idc.Errorf(idc.Invalid, "The session tag %q is not valid: keys have 1 to 128 and values at most 256 letters, digits, spaces and _.:/=+-@.", t.Key).
				With(ReasonInvalidIdentityToken)
		}
	}
	return nil
}

// checkSource refuses a source identity that STS would not take.
func checkSource(source string) error {
	if source != "" && (!nameForm.MatchString(source) || strings.HasPrefix(strings.ToLower(source), "aws:")) {
		return invalidIdentity(`Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"`)
	}
	return nil
}

func invalidIdentity(format string, args ...any) *idc.Error {
	return idc.Errorf(idc.Invalid, format, args...).With(ReasonInvalidIdentityToken)
}

package authz

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// fillContext builds the request context: the one place where condition keys get
// their values. A key that is not set here is missing in the sense of the policy
// language; each is set exactly when AWS says it is present ("AWS global condition
// context keys", "Available keys for IAM and STS"). Keys that are not listed below
// belong to things that do not exist here: IAM users (aws:username), VPC endpoints
// and calls that a service makes with the caller's credentials (aws:CalledVia).
func (s *Service) fillContext(ctx context.Context, c *policy.Context, q Question, caller *cachedRole, target targetPolicy, owner string) error {
	if err := s.setPrincipal(ctx, c, q, caller); err != nil {
		return err
	}
	if err := s.setResource(ctx, c, target, owner); err != nil {
		return err
	}
	setRequest(c, q)
	return setGiven(c, q.Keys)
}

// setPrincipal sets what is known of the caller.
func (s *Service) setPrincipal(ctx context.Context, c *policy.Context, q Question, caller *cachedRole) error {
	c.Set("aws:PrincipalIsAWSService", "false")
	if f := q.Caller.Federation; f != nil {
		setFederation(c, q.Caller, f)
	}
	if q.Caller.Type == idc.CallerActingService {
		return s.setActing(ctx, c, q.Caller.Acting)
	}
	switch q.Caller.Type {
	case idc.CallerAssumedRole:
		c.Set("aws:PrincipalType", "AssumedRole")
	case idc.CallerRoot:
		c.Set("aws:PrincipalType", "Account")
		c.Set("aws:AssumedRoot", "true")
	default:
		return nil
	}
	c.Set("aws:PrincipalArn", q.Caller.PrincipalARN)
	c.Set("aws:PrincipalAccount", q.Caller.AccountID)
	c.Set("aws:userid", q.Caller.PrincipalID)
	s.setSession(c, q)
	if caller.role != nil {
		setTags(c, "aws:PrincipalTag/", caller.role.Tags)
	}
	for _, t := range q.Caller.Tags { // a session tag wins over the role's
		c.Set("aws:PrincipalTag/"+t.Key, t.Value)
	}
	place, err := s.cache.place(ctx, s, q.Caller.AccountID)
	if err != nil {
		return err
	}
	if place.path != "" {
		c.Set("aws:PrincipalOrgID", s.Instance.OrganizationID)
		c.SetMulti("aws:PrincipalOrgPaths", place.path)
	}
	return nil
}

// setSession sets what is known of the session: our callers have temporary
// credentials always.
func (s *Service) setSession(c *policy.Context, q Question) {
	c.Set("aws:TokenIssueTime", timestamp(q.Caller.IssuedAt))
	c.Set("aws:MultiFactorAuthPresent", strconv.FormatBool(q.Caller.MFA))
	if q.Caller.MFA {
		age := max(0, q.Time.Sub(q.Caller.MFAAt))
		c.Set("aws:MultiFactorAuthAge", strconv.FormatInt(int64(age.Seconds()), 10))
	}
	if q.Caller.SourceIdentity != "" {
		c.Set("aws:SourceIdentity", q.Caller.SourceIdentity)
	}
	switch by := q.Caller.Context; {
	case by != nil && !by.AuditOnly:
		setContext(c, by)
	case by == nil && q.Caller.UserID != "":
		c.Set("identitystore:UserId", q.Caller.UserID)
		c.Set("identitystore:IdentityStoreArn", arn.IdentityStore(s.Instance.OwnerAccountID, s.Instance.IdentityStoreID).String())
	}
}

// setFederation sets what an identity provider said of the caller. While the role is
// being taken all of the assertion or token is known; some keys are kept for the
// requests of the session ("Available keys for SAML-based federation", "Available keys
// for AWS OIDC federation").
func setFederation(c *policy.Context, caller idc.Caller, f *idc.Federation) {
	c.Set("aws:FederatedProvider", f.Provider)
	for _, key := range slices.Sorted(maps.Keys(f.Keys)) {
		if values := f.Keys[key]; len(values) == 1 {
			c.Set(key, values[0])
		} else {
			c.SetMulti(key, values...)
		}
	}
	if f.Web() {
		return
	}
	c.Set("saml:sub", f.Subject)
	c.Set("saml:sub_type", f.SubjectType)
	c.Set("saml:namequalifier", f.NameQualifier)
	if caller.Type == idc.CallerSAML {
		c.Set("saml:aud", f.Audience)
		c.Set("saml:iss", f.Issuer)
		if provider, err := arn.Parse(f.Provider); err == nil {
			_, name, _ := strings.Cut(provider.Resource, "/")
			c.Set("saml:doc", provider.Account+"/"+name)
		}
	}
}

// setResource sets what is known of the resource.
func (s *Service) setResource(ctx context.Context, c *policy.Context, target targetPolicy, owner string) error {
	if owner != "" {
		c.Set("aws:ResourceAccount", owner)
	}
	place, err := s.cache.place(ctx, s, owner)
	if err != nil {
		return err
	}
	if place.path != "" {
		c.Set("aws:ResourceOrgID", s.Instance.OrganizationID)
		c.SetMulti("aws:ResourceOrgPaths", place.path)
	}
	setTags(c, "aws:ResourceTag/", target.tags)
	if target.iam {
		setTags(c, "iam:ResourceTag/", target.tags)
	}
	return nil
}

// setRequest sets what is known of the request itself.
func setRequest(c *policy.Context, q Question) {
	c.Set("aws:CurrentTime", timestamp(q.Time))
	c.Set("aws:EpochTime", strconv.FormatInt(q.Time.Unix(), 10))
	c.Set("aws:SecureTransport", strconv.FormatBool(q.Secure))
	c.Set("aws:ViaAWSService", "false")
	c.Set("aws:UserAgent", q.UserAgent)
	if q.Referer != "" {
		c.Set("aws:referer", q.Referer)
	}
	if q.ClientIP != "" {
		c.Set("aws:SourceIp", q.ClientIP)
	}
	region := q.Region
	switch service, _, _ := strings.Cut(q.Action, ":"); service {
	case "iam", "organizations":
		region = "us-east-1" // global services are asked in their home Region
	}
	if region != "" {
		c.Set("aws:RequestedRegion", region)
	}
}

// setGiven sets the keys that come from the input. They say what is asked for and
// nothing else: a door that lets a request speak of its caller, of the resource or
// of the connection has a fault, and the request is not decided.
func setGiven(c *policy.Context, keys map[string][]string) error {
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		values := keys[key]
		if !given(key) {
			return idc.Errorf(idc.Internal, "the condition key %s is not the request's to give", key)
		}
		switch have, twice := c.Get(key); {
		case len(values) == 0:
		case twice: // a tag key in two letter cases: which one is meant nobody knows
			c.SetMulti(key, append(have, values...)...)
		case multivalued(key) || len(values) > 1:
			c.SetMulti(key, values...)
		default:
			c.Set(key, values[0])
		}
	}
	return nil
}

// given reports whether a condition key is one that an input may give: the tags it
// passes, and what services define for their own actions.
func given(key string) bool {
	key = strings.ToLower(key)
	namespace, name, _ := strings.Cut(key, ":")
	switch namespace {
	case "aws":
		return name == "tagkeys" || strings.HasPrefix(name, "requesttag/")
	case "saml", "identitycenter":
		return false
	case "identitystore":
		return name != "userid" && name != "identitystorearn"
	}
	return namespace != "" && name != "" && !strings.HasPrefix(name, "resourcetag/")
}

// multivalued reports whether an input may give a key several values, and gives it
// as a list then even if there is one.
func multivalued(key string) bool {
	return strings.EqualFold(key, "aws:TagKeys") || strings.EqualFold(key, "sts:TransitiveTagKeys") || strings.EqualFold(key, "sts:RequestContextProviders") ||
		strings.EqualFold(key, "sts:IdentityTokenAudience")
}

// setTags sets a key for each tag. Condition keys have no letter case, tag keys
// do: tags that differ in it alone share a key with several values, which
// satisfies no Allow.
func setTags(c *policy.Context, prefix string, tags []idc.Tag) {
	for _, t := range tags {
		if have, twice := c.Get(prefix + t.Key); twice {
			c.SetMulti(prefix+t.Key, append(have, t.Value)...)
		} else {
			c.Set(prefix+t.Key, t.Value)
		}
	}
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

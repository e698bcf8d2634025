package authz

import (
	"context"
	"strconv"
	"strings"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// multivalued lists the condition keys that carry several values ("AWS global
// condition context keys"); all others carry one.
var multivalued = map[string]bool{"aws:TagKeys": true, "sts:TransitiveTagKeys": true}

// fillContext builds the request context. A key that is not set here is missing
// in the sense of the policy language; each is set exactly when AWS says it is
// present ("AWS global condition context keys", "Available keys for IAM and STS").
func (s *Service) fillContext(ctx context.Context, c *policy.Context, q Question, caller *cachedRole, target targetPolicy, owner string) error {
	s.setPrincipal(c, q, caller)
	place, err := s.cache.place(ctx, s, q.Caller.AccountID)
	if err != nil {
		return err
	}
	c.Set("aws:PrincipalOrgID", s.Instance.OrganizationID)
	if place.path != "" {
		c.SetMulti("aws:PrincipalOrgPaths", place.path)
	}
	c.Set("aws:ResourceAccount", owner)
	resourcePlace, err := s.cache.place(ctx, s, owner)
	if err != nil {
		return err
	}
	if resourcePlace.path != "" {
		c.Set("aws:ResourceOrgID", s.Instance.OrganizationID)
		c.SetMulti("aws:ResourceOrgPaths", resourcePlace.path)
	}
	for _, t := range target.tags {
		c.Set("aws:ResourceTag/"+t.Key, t.Value)
		if target.iam {
			c.Set("iam:ResourceTag/"+t.Key, t.Value)
		}
	}
	setRequest(c, q)
	for key, values := range q.Keys {
		if multivalued[key] {
			c.SetMulti(key, values...)
		} else if len(values) > 0 {
			c.Set(key, values[0])
		}
	}
	return nil
}

// setPrincipal sets what is known of the caller.
func (s *Service) setPrincipal(c *policy.Context, q Question, caller *cachedRole) {
	c.Set("aws:PrincipalArn", q.Caller.PrincipalARN)
	c.Set("aws:PrincipalAccount", q.Caller.AccountID)
	c.Set("aws:PrincipalType", "AssumedRole")
	c.Set("aws:userid", q.Caller.PrincipalID)
	c.Set("aws:PrincipalIsAWSService", "false")
	c.Set("aws:TokenIssueTime", q.Caller.IssuedAt.UTC().Format("2006-01-02T15:04:05Z"))
	c.Set("aws:MultiFactorAuthPresent", strconv.FormatBool(q.Caller.MFA))
	if q.Caller.MFA {
		c.Set("aws:MultiFactorAuthAge", strconv.FormatInt(int64(q.Time.Sub(q.Caller.MFAAt).Seconds()), 10))
	}
	if q.Caller.SourceIdentity != "" {
		c.Set("aws:SourceIdentity", q.Caller.SourceIdentity)
	}
	if q.Caller.UserID != "" {
		c.Set("identitystore:UserId", q.Caller.UserID)
	}
	if caller.role != nil {
		for _, t := range caller.role.Tags {
			c.Set("aws:PrincipalTag/"+t.Key, t.Value)
		}
	}
	for _, t := range q.Caller.Tags { // a session tag wins over the role's
		c.Set("aws:PrincipalTag/"+t.Key, t.Value)
	}
}

// setRequest sets what is known of the request itself.
func setRequest(c *policy.Context, q Question) {
	c.Set("aws:CurrentTime", q.Time.UTC().Format("2006-01-02T15:04:05Z"))
	c.Set("aws:EpochTime", strconv.FormatInt(q.Time.Unix(), 10))
	c.Set("aws:SecureTransport", strconv.FormatBool(q.Secure))
	c.Set("aws:ViaAWSService", "false")
	if q.ClientIP != "" {
		c.Set("aws:SourceIp", q.ClientIP)
	}
	if q.UserAgent != "" {
		c.Set("aws:UserAgent", q.UserAgent)
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

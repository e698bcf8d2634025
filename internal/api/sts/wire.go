package sts

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	stsservice "github.com/gatehouse-idc/gatehouse/internal/sts"
)

func wireCredentials(c *idc.Credentials) *sts.Credentials {
	return &sts.Credentials{AccessKeyId: &c.AccessKeyID, SecretAccessKey: &c.SecretAccessKey, SessionToken: &c.SessionToken, Expiration: &c.ExpiresAt}
}

func assumedRole(session *idc.Caller) *sts.AssumedRoleUser {
	return &sts.AssumedRoleUser{Arn: &session.ARN, AssumedRoleId: &session.PrincipalID}
}

// tokenSize is the size of a session token in bytes, and in percent of the largest.
func tokenSize(c *idc.Credentials) (size, utilization *int32) {
	bytes := int32(len(c.SessionToken))
	percent := (bytes*100 + stsservice.MaxTokenSize - 1) / stsservice.MaxTokenSize
	return &bytes, &percent
}

func policyARNs(list []sts.PolicyDescriptorType) []string {
	var out []string
	for _, p := range list {
		if p.Arn != nil {
			out = append(out, *p.Arn)
		}
	}
	return out
}

func fromTags(list []sts.Tag) []idc.Tag {
	var out []idc.Tag
	for _, t := range list {
		out = append(out, idc.Tag{Key: *t.Key, Value: *t.Value})
	}
	return out
}

func seconds(n *int32) time.Duration { return time.Duration(number(n)) * time.Second }

// number is an optional member that is zero when it is left out.
func number(n *int32) int {
	if n == nil {
		return 0
	}
	return int(*n)
}

// positive is the wire form of a number that is absent when there is nothing to count.
func positive(n int) *int32 {
	if n <= 0 {
		return nil
	}
	out := int32(n)
	return &out
}

// text is the wire form of a text that is absent when empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// value is the text of an optional member.
func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

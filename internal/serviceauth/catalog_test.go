package serviceauth

import (
	"slices"
	"strings"
	"testing"
)

// TestEveryServiceReads loads all embedded data; a line that cannot be read panics.
func TestEveryServiceReads(t *testing.T) {
	c := New()
	if n := len(c.Services()); n < 400 {
		t.Fatalf("%d services", n)
	}
	levels := []AccessLevel{Read, List, Write, PermissionsManagement, Tagging}
	types := []string{"String", "ARN", "Bool", "Date", "IPAddress", "Numeric"}
	actions := 0
	for _, prefix := range c.Services() {
		s, ok := c.Service(prefix)
		if !ok || s.Prefix != prefix || s.Name == "" {
			t.Errorf("service %q: %+v", prefix, s)
			continue
		}
		actions += len(s.Actions)
		for i := range s.Actions {
			a := &s.Actions[i]
			if !slices.Contains(levels, a.AccessLevel) {
				t.Errorf("%s: access level %q", a.FullName(), a.AccessLevel)
			}
			if got, ok := c.Action(a.FullName()); !ok || got != a {
				t.Errorf("%s is not found by its name", a.FullName())
			}
		}
		for _, k := range s.ConditionKeys {
			if !slices.Contains(types, k.ValueType()) {
				t.Errorf("%s: type %q", k.Name, k.Type)
			}
		}
		for _, r := range s.Resources {
			for _, format := range r.ARNs {
				if strings.Count(format, ":") < 5 || !strings.HasPrefix(format, "arn:${Partition}:") {
					t.Errorf("%s %s: ARN %q", prefix, r.Name, format)
				}
			}
		}
	}
	if actions < 20000 || len(c.Match("*")) != actions {
		t.Errorf("%d actions, of which * matches %d", actions, len(c.Match("*")))
	}
}

func TestAction(t *testing.T) {
	c := New()
	a, ok := c.Action("S3:getobject")
	if !ok || a.FullName() != "s3:GetObject" || a.AccessLevel != Read {
		t.Fatalf("S3:getobject is %+v", a)
	}
	if !slices.Contains(a.ARNs(), "arn:${Partition}:s3:::${BucketName}/${ObjectName}") {
		t.Errorf("s3:GetObject acts on %v", a.ARNs())
	}
	pass, _ := c.Action("iam:PassRole")
	if len(pass.Resources) != 1 || !pass.Resources[0].Required || pass.Resources[0].Type.Name != "role" || !pass.HasConditionKey("IAM:passedtoservice") {
		t.Errorf("iam:PassRole: %+v", pass)
	}
	if tag, _ := c.Action("ec2:CreateTags"); tag.AccessLevel != Tagging || !tag.HasConditionKey("aws:RequestTag/Team") {
		t.Errorf("ec2:CreateTags: %+v", tag)
	}
	if list, _ := c.Action("s3:ListAllMyBuckets"); len(list.ARNs()) != 0 || list.HasConditionKey("s3:prefix") {
		t.Errorf("s3:ListAllMyBuckets acts on %v", list.ARNs())
	}
	for _, unknown := range []string{"s3:NoSuch", "nosuch:Get", "s3", "", "s3:", "s3:Get*"} {
		if _, ok := c.Action(unknown); ok {
			t.Errorf("there is an action %q", unknown)
		}
	}
}

func TestMatch(t *testing.T) {
	c := New()
	for pattern, want := range map[string]string{
		"iam:*ServiceLinkedRole":    "iam:CreateServiceLinkedRole iam:DeleteServiceLinkedRole",
		"iam:passrole":              "iam:PassRole",
		"STS:Assume????":            "sts:AssumeRole sts:AssumeRoot",
		"s?s:SendMessage":           "sms:SendMessage sqs:SendMessage",
		"iam:NoSuch*":               "",
		"nosuch:*":                  "",
		"s3":                        "",
		"identitystore:*Membership": "identitystore:CreateGroupMembership identitystore:DeleteGroupMembership identitystore:DescribeGroupMembership",
	} {
		var got []string
		for _, a := range c.Match(pattern) {
			got = append(got, a.FullName())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s matches %v, want %s", pattern, got, want)
		}
	}
}

func TestConditionKey(t *testing.T) {
	c := New()
	for name, want := range map[string]string{
		"AWS:sourceip":                              "aws:SourceIp IPAddress",
		"aws:ResourceTag/a/b":                       "aws:ResourceTag/${TagKey} String",
		"aws:TagKeys":                               "aws:TagKeys ArrayOfString",
		"s3:ExistingObjectTag/Team":                 "s3:ExistingObjectTag/${TagKey} String",
		"glacier:ResourceTag/Team":                  "glacier:ResourceTag/${TagKey} String",
		"s3:prefix":                                 "s3:prefix String",
		"iam:resourcetag/Team":                      "iam:ResourceTag/${TagKey} String",
		"codebuild:secondarySources/x.buildspec":    "codebuild:secondarySources/${sourceIdentifier}.buildspec Bool",
		"saml:aud":                                  "saml:aud String",
		"token.actions.githubusercontent.com:actor": "token.actions.githubusercontent.com:actor String",
		"token.actions.acme.ghe.com:ref":            "token.actions.${Domain}.ghe.com:ref String",
		"kms:EncryptionContext:a":                   "kms:EncryptionContext:${EncryptionContextKey} String",
		"identitystore:UserId":                      "identitystore:UserId String",
		"aws:ResourceTag/":                          "",
		"aws:ResourceTag":                           "",
		"aws:NoSuch":                                "",
		"s3:nosuch":                                 "",
		"s3":                                        "",
		"":                                          "",
		"codebuild:secondarySources/.buildspec":     "",
	} {
		got := ""
		if k, ok := c.ConditionKey(name); ok {
			got = k.Name + " " + k.Type
		}
		if got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for prefix, want := range map[string]bool{"aws": true, "S3": true, "saml": true, "accounts.google.com": true, "token.actions.acme.ghe.com": true, "nosuch": false, "": false} {
		if c.KnownKeyPrefix(prefix) != want {
			t.Errorf("prefix %q is known: %v", prefix, !want)
		}
	}
}

func TestResourceTypes(t *testing.T) {
	c := New()
	for service, want := range map[string]string{"s3": "bucket", "elasticloadbalancing": "targetgroup", "iam": "role", "sso": "PermissionSet", "nosuch": ""} {
		types := c.ResourceTypes(service)
		found := slices.ContainsFunc(types, func(r *ResourceType) bool { return strings.EqualFold(r.Name, want) })
		if found != (want != "") || want == "" && len(types) > 0 {
			t.Errorf("%s: %d types, %s among them: %v", service, len(types), want, found)
		}
	}
}

func TestGlobalConditionKeys(t *testing.T) {
	for _, k := range New().GlobalConditionKeys() {
		if got, ok := New().ConditionKey(strings.Replace(k.Name, "${TagKey}", "Team", 1)); !ok || got.Name != k.Name {
			t.Errorf("%s is not found", k.Name)
		}
	}
}

func BenchmarkLoadAll(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New().Match("*")
	}
}

func BenchmarkAction(b *testing.B) {
	c := New()
	b.ReportAllocs()
	for b.Loop() {
		c.Action("s3:GetObject")
	}
}

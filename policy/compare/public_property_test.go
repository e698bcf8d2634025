package compare_test

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
	"github.com/gatehouse-idc/gatehouse/policy/compare"
)

var (
	strangers = []policy.Principal{
		{Type: policy.Anonymous},
		{Type: policy.User, ARN: "arn:aws:iam::999988887777:user/ann", Account: "999988887777"},
		{Type: policy.AssumedRole, ARN: "arn:aws:sts::999988887777:assumed-role/r/s", Account: "999988887777", RoleARN: "arn:aws:iam::999988887777:role/r"},
		{Type: policy.Root, ARN: "arn:aws:iam::999988887777:root", Account: "999988887777"},
		{Type: policy.WebIdentity, ARN: "accounts.google.com"},
	}
	// What a document may say of each key, and what a stranger may bring along.
	publicKeys = map[string]struct{ said, foreign []string }{
		"aws:PrincipalOrgID":    {[]string{"o-a", "o-b", "o-*", "*"}, []string{"o-evil", "x"}},
		"aws:PrincipalOrgPaths": {[]string{"o-a/*", "o-a/r/ou/", "*"}, []string{"o-evil/r/ou/", "o-evil/"}},
		"aws:SourceAccount":     {[]string{"111122223333", "1*"}, []string{"999988887777", "199988887777"}},
		"aws:SourceArn": {[]string{"arn:aws:s3:::b", "arn:aws:sns:*:111122223333:*", "arn:aws:sns:*:*:t"},
			[]string{"arn:aws:s3:::evil", "arn:aws:sns:eu:999988887777:t"}},
		"aws:SourceIp": {[]string{"10.0.0.0/8", "192.0.2.7", "128.0.0.0/1", "::/0", "2001:db8::/32"},
			[]string{"203.0.113.9", "8.8.8.8", "2001:db9::1"}},
		"accounts.google.com:aud": {[]string{"client", "*"}, []string{"evil"}},
		"aws:UserAgent":           {[]string{"x", "*z*"}, []string{"x", "wzw"}},
	}
	publicOperators = []string{"StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIgnoreCase"}
)

// publicCondition makes a condition on one of the keys.
func (s *source) publicCondition() object {
	keys := []string{"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceAccount", "aws:SourceArn", "aws:SourceIp", "accounts.google.com:aud", "aws:UserAgent"}
	key := s.pick(keys)
	operator := s.pick(publicOperators)
	switch {
	case key == "aws:SourceIp":
		operator = s.pick([]string{"IpAddress", "NotIpAddress"})
	case key == "aws:SourceArn":
		operator = s.pick([]string{"ArnLike", "ArnNotEquals", "StringLike", "ArnEquals"})
	case s.one(8):
		return object{"Null": object{key: s.pick([]string{"true", "false"})}}
	}
	operator = s.pick([]string{"", "", "", "ForAnyValue:", "ForAllValues:"}) + operator + s.pick([]string{"", "", "IfExists"})
	return object{operator: object{key: s.some(publicKeys[key].said, 2)}}
}

// If NoPublicAccess passes, no stranger gets in who has none of the values that the document fixes.
func TestNoPublicAccessProperty(t *testing.T) {
	var count tally
	for seed := range seeds() {
		s := newSource(t, seed)
		s.kind = policy.ResourcePolicy
		var statements []map[string]any
		for range 1 + s.IntN(3) {
			st := s.statement()
			delete(st, "Condition")
			if s.one(2) {
				delete(st, "NotPrincipal")
				st["Principal"] = "*"
			}
			for range s.IntN(3) {
				for operator, keys := range s.publicCondition() {
					conditions, _ := st["Condition"].(object)
					if conditions == nil {
						conditions = object{}
					}
					conditions[operator] = keys
					st["Condition"] = conditions
				}
			}
			statements = append(statements, st)
		}
		doc := s.document(t, statements)
		res, err := compare.NoPublicAccess(read(t, doc), "AWS::S3::Bucket")
		count.add(t, res, err)
		p := parse(t, s.kind, doc)
		for _, r := range res.Reasons {
			if e := r.Example; e.Confirmed && !s.allows(p, &e.Request, e.Policies) {
				t.Fatalf("seed %d: the example is not allowed: %s\n%s", seed, e, doc)
			}
		}
		for i := 0; i < 150 && res.Pass; i++ {
			r := s.request()
			r.Principal = strangers[s.IntN(len(strangers))]
			r.Context = policy.Context{}
			for key, words := range publicKeys {
				switch s.IntN(4) {
				case 0, 1:
					r.Context.Set(key, s.pick(words.foreign))
				case 2:
					r.Context.SetMulti(key, s.some(words.foreign, 2)...)
				}
			}
			around := s.around(r)
			if s.allows(p, r, around) {
				t.Fatalf("seed %d: passed, but a stranger gets in\n%s\n%s", seed, describe(r), doc)
			}
		}
	}
	count.check(t)
}

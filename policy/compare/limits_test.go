package compare_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/policy"
	"github.com/gatehouse-idc/gatehouse/policy/compare"
)

type object = map[string]any

func document(t testing.TB, statements ...object) *policy.Document {
	t.Helper()
	doc, err := json.Marshal(object{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		t.Fatal(err)
	}
	return read(t, doc)
}

func allow(action, resource any) object {
	return object{"Effect": "Allow", "Action": action, "Resource": resource}
}

func when(s object, condition object) object {
	s["Condition"] = condition
	return s
}

func each[T any](n int, element func(int) T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = element(i)
	}
	return out
}

// patterns is a list whose automaton needs exponentially many states.
func patterns(prefix string, n int) []string {
	return []string{prefix + "*a" + strings.Repeat("?", n), prefix + "*b" + strings.Repeat("?", n) + "c"}
}

// Documents built to explode end in bounded time, with an answer or with ErrTooComplex, and never with Pass where
// there is new access.
func TestExploding(t *testing.T) {
	resource := "arn:aws:s3:::b/*"
	principal := func(s object, names ...string) object {
		s["Principal"] = object{"AWS": names}
		return s
	}
	for name, c := range map[string]struct {
		existing, updated []object
		kind              policy.Kind
	}{
		"an action with many states": {
			existing: []object{allow(patterns("s3:", 60), "*")}, updated: []object{allow(patterns("s3:", 61), "*")},
		},
		"a resource with many states": {
			existing: []object{allow("s3:*", patterns("arn:aws:s3:::", 60))}, updated: []object{allow("s3:*", patterns("arn:aws:s3:::", 61))},
		},
		"a condition with many states": {
			existing: []object{when(allow("s3:*", resource), object{"StringLike": object{"k": patterns("", 60)}})},
			updated:  []object{when(allow("s3:*", resource), object{"StringLike": object{"k": patterns("", 61)}})},
		},
		"many statements": {
			existing: each(2500, func(i int) object { return allow(fmt.Sprintf("s3:Get%d*", i), resource) }),
			updated:  each(2500, func(i int) object { return allow(fmt.Sprintf("s3:Get%d?*", i), resource) }),
		},
		"many conditions": {
			existing: each(60, func(i int) object {
				return when(allow("s3:*", "*"), object{"StringEquals": object{
					fmt.Sprintf("a%d", i): "x", fmt.Sprintf("b%d", i): "x", fmt.Sprintf("c%d", i): "x", "d": fmt.Sprint(i),
				}})
			}),
			updated: []object{allow("s3:*", "*")},
		},
		"overlapping resources": {
			existing: each(60, func(i int) object { return allow("s3:*", fmt.Sprintf("arn:aws:s3:::*/%d/*", i)) }),
			updated:  []object{allow("s3:*", "arn:aws:s3:::*")},
		},
		"many addresses": {
			existing: []object{when(allow("s3:*", "*"), object{"IpAddress": object{"aws:SourceIp": each(20000, func(i int) string {
				return fmt.Sprintf("10.%d.%d.0/%d", i%256, i/256, 17+i%8)
			})}})},
			updated: []object{when(allow("s3:*", "*"), object{"IpAddress": object{"aws:SourceIp": "10.0.0.0/8"}})},
		},
		"many numbers": {
			existing: each(500, func(i int) object {
				return when(allow("s3:*", "*"), object{"NumericLessThan": object{"k": each(20, func(j int) string { return fmt.Sprint(i*20 + j) })}})
			}),
			updated: []object{when(allow("s3:*", "*"), object{"NumericLessThan": object{"k": "20000"}})},
		},
		"many binary values": {
			existing: []object{when(allow("s3:*", "*"), object{"BinaryEquals": object{"k": each(9000, func(i int) string {
				return base64.StdEncoding.EncodeToString(fmt.Append(nil, i))
			})}})},
			updated: []object{when(allow("s3:*", "*"), object{"BinaryEquals": object{"k": "eHh4"}})},
		},
		"many principals": {
			existing: []object{principal(allow("s3:*", "*"), append(
				each(1500, func(i int) string { return fmt.Sprintf("arn:aws:iam::%012d:user/u", i) }),
				each(1500, func(i int) string { return fmt.Sprintf("AIDA%016d", i) })...)...)},
			updated: []object{principal(allow("s3:*", "*"), "*")},
			kind:    policy.ResourcePolicy,
		},
		"a long text": {
			existing: []object{allow("s3:*", "arn:aws:s3:::"+strings.Repeat("ab", 100_000)+"*")},
			updated:  []object{allow("s3:*", "arn:aws:s3:::"+strings.Repeat("ab", 100_000))},
		},
		"a long number": {
			existing: []object{when(allow("s3:*", "*"), object{"NumericLessThan": object{"k": strings.Repeat("9", 500_000)}})},
			updated:  []object{when(allow("s3:*", "*"), object{"NumericLessThan": object{"k": strings.Repeat("9", 500_000) + "9"}})},
		},
	} {
		t.Run(name, func(t *testing.T) {
			existing, updated := document(t, c.existing...), document(t, c.updated...)
			start := time.Now()
			res, err := compare.NoNewAccess(existing, updated, c.kind)
			t.Logf("%v, pass %v, %s", err, res.Pass, time.Since(start))
			switch {
			case err != nil && !errors.Is(err, compare.ErrTooComplex):
				t.Error(err)
			case err != nil && res.Pass:
				t.Error("passes although it is too complex")
			case res.Pass && !strings.HasPrefix(name, "many statements") && name != "a long text":
				t.Error("passes although there is new access")
			}
		})
	}
}

// Large documents of the ordinary kind are compared.
func TestLarge(t *testing.T) {
	services := each(150, func(i int) string { return fmt.Sprintf("service%d", i) })
	var actions []string
	for _, s := range services {
		for _, verb := range []string{"Get*", "List*", "Describe*", "BatchGet*", "Search", "LookupEvents", "View*Settings"} {
			actions = append(actions, s+":"+verb)
		}
	}
	readOnly := document(t, allow(actions, "*"))
	less := document(t, allow(actions[:900], "*"), allow(actions[900:1000], []string{"arn:aws:a:::x", "arn:aws:b:*:*:y/*"}))
	for _, c := range []struct {
		existing, updated *policy.Document
		pass              bool
	}{{readOnly, readOnly, true}, {readOnly, less, true}, {less, readOnly, false}} {
		res, err := compare.NoNewAccess(c.existing, c.updated, policy.IdentityPolicy)
		if err != nil || res.Pass != c.pass {
			t.Errorf("got %v, %+v", err, res)
		}
	}
	teams := func(n int, more ...string) *policy.Document {
		return document(t, each(n, func(i int) object {
			return when(allow(append([]string{"s3:GetObject", "s3:ListBucket"}, more...), []string{fmt.Sprintf("arn:aws:s3:::team-%d", i), fmt.Sprintf("arn:aws:s3:::team-%d/*", i)}),
				object{"StringEquals": object{"aws:PrincipalTag/team": fmt.Sprint(i)}, "Bool": object{"aws:SecureTransport": "true"}})
		})...)
	}
	for _, c := range []struct {
		existing, updated *policy.Document
		pass              bool
	}{{teams(60, "s3:Put*"), teams(59), true}, {teams(59), teams(60), false}, {teams(60), teams(60, "s3:PutObject"), false}} {
		res, err := compare.NoNewAccess(c.existing, c.updated, policy.IdentityPolicy)
		if err != nil || res.Pass != c.pass {
			t.Errorf("got %v, %+v", err, res)
		}
		for _, r := range res.Reasons {
			if !r.Example.Confirmed {
				t.Errorf("not confirmed: %s", r.Example)
			}
		}
	}
}

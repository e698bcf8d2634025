package awsedge_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

func TestCoverage(t *testing.T) {
	var page strings.Builder
	err := awsedge.Coverage(&page, []awsedge.Operation{
		awsedge.Op(ssoadmin.DescribeInstance, describeInstance, awsedge.On(onInstance)),
		awsedge.Op(sts.GetCallerIdentity, unreachable[sts.GetCallerIdentityInput, sts.GetCallerIdentityOutput](t),
			awsedge.HandlerAuthorizes[sts.GetCallerIdentityInput]("needs no permission")),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"| sso-admin | AWS Single Sign-On Admin | awsJson1.1 | 1 | 79 |",
		"| iam | AWS Identity and Access Management | awsQuery | 0 | 180 |",
		"| DescribeInstance | yes | `sso:DescribeInstance` |",
		"| ListInstances | no | `sso:ListInstances` |",
		"| GetCallerIdentity | yes | needs no permission |",
		"| ListAccounts | no | the bearer's own access |",
		"| RegisterClient | no | nobody; the input proves itself |",
	} {
		if !strings.Contains(page.String(), line+"\n") {
			t.Errorf("the page lacks %q", line)
		}
	}
	if err := awsedge.Coverage(failingWriter{}, nil); err == nil {
		t.Error("a failing writer is not noticed")
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("full") }

// TestEveryServiceIsComplete counts the operations of the models, and checks
// the orders that binary searches rely on.
func TestEveryServiceIsComplete(t *testing.T) {
	want := map[string]int{"sso-admin": 79, "identitystore": 22, "sso": 4, "sso-oidc": 4, "organizations": 63, "sts": 11,
		"iam": 180, "cloudtrail": 60, "signin": 12, "account": 7, "accessanalyzer": 11, "account-access": 11}
	for _, s := range awsedge.Services() {
		if len(s.Operations) != want[s.Name] {
			t.Errorf("%s has %d operations, want %d", s.Name, len(s.Operations), want[s.Name])
		}
		for i := range s.Operations {
			if i > 0 && s.Operations[i-1].Name >= s.Operations[i].Name {
				t.Errorf("%s: operations are not sorted at %s, and are searched as if they were", s.Name, s.Operations[i].Name)
			}
		}
		for i := range s.Shapes {
			members := s.Shapes[i].Members
			if len(members) > 256 {
				t.Errorf("%s %s has more members than the JSON decoder counts", s.Name, s.Shapes[i].Name)
			}
			for j := 1; j < len(members); j++ {
				if members[j-1].Wire >= members[j].Wire {
					t.Errorf("%s %s: members are not sorted at %s, and are searched as if they were", s.Name, s.Shapes[i].Name, members[j].Wire)
				}
			}
		}
	}
}

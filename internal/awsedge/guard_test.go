package awsedge_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

type describeInput = ssoadmin.DescribeInstanceInput

// TestNobodyForgetsTheResources: an operation that does not say what it is authorised on cannot be served.
func TestNobodyForgetsTheResources(t *testing.T) {
	operation := func(options ...awsedge.Option[describeInput]) awsedge.Operation {
		return awsedge.Op(ssoadmin.DescribeInstance, describeInstance, options...)
	}
	found := awsedge.OnFound(func(context.Context, *awsedge.Call, *describeInput) ([]string, map[string][]string, error) {
		return []string{instanceARN}, nil, nil
	})
	portal := func(options ...awsedge.Option[ssoportal.ListAccountsInput]) awsedge.Operation {
		return awsedge.Op(ssoportal.ListAccounts, unreachable[ssoportal.ListAccountsInput, ssoportal.ListAccountsOutput](t), options...)
	}
	for name, c := range map[string]struct {
		op      awsedge.Operation
		refused bool
	}{
		"nothing":              {operation(), true},
		"keys only":            {operation(awsedge.Keys(func(*awsedge.Call, *describeInput) map[string][]string { return nil })), true},
		"an empty reason":      {operation(awsedge.NoResource[describeInput]("")), true},
		"two of them":          {operation(awsedge.On(onInstance), awsedge.NoResource[describeInput]("x")), true},
		"resources":            {operation(awsedge.On(onInstance)), false},
		"found resources":      {operation(found), false},
		"no resource":          {operation(awsedge.NoResource[describeInput]("x")), false},
		"everybody":            {operation(awsedge.HandlerAuthorizes[describeInput]("x")), false},
		"bearer":               {portal(), false},
		"bearer, as if by IAM": {portal(awsedge.NoResource[ssoportal.ListAccountsInput]("x")), true},
	} {
		if _, err := awsedge.New(awsedge.Config{}, c.op); (err != nil) != c.refused || err != nil && !strings.Contains(err.Error(), c.op.Model().Name) {
			t.Errorf("%s: %v, want refused %v", name, err, c.refused)
		}
	}
}

// TestWhatIsFoundIsAuthorised: resources that are looked up, their keys, and further actions.
func TestWhatIsFoundIsAuthorised(t *testing.T) {
	type in = sts.AssumeRoleInput
	op := awsedge.Op(sts.AssumeRole, func(context.Context, *awsedge.Call, *in) (*sts.AssumeRoleOutput, error) { return nil, nil },
		awsedge.OnFound(func(context.Context, *awsedge.Call, *in) ([]string, map[string][]string, error) {
			return []string{"stored"}, map[string][]string{"a": {"found"}}, nil
		}),
		awsedge.Keys(func(*awsedge.Call, *in) map[string][]string {
			return map[string][]string{"a": {"asked"}, "b": {"asked"}}
		}),
		awsedge.Also("sts:TagSession", func(_ *awsedge.Call, in *in) bool { return len(in.Tags) > 0 }),
		awsedge.Also("sts:SetSourceIdentity", func(_ *awsedge.Call, in *in) bool { return in.SourceIdentity != nil }))
	who := "ana"
	for _, c := range []struct {
		in   in
		want string
	}{
		{in{}, "sts:AssumeRole"},
		{in{Tags: []sts.Tag{{}}}, "sts:AssumeRole sts:TagSession"},
		{in{SourceIdentity: &who}, "sts:AssumeRole sts:SetSourceIdentity"},
	} {
		questions, err := op.Questions(t.Context(), &awsedge.Call{}, &c.in)
		if err != nil {
			t.Fatal(err)
		}
		var actions []string
		for _, q := range questions {
			actions = append(actions, q.Action)
			if !slices.Equal(q.Resources, []string{"stored"}) || q.Keys["a"][0] != "found" || q.Keys["b"][0] != "asked" {
				t.Errorf("%s asks about %v with %v", q.Action, q.Resources, q.Keys)
			}
		}
		if got := strings.Join(actions, " "); got != c.want {
			t.Errorf("asked %s, want %s", got, c.want)
		}
	}
}

// TestNoResourceNamedIsNoPermission: a declaration that yields nothing, or fails, never means everything.
func TestNoResourceNamedIsNoPermission(t *testing.T) {
	arn, gone := instanceARN, errors.New("gone")
	for name, option := range map[string]awsedge.Option[describeInput]{
		"none": awsedge.On(func(*awsedge.Call, *describeInput) []string { return nil }),
		"failed": awsedge.OnFound(func(context.Context, *awsedge.Call, *describeInput) ([]string, map[string][]string, error) {
			return nil, nil, gone
		}),
	} {
		w := newWorld(t, awsedge.Op(ssoadmin.DescribeInstance, unreachable[describeInput, ssoadmin.DescribeInstanceOutput](t), option))
		_, err := awsedge.Invoke(t.Context(), w.Gateway, ssoadmin.DescribeInstance, &awsedge.Call{}, &describeInput{InstanceArn: &arn})
		if err == nil || len(w.asked) != 0 || len(w.records) != 1 {
			t.Errorf("%s: %v; asked %q, recorded %d", name, err, w.asked, len(w.records))
		}
	}
}

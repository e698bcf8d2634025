package iam

import (
	"context"
	"slices"
	"sync"

	"github.com/gatehouse-idc/gatehouse/internal/accessreport"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
)

// Door serves IAM.
type Door struct {
	Roles   *role.Service
	Authz   *authz.Service // simulates policies
	STS     *sts.Service   // signs tokens for others
	Reports *accessreport.Service
	Pages   pagetoken.Codec

	awsPolicies func() []managedpolicy.Summary
}

// pageSize is the page when the client does not say.
const pageSize = 100

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	d.awsPolicies = sync.OnceValue(managedpolicy.List)
	return slices.Concat(d.roleOperations(), d.rolePolicyOperations(), d.policyOperations(), d.versionOperations(),
		d.providerOperations(), d.accountOperations(), d.simulationOperations(), d.absentOperations(), d.credentialReportOperations(), d.detailOperations(),
		d.lastAccessedOperations())
}

type handler[In, Out any] func(ctx context.Context, call *awsedge.Call, in *In) (*Out, error)

// keys declares condition keys that come from an input alone.
func keys[In any](from func(in *In) map[string][]string) awsedge.Option[In] {
	return awsedge.Keys(func(_ *awsedge.Call, in *In) map[string][]string { return from(in) })
}

// onRole registers an operation on the role that an input names.
func onRole[In, Out any](d *Door, typed awsapi.Typed[In, Out], name func(in *In) *string, fn handler[In, Out], options ...awsedge.Option[In]) awsedge.Operation {
	return awsedge.Op(typed, fn, append(options, found(d, name, false))...)
}

// onBoundedRole is onRole for the operations whose authorisation knows the role's
// permissions boundary ("Condition keys for AWS IAM", iam:PermissionsBoundary).
func onBoundedRole[In, Out any](d *Door, typed awsapi.Typed[In, Out], name func(in *In) *string, fn handler[In, Out], options ...awsedge.Option[In]) awsedge.Operation {
	return awsedge.Op(typed, fn, append(options, found(d, name, true))...)
}

func found[In any](d *Door, name func(in *In) *string, bounded bool) awsedge.Option[In] {
	return awsedge.OnFound(func(ctx context.Context, call *awsedge.Call, in *In) ([]string, map[string][]string, error) {
		resource, boundary, err := d.roleARN(ctx, call.Caller.AccountID, *name(in))
		if err != nil || !bounded || boundary == "" {
			return []string{resource}, nil, err
		}
		return []string{resource}, map[string][]string{"iam:PermissionsBoundary": {boundary}}, nil
	})
}

// roleARN is the ARN of a role with its path, and the role's boundary. For a
// role that does not exist it is made from the name.
func (d *Door) roleARN(ctx context.Context, accountID, name string) (resource, boundary string, err error) {
	found, err := d.Roles.Get(ctx, accountID, name)
	if idc.IsNotFound(err) {
		return arn.Role(accountID, "/", name).String(), "", nil
	}
	if err != nil {
		return "", "", err
	}
	return found.ARN, found.PermissionsBoundary, nil
}

// onARN registers an operation on the resource whose ARN an input holds.
func onARN[In, Out any](typed awsapi.Typed[In, Out], resource func(in *In) *string, fn handler[In, Out], options ...awsedge.Option[In]) awsedge.Operation {
	on := awsedge.On(func(_ *awsedge.Call, in *In) []string { return []string{*resource(in)} })
	return awsedge.Op(typed, fn, append(options, on)...)
}

// onAccount registers an operation on the account as a whole, for which IAM has no resource.
func onAccount[In, Out any](typed awsapi.Typed[In, Out], fn handler[In, Out]) awsedge.Operation {
	return awsedge.Op(typed, fn, awsedge.NoResource[In]("the whole account"))
}

// list is a page of an IAM list and what goes with it into the output.
type list[T any] struct {
	items     []T
	truncated *bool
	marker    *string
}

// page reads the paging members of an input; filters decide what is listed.
func (d *Door) page(call *awsedge.Call, marker *string, max *int32, filters ...string) (store.Page, awsedge.Page, error) {
	at, err := call.Page(d.Pages, marker, filters...)
	p := store.Page{After: at.After, Limit: pageSize}
	if max != nil {
		p.Limit = int(*max)
	}
	return p, at, err
}

// listed makes a page ready for the output.
func listed[T any](at awsedge.Page, items []T, next string) list[T] {
	truncated := next != ""
	if items == nil {
		items = []T{}
	}
	return list[T]{items: items, truncated: &truncated, marker: at.Next(next)}
}

// cut pages through a list that is in memory.
func cut[T any](d *Door, call *awsedge.Call, marker *string, max *int32, items []T, key func(T) string, filters ...string) (list[T], error) {
	p, at, err := d.page(call, marker, max, filters...)
	if err != nil {
		return list[T]{}, err
	}
	page, next := store.Cut(p, items, key)
	return listed(at, page, next), nil
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

func number(n int) *int32 {
	out := int32(n)
	return &out
}

func fromTags(tags []iam.Tag) []idc.Tag {
	out := make([]idc.Tag, len(tags))
	for i, t := range tags {
		out[i] = idc.Tag{Key: *t.Key, Value: *t.Value}
	}
	return out
}

func wireTags(tags []idc.Tag) []iam.Tag {
	out := make([]iam.Tag, len(tags))
	for i, t := range tags {
		out[i] = iam.Tag{Key: &t.Key, Value: &t.Value}
	}
	return out
}

// tagKeys gives the condition keys of tags in a request.
func tagKeys(tags []iam.Tag) map[string][]string {
	keys := map[string][]string{}
	for _, t := range tags {
		keys["aws:RequestTag/"+*t.Key] = []string{*t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], *t.Key)
	}
	return keys
}

func tagKey(t iam.Tag) string { return *t.Key }

package organizations

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Door serves Organizations.
type Door struct {
	Accounts *account.Service
	Instance *idc.Instance
	Pages    pagetoken.Codec
}

// pageSize is the page when the client does not say, and the most it may ask for.
const pageSize = 20

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	return slices.Concat(d.organizationOperations(), d.accountOperations(), d.unitOperations(), d.policyOperations(),
		d.attachmentOperations(), d.tagOperations(), d.effectiveOperations(), d.delegationOperations(), d.resourcePolicyOperations(),
		d.membershipOperations(), d.handshakeOperations(), d.transferOperations())
}

type handler[In, Out any] func(ctx context.Context, call *awsedge.Call, in *In) (*Out, error)

// op registers an operation of the organization's managers on the nodes of the
// organization that an input names by id.
func op[In, Out any](d *Door, typed awsapi.Typed[In, Out], names func(in *In) []*string, fn handler[In, Out], options ...awsedge.Option[In]) awsedge.Operation {
	on := awsedge.On(func(_ *awsedge.Call, in *In) []string { return d.nodes(names(in)) })
	return forManagers(d, typed, fn, append(options, on)...)
}

// onAll registers an operation on the organization as a whole, for which policies have no resource.
func onAll[In, Out any](d *Door, typed awsapi.Typed[In, Out], fn handler[In, Out], options ...awsedge.Option[In]) awsedge.Operation {
	return forManagers(d, typed, fn, append(options, awsedge.NoResource[In]("the whole organization"))...)
}

// tagging declares the tags of an operation that makes something: its condition
// keys, and that it needs organizations:TagResource too ("Adding tags to a
// resource when you create it").
func tagging[In any](tags func(in *In) []organizations.Tag, more ...func(in *In) map[string][]string) []awsedge.Option[In] {
	return []awsedge.Option[In]{
		awsedge.Keys(func(_ *awsedge.Call, in *In) map[string][]string {
			keys := tagKeys(tags(in))
			for _, from := range more {
				maps.Copy(keys, from(in))
			}
			return keys
		}),
		awsedge.Also("organizations:TagResource", func(_ *awsedge.Call, in *In) bool { return len(tags(in)) > 0 }),
	}
}

// policyType declares the condition key of operations about a type of policies.
func policyType[In any](of func(in *In) *string) awsedge.Option[In] {
	return awsedge.Keys(func(_ *awsedge.Call, in *In) map[string][]string {
		return map[string][]string{"organizations:PolicyType": {*of(in)}}
	})
}

// nodes turns ids of the root, of OUs, accounts and the resource policy into ARNs.
func (d *Door) nodes(ids []*string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = d.node(*id)
	}
	return out
}

func (d *Door) node(id string) string {
	management, organization := d.Instance.OwnerAccountID, d.Instance.OrganizationID
	switch {
	case strings.HasPrefix(id, "r-"):
		return arn.OrgRoot(management, organization, id).String()
	case strings.HasPrefix(id, "rp-"):
		return arn.OrgResourcePolicy(management, organization, id).String()
	case strings.HasPrefix(id, "ou-"):
		return arn.OU(management, organization, id).String()
	}
	return arn.OrgAccount(management, organization, id).String()
}

func (d *Door) policyARN(p *idc.OrganizationPolicy) string {
	kind := strings.ToLower(string(p.Type))
	if p.AWSManaged {
		return arn.ManagedOrgPolicy(kind, p.ID).String()
	}
	return arn.OrgPolicy(d.Instance.OwnerAccountID, d.Instance.OrganizationID, kind, p.ID).String()
}

// page reads the paging members of an input. The function it returns makes the
// NextToken. filters are the parameters that decide what is listed.
func (d *Door) page(call *awsedge.Call, token *string, max *int32, filters ...string) (store.Page, func(cursor string) *string, error) {
	at, err := call.Page(d.Pages, token, filters...)
	p := store.Page{After: at.After, Limit: pageSize}
	if max != nil {
		p.Limit = int(*max)
	}
	return p, at.Next, err
}

// text is the wire form of a text that is absent when empty.
func text[T ~string](s T) *string {
	if s == "" {
		return nil
	}
	out := string(s)
	return &out
}

// value is the text of an optional member.
func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func fromTags(tags []organizations.Tag) []idc.Tag {
	out := make([]idc.Tag, len(tags))
	for i, t := range tags {
		out[i] = idc.Tag{Key: *t.Key, Value: *t.Value}
	}
	return out
}

// tagKeys gives the condition keys of tags in a request.
func tagKeys(tags []organizations.Tag) map[string][]string {
	keys := map[string][]string{}
	for _, t := range tags {
		keys["aws:RequestTag/"+*t.Key] = []string{*t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], *t.Key)
	}
	return keys
}

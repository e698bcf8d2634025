package ssoadmin

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Door serves sso-admin.
type Door struct {
	Accounts       *account.Service
	PermissionSets *permissionset.Service
	Assignments    *assignment.Service
	Provisioning   *provisioning.Service
	Applications   *application.Service
	Pages          pagetoken.Codec
}

// pageSize is the page when the client does not say, and the most it may ask for.
const pageSize = 100

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	return slices.Concat(d.instanceOperations(), d.permissionSetOperations(), d.policyOperations(),
		d.assignmentOperations(), d.provisioningOperations(), d.tagOperations(), d.applicationOperations(),
		d.applicationAssignmentOperations(), d.applicationGrantOperations(), d.applicationScopeOperations(),
		d.applicationProviderOperations(), d.trustedTokenIssuerOperations())
}

// target is what an input names: the resources to authorise, and what is looked
// up before the handler runs. Nil members are not in the input.
type target struct {
	instance, permissionSet, account *string
	application, issuer              *string
	absent                           *string  // the ARN of a kind that does not exist here
	any                              []string // ARNs that stand for what is not known: to be made, or many
	// applications: the call is about the applications of the instance, which may
	// be an account's, and which other accounts than its owner's may have.
	applications bool
	made         func(accountID string) string // the ARN that stands for what the caller's account makes
}

func (t target) arns(call *awsedge.Call) []string {
	var out []string
	for _, a := range []*string{t.instance, t.permissionSet, t.application, t.issuer, t.absent} {
		if a != nil {
			out = append(out, *a)
		}
	}
	if t.account != nil {
		out = append(out, arn.AccountForSSO(*t.account).String())
	}
	if t.made != nil {
		out = append(out, t.made(call.Caller.AccountID))
	}
	return append(out, t.any...)
}

// The ARNs by which policies speak of every account, and of a permission set of
// an instance that is yet to be made.
func allAccounts() string { return arn.AccountForSSO("*").String() }

func newPermissionSet(instanceARN string) string {
	return arn.PermissionSet(instanceIn(instanceARN), "ps-*").String()
}

// request is a call whose target has been looked up.
type request struct {
	*awsedge.Call
	instance        *idc.Instance
	permissionSetID string // when the target names one
	application     *idc.Application
	issuer          *idc.TrustedTokenIssuer
	administers     bool // the caller's account administers the instance
}

// permissionSetARN is the ARN of a permission set of the instance.
func (r request) permissionSetARN(id string) *string {
	text := arn.PermissionSet(r.instance.ID, id).String()
	return &text
}

// op registers an operation: it authorises the target, admits callers of the
// management account only, and checks that the instance is ours.
func op[In, Out any](d *Door, typed awsapi.Typed[In, Out], names func(in *In) target,
	fn func(ctx context.Context, r request, in *In) (*Out, error), options ...awsedge.Option[In]) awsedge.Operation {
	run := func(ctx context.Context, call *awsedge.Call, in *In) (*Out, error) {
		r, err := d.lookUp(ctx, call, names(in))
		if err != nil {
			return nil, err
		}
		return fn(ctx, r, in)
	}
	on := awsedge.On(func(call *awsedge.Call, in *In) []string { return names(in).arns(call) })
	return awsedge.Op(typed, run, append(options, on)...)
}

func (d *Door) lookUp(ctx context.Context, call *awsedge.Call, t target) (request, error) {
	if t.applications || t.application != nil || t.issuer != nil {
		return d.lookUpApplications(ctx, call, t)
	}
	r := request{Call: call}
	var err error
	if r.instance, err = d.Accounts.Instance(ctx); err != nil {
		return r, err
	}
	if call.Caller.AccountID != r.instance.OwnerAccountID {
		return r, idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s because the account is not the management account of the organization", call.Caller.ARN, call.Operation.Action)
	}
	if t.instance != nil && *t.instance != r.instance.ARN {
		if !modelsNotFound(call.Operation) {
			return r, idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s on resource: %s", call.Caller.ARN, call.Operation.Action, *t.instance)
		}
		return r, idc.NotFoundf("Instance", *t.instance, "Could not find Instance with ARN %s", *t.instance)
	}
	if t.absent != nil {
		return r, idc.NotFoundf("Resource", *t.absent, "Could not find resource with ARN %s", *t.absent)
	}
	if t.permissionSet == nil {
		return r, nil
	}
	instanceID, id, err := arn.ParsePermissionSet(*t.permissionSet)
	if err != nil {
		return r, idc.Errorf(idc.Invalid, "The permission set ARN %s is invalid.", *t.permissionSet).Because(err)
	}
	// Authorised was the text of the ARN: an ARN of another partition must not
	// reach the same permission set around a policy that names it.
	if instanceID != r.instance.ID || *t.permissionSet != *r.permissionSetARN(id) {
		return r, idc.NotFoundf("PermissionSet", id, "Could not find PermissionSet with id %s", id)
	}
	r.permissionSetID = id
	return r, nil
}

// modelsNotFound reports whether an operation can say that something does not
// exist. DescribeInstance cannot, and refuses.
func modelsNotFound(op *awsapi.Operation) bool {
	return slices.ContainsFunc(op.Errors, func(id awsapi.ShapeID) bool { return op.Service.Shape(id).Name == "ResourceNotFoundException" })
}

// page reads the paging members of an input. The function it returns makes the
// NextToken. filters are the parameters that decide what is listed.
func (d *Door) page(r request, token *string, max *int32, filters ...string) (store.Page, func(cursor string) *string, error) {
	at, err := r.Page(d.Pages, token, filters...)
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

func fromTags(tags []ssoadmin.Tag) []idc.Tag {
	out := make([]idc.Tag, len(tags))
	for i, t := range tags {
		out[i] = idc.Tag{Key: *t.Key, Value: *t.Value}
	}
	return out
}

// tagKeys gives the condition keys of tags in a request.
func tagKeys(tags []ssoadmin.Tag) map[string][]string {
	keys := map[string][]string{}
	for _, t := range tags {
		keys["aws:RequestTag/"+*t.Key] = []string{*t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], *t.Key)
	}
	return keys
}

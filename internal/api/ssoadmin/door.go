package ssoadmin

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/accesscontrol"
	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/instance"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Door serves sso-admin.
type Door struct {
	Instances      *instance.Service
	PermissionSets *permissionset.Service
	Assignments    *assignment.Service
	Provisioning   *provisioning.Service
	Applications   *application.Service
	AccessControl  *accesscontrol.Service
	Pages          pagetoken.Codec
}

// pageSize is the page when the client does not say, and the most it may ask for.
const pageSize = 100

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	return slices.Concat(d.instanceOperations(), d.regionOperations(), d.permissionSetOperations(), d.policyOperations(),
		d.assignmentOperations(), d.provisioningOperations(), d.tagOperations(), d.applicationOperations(),
		d.applicationAssignmentOperations(), d.applicationGrantOperations(), d.applicationScopeOperations(),
		d.applicationProviderOperations(), d.trustedTokenIssuerOperations(), d.accessControlOperations())
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
	// whole: the call is about the instance itself, which may be an account's. Other
	// calls are about what only the organization's has: access to accounts.
	whole bool
	// owner: only the account that owns the instance may, not the delegated administrator.
	owner bool
	// anytime: the instance may be in the making, or going.
	anytime bool
	made    func(accountID string) string // the ARN that stands for what the caller's account makes
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

// delegated reports whether the caller's account administers the instance of another.
func (r request) delegated() bool {
	return r.administers && r.Caller.AccountID != r.instance.OwnerAccountID
}

// permissionSets is the service as the caller may use it.
func (d *Door) permissionSets(r request) *permissionset.Service {
	if r.delegated() {
		return d.PermissionSets.Guarded(assignment.Protected)
	}
	return d.PermissionSets
}

// assignments is the service as the caller may use it.
func (d *Door) assignments(r request) *assignment.Service {
	if r.delegated() {
		return d.Assignments.Delegated()
	}
	return d.Assignments
}

// permissionSetARN is the ARN of a permission set of the instance.
func (r request) permissionSetARN(id string) *string {
	text := arn.PermissionSet(r.instance.ID, id).String()
	return &text
}

// op registers an operation: it authorises the target, looks up the instance and
// admits callers whose account administers it.
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
	find := d.lookUpInstance
	if t.applications || t.application != nil || t.issuer != nil {
		find = d.lookUpApplications
	}
	r, err := find(ctx, call, t)
	if err == nil && !t.anytime {
		err = instance.Active(r.instance)
	}
	return r, err
}

// lookUpInstance looks up an instance, which the caller's account must administer,
// and what is named in it.
func (d *Door) lookUpInstance(ctx context.Context, call *awsedge.Call, t target) (request, error) {
	r := request{Call: call}
	organization, err := d.Instances.Organization(ctx)
	if err != nil {
		return r, err
	}
	r.instance = organization
	if t.instance != nil && *t.instance != organization.ARN {
		r.instance, err = d.Applications.Instance(ctx, *t.instance)
	}
	unknown := idc.IsNotFound(err)
	if unknown {
		r.instance, err = organization, nil // whoever administers nothing learns nothing
	}
	if err != nil {
		return r, err
	}
	if r.administers, err = d.Applications.Administers(ctx, r.instance, call.Caller.AccountID); err != nil {
		return r, err
	}
	switch {
	case !r.administers || t.owner && r.delegated():
		return r, idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s because the account is neither the owner nor an administrator of the instance", call.Caller.ARN, call.Operation.Action)
	case unknown && !modelsNotFound(call.Operation):
		return r, idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s on resource: %s", call.Caller.ARN, call.Operation.Action, *t.instance)
	case unknown:
		return r, idc.NotFoundf("Instance", *t.instance, "Could not find Instance with ARN %s", *t.instance)
	case !t.whole && !r.instance.HasPermissionSets():
		return r, instance.NotSupported()
	case t.absent != nil:
		return r, idc.NotFoundf("Resource", *t.absent, "Could not find resource with ARN %s", *t.absent)
	case t.permissionSet != nil:
		r.permissionSetID, err = r.namedPermissionSet(*t.permissionSet)
	}
	return r, err
}

// namedPermissionSet is the id in a permission set's ARN.
func (r request) namedPermissionSet(name string) (string, error) {
	instanceID, id, err := arn.ParsePermissionSet(name)
	if err != nil {
		return "", idc.Errorf(idc.Invalid, "The permission set ARN %s is invalid.", name).Because(err)
	}
	// Authorised was the text of the ARN: an ARN of another partition must not
	// reach the same permission set around a policy that names it.
	if instanceID != r.instance.ID || name != *r.permissionSetARN(id) {
		return "", idc.NotFoundf("PermissionSet", id, "Could not find PermissionSet with id %s", id)
	}
	return id, nil
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

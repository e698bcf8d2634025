package ssoadmin

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// applicationPage is the most that ListApplications returns at a time: its list
// in the model holds no more, though MaxResults may say 100.
const applicationPage = 50

func (d *Door) applicationOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, ssoadmin.CreateApplication, func(in *ssoadmin.CreateApplicationInput) target {
			return target{instance: in.InstanceArn, any: []string{*in.ApplicationProviderArn}, applications: true,
				made: func(account string) string {
					return arn.Application(account, instanceIn(*in.InstanceArn), "apl-*").String()
				}}
		}, d.createApplication,
			awsedge.Keys(func(_ *awsedge.Call, in *ssoadmin.CreateApplicationInput) map[string][]string {
				return tagKeys(in.Tags)
			})),
		applicationOp(d, ssoadmin.DescribeApplication, func(in *ssoadmin.DescribeApplicationInput) *string { return in.ApplicationArn }, d.describeApplication),
		applicationOp(d, ssoadmin.UpdateApplication, func(in *ssoadmin.UpdateApplicationInput) *string { return in.ApplicationArn }, d.updateApplication),
		applicationOp(d, ssoadmin.DeleteApplication, func(in *ssoadmin.DeleteApplicationInput) *string { return in.ApplicationArn }, d.deleteApplication),
		awsedge.Op(ssoadmin.ListApplications, d.listApplications, awsedge.NoResource[ssoadmin.ListApplicationsInput]("the applications of an instance")),
		applicationOp(d, ssoadmin.PutApplicationSessionConfiguration, func(in *ssoadmin.PutApplicationSessionConfigurationInput) *string { return in.ApplicationArn }, d.putSessionConfiguration),
		applicationOp(d, ssoadmin.GetApplicationSessionConfiguration, func(in *ssoadmin.GetApplicationSessionConfigurationInput) *string { return in.ApplicationArn }, d.getSessionConfiguration),
	}
}

// applicationOp registers an operation on an application.
func applicationOp[In, Out any](d *Door, typed awsapi.Typed[In, Out], name func(in *In) *string,
	fn func(ctx context.Context, r request, in *In) (*Out, error)) awsedge.Operation {
	return op(d, typed, func(in *In) target { return target{application: name(in)} }, fn,
		awsedge.Keys(func(_ *awsedge.Call, in *In) map[string][]string { return ownerKey(name(in)) }))
}

// ownerKey is the condition key of the account that owns an application.
func ownerKey(applicationARN *string) map[string][]string {
	name, err := arn.Parse(value(applicationARN))
	if err != nil {
		return nil // names none, and is not found later
	}
	return map[string][]string{"sso:ApplicationAccount": {name.Account}}
}

// instanceIn is the id in an instance ARN, or "*".
func instanceIn(instanceARN string) string {
	id, err := arn.ParseInstance(instanceARN)
	if err != nil {
		return "*" // the instance is authorised too, and not found later
	}
	return id
}

// lookUpApplications looks a target up that is about applications. Whoever
// administers the instance may use all of them, other accounts only their own.
func (d *Door) lookUpApplications(ctx context.Context, call *awsedge.Call, t target) (request, error) {
	r := request{Call: call}
	resource, instanceARN, owner, err := placeOf(t)
	if err != nil {
		return r, err
	}
	refuse := idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s on resource: %s", call.Caller.ARN, call.Operation.Action, resource)
	r.instance, err = d.Applications.Instance(ctx, instanceARN)
	switch {
	case idc.IsNotFound(err) && !modelsNotFound(call.Operation):
		return r, refuse
	case idc.IsNotFound(err) && t.application != nil:
		return r, idc.NotFoundf("Application", resource, "Could not find Application with ARN %s", resource)
	case idc.IsNotFound(err) && t.issuer != nil:
		return r, idc.NotFoundf("TrustedTokenIssuer", resource, "Could not find TrustedTokenIssuer with ARN %s", resource)
	case err != nil:
		return r, err
	}
	if t.instance != nil && *t.instance != r.instance.ARN {
		return r, idc.NotFoundf("Resource", resource, "Could not find resource with ARN %s in the instance %s", resource, *t.instance)
	}
	if r.administers, err = d.Applications.Administers(ctx, r.instance, call.Caller.AccountID); err != nil {
		return r, err
	}
	if !r.administers && !t.applications {
		mine := t.application != nil && owner == call.Caller.AccountID
		if mine {
			if mine, err = d.Applications.OwnerStands(ctx, r.instance, owner); err != nil {
				return r, err
			}
		}
		if !mine {
			return r, refuse // whether it exists or not
		}
	}
	if t.application != nil {
		r.application, err = d.Applications.Get(ctx, *t.application)
	}
	if t.issuer != nil {
		r.issuer, err = d.Applications.Issuer(ctx, *t.issuer)
	}
	return r, err
}

// placeOf tells what a target is about, in which instance it is, and whose.
func placeOf(t target) (resource, instanceARN, owner string, err error) {
	var instanceID string
	switch {
	case t.application != nil:
		resource = *t.application
		owner, instanceID, _, err = arn.ParseApplication(resource)
	case t.issuer != nil:
		resource = *t.issuer
		owner, instanceID, _, err = arn.ParseTrustedTokenIssuer(resource)
	default:
		return *t.instance, *t.instance, "", nil
	}
	if err != nil {
		return "", "", "", idc.Errorf(idc.Invalid, "The ARN %s is invalid.", resource).Because(err)
	}
	return resource, arn.Instance(instanceID).String(), owner, nil
}

func (d *Door) createApplication(ctx context.Context, r request, in *ssoadmin.CreateApplicationInput) (*ssoadmin.CreateApplicationOutput, error) {
	definition := application.Definition{
		InstanceID: r.instance.ID, OwnerAccountID: r.Caller.AccountID, ProviderARN: *in.ApplicationProviderArn, Name: *in.Name,
		Description: value(in.Description), Status: idc.Switch(value(in.Status)), Tags: fromTags(in.Tags),
	}
	if p := in.PortalOptions; p != nil {
		definition.Portal.Visibility = idc.Switch(value(p.Visibility))
		if p.SignInOptions != nil {
			definition.Portal.SignInOrigin = idc.SignInOrigin(*p.SignInOptions.Origin)
			definition.Portal.SignInURL = value(p.SignInOptions.ApplicationUrl)
		}
	}
	made, err := d.Applications.Create(ctx, r.Change(), value(in.ClientToken), definition)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.CreateApplicationOutput{ApplicationArn: &made, InstanceArn: &r.instance.ARN, IdentityStoreArn: identityStoreARN(r.instance)}, nil
}

func wireApplication(a *idc.Application, in *idc.Instance) ssoadmin.Application {
	out := ssoadmin.Application{
		ApplicationAccount: &a.OwnerAccountID, ApplicationArn: &a.ARN, ApplicationProviderArn: &a.ProviderARN, CreatedDate: &a.CreatedAt,
		CreatedFrom: text(a.CreatedFrom), Description: text(a.Description), IdentityStoreArn: identityStoreARN(in), InstanceArn: &in.ARN,
		Name: &a.Name, PortalOptions: &ssoadmin.PortalOptions{Visibility: text(a.Portal.Visibility)}, Status: text(a.Status),
	}
	if a.Portal.SignInOrigin != "" {
		out.PortalOptions.SignInOptions = &ssoadmin.SignInOptions{Origin: text(a.Portal.SignInOrigin), ApplicationUrl: text(a.Portal.SignInURL)}
	}
	return out
}

func (d *Door) describeApplication(_ context.Context, r request, _ *ssoadmin.DescribeApplicationInput) (*ssoadmin.DescribeApplicationOutput, error) {
	out := ssoadmin.DescribeApplicationOutput(wireApplication(r.application, r.instance))
	return &out, nil
}

func (d *Door) updateApplication(ctx context.Context, r request, in *ssoadmin.UpdateApplicationInput) (*ssoadmin.UpdateApplicationOutput, error) {
	u := application.Update{Name: in.Name, Description: in.Description, Status: (*idc.Switch)(in.Status)}
	if p := in.PortalOptions; p != nil && p.SignInOptions != nil {
		u.SignIn = &application.SignIn{Origin: idc.SignInOrigin(*p.SignInOptions.Origin), URL: value(p.SignInOptions.ApplicationUrl)}
	}
	return nil, d.Applications.Update(ctx, r.Change(), r.application.ID, u)
}

func (d *Door) deleteApplication(ctx context.Context, r request, _ *ssoadmin.DeleteApplicationInput) (*ssoadmin.DeleteApplicationOutput, error) {
	return nil, d.Applications.Delete(ctx, r.Change(), r.application.ID)
}

// listApplications answers other accounts than those that administer the
// instance only about their own applications, and they must ask for those.
func (d *Door) listApplications(ctx context.Context, call *awsedge.Call, in *ssoadmin.ListApplicationsInput) (*ssoadmin.ListApplicationsOutput, error) {
	r, err := d.lookUpApplications(ctx, call, target{instance: in.InstanceArn, applications: true})
	if err != nil {
		return nil, err
	}
	filter := store.ApplicationFilter{InstanceID: r.instance.ID}
	if in.Filter != nil {
		filter.OwnerAccountID, filter.ProviderARN = value(in.Filter.ApplicationAccount), value(in.Filter.ApplicationProvider)
	}
	if !r.administers && filter.OwnerAccountID != call.Caller.AccountID {
		return nil, idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s on resource: %s because the filter does not name the caller's account", call.Caller.ARN, call.Operation.Action, r.instance.ARN)
	}
	page, token, err := d.page(r, in.NextToken, in.MaxResults, filter.InstanceID, filter.OwnerAccountID, filter.ProviderARN)
	if err != nil {
		return nil, err
	}
	page.Limit = min(page.Limit, applicationPage)
	all, next, err := d.Applications.List(ctx, filter, page)
	if err != nil {
		return nil, err
	}
	out := &ssoadmin.ListApplicationsOutput{Applications: []ssoadmin.Application{}, NextToken: token(next)}
	for _, a := range all {
		out.Applications = append(out.Applications, wireApplication(a, r.instance))
	}
	return out, nil
}

func (d *Door) putSessionConfiguration(ctx context.Context, r request, in *ssoadmin.PutApplicationSessionConfigurationInput) (*ssoadmin.PutApplicationSessionConfigurationOutput, error) {
	if in.UserBackgroundSessionApplicationStatus == nil {
		return nil, nil // nothing is said
	}
	return nil, d.Applications.SetBackgroundSessions(ctx, r.Change(), r.application.ID, idc.Switch(*in.UserBackgroundSessionApplicationStatus))
}

func (d *Door) getSessionConfiguration(_ context.Context, r request, _ *ssoadmin.GetApplicationSessionConfigurationInput) (*ssoadmin.GetApplicationSessionConfigurationOutput, error) {
	return &ssoadmin.GetApplicationSessionConfigurationOutput{UserBackgroundSessionApplicationStatus: text(r.application.BackgroundSessions)}, nil
}

package orgread

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
)

// readPermissionSets reads every permission set with all that it consists of.
func (r *reader) readPermissionSets(ctx context.Context) error {
	var arns []string
	for p := ssoadmin.NewListPermissionSetsPaginator(r.sso, &ssoadmin.ListPermissionSetsInput{InstanceArn: &r.instance}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return err
		}
		arns = append(arns, page.PermissionSets...)
	}
	r.file.PermissionSets = make([]orgfile.PermissionSet, len(arns))
	err := each(ctx, arns, func(ctx context.Context, i int, arn string) error {
		set := &r.file.PermissionSets[i]
		set.ARN = arn
		for _, part := range []func(context.Context, *orgfile.PermissionSet) error{
			r.describe, r.managedPolicies, r.customerPolicies, r.inlinePolicy, r.boundary, r.setTags, r.outdated,
		} {
			if err := part(ctx, set); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	names := orgfile.NewNames(r.file.PermissionSets, func(s orgfile.PermissionSet) (string, string) { return s.Name, s.ARN })
	for i := range r.file.PermissionSets {
		set := &r.file.PermissionSets[i]
		r.sets[set.ARN] = set
		r.refs.sets[set.ARN] = names.Reference(set.Name, set.ARN)
	}
	return nil
}

func (r *reader) describe(ctx context.Context, set *orgfile.PermissionSet) error {
	out, err := r.sso.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: &r.instance, PermissionSetArn: &set.ARN})
	if err != nil {
		return err
	}
	set.Name, set.Description = aws.ToString(out.PermissionSet.Name), aws.ToString(out.PermissionSet.Description)
	set.SessionDuration, set.RelayState = aws.ToString(out.PermissionSet.SessionDuration), aws.ToString(out.PermissionSet.RelayState)
	return nil
}

// outdated warns of accounts in which a role is still as the permission set was before: the file tells what is
// defined, and there it is not what is.
func (r *reader) outdated(ctx context.Context, set *orgfile.PermissionSet) error {
	in := &ssoadmin.ListAccountsForProvisionedPermissionSetInput{InstanceArn: &r.instance, PermissionSetArn: &set.ARN,
		ProvisioningStatus: types.ProvisioningStatusLatestPermissionSetNotProvisioned}
	for p := ssoadmin.NewListAccountsForProvisionedPermissionSetPaginator(r.sso, in); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, account := range page.AccountIds {
			r.warn("the role of %s in the account %s is older than the permission set: provision it, or it may do more than the file says", set.Name, account)
		}
	}
	return nil
}

func (r *reader) managedPolicies(ctx context.Context, set *orgfile.PermissionSet) error {
	in := &ssoadmin.ListManagedPoliciesInPermissionSetInput{InstanceArn: &r.instance, PermissionSetArn: &set.ARN}
	for p := ssoadmin.NewListManagedPoliciesInPermissionSetPaginator(r.sso, in); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, m := range page.AttachedManagedPolicies {
			set.ManagedPolicies = append(set.ManagedPolicies, aws.ToString(m.Arn))
		}
	}
	return nil
}

func (r *reader) customerPolicies(ctx context.Context, set *orgfile.PermissionSet) error {
	in := &ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput{InstanceArn: &r.instance, PermissionSetArn: &set.ARN}
	for p := ssoadmin.NewListCustomerManagedPolicyReferencesInPermissionSetPaginator(r.sso, in); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, ref := range page.CustomerManagedPolicyReferences {
			set.CustomerManagedPolicies = append(set.CustomerManagedPolicies, reference(ref))
		}
	}
	return nil
}

func reference(ref types.CustomerManagedPolicyReference) orgfile.CustomerPolicyReference {
	out := orgfile.CustomerPolicyReference{Name: aws.ToString(ref.Name), Path: aws.ToString(ref.Path)}
	if out.Path == "/" {
		out.Path = ""
	}
	return out
}

func (r *reader) inlinePolicy(ctx context.Context, set *orgfile.PermissionSet) error {
	out, err := r.sso.GetInlinePolicyForPermissionSet(ctx, &ssoadmin.GetInlinePolicyForPermissionSetInput{InstanceArn: &r.instance, PermissionSetArn: &set.ARN})
	if err != nil {
		return err
	}
	set.InlinePolicy = orgfile.Text(aws.ToString(out.InlinePolicy))
	return nil
}

func (r *reader) boundary(ctx context.Context, set *orgfile.PermissionSet) error {
	out, err := r.sso.GetPermissionsBoundaryForPermissionSet(ctx, &ssoadmin.GetPermissionsBoundaryForPermissionSetInput{InstanceArn: &r.instance, PermissionSetArn: &set.ARN})
	var none *types.ResourceNotFoundException
	if errors.As(err, &none) {
		return nil
	}
	if err != nil {
		return err
	}
	b := out.PermissionsBoundary
	switch {
	case b == nil:
	case b.CustomerManagedPolicyReference != nil:
		ref := reference(*b.CustomerManagedPolicyReference)
		set.PermissionsBoundary = &orgfile.Boundary{CustomerManagedPolicy: &ref}
	default:
		set.PermissionsBoundary = &orgfile.Boundary{ManagedPolicy: aws.ToString(b.ManagedPolicyArn)}
	}
	return nil
}

func (r *reader) setTags(ctx context.Context, set *orgfile.PermissionSet) error {
	in := &ssoadmin.ListTagsForResourceInput{InstanceArn: &r.instance, ResourceArn: &set.ARN}
	for p := ssoadmin.NewListTagsForResourcePaginator(r.sso, in); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, t := range page.Tags {
			if set.Tags == nil {
				set.Tags = map[string]string{}
			}
			set.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
	}
	return nil
}

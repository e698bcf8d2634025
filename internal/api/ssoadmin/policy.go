package ssoadmin

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func (d *Door) policyOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, ssoadmin.AttachManagedPolicyToPermissionSet, func(in *ssoadmin.AttachManagedPolicyToPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.attachManagedPolicy),
		op(d, ssoadmin.DetachManagedPolicyFromPermissionSet, func(in *ssoadmin.DetachManagedPolicyFromPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.detachManagedPolicy),
		op(d, ssoadmin.ListManagedPoliciesInPermissionSet, func(in *ssoadmin.ListManagedPoliciesInPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.listManagedPolicies),
		op(d, ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSet, func(in *ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.attachCustomerPolicy),
		op(d, ssoadmin.DetachCustomerManagedPolicyReferenceFromPermissionSet, func(in *ssoadmin.DetachCustomerManagedPolicyReferenceFromPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.detachCustomerPolicy),
		op(d, ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSet, func(in *ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.listCustomerPolicies),
		op(d, ssoadmin.PutInlinePolicyToPermissionSet, func(in *ssoadmin.PutInlinePolicyToPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.putInlinePolicy),
		op(d, ssoadmin.GetInlinePolicyForPermissionSet, func(in *ssoadmin.GetInlinePolicyForPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.getInlinePolicy),
		op(d, ssoadmin.DeleteInlinePolicyFromPermissionSet, func(in *ssoadmin.DeleteInlinePolicyFromPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.deleteInlinePolicy),
		op(d, ssoadmin.PutPermissionsBoundaryToPermissionSet, func(in *ssoadmin.PutPermissionsBoundaryToPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.putBoundary),
		op(d, ssoadmin.GetPermissionsBoundaryForPermissionSet, func(in *ssoadmin.GetPermissionsBoundaryForPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.getBoundary),
		op(d, ssoadmin.DeletePermissionsBoundaryFromPermissionSet, func(in *ssoadmin.DeletePermissionsBoundaryFromPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.deleteBoundary),
	}
}

func (d *Door) attachManagedPolicy(ctx context.Context, r request, in *ssoadmin.AttachManagedPolicyToPermissionSetInput) (*ssoadmin.AttachManagedPolicyToPermissionSetOutput, error) {
	return nil, d.permissionSets(r).AttachManaged(ctx, r.Change(), r.permissionSetID, *in.ManagedPolicyArn)
}

func (d *Door) detachManagedPolicy(ctx context.Context, r request, in *ssoadmin.DetachManagedPolicyFromPermissionSetInput) (*ssoadmin.DetachManagedPolicyFromPermissionSetOutput, error) {
	return nil, d.permissionSets(r).DetachManaged(ctx, r.Change(), r.permissionSetID, *in.ManagedPolicyArn)
}

func (d *Door) listManagedPolicies(ctx context.Context, r request, in *ssoadmin.ListManagedPoliciesInPermissionSetInput) (*ssoadmin.ListManagedPoliciesInPermissionSetOutput, error) {
	page, token, err := d.page(r, in.NextToken, in.MaxResults, r.permissionSetID)
	if err != nil {
		return nil, err
	}
	ps, err := d.PermissionSets.Get(ctx, r.permissionSetID)
	if err != nil {
		return nil, err
	}
	arns, next := store.Cut(page, ps.ManagedPolicies, func(policyARN string) string { return policyARN })
	out := &ssoadmin.ListManagedPoliciesInPermissionSetOutput{AttachedManagedPolicies: []ssoadmin.AttachedManagedPolicy{}, NextToken: token(next)}
	for _, policyARN := range arns {
		name := policyARN[strings.LastIndexByte(policyARN, '/')+1:]
		out.AttachedManagedPolicies = append(out.AttachedManagedPolicies, ssoadmin.AttachedManagedPolicy{Name: &name, Arn: &policyARN})
	}
	return out, nil
}

func fromReference(ref *ssoadmin.CustomerManagedPolicyReference) idc.CustomerManagedPolicyReference {
	return idc.CustomerManagedPolicyReference{Name: *ref.Name, Path: value(ref.Path)}
}

func wireReference(ref idc.CustomerManagedPolicyReference) ssoadmin.CustomerManagedPolicyReference {
	return ssoadmin.CustomerManagedPolicyReference{Name: &ref.Name, Path: &ref.Path}
}

func (d *Door) attachCustomerPolicy(ctx context.Context, r request, in *ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetInput) (*ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetOutput, error) {
	return nil, d.permissionSets(r).AttachCustomer(ctx, r.Change(), r.permissionSetID, fromReference(in.CustomerManagedPolicyReference))
}

func (d *Door) detachCustomerPolicy(ctx context.Context, r request, in *ssoadmin.DetachCustomerManagedPolicyReferenceFromPermissionSetInput) (*ssoadmin.DetachCustomerManagedPolicyReferenceFromPermissionSetOutput, error) {
	return nil, d.permissionSets(r).DetachCustomer(ctx, r.Change(), r.permissionSetID, fromReference(in.CustomerManagedPolicyReference))
}

func (d *Door) listCustomerPolicies(ctx context.Context, r request, in *ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput) (*ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetOutput, error) {
	page, token, err := d.page(r, in.NextToken, in.MaxResults, r.permissionSetID)
	if err != nil {
		return nil, err
	}
	ps, err := d.PermissionSets.Get(ctx, r.permissionSetID)
	if err != nil {
		return nil, err
	}
	refs, next := store.Cut(page, ps.CustomerManaged, func(ref idc.CustomerManagedPolicyReference) string { return ref.Path + ref.Name })
	out := &ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetOutput{
		CustomerManagedPolicyReferences: []ssoadmin.CustomerManagedPolicyReference{}, NextToken: token(next),
	}
	for _, ref := range refs {
		out.CustomerManagedPolicyReferences = append(out.CustomerManagedPolicyReferences, wireReference(ref))
	}
	return out, nil
}

func (d *Door) putInlinePolicy(ctx context.Context, r request, in *ssoadmin.PutInlinePolicyToPermissionSetInput) (*ssoadmin.PutInlinePolicyToPermissionSetOutput, error) {
	return nil, d.permissionSets(r).PutInline(ctx, r.Change(), r.permissionSetID, *in.InlinePolicy)
}

// getInlinePolicy answers an empty string, not an absent one, where there is none.
func (d *Door) getInlinePolicy(ctx context.Context, r request, _ *ssoadmin.GetInlinePolicyForPermissionSetInput) (*ssoadmin.GetInlinePolicyForPermissionSetOutput, error) {
	ps, err := d.PermissionSets.Get(ctx, r.permissionSetID)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.GetInlinePolicyForPermissionSetOutput{InlinePolicy: &ps.InlinePolicy}, nil
}

func (d *Door) deleteInlinePolicy(ctx context.Context, r request, _ *ssoadmin.DeleteInlinePolicyFromPermissionSetInput) (*ssoadmin.DeleteInlinePolicyFromPermissionSetOutput, error) {
	return nil, d.permissionSets(r).DeleteInline(ctx, r.Change(), r.permissionSetID)
}

func (d *Door) putBoundary(ctx context.Context, r request, in *ssoadmin.PutPermissionsBoundaryToPermissionSetInput) (*ssoadmin.PutPermissionsBoundaryToPermissionSetOutput, error) {
	b := idc.PermissionsBoundary{ManagedPolicyARN: value(in.PermissionsBoundary.ManagedPolicyArn)}
	if ref := in.PermissionsBoundary.CustomerManagedPolicyReference; ref != nil {
		customer := fromReference(ref)
		b.CustomerManaged = &customer
	}
	return nil, d.permissionSets(r).PutBoundary(ctx, r.Change(), r.permissionSetID, b)
}

func (d *Door) getBoundary(ctx context.Context, r request, _ *ssoadmin.GetPermissionsBoundaryForPermissionSetInput) (*ssoadmin.GetPermissionsBoundaryForPermissionSetOutput, error) {
	b, err := d.PermissionSets.Boundary(ctx, r.permissionSetID)
	if err != nil {
		return nil, err
	}
	out := &ssoadmin.PermissionsBoundary{ManagedPolicyArn: text(b.ManagedPolicyARN)}
	if b.CustomerManaged != nil {
		ref := wireReference(*b.CustomerManaged)
		out.CustomerManagedPolicyReference = &ref
	}
	return &ssoadmin.GetPermissionsBoundaryForPermissionSetOutput{PermissionsBoundary: out}, nil
}

func (d *Door) deleteBoundary(ctx context.Context, r request, _ *ssoadmin.DeletePermissionsBoundaryFromPermissionSetInput) (*ssoadmin.DeletePermissionsBoundaryFromPermissionSetOutput, error) {
	return nil, d.permissionSets(r).DeleteBoundary(ctx, r.Change(), r.permissionSetID)
}

package iam

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/internal/role"
)

func (d *Door) versionOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onARN(iam.GetPolicyVersion, func(in *iam.GetPolicyVersionInput) *string { return in.PolicyArn }, d.getPolicyVersion),
		onARN(iam.ListPolicyVersions, func(in *iam.ListPolicyVersionsInput) *string { return in.PolicyArn }, d.listPolicyVersions),
		onARN(iam.CreatePolicyVersion, func(in *iam.CreatePolicyVersionInput) *string { return in.PolicyArn }, d.createPolicyVersion),
		onARN(iam.DeletePolicyVersion, func(in *iam.DeletePolicyVersionInput) *string { return in.PolicyArn }, d.deletePolicyVersion),
		onARN(iam.SetDefaultPolicyVersion, func(in *iam.SetDefaultPolicyVersionInput) *string { return in.PolicyArn }, d.setDefaultPolicyVersion),
	}
}

// policy returns a managed policy of either sort with its versions. Of an AWS
// managed policy only the default version is known.
func (d *Door) policy(ctx context.Context, call *awsedge.Call, policyARN string) (*idc.ManagedPolicy, error) {
	if p, ok := managedpolicy.Get(policyARN); ok {
		return awsManaged(p), nil
	}
	return d.local(ctx, call, policyARN)
}

// awsManaged gives an AWS managed policy the form of the others.
func awsManaged(p managedpolicy.Policy) *idc.ManagedPolicy {
	return &idc.ManagedPolicy{
		ARN: p.ARN, DefaultVersion: p.VersionID,
		Versions: []idc.PolicyVersion{{ID: p.VersionID, Document: p.Document, CreatedAt: p.UpdatedAt}},
	}
}

// wireVersion leaves the document out, as the lists do.
func wireVersion(p *idc.ManagedPolicy, v idc.PolicyVersion) *iam.PolicyVersion {
	isDefault := v.ID == p.DefaultVersion
	return &iam.PolicyVersion{VersionId: &v.ID, IsDefaultVersion: &isDefault, CreateDate: &v.CreatedAt}
}

func (d *Door) getPolicyVersion(ctx context.Context, call *awsedge.Call, in *iam.GetPolicyVersionInput) (*iam.GetPolicyVersionOutput, error) {
	p, err := d.policy(ctx, call, *in.PolicyArn)
	if err != nil {
		return nil, err
	}
	v, err := role.Version(p, *in.VersionId)
	if err != nil {
		return nil, err
	}
	out := wireVersion(p, v)
	out.Document = &v.Document
	return &iam.GetPolicyVersionOutput{PolicyVersion: out}, nil
}

func (d *Door) listPolicyVersions(ctx context.Context, call *awsedge.Call, in *iam.ListPolicyVersionsInput) (*iam.ListPolicyVersionsOutput, error) {
	p, err := d.policy(ctx, call, *in.PolicyArn)
	if err != nil {
		return nil, err
	}
	var versions []iam.PolicyVersion
	for _, v := range p.Versions {
		versions = append(versions, *wireVersion(p, v))
	}
	page, err := cut(d, call, in.Marker, in.MaxItems, versions, func(v iam.PolicyVersion) string { return *v.VersionId }, *in.PolicyArn)
	if err != nil {
		return nil, err
	}
	return &iam.ListPolicyVersionsOutput{Versions: page.items, IsTruncated: page.truncated, Marker: page.marker}, nil
}

func (d *Door) createPolicyVersion(ctx context.Context, call *awsedge.Call, in *iam.CreatePolicyVersionInput) (*iam.CreatePolicyVersionOutput, error) {
	if err := modifiable(call, *in.PolicyArn); err != nil {
		return nil, err
	}
	setDefault := in.SetAsDefault != nil && *in.SetAsDefault
	v, err := d.Roles.CreateVersion(ctx, call.Change(), *in.PolicyArn, *in.PolicyDocument, setDefault)
	if err != nil {
		return nil, err
	}
	return &iam.CreatePolicyVersionOutput{PolicyVersion: &iam.PolicyVersion{VersionId: &v.ID, IsDefaultVersion: &setDefault, CreateDate: &v.CreatedAt}}, nil
}

func (d *Door) deletePolicyVersion(ctx context.Context, call *awsedge.Call, in *iam.DeletePolicyVersionInput) (*iam.DeletePolicyVersionOutput, error) {
	if err := modifiable(call, *in.PolicyArn); err != nil {
		return nil, err
	}
	return nil, d.Roles.DeleteVersion(ctx, call.Change(), *in.PolicyArn, *in.VersionId)
}

func (d *Door) setDefaultPolicyVersion(ctx context.Context, call *awsedge.Call, in *iam.SetDefaultPolicyVersionInput) (*iam.SetDefaultPolicyVersionOutput, error) {
	if err := modifiable(call, *in.PolicyArn); err != nil {
		return nil, err
	}
	return nil, d.Roles.SetDefaultVersion(ctx, call.Change(), *in.PolicyArn, *in.VersionId)
}

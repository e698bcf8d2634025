package iam

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// absentOperations are what audit tools read of users, groups, instance profiles and
// server certificates. An account here has none, and says so: its lists are empty, and
// whatever is named does not exist. None of it can be made.
func (d *Door) absentOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAccount(iam.ListUsers, d.listUsers),
		onAccount(iam.ListGroups, d.listGroups),
		onAccount(iam.ListInstanceProfiles, d.listInstanceProfilesOfAccount),
		onAccount(iam.ListServerCertificates, d.listServerCertificates),
		onAccount(iam.ListVirtualMFADevices, d.listVirtualMFADevices),
		onAccount(iam.GetAccountPasswordPolicy, d.getAccountPasswordPolicy),

		noUser(iam.GetUser, func(in *iam.GetUserInput) *string { return in.UserName }),
		noUser(iam.GetLoginProfile, func(in *iam.GetLoginProfileInput) *string { return in.UserName }),
		noUser(iam.GetUserPolicy, func(in *iam.GetUserPolicyInput) *string { return in.UserName }),
		noUser(iam.ListUserPolicies, func(in *iam.ListUserPoliciesInput) *string { return in.UserName }),
		noUser(iam.ListAttachedUserPolicies, func(in *iam.ListAttachedUserPoliciesInput) *string { return in.UserName }),
		noUser(iam.ListUserTags, func(in *iam.ListUserTagsInput) *string { return in.UserName }),
		noUser(iam.ListGroupsForUser, func(in *iam.ListGroupsForUserInput) *string { return in.UserName }),
		noUser(iam.ListAccessKeys, func(in *iam.ListAccessKeysInput) *string { return in.UserName }),
		noUser(iam.ListMFADevices, func(in *iam.ListMFADevicesInput) *string { return in.UserName }),
		noUser(iam.ListSigningCertificates, func(in *iam.ListSigningCertificatesInput) *string { return in.UserName }),
		noUser(iam.ListSSHPublicKeys, func(in *iam.ListSSHPublicKeysInput) *string { return in.UserName }),

		noGroup(iam.GetGroup, func(in *iam.GetGroupInput) *string { return in.GroupName }),
		noGroup(iam.GetGroupPolicy, func(in *iam.GetGroupPolicyInput) *string { return in.GroupName }),
		noGroup(iam.ListGroupPolicies, func(in *iam.ListGroupPoliciesInput) *string { return in.GroupName }),
		noGroup(iam.ListAttachedGroupPolicies, func(in *iam.ListAttachedGroupPoliciesInput) *string { return in.GroupName }),

		absent(iam.GetInstanceProfile, "instance-profile/", func(in *iam.GetInstanceProfileInput) *string { return in.InstanceProfileName }, "Instance Profile %s cannot be found."),
		absent(iam.ListInstanceProfileTags, "instance-profile/", func(in *iam.ListInstanceProfileTagsInput) *string { return in.InstanceProfileName }, "Instance Profile %s cannot be found."),
		absent(iam.GetServerCertificate, "server-certificate/", func(in *iam.GetServerCertificateInput) *string { return in.ServerCertificateName },
			"The Server Certificate with name %s cannot be found."),
		absent(iam.ListServerCertificateTags, "server-certificate/", func(in *iam.ListServerCertificateTagsInput) *string { return in.ServerCertificateName },
			"The Server Certificate with name %s cannot be found."),
	}
}

// absent registers an operation on something that no account has.
func absent[In, Out any](typed awsapi.Typed[In, Out], kind string, name func(in *In) *string, message string) awsedge.Operation {
	on := awsedge.On(func(call *awsedge.Call, in *In) []string {
		return []string{arn.ARN{Partition: "aws", Service: "iam", Account: call.Caller.AccountID, Resource: kind + value(name(in))}.String()}
	})
	return awsedge.Op(typed, func(_ context.Context, _ *awsedge.Call, in *In) (*Out, error) {
		if name(in) == nil { // only of users: without a name they are asked of themselves
			return nil, idc.Errorf(idc.Invalid, "Must specify userName when calling with non-User credentials")
		}
		return nil, idc.NotFoundf("Entity", *name(in), message, *name(in))
	}, on)
}

func noUser[In, Out any](typed awsapi.Typed[In, Out], name func(in *In) *string) awsedge.Operation {
	return absent(typed, "user/", name, "The user with name %s cannot be found.")
}

func noGroup[In, Out any](typed awsapi.Typed[In, Out], name func(in *In) *string) awsedge.Operation {
	return absent(typed, "group/", name, "The group with name %s cannot be found.")
}

// empty is a page of a list of which there is nothing. A marker for another page was not ours.
func empty[T any](d *Door, call *awsedge.Call, marker *string) (list[T], error) {
	return cut(d, call, marker, nil, nil, func(T) string { return "" })
}

func (d *Door) listUsers(_ context.Context, call *awsedge.Call, in *iam.ListUsersInput) (*iam.ListUsersOutput, error) {
	page, err := empty[iam.User](d, call, in.Marker)
	return &iam.ListUsersOutput{Users: page.items, IsTruncated: page.truncated}, err
}

func (d *Door) listGroups(_ context.Context, call *awsedge.Call, in *iam.ListGroupsInput) (*iam.ListGroupsOutput, error) {
	page, err := empty[iam.Group](d, call, in.Marker)
	return &iam.ListGroupsOutput{Groups: page.items, IsTruncated: page.truncated}, err
}

func (d *Door) listInstanceProfilesOfAccount(_ context.Context, call *awsedge.Call, in *iam.ListInstanceProfilesInput) (*iam.ListInstanceProfilesOutput, error) {
	page, err := empty[iam.InstanceProfile](d, call, in.Marker)
	return &iam.ListInstanceProfilesOutput{InstanceProfiles: page.items, IsTruncated: page.truncated}, err
}

func (d *Door) listServerCertificates(_ context.Context, call *awsedge.Call, in *iam.ListServerCertificatesInput) (*iam.ListServerCertificatesOutput, error) {
	page, err := empty[iam.ServerCertificateMetadata](d, call, in.Marker)
	return &iam.ListServerCertificatesOutput{ServerCertificateMetadataList: page.items, IsTruncated: page.truncated}, err
}

func (d *Door) listVirtualMFADevices(_ context.Context, call *awsedge.Call, in *iam.ListVirtualMFADevicesInput) (*iam.ListVirtualMFADevicesOutput, error) {
	page, err := empty[iam.VirtualMFADevice](d, call, in.Marker)
	return &iam.ListVirtualMFADevicesOutput{VirtualMFADevices: page.items, IsTruncated: page.truncated}, err
}

func (d *Door) getAccountPasswordPolicy(_ context.Context, call *awsedge.Call, _ *iam.GetAccountPasswordPolicyInput) (*iam.GetAccountPasswordPolicyOutput, error) {
	account := call.Caller.AccountID
	return nil, idc.NotFoundf("PasswordPolicy", account, "The Password Policy with domain name %s cannot be found.", account)
}

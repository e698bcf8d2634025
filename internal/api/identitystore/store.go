package identitystore

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) storeOperations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(identitystore.DescribeIdentityStore, d.describeStore,
			awsedge.On(func(*awsedge.Call, *identitystore.DescribeIdentityStoreInput) []string { return d.on() })),
		awsedge.Op(identitystore.ListIdentityStores, d.listStores,
			awsedge.NoResource[identitystore.ListIdentityStoresInput]("all identity stores")),
	}
}

func (d *Door) describeStore(_ context.Context, _ *awsedge.Call, in *identitystore.DescribeIdentityStoreInput) (*identitystore.DescribeIdentityStoreOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	return &identitystore.DescribeIdentityStoreOutput{IdentityStoreId: &d.Instance.IdentityStoreID, IdentityStoreArn: optional(d.arn())}, nil
}

// listStores lists the one there is.
func (d *Door) listStores(_ context.Context, _ *awsedge.Call, in *identitystore.ListIdentityStoresInput) (*identitystore.ListIdentityStoresOutput, error) {
	if in.NextToken != nil {
		return nil, idc.Errorf(idc.Invalid, "The NextToken is invalid.") // one page holds all
	}
	return &identitystore.ListIdentityStoresOutput{IdentityStores: []identitystore.IdentityStore{
		{IdentityStoreId: &d.Instance.IdentityStoreID, IdentityStoreArn: optional(d.arn())},
	}}, nil
}

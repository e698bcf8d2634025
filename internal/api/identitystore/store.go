package identitystore

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func (d *Door) storeOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, identitystore.DescribeIdentityStore, func(in *identitystore.DescribeIdentityStoreInput) (*string, []string) {
			return in.IdentityStoreId, nil
		}, d.describeStore),
		op(d, identitystore.UpdateIdentityStore, func(in *identitystore.UpdateIdentityStoreInput) (*string, []string) {
			return in.IdentityStoreId, nil
		}, d.updateStore),
		awsedge.Op(identitystore.ListIdentityStores, d.listStores,
			awsedge.NoResource[identitystore.ListIdentityStoresInput]("all identity stores")),
	}
}

func (d *Door) describeStore(_ context.Context, r request, _ *identitystore.DescribeIdentityStoreInput) (*identitystore.DescribeIdentityStoreOutput, error) {
	out := &identitystore.DescribeIdentityStoreOutput{IdentityStoreId: &r.instance.IdentityStoreID, IdentityStoreArn: optional(storeARN(r.instance))}
	if n := r.instance.Network; n != nil {
		out.NetworkConfiguration = &identitystore.NetworkConfigurationDetails{VpceAccessRequired: &n.EndpointRequired,
			ApiAllowSourceIps: n.APIAllowedRanges, ApiRestrictSourceVpcs: n.APIAllowedVPCs, ScimAllowSourceIps: n.SCIMAllowedRanges}
	}
	return out, nil
}

// updateStore replaces the configuration as a whole; what the caller leaves out is
// cleared. It is for the account that owns the store: a delegated administrator could
// shut it out.
func (d *Door) updateStore(ctx context.Context, r request, in *identitystore.UpdateIdentityStoreInput) (*identitystore.UpdateIdentityStoreOutput, error) {
	if r.Caller.AccountID != r.instance.OwnerAccountID {
		return nil, idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s on resource: %s because the account does not own the identity store",
			r.Caller.ARN, r.Operation.Action, storeARN(r.instance))
	}
	if n := in.NetworkConfiguration; n != nil {
		err := d.Directory.SetNetwork(ctx, r.Change(), r.instance.IdentityStoreID, idc.NetworkConfiguration{EndpointRequired: *n.VpceAccessRequired,
			APIAllowedRanges: n.ApiAllowSourceIps, APIAllowedVPCs: n.ApiRestrictSourceVpcs, SCIMAllowedRanges: n.ScimAllowSourceIps}, r.address())
		if err != nil {
			return nil, err
		}
	}
	return &identitystore.UpdateIdentityStoreOutput{IdentityStoreId: &r.instance.IdentityStoreID, IdentityStoreArn: optional(storeARN(r.instance))}, nil
}

// listStores lists those that the caller's account administers.
func (d *Door) listStores(ctx context.Context, call *awsedge.Call, in *identitystore.ListIdentityStoresInput) (*identitystore.ListIdentityStoresOutput, error) {
	at, err := call.Page(d.Pages, in.NextToken)
	if err != nil {
		return nil, err
	}
	seen, _, err := d.Instances.Visible(ctx, call.Caller.AccountID, "", store.Page{})
	if err != nil {
		return nil, err
	}
	var served []*idc.Instance
	for _, one := range seen {
		administers, err := d.Applications.Administers(ctx, one, call.Caller.AccountID)
		if err != nil {
			return nil, err
		}
		if administers && one.CurrentStatus() == idc.InstanceActive {
			served = append(served, one)
		}
	}
	page := store.Page{After: at.After}
	if in.MaxResults != nil {
		page.Limit = int(*in.MaxResults)
	}
	served, next := store.Cut(page, served, func(i *idc.Instance) string { return i.IdentityStoreID })
	out := &identitystore.ListIdentityStoresOutput{IdentityStores: []identitystore.IdentityStore{}, NextToken: at.Next(next)}
	for _, one := range served {
		out.IdentityStores = append(out.IdentityStores, identitystore.IdentityStore{IdentityStoreId: &one.IdentityStoreID, IdentityStoreArn: optional(storeARN(one))})
	}
	return out, nil
}

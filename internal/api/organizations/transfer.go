package organizations

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// The directions of transfers, as condition keys call them.
const (
	inbound  = "inbound"
	outbound = "outbound"
)

// transferOperations are about the responsibility of one organization for the bills
// of another. An installation has one organization and no bills: there are no
// transfers and none can be made, and that is what the operations answer.
func (d *Door) transferOperations() []awsedge.Operation {
	return []awsedge.Operation{
		forManagers(d, organizations.InviteOrganizationToTransferResponsibility, d.inviteToTransfer,
			direction[organizations.InviteOrganizationToTransferResponsibilityInput](inbound),
			awsedge.On(func(_ *awsedge.Call, in *organizations.InviteOrganizationToTransferResponsibilityInput) []string {
				return d.invited(in.Target)
			})),
		onAll(d, organizations.ListInboundResponsibilityTransfers, d.listInbound, direction[organizations.ListInboundResponsibilityTransfersInput](inbound)),
		onAll(d, organizations.ListOutboundResponsibilityTransfers, d.listOutbound, direction[organizations.ListOutboundResponsibilityTransfersInput](outbound)),
		onTransfer(d, organizations.DescribeResponsibilityTransfer, func(in *organizations.DescribeResponsibilityTransferInput) *string { return in.Id }),
		onTransfer(d, organizations.UpdateResponsibilityTransfer, func(in *organizations.UpdateResponsibilityTransferInput) *string { return in.Id }),
		onTransfer(d, organizations.TerminateResponsibilityTransfer, func(in *organizations.TerminateResponsibilityTransferInput) *string { return in.Id }),
	}
}

// direction declares the condition keys of transfers.
func direction[In any](of string) awsedge.Option[In] {
	return awsedge.Keys(func(*awsedge.Call, *In) map[string][]string {
		return map[string][]string{"organizations:TransferDirection": {of}, "organizations:TransferType": {"billing"}}
	})
}

// onTransfer registers an operation on a transfer. None exists, so nothing says
// which direction it would have.
func onTransfer[In, Out any](d *Door, typed awsapi.Typed[In, Out], id func(in *In) *string) awsedge.Operation {
	missing := func(_ context.Context, _ *awsedge.Call, in *In) (*Out, error) {
		return nil, noTransfer(*id(in))
	}
	return forManagers(d, typed, missing,
		awsedge.Keys(func(*awsedge.Call, *In) map[string][]string {
			return map[string][]string{"organizations:TransferType": {"billing"}}
		}),
		awsedge.On(func(_ *awsedge.Call, in *In) []string {
			return []string{"arn:aws:organizations::" + d.Instance.OwnerAccountID + ":transfer/" + d.Instance.OrganizationID + "/billing/*/" + *id(in)}
		}))
}

func noTransfer(id string) error {
	return idc.NotFoundf("ResponsibilityTransfer", id, "We can't find a transfer that you specified.")
}

func (d *Door) inviteToTransfer(_ context.Context, _ *awsedge.Call, in *organizations.InviteOrganizationToTransferResponsibilityInput) (*organizations.InviteOrganizationToTransferResponsibilityOutput, error) {
	if *in.Target.Id == d.Instance.OwnerAccountID {
		return nil, &idc.Error{Kind: idc.QuotaExceeded, Reason: "SourceAndTargetCannotMatch", Resource: "Handshake",
			Message: "An organization can't transfer responsibility to itself."}
	}
	return nil, idc.Errorf(idc.Invalid, "The target is not the management account of another organization: this installation has one organization.").With("TargetNotSupported")
}

func (d *Door) listInbound(_ context.Context, call *awsedge.Call, in *organizations.ListInboundResponsibilityTransfersInput) (*organizations.ListInboundResponsibilityTransfersOutput, error) {
	if _, _, err := d.page(call, in.NextToken, in.MaxResults, *in.Type, value(in.Id)); err != nil {
		return nil, err
	}
	if in.Id != nil {
		return nil, noTransfer(*in.Id)
	}
	return &organizations.ListInboundResponsibilityTransfersOutput{ResponsibilityTransfers: []organizations.ResponsibilityTransfer{}}, nil
}

func (d *Door) listOutbound(_ context.Context, call *awsedge.Call, in *organizations.ListOutboundResponsibilityTransfersInput) (*organizations.ListOutboundResponsibilityTransfersOutput, error) {
	if _, _, err := d.page(call, in.NextToken, in.MaxResults, *in.Type); err != nil {
		return nil, err
	}
	return &organizations.ListOutboundResponsibilityTransfersOutput{ResponsibilityTransfers: []organizations.ResponsibilityTransfer{}}, nil
}

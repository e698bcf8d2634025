package organizations

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func (d *Door) handshakeOperations() []awsedge.Operation {
	return []awsedge.Operation{
		forManagers(d, organizations.InviteAccountToOrganization, d.inviteAccount, append(
			tagging(func(in *organizations.InviteAccountToOrganizationInput) []organizations.Tag { return in.Tags }),
			awsedge.On(func(_ *awsedge.Call, in *organizations.InviteAccountToOrganizationInput) []string {
				return d.invited(in.Target)
			}))...),
		onHandshake(d, organizations.AcceptHandshake, func(in *organizations.AcceptHandshakeInput) *string { return in.HandshakeId }, d.acceptHandshake),
		onHandshake(d, organizations.DeclineHandshake, func(in *organizations.DeclineHandshakeInput) *string { return in.HandshakeId }, d.declineHandshake),
		onHandshake(d, organizations.DescribeHandshake, func(in *organizations.DescribeHandshakeInput) *string { return in.HandshakeId }, d.describeHandshake),
		forManagers(d, organizations.CancelHandshake, d.cancelHandshake, awsedge.On(func(_ *awsedge.Call, in *organizations.CancelHandshakeInput) []string {
			return []string{d.handshake(*in.HandshakeId)}
		})),
		awsedge.Op(organizations.ListHandshakesForAccount, d.listHandshakesForAccount,
			awsedge.NoResource[organizations.ListHandshakesForAccountInput]("the caller's own account")),
		onAll(d, organizations.ListHandshakesForOrganization, d.listHandshakesForOrganization),
	}
}

// handshake is the ARN of a handshake: all that are made here are invitations.
func (d *Door) handshake(id string) string {
	return arn.Handshake(d.Instance.OwnerAccountID, d.Instance.OrganizationID, "invite", id).String()
}

// invited is the resource of an invitation: an account, if it is named by its id.
func (d *Door) invited(target *organizations.HandshakeParty) []string {
	if *target.Type == account.PartyEmail {
		return []string{"*"}
	}
	return []string{d.node(*target.Id)}
}

// onHandshake registers an operation on a handshake that accounts without an
// organization may call, too; package account looks who takes part.
func onHandshake[In, Out any](d *Door, typed awsapi.Typed[In, Out], id func(in *In) *string, fn handler[In, Out]) awsedge.Operation {
	return awsedge.Op(typed, fn, awsedge.On(func(_ *awsedge.Call, in *In) []string { return []string{d.handshake(*id(in))} }))
}

func wireHandshake(h *idc.Handshake) *organizations.Handshake {
	out := &organizations.Handshake{
		Id: &h.ID, Arn: &h.ARN, Action: text(h.Action), State: text(h.State), RequestedTimestamp: &h.RequestedAt, ExpirationTimestamp: &h.ExpiresAt,
		Resources: wireHandshakeResources(h.Resources),
	}
	for _, p := range h.Parties {
		out.Parties = append(out.Parties, organizations.HandshakeParty{Id: &p.ID, Type: &p.Type})
	}
	return out
}

func wireHandshakeResources(resources []idc.HandshakeResource) []organizations.HandshakeResource {
	var out []organizations.HandshakeResource
	for _, r := range resources {
		out = append(out, organizations.HandshakeResource{Type: &r.Type, Value: &r.Value, Resources: wireHandshakeResources(r.Resources)})
	}
	return out
}

func (d *Door) inviteAccount(ctx context.Context, call *awsedge.Call, in *organizations.InviteAccountToOrganizationInput) (*organizations.InviteAccountToOrganizationOutput, error) {
	h, err := d.Accounts.Invite(ctx, call.Change(), account.Invitation{
		Target: idc.HandshakeParty{ID: *in.Target.Id, Type: *in.Target.Type}, Notes: value(in.Notes), Tags: fromTags(in.Tags),
	})
	if err != nil {
		return nil, err
	}
	return &organizations.InviteAccountToOrganizationOutput{Handshake: wireHandshake(h)}, nil
}

func (d *Door) acceptHandshake(ctx context.Context, call *awsedge.Call, in *organizations.AcceptHandshakeInput) (*organizations.AcceptHandshakeOutput, error) {
	h, err := d.Accounts.Accept(ctx, call.Change(), call.Caller.AccountID, *in.HandshakeId)
	if err != nil {
		return nil, err
	}
	return &organizations.AcceptHandshakeOutput{Handshake: wireHandshake(h)}, nil
}

func (d *Door) declineHandshake(ctx context.Context, call *awsedge.Call, in *organizations.DeclineHandshakeInput) (*organizations.DeclineHandshakeOutput, error) {
	h, err := d.Accounts.Decline(ctx, call.Change(), call.Caller.AccountID, *in.HandshakeId)
	if err != nil {
		return nil, err
	}
	return &organizations.DeclineHandshakeOutput{Handshake: wireHandshake(h)}, nil
}

func (d *Door) cancelHandshake(ctx context.Context, call *awsedge.Call, in *organizations.CancelHandshakeInput) (*organizations.CancelHandshakeOutput, error) {
	h, err := d.Accounts.Cancel(ctx, call.Change(), call.Caller.AccountID, *in.HandshakeId)
	if err != nil {
		return nil, err
	}
	return &organizations.CancelHandshakeOutput{Handshake: wireHandshake(h)}, nil
}

func (d *Door) describeHandshake(ctx context.Context, call *awsedge.Call, in *organizations.DescribeHandshakeInput) (*organizations.DescribeHandshakeOutput, error) {
	h, err := d.Accounts.Handshake(ctx, call.Caller.AccountID, *in.HandshakeId, call.Time)
	if err != nil {
		return nil, err
	}
	return &organizations.DescribeHandshakeOutput{Handshake: wireHandshake(h)}, nil
}

func (d *Door) listHandshakesForAccount(ctx context.Context, call *awsedge.Call, in *organizations.ListHandshakesForAccountInput) (*organizations.ListHandshakesForAccountOutput, error) {
	list, next, err := d.listHandshakes(ctx, call, call.Caller.AccountID, in.Filter, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	return &organizations.ListHandshakesForAccountOutput{Handshakes: list, NextToken: next}, nil
}

func (d *Door) listHandshakesForOrganization(ctx context.Context, call *awsedge.Call, in *organizations.ListHandshakesForOrganizationInput) (*organizations.ListHandshakesForOrganizationOutput, error) {
	list, next, err := d.listHandshakes(ctx, call, "", in.Filter, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	return &organizations.ListHandshakesForOrganizationOutput{Handshakes: list, NextToken: next}, nil
}

func (d *Door) listHandshakes(ctx context.Context, call *awsedge.Call, accountID string, filter *organizations.HandshakeFilter, token *string, most *int32) ([]organizations.Handshake, *string, error) {
	f := store.HandshakeFilter{AccountID: accountID}
	if filter != nil {
		f.Action, f.ParentID = idc.HandshakeAction(value(filter.ActionType)), value(filter.ParentHandshakeId)
	}
	page, tokenOf, err := d.page(call, token, most, f.AccountID, string(f.Action), f.ParentID)
	if err != nil {
		return nil, nil, err
	}
	found, next, err := d.Accounts.Handshakes(ctx, f, call.Time, page)
	if err != nil {
		return nil, nil, err
	}
	out := []organizations.Handshake{}
	for _, h := range found {
		out = append(out, *wireHandshake(h))
	}
	return out, tokenOf(next), nil
}

package organizations

import (
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) accountOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAll(d, organizations.ListAccounts, d.listAccounts),
		op(d, organizations.ListAccountsForParent, func(in *organizations.ListAccountsForParentInput) []*string { return []*string{in.ParentId} }, d.listAccountsForParent),
		op(d, organizations.DescribeAccount, func(in *organizations.DescribeAccountInput) []*string { return []*string{in.AccountId} }, d.describeAccount),
		onAll(d, organizations.CreateAccount, d.createAccount,
			tagging(func(in *organizations.CreateAccountInput) []organizations.Tag { return in.Tags })...),
		onAll(d, organizations.DescribeCreateAccountStatus, d.describeCreateAccountStatus),
		onAll(d, organizations.ListCreateAccountStatus, d.listCreateAccountStatus),
		op(d, organizations.MoveAccount, func(in *organizations.MoveAccountInput) []*string {
			return []*string{in.AccountId, in.SourceParentId, in.DestinationParentId}
		}, d.moveAccount),
	}
}

// wireAccounts gives both State and the older Status, for clients of either.
func (d *Door) wireAccounts(ctx context.Context, accounts ...*idc.Account) ([]organizations.Account, error) {
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	paths, err := d.Accounts.Paths(ctx, ids...)
	if err != nil {
		return nil, err
	}
	out := make([]organizations.Account, len(accounts))
	for i, a := range accounts {
		out[i] = organizations.Account{
			Id: &a.ID, Arn: text(d.node(a.ID)), Email: &a.Email, Name: &a.Name, JoinedMethod: &a.JoinedMethod, JoinedTimestamp: &a.JoinedAt,
			State: text(a.State), Status: wireStatus(a.State), Paths: []string{paths[a.ID]},
		}
	}
	return out, nil
}

func (d *Door) listAccounts(ctx context.Context, call *awsedge.Call, in *organizations.ListAccountsInput) (*organizations.ListAccountsOutput, error) {
	page, token, err := d.page(call, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	found, next, err := d.Accounts.List(ctx, page)
	if err != nil {
		return nil, err
	}
	accounts, err := d.wireAccounts(ctx, found...)
	if err != nil {
		return nil, err
	}
	return &organizations.ListAccountsOutput{Accounts: accounts, NextToken: token(next)}, nil
}

func (d *Door) listAccountsForParent(ctx context.Context, call *awsedge.Call, in *organizations.ListAccountsForParentInput) (*organizations.ListAccountsForParentOutput, error) {
	page, token, err := d.page(call, in.NextToken, in.MaxResults, *in.ParentId)
	if err != nil {
		return nil, err
	}
	found, next, err := d.Accounts.ListOfParent(ctx, *in.ParentId, page)
	if err != nil {
		return nil, err
	}
	accounts, err := d.wireAccounts(ctx, found...)
	if err != nil {
		return nil, err
	}
	return &organizations.ListAccountsForParentOutput{Accounts: accounts, NextToken: token(next)}, nil
}

func (d *Door) describeAccount(ctx context.Context, _ *awsedge.Call, in *organizations.DescribeAccountInput) (*organizations.DescribeAccountOutput, error) {
	found, err := d.Accounts.Get(ctx, *in.AccountId)
	if err != nil {
		return nil, err
	}
	accounts, err := d.wireAccounts(ctx, found)
	if err != nil {
		return nil, err
	}
	return &organizations.DescribeAccountOutput{Account: &accounts[0]}, nil
}

func (d *Door) createAccount(ctx context.Context, call *awsedge.Call, in *organizations.CreateAccountInput) (*organizations.CreateAccountOutput, error) {
	op, err := d.Accounts.Create(ctx, call.Change(), account.Request{
		Name: *in.AccountName, Email: *in.Email, RoleName: value(in.RoleName), Tags: fromTags(in.Tags),
	})
	if err != nil {
		return nil, err
	}
	return &organizations.CreateAccountOutput{CreateAccountStatus: wireCreation(op)}, nil
}

func wireCreation(op *idc.Operation) *organizations.CreateAccountStatus {
	out := &organizations.CreateAccountStatus{
		Id: &op.ID, AccountName: &op.AccountName, State: text(op.Status), RequestedTimestamp: &op.CreatedAt,
		AccountId: text(op.TargetID), FailureReason: text(op.FailureReason),
	}
	if !op.CompletedAt.IsZero() {
		out.CompletedTimestamp = &op.CompletedAt
	}
	return out
}

func (d *Door) describeCreateAccountStatus(ctx context.Context, _ *awsedge.Call, in *organizations.DescribeCreateAccountStatusInput) (*organizations.DescribeCreateAccountStatusOutput, error) {
	op, err := d.Accounts.Creation(ctx, *in.CreateAccountRequestId)
	if err != nil {
		return nil, err
	}
	return &organizations.DescribeCreateAccountStatusOutput{CreateAccountStatus: wireCreation(op)}, nil
}

// listCreateAccountStatus may answer short pages when several states are asked for.
func (d *Door) listCreateAccountStatus(ctx context.Context, call *awsedge.Call, in *organizations.ListCreateAccountStatusInput) (*organizations.ListCreateAccountStatusOutput, error) {
	page, token, err := d.page(call, in.NextToken, in.MaxResults, strings.Join(in.States, ","))
	if err != nil {
		return nil, err
	}
	status := ""
	if len(in.States) == 1 {
		status = in.States[0]
	}
	ops, next, err := d.Accounts.Creations(ctx, idc.OperationStatus(status), page)
	if err != nil {
		return nil, err
	}
	out := &organizations.ListCreateAccountStatusOutput{CreateAccountStatuses: []organizations.CreateAccountStatus{}, NextToken: token(next)}
	for _, op := range ops {
		if len(in.States) == 0 || slices.Contains(in.States, string(op.Status)) {
			out.CreateAccountStatuses = append(out.CreateAccountStatuses, *wireCreation(op))
		}
	}
	return out, nil
}

func (d *Door) moveAccount(ctx context.Context, call *awsedge.Call, in *organizations.MoveAccountInput) (*organizations.MoveAccountOutput, error) {
	return nil, d.Accounts.Move(ctx, call.Change(), *in.AccountId, *in.SourceParentId, *in.DestinationParentId)
}
